"""A worker's process: how it is started, what comes out of it, how it ends, and that nothing of it stays.

Threads read the channel, stdout and stderr. They block until something comes, so an idle worker costs
nothing. What they read they hand to `Listener`, in their own threads; the last thing it hears is `ended`,
whatever became of the process.

On POSIX the process is the guardian of the worker (see `stepscope_host.serving.guardian`), and is steered by
its lifeline.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import socket
import subprocess
import threading
from collections import deque
from collections.abc import Callable
from typing import IO, Protocol

from stepscope.model.events import Failure, Location
from stepscope.session import environment, own_python, worker_code
from stepscope.session.endings import Ending
from stepscope.session.output import READ_BYTES, Output, holds, is_readable
from stepscope_host.exits import CHANNEL_LOST
from stepscope_host.serving import wire
from stepscope_host.serving.guardian import INTERRUPT
from stepscope_host.serving.wire import Message, Unpacker, WireError

LAST_SECONDS = 0.5
"""How long is read once the process is gone: what nobody could end may keep the pipes open for ever."""

MOST_OF_STDERR = 64_000
"""So many characters of stderr are kept, for the crash's report in them."""


CHOOSE_ANOTHER = "Choose another interpreter, or mend this one."


class StartFailed(Exception):
    """A process could not be started; `failure` says why."""

    def __init__(self, message: str, remedy: str = CHOOSE_ANOTHER) -> None:
        super().__init__(message)
        self.failure = Failure("NoInterpreter", message, remedy)


class Listener(Protocol):
    """Whoever has started the process. Called from its reading threads."""

    def take(self, message: Message) -> None:
        """The process said something. Raises KeyError, TypeError or ValueError when that makes no sense."""

    def printed(self, source: str, text: str) -> None:
        """The process wrote to ``"stdout"`` or ``"stderr"``; may hold the reader up."""

    def ended(self, ending: Ending) -> None:
        """The process is gone, with all it had started."""


