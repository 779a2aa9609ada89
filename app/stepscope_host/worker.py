"""The worker: answers the window's requests with the user's graph, in the user's own interpreter.

It is started as ``python FOLDER CHANNEL LIFELINE`` with the numbers of two inherited descriptors, or as
``python FOLDER`` where none can be inherited: then stdin and stdout are the channel. The main thread runs
the user's code, as ``python file.py`` would; one thread reads requests and another sends what there is to
tell.

Requests are ``{"do": ..., "id": ...}``, answers ``{"answer": id, "result": ...}``; in between come the
host's events, as they are.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
import time
from concurrent.futures import Future
from types import FrameType
from typing import Any

from stepscope_host import console, guardian
from stepscope_host.channel import Channel
from stepscope_host.host import Host
from stepscope_host.loader import Loader
from stepscope_host.service import Service
from stepscope_host.wire import Message, WireError

LAST_WORDS_SECONDS = 1.0


def main() -> None:
    """Serve until the window closes the channel. Never returns."""
    descriptors = [int(word) for word in sys.argv[1:]]
    if descriptors:
        inherited, lifeline = descriptors
        guardian.stand_guard(lifeline)
        channel = Channel(inherited, inherited)
    else:
        channel = Channel(*_claimed_stdio())
    _settle_streams()
    faulthandler.enable()
    console.capture(channel.say)
    worker = Worker(channel)
    threading.Thread(target=worker.listen, name="stepscope-requests", daemon=True).start()
    worker.serve()
    channel.close(LAST_WORDS_SECONDS)
    # The user's threads and exit handlers may hang, and the window has said goodbye.
    os._exit(0)


class Worker:
    """Joins a channel to a service."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._service = Service(channel.say, channel.relief, Loader(owns_process=True))
        self._is_interruptible = False
        signal.signal(signal.SIGINT, self._interrupt)

    def serve(self) -> None:
        """Run the user's code in this thread, until the window has gone."""
        self._channel.say({"ready": os.getpid(), "version": list(sys.version_info[:3])})
        while True:
            try:
                self._service.serve()
                return
            except KeyboardInterrupt:  # between two jobs: nothing to interrupt
                continue

    def listen(self) -> None:
        """Take requests until the window has gone, or sends what is none; then nothing is left to be done."""
        try:
            self._channel.receive(self._take)
        except (WireError, KeyError, TypeError):
            os._exit(2)
        self._service.close()
        threading.Timer(LAST_WORDS_SECONDS, os._exit, (0,)).start()  # a job may never end

    def _take(self, request: Message) -> None:
        match request["do"]:
            case "load":
                self._answer(request["id"], self._service.load(request["target"]))
            case "run":
                run: int = request["run"]
                self._answer(request["id"], self._service.run(run, request["request"]))
            case "settle":
                self._answer(request["id"], self._service.post(lambda: self._settle(request["seconds"])))
            case "fetch":
                self._answer(request["id"], self._service.fetch(request["handle"]))
            case "order":
                kind, parts = request["kind"], request["parts"]
                self._service.steer(request["run"], lambda host: host.order(kind, parts))
            case "stop":
                self._service.steer(request["run"], Host.stop)

    def _answer(self, id: int, future: Future[Any]) -> None:
        def done(future: Future[Any]) -> None:
            error = future.exception()
            answer: Message = {"answer": id, "result": None}
            if error is None:
                answer["result"] = future.result()
            else:
                answer["error"] = f"{type(error).__name__}: {error}"
            host = self._service.host
            answer["goes_on"] = not host.is_clean
            answer["is_clean"] = host.is_clean and not host.still_running
            self._channel.say(answer)

        future.add_done_callback(done)

    def _settle(self, seconds: float) -> None:
        """End the threads in which nodes of a stopped run go on, as far as Python can."""
        host = self._service.host
        host.interrupt_threads()
        deadline = time.monotonic() + seconds
        while host.still_running and time.monotonic() < deadline:
            time.sleep(0.01)  # threads tell nobody that they end

    def _interrupt(self, signum: int, frame: FrameType | None) -> None:
        """The window's second word to code that did not hear the first."""
        if self._service.is_busy:
            raise KeyboardInterrupt


def _claimed_stdio() -> tuple[int, int]:
    """Where to receive and where to send; the user's code is left a mute stdin, and stderr."""
    receiving, sending = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return receiving, sending


def _settle_streams() -> None:
    """Whatever is printed leaves at once, and can be printed: nothing of it is lost in a crash."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)  # type: ignore[union-attr]
