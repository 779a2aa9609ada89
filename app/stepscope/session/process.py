"""A worker's process: how it is started, what comes out of it, how it ends, and that nothing of it stays.

Three threads read: the channel, stdout and stderr. They block until something comes, so an idle worker
costs nothing. What they read they hand to `Listener`, in their own threads; the last thing it hears is
`ended`, whatever became of the process.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import queue
import signal
import socket
import subprocess
import threading
from collections import deque
from typing import Protocol

from stepscope.session import environment, worker_code
from stepscope_host import wire
from stepscope_host.wire import Message, Unpacker, WireError

READ_BYTES = 1 << 16
LAST_SECONDS = 0.5
"""How long is read once the process is gone: what has left its group may keep the pipes open for ever."""

LAST_LINES = 400
"""So much of stderr is kept, for the crash's report in it."""


class StartFailed(Exception):
    """A process could not be started."""


class Listener(Protocol):
    """Whoever has started the process. Called from its reading threads."""

    def take(self, message: Message) -> None: ...

    def printed(self, source: str, text: str) -> None:
        """The process wrote to ``"stdout"`` or ``"stderr"``; may hold the reader up."""

    def ended(self, status: int, wire_problem: str) -> None:
        """The process is gone, with all it had started. `status` is negative for a signal."""


class WorkerProcess:
    """One process, from its start to its end. Made off the UI thread: starting takes a while.

    Raises StartFailed.
    """

    def __init__(self, python: str, listener: Listener) -> None:
        self._listener = listener
        self._requests: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._stderr: deque[str] = deque(maxlen=LAST_LINES)
        self._problem = ""
        self._lifeline = -1
        self._is_gone = threading.Event()
        self._is_taking = False
        self._is_leaving = False
        try:
            self._start(python)
        except OSError as error:
            self._cut_lifeline()
            reason = error.strerror or type(error).__name__
            raise StartFailed(f"{python} cannot be started: {reason}.") from error
        output = [self._thread(self._read_output, source) for source in ("stdout", "stderr")]
        messages = self._thread(self._read_messages)
        self._thread(self._write_requests)
        self._thread(self._see_it_out, messages, output)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def stderr(self) -> str:
        """The end of what the process wrote to stderr."""
        return "".join(self._stderr)

    def send(self, request: Message) -> None:
        """Ask for something. What cannot be sent any more is dropped: `ended` tells why."""
        self._requests.put(request)

    def interrupt(self) -> None:
        """Raise KeyboardInterrupt in the main thread of the user's code."""
        if not self._is_gone.is_set():
            with contextlib.suppress(OSError):
                self._process.send_signal(signal.SIGINT if os.name == "posix" else signal.CTRL_C_EVENT)  # type: ignore[attr-defined]

    def kill(self) -> None:
        """End the process and all that it has started, at once."""
        if os.name == "posix":
            # The group outlives its leader as long as the guardian does, so its number is nobody else's.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if self._lifeline >= 0:
                    os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()

    def say_goodbye(self) -> None:
        """Let the process end by itself: it sees the end of its channel."""
        self._is_leaving = True
        self._requests.put(None)

    def wait(self, seconds: float) -> bool:
        """True when the process is gone within so many seconds. Blocks."""
        return self._is_gone.wait(seconds)

    # -- starting

    def _start(self, python: str) -> None:
        command = [os.path.abspath(python) if os.sep in python else python, str(worker_code.folder())]  # noqa: PTH100
        env = environment.for_others(os.environ, environment.bundle())
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "bufsize": 0, "env": env}
        if os.name == "posix":
            ours, theirs = socket.socketpair()
            guard, self._lifeline = os.pipe()
            inherited = (theirs.fileno(), guard)
            try:
                self._process = subprocess.Popen(
                    [*command, *map(str, inherited)],
                    stdin=subprocess.DEVNULL,
                    pass_fds=inherited,
                    start_new_session=True,
                    **pipes,  # type: ignore[call-overload]
                )
            except BaseException:
                ours.close()
                raise
            finally:
                theirs.close()
                os.close(guard)
            self._channel: socket.socket | None = ours
        else:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                creationflags=subprocess.CREATE_NO_WINDOW,  # type: ignore[attr-defined]
                **pipes,  # type: ignore[call-overload]
            )
            self._channel = None

    def _thread(self, work: object, *arguments: object) -> threading.Thread:
        thread = threading.Thread(target=work, args=arguments, name="stepscope-worker", daemon=True)  # type: ignore[arg-type]
        thread.start()
        return thread

    # -- the threads

    def _read_messages(self) -> None:
        unpacker = Unpacker()
        try:
            while piece := self._read_channel():
                for message in unpacker.feed(piece):
                    self._is_taking = True
                    self._listener.take(message)
                    self._is_taking = False
            if unpacker.is_within:
                self._problem = "a message broke off"
        except WireError as error:
            self._problem = str(error)
        except (KeyError, TypeError, ValueError) as error:  # JSON, but not what this wire carries
            self._problem = f"a message is not what it should be ({type(error).__name__}: {error})"
        if self._process.poll() is None and not self._is_leaving:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0 if self._problem else LAST_SECONDS)
                return
            self._problem = self._problem or "its channel was closed"
            self.kill()

    def _read_channel(self) -> bytes:
        with contextlib.suppress(OSError):
            if self._channel is not None:
                return self._channel.recv(READ_BYTES)
            assert self._process.stdout is not None
            return self._process.stdout.read(READ_BYTES)
        return b""

    def _see_it_out(self, messages: threading.Thread, output: list[threading.Thread]) -> None:
        """Wait for the end, and for what was said before it."""
        status = self._process.wait()
        self.kill()  # what it had started
        while messages.is_alive():
            messages.join(LAST_SECONDS)
            if not self._is_taking:  # something that left the group holds the channel open
                break
        for thread in output:
            thread.join(LAST_SECONDS)
        self._cut_lifeline()
        self._requests.put(None)
        self._is_gone.set()
        self._listener.ended(status, self._problem)

    def _cut_lifeline(self) -> None:
        lifeline, self._lifeline = self._lifeline, -1
        if lifeline >= 0:
            os.close(lifeline)

    def _read_output(self, source: str) -> None:
        stream = self._process.stdout if source == "stdout" else self._process.stderr
        assert stream is not None
        if source == "stdout" and self._channel is None:
            return  # it is the channel
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        with contextlib.suppress(OSError, ValueError), stream:
            while piece := stream.read(READ_BYTES):
                self._print(source, decoder.decode(piece))
            self._print(source, decoder.decode(b"", final=True))

    def _print(self, source: str, text: str) -> None:
        if not text:
            return
        if source == "stderr":
            self._stderr.extend(text.splitlines(keepends=True))
        self._listener.printed(source, text)

    def _write_requests(self) -> None:
        stdin = self._process.stdin
        with contextlib.suppress(OSError, ValueError):
            while (request := self._requests.get()) is not None:
                frame = wire.pack([request])
                if self._channel is not None:
                    self._channel.sendall(frame)
                else:
                    assert stdin is not None
                    stdin.write(frame)
        with contextlib.suppress(OSError):
            if self._channel is not None:
                self._channel.shutdown(socket.SHUT_WR)
            else:
                assert stdin is not None
                stdin.close()
        self._is_gone.wait()
        if self._channel is not None:
            self._channel.close()
