"""The worker: answers the window's requests with the user's graph, in the user's own interpreter.

It is started as ``python FOLDER CHANNEL LIFELINE`` with the numbers of two inherited descriptors, or as
``python FOLDER`` where none can be inherited: then stdin and stdout are the channel. The main thread runs
the user's code, as ``python file.py`` would; one thread reads requests and another sends what there is to
tell.

Requests are ``{"do": ..., "id": ...}``, answers ``{"answer": id, "result": ...}``; in between come the
host's events, as they are.
"""

from __future__ import annotations

import asyncio
import faulthandler
import functools
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from types import FrameType
from typing import Any

from stepscope_host import forks, intact
from stepscope_host.descriptors import Descriptor, Lost, out_of_reach
from stepscope_host.exits import CHANNEL_LOST, HOST_BROKEN
from stepscope_host.failures import from_exception
from stepscope_host.host import Host
from stepscope_host.intact import ANYTHING, Broken
from stepscope_host.loading import bytecode, spawned
from stepscope_host.loading.loader import Loader
from stepscope_host.serving import console, guardian, leaving
from stepscope_host.serving.channel import Channel
from stepscope_host.serving.columns import in_columns
from stepscope_host.serving.service import Service, perform
from stepscope_host.serving.streams import Streams
from stepscope_host.serving.wire import Message, WireError

STREAMED = {"custom", "token", "values", "updated", "checkpoint", "printed", "breakpoint_hit"}
"""Events that may be many, and are gathered. The others tell where the run is, should the process end now."""

PERFORM, SAY = perform.__code__, {Channel.say_now.__code__, Channel.send_waiting.__code__}

LAST_WORDS_SECONDS = 1.0

OWN_THREADS = ("node-", "stepgraph", "stepscope-")
"""How the names of threads begin that are the host's or the engine's."""


def main() -> None:
    """Serve until the window closes the channel. Never returns."""
    descriptors = [int(word) for word in sys.argv[1:]]
    if descriptors:
        inherited, lifeline = descriptors
        guardian.stand_guard(lifeline)
    with out_of_reach():
        private_stderr = os.dup(2)  # the user's code may close the other, and that is when it is needed
        channel_ends = (os.dup(inherited), os.dup(inherited)) if descriptors else _claimed_stdio()
        loop = asyncio.new_event_loop()
    if descriptors:
        os.close(inherited)
    _settle_streams()
    faulthandler.enable(private_stderr)
    spawned.take_the_place_of_main()
    bytecode.keep_none_of_young_files()
    give_up = functools.partial(_give_up, Descriptor(private_stderr))
    if descriptors:
        streams = Streams()
        channel = Channel(*channel_ends, give_up, lambda: streams.written)
        streams.before_writing = channel.keep_order
    else:  # what stdout and stderr have in common is another one
        channel = Channel(*channel_ends, give_up)
    console.capture(channel.say_in_turn)
    leaving.tell_before(channel.say_now)
    intact.watch(give_up)
    worker = Worker(channel, loop, give_up)
    threading.Thread(target=worker.listen, name="stepscope-requests", daemon=True).start()
    try:
        worker.serve()
        channel.close(LAST_WORDS_SECONDS)
    except ANYTHING as error:
        give_up(error)
    # The user's threads and exit handlers may hang, and the window has said goodbye.
    _exit(0)