class WorkerProcess:
    """One process, from its start to its end. Made off the UI thread: starting takes a while.

    Raises StartFailed.
    """

    def __init__(self, python: str, listener: Listener) -> None:
        self._listener = listener
        self._requests: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._stderr: deque[str] = deque()
        self._stderr_size = 0
        self._breach = ""
        self._left_at: tuple[Location | None, int] = None, 0  # a line that meant to end it, with which status
        self._unpacker = Unpacker()
        self._is_hearing = threading.Lock()
        self._is_deaf = False  # nothing comes on the channel any more
        self._heard = 0  # bytes that have come on it
        self._channel: socket.socket | None = None
        self._lifeline: socket.socket | None = None
        self._worker = 0  # its number, once its guardian has told it
        self._has_ended = threading.Event()
        self._is_gone = threading.Event()  # and all that it has said was heard
        self._is_numbered = threading.Lock()  # held while its number is used; later it may be another's
        self._is_waited_for = False
        self._is_cut = False
        self._is_taking = False
        self._is_leaving = False
        self._start(python)
        self._outputs: list[Output] = []  # stdout, where it is not the channel, and stderr
        for pipe, take in self._pipes():
            self._outputs.append(Output(pipe, take, self._hear_out, *self._outputs))
        for output in self._outputs:
            output.start()
        messages = self._thread(self._read_messages)
        self._thread(self._write_requests)
        self._thread(self._see_it_out, messages)

    def send(self, request: Message) -> None:
        """Ask for something. What cannot be sent any more is dropped: `ended` tells why."""
        self._requests.put(request)

    def interrupt(self) -> None:
        """Raise KeyboardInterrupt in the main thread of the user's code."""
        with contextlib.suppress(OSError):  # it is gone
            if self._lifeline is not None:
                self._lifeline.send(INTERRUPT)
            elif os.name != "posix":
                self._process.send_signal(signal.CTRL_C_EVENT)  # type: ignore[attr-defined]

    def kill(self) -> None:
        """End the process and all that it has started, at once."""
        if self._lifeline is None:
            self._process.kill()
            return
        with contextlib.suppress(OSError):
            self._lifeline.shutdown(socket.SHUT_WR)
        # Until there is a guardian it is killed itself; one that somebody has stopped is to go on.
        self._signal(signal.SIGCONT if self._worker else signal.SIGKILL)

    def say_goodbye(self) -> None:
        """Let the process end by itself: it sees the end of its channel."""
        self._is_leaving = True
        self._requests.put(None)

    def wait(self, seconds: float) -> bool:
        """True when the process is gone within so many seconds. Blocks."""
        return self._is_gone.wait(seconds)

    # -- starting

    def _start(self, python: str) -> None:
        try:
            code = worker_code.folder()
        except OSError as error:
            raise StartFailed(
                f"The code that runs a graph cannot be written to a file: {error}.",
                f"Make room for it in {worker_code.cache()}, or in the folder that TMPDIR names.",
            ) from error
        command = [*own_python.command(python), str(code)]
        try:
            if os.name == "posix":
                self._start_guarded(command)
            else:
                flags: int = subprocess.CREATE_NO_WINDOW  # type: ignore[attr-defined]
                self._process = self._popen(command, stdin=subprocess.PIPE, creationflags=flags)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise StartFailed(f"{python} cannot be started: {reason}.") from error

    def _start_guarded(self, command: list[str]) -> None:
        channel, its_channel = socket.socketpair()
        lifeline, its_lifeline = socket.socketpair()
        inherited = (its_channel.fileno(), its_lifeline.fileno())
        with its_channel, its_lifeline:
            try:
                self._process = self._popen(
                    [*command, *map(str, inherited)],
                    stdin=subprocess.DEVNULL,
                    pass_fds=inherited,
                    start_new_session=True,
                )
            except BaseException:
                channel.close()
                lifeline.close()
                raise
        self._channel, self._lifeline = channel, lifeline

    def _popen(self, command: list[str], **how: object) -> subprocess.Popen[bytes]:
        env = environment.for_others(os.environ, environment.bundle())
        return subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=env,
            **how,  # type: ignore[call-overload]
        )

    def _pipes(self) -> list[tuple[IO[bytes], Callable[[str], None]]]:
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        stderr = (self._process.stderr, self._print_stderr)
        if self._channel is None:
            return [stderr]  # stdout is the channel
        return [(self._process.stdout, lambda text: self._listener.printed("stdout", text)), stderr]

    def _thread(self, work: object, *arguments: object) -> threading.Thread:
        thread = threading.Thread(target=work, args=arguments, name="stepscope-worker", daemon=True)  # type: ignore[arg-type]
        thread.start()
        return thread

    # -- the threads

    def _read_messages(self) -> None:
        if self._channel is None:
            assert self._process.stdout is not None
            while not self._is_deaf:
                self._hear(self._process.stdout.read)
        else:
            with contextlib.suppress(ValueError):  # closed, as somebody else holds the other end
                while not self._is_deaf:
                    is_readable(self._channel.fileno(), None)
                    with self._is_hearing:
                        self._hear(self._receive)
        if not self._breach and not self._is_leaving:
            self._is_cut = not self._has_ended.wait(LAST_SECONDS)
        if self._is_cut:
            self.kill()

    def _hear_out(self) -> None:
        """Take all messages that have come by now."""
        if self._channel is None:
            return
        with self._is_hearing, contextlib.suppress(OSError, ValueError):  # it is closed
            end = self._heard + holds(self._channel.fileno())
            while self._heard < end and not self._is_deaf:
                self._hear(self._receive)

    def _hear(self, read: Callable[[int], bytes]) -> None:
        """Take the messages of the next piece of the channel."""
        try:
            piece = read(READ_BYTES)
        except BlockingIOError:  # another thread was quicker
            return
        except OSError:
            piece = b""
        self._heard += len(piece)
        self._is_deaf = not piece
        self._is_taking = True
        try:
            for message in self._unpacker.feed(piece):
                self._take(message)
        except WireError as error:
            self._breach = str(error)
        except (KeyError, TypeError, ValueError, AttributeError) as error:  # JSON, but no message of ours
            self._breach = f"a message is not what it should be ({type(error).__name__}: {error})"
        self._is_taking = False
        if self._breach:
            self._is_deaf = True
            self.kill()

    def _receive(self, most: int) -> bytes:
        assert self._channel is not None
        return self._channel.recv(most, socket.MSG_DONTWAIT)

    def _take(self, message: Message) -> None:
        """Take a message, after what was written before it."""
        if "written" in message:
            for output, own in zip(self._outputs, message.pop("written"), strict=True):
                output.catch_up_to(own)
        if "leaving" in message:
            self._left_at = Location.from_plain(message["leaving"]), int(message["status"])
            return
        if "answer" in message or message.get("event") == "run_finished":
            for output in self._outputs:
                output.catch_up()  # also what others have written
        if message:
            self._listener.take(message)

    def _see_it_out(self, messages: threading.Thread) -> None:
        """Wait for the end, and for what was said before it."""
        told = self._told_by_guardian()
        if self._lifeline is not None:
            self._signal(signal.SIGKILL)  # what is left of its own group, as of a script that starts a Python
        with self._is_numbered:
            self._is_waited_for = True
        status = self._process.wait()
        if told is None and self._worker:  # somebody has killed the guardian
            with contextlib.suppress(OSError):
                os.killpg(self._worker, signal.SIGKILL)
        self._has_ended.set()
        while messages.is_alive():
            messages.join(LAST_SECONDS)
            if not self._is_taking:  # something holds the channel open
                break
        for output in self._outputs:
            output.join(LAST_SECONDS)
        self._requests.put(None)
        self._is_gone.set()
        status = CHANNEL_LOST if self._is_cut else status if told is None else told
        place, expected = self._left_at
        left_at = place if status == expected else None
        self._listener.ended(Ending(status, "".join(self._stderr), self._breach, left_at))

    def _told_by_guardian(self) -> int | None:
        """The worker's status, when the guardian has told it; it tells the worker's number first."""
        if self._lifeline is None:
            return None
        told = b""
        with contextlib.suppress(OSError, ValueError, IndexError), self._lifeline:
            while piece := self._lifeline.recv(64):
                told += piece
                if b"\n" in told:
                    self._worker = int(told.split()[0])
            return int(told.split()[1])
        return None

    def _signal(self, number: int) -> None:
        """Send a signal to the group that the process was started as."""
        with self._is_numbered, contextlib.suppress(OSError):
            if not self._is_waited_for:
                os.killpg(self._process.pid, number)

    def _print_stderr(self, text: str) -> None:
        self._stderr.append(text)
        self._stderr_size += len(text)
        while self._stderr_size - len(self._stderr[0]) > MOST_OF_STDERR:
            self._stderr_size -= len(self._stderr.popleft())
        self._listener.printed("stderr", text)

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