class Worker:
    """Joins a channel to a service. What goes wrong in that ends the process: `give_up` never returns."""

    def __init__(
        self, channel: Channel, loop: asyncio.AbstractEventLoop, give_up: Callable[[BaseException], None]
    ) -> None:
        self._channel = channel
        self._give_up = give_up
        self._service = Service(self._emit, channel.relief, Loader(owns_process=True), loop)
        signal.signal(signal.SIGINT, self._interrupt)
        forks.end_in_child(loop)
        _watch_reports(loop, channel, give_up)
        _watch_threads(give_up)

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
        """Take requests until the window has gone; then nothing is left to be done. Never returns."""
        try:
            self._channel.receive(self._take)
            self._service.close()
            _sleep(LAST_WORDS_SECONDS)  # a job may never end
        except ANYTHING as error:
            self._give_up(error)
        _exit(0)

    def _emit(self, event: Message) -> None:
        if event["event"] in STREAMED:
            self._channel.say(event)
        else:
            self._channel.say_now(event)

    def _take(self, request: Message) -> None:
        match request["do"]:
            case "load":
                loading = self._service.load(request["target"], request["folder"])
                loading.add_done_callback(_be_the_program)
                loading.add_done_callback(_shorten)
                self._answer(request["id"], loading)
            case "run":
                run: int = request["run"]
                self._answer(request["id"], self._service.run(run, request["request"]))
            case "settle":
                self._answer(request["id"], self._service.post(lambda: self._settle(request["seconds"])))
            case "fetch":
                self._answer(request["id"], self._service.fetch(request["handle"]))
            case "evaluate":
                of = request["namespace"], request["step"]
                self._answer(request["id"], self._service.evaluate(request["expression"], *of))
            case "ask":
                self._answer(request["id"], self._service.ask(request["question"], request["parts"]))
            case "order":
                kind, parts = request["kind"], request["parts"]
                self._service.steer(request["run"], lambda host: host.order(kind, parts))
            case "stop":
                self._service.steer(request["run"], Host.stop)

    def _answer(self, id: int, future: Future[Any]) -> None:
        def done(future: Future[Any]) -> None:
            try:
                self._channel.say({"answer": id, **self._outcome(future)})
            except ANYTHING as error:
                self._give_up(error)

        future.add_done_callback(done)

    def _outcome(self, future: Future[Any]) -> Message:
        error, host = future.exception(), self._service.host
        return {
            "result": future.result() if error is None else None,
            "failure": None if error is None else from_exception(error),
            "goes_on": not host.is_clean,
            "is_clean": host.is_clean and not host.still_running,
            "is_mute": not _can_print(),
        }

    def _settle(self, seconds: float) -> None:
        """End the threads in which nodes of a stopped run go on, as far as Python can."""
        host = self._service.host
        with self._channel.undisturbed():
            host.interrupt_threads()
        deadline = time.monotonic() + seconds
        while host.still_running and time.monotonic() < deadline:
            time.sleep(0.01)  # threads tell nobody that they end

    def _interrupt(self, signum: int, frame: FrameType | None) -> None:
        """The window's second word to code that did not hear the first."""
        codes = set()
        while frame is not None:
            codes.add(frame.f_code)
            frame = frame.f_back
        # Only where it ends a job and nothing else; and a message is not to be broken off.
        if PERFORM in codes and not codes & SAY:
            raise KeyboardInterrupt


def _be_the_program(loading: Future[Any]) -> None:
    if loading.exception() is None and "opened" in loading.result():
        spawned.be_the_program(loading.result()["opened"]["path"])


def _shorten(loading: Future[Any]) -> None:
    if loading.exception() is None and "opened" in loading.result():
        opened = loading.result()["opened"]
        opened["topology"] = in_columns(opened["topology"])


def _watch_reports(
    loop: asyncio.AbstractEventLoop, channel: Channel, give_up: Callable[[BaseException], None]
) -> None:
    """See to what a thread reports to the loop in vain, which would wait for ever.

    So does that of a forked copy, or with all descriptors closed, or when memory has run out. LangGraph
    reports what async nodes write in the same way, though from the loop's own thread: there is nobody to be
    woken then, which costs a call to the system each time.
    """
    report, own = loop.call_soon_threadsafe, threading.get_ident()

    def report_and_look(callback: Callable[..., object], *told: Any, **more: Any) -> asyncio.Handle:
        if forks.is_copy():
            forks.end_if_raised(told)
        elif threading.get_ident() == own and asyncio.current_task(loop) is not None:
            # A signal's handler, too, is called there, but may find the loop asleep.
            return loop.call_soon(callback, *told, **more)
        try:
            handle = report(callback, *told, **more)
        except RuntimeError:  # the loop is closed: nobody waits
            raise
        except Exception as error:
            give_up(error)
            raise
        channel.look()
        return handle

    loop.call_soon_threadsafe = report_and_look  # type: ignore[method-assign,assignment]


def _watch_threads(give_up: Callable[[BaseException], None]) -> None:
    """Give up when a thread fails that is none of the user's: what it was to do, nobody will do."""
    tell = threading.excepthook

    def tell_and_look(args: threading.ExceptHookArgs) -> None:
        if args.thread is not None and args.thread.name.startswith(OWN_THREADS):
            give_up(args.exc_value or args.exc_type())
        tell(args)

    threading.excepthook = tell_and_look


def _can_print() -> bool:
    """False when a run has closed what all code here prints to: it harms each later run that does."""
    try:
        _stat(1)
        _stat(2)
    except OSError:
        return False
    return True


def _give_up(stderr: Descriptor, error: BaseException) -> None:
    """End the process, saying why. Never returns."""
    status = HOST_BROKEN
    try:
        error = intact.mended() or error
        if isinstance(error, ConnectionError):  # the window has gone
            _exit(0)
        if isinstance(error, Lost):
            status = CHANNEL_LOST
        words = str(error) if isinstance(error, (Lost, WireError)) else traceback.format_exc()
        if isinstance(error, Broken):
            words = f"the process cannot go on:\n{error}"
        stderr.send(f"stepscope: {words}\n".encode("utf-8", "backslashreplace"))
    finally:
        _exit(status)


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


# The user's code may put anything in the place of these.
_exit, _sleep, _stat = os._exit, time.sleep, os.fstat
