"""`stepscope run`: a graph's chunks as JSON lines on stdout, everything else on stderr."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import json
import os
import signal
import sys
from collections.abc import Coroutine, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

from stepscope_host import inputs
from stepscope_host.chunks import MODES, chunks
from stepscope_host.exits import FAILED, FINISHED, REFUSED, Refused
from stepscope_host.failures import LoadFailed, did_you_mean, from_exception
from stepscope_host.loading import spawned
from stepscope_host.loading.held import Runner
from stepscope_host.loading.loader import Loaded, Loader
from stepscope_host.running import run_until_complete

INTERRUPTED = 130  # as a shell reports a program that Ctrl+C has ended
PIPE_CLOSED = 141  # as a shell reports a program whose reader has gone

_CLEAN_UP_SECONDS = 1.0


class _Interrupted(KeyboardInterrupt):
    """Ctrl+C at the terminal, which a KeyboardInterrupt raised by a node is not."""


class _ReaderGone(Exception):
    """Nobody reads the lines any more, as after ``| head``. (A BrokenPipeError may be a node's own.)"""


def answer(request_file: str) -> int:
    """Do what a file asks for that another Stepscope has written, and remove it; returns the exit status."""
    path = Path(request_file)
    try:
        request = json.loads(path.read_bytes())
    finally:
        path.unlink(missing_ok=True)
    given = request["given"]
    try:
        return run(
            request["target"], None if given is None else tuple(given), request["modes"], request["subgraphs"]
        )
    except Refused as problem:
        print(f"stepscope: {problem}", file=sys.stderr)
        return REFUSED


def run(target: str, given: tuple[Any] | None, modes: Sequence[str], subgraphs: bool) -> int:
    """Run a target and print its chunks; `given` holds the input, or is None for the program's own.

    Returns the exit status. Raises Refused for a mode, a target or an input that cannot be meant.
    """
    for mode in modes:
        if mode not in MODES:
            raise Refused(
                f"there is no stream mode {mode!r}.{did_you_mean(mode, MODES)} Modes: {', '.join(MODES)}."
            )
    if not faulthandler.is_enabled():  # else a crash of native code ends this without a word
        faulthandler.enable()
    loop = asyncio.new_event_loop()
    loader = Loader(owns_process=True, stays=True)

    def drive(coroutine: Coroutine[Any, Any, Any]) -> Any:
        return run_until_complete(loop, coroutine, _is_ctrl_c)

    try:
        with _stdout_for_lines() as lines:
            try:
                with _ctrl_c(loop), spawned.in_the_place_of_main():
                    loaded = _load(loader, target, drive)
                    spawned.be_the_program(loaded.path)
                    value = _input(loaded, given)
                    return _print_chunks(loop, loaded, value, modes, subgraphs, lines)
            except _Interrupted:
                _clean_up(loop)
                return INTERRUPTED
            except _ReaderGone:
                _clean_up(loop)
                return PIPE_CLOSED
            finally:
                for problem in loader.close(drive):
                    print(problem, file=sys.stderr)
    finally:
        loop.close()


def _load(loader: Loader, target: str, drive: Runner) -> Loaded:
    try:
        loaded = loader.load(target, drive)
    except LoadFailed as problem:
        if isinstance(problem.__cause__, _Interrupted):
            raise problem.__cause__ from None
        raise Refused(_one_line(problem.failure)) from problem
    if loaded.project and loaded.folder != loaded.target.rpartition(":")[0]:
        print(f"stepscope: runs as a part of the project in {loaded.project}.", file=sys.stderr)
    for warning in loaded.warnings:
        print(f"stepscope: {warning}", file=sys.stderr)
    return loaded


def _input(loaded: Loaded, given: tuple[Any] | None) -> Any:
    if given is not None:
        value = given[0]
    else:
        value = getattr(loaded.module, "inputs", None)
        if value is None:
            raise Refused(f"{Path(loaded.path).name} has no `inputs`: give the input with --input JSON.")
    try:
        inputs.check(value, inputs.schema(loaded.graph))
    except inputs.InputError as problem:
        raise Refused(_one_line(problem.failure)) from problem
    return value


def _print_chunks(
    loop: asyncio.AbstractEventLoop,
    loaded: Loaded,
    value: Any,
    modes: Sequence[str],
    subgraphs: bool,
    lines: TextIO,
) -> int:
    async def print_all() -> None:
        async with contextlib.aclosing(chunks(loaded.graph, value, modes, subgraphs)) as stream:
            async for namespace, mode, data in stream:
                where = {"ns": namespace} if subgraphs else {}
                _print(lines, {**where, "mode": mode, "data": data})

    try:
        run_until_complete(loop, print_all(), _is_ctrl_c)
    except (_Interrupted, _ReaderGone):
        raise
    except BaseException as error:
        _show(from_exception(error, loaded.folder, inputs.state_keys(loaded.graph)))
        return FAILED
    return FINISHED


def _print(lines: TextIO, chunk: dict[str, Any]) -> None:
    text = json.dumps(chunk, ensure_ascii=False).translate(_LINE_SEPARATORS)
    try:
        lines.write(text + "\n")
        lines.flush()
    except BrokenPipeError:
        raise _ReaderGone from None


_LINE_SEPARATORS = {ord(mark): f"\\u{ord(mark):04x}" for mark in "\x85\u2028\u2029"}
"""Some readers end a line at these; in JSON they may stand as escapes."""


@contextlib.contextmanager
def _stdout_for_lines() -> Iterator[TextIO]:
    """A writer to the real stdout, while descriptor 1 and all that is printed go to stderr."""
    sys.stdout.flush()
    private = os.dup(1)
    os.dup2(2, 1)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(line_buffering=True)
    # A lone surrogate cannot be encoded, but \\udc00 is how JSON escapes it.
    lines = open(private, "w", encoding="utf-8", errors="backslashreplace", newline="\n")  # noqa: SIM115, PTH123
    try:
        yield lines
    finally:
        sys.stdout.flush()
        with contextlib.suppress(BrokenPipeError):
            os.dup2(private, 1)
            lines.close()


@contextlib.contextmanager
def _ctrl_c(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Let Ctrl+C raise _Interrupted wherever the main thread is, in a node that never gives way too.

    Raised between any two bytecodes, it may meet code that lets it go unheard: about one in fifty does
    while a task is just being started. So the loop raises it once more.
    """

    def end() -> None:
        raise _Interrupted

    def interrupt(signum: int, frame: FrameType | None) -> None:
        if loop.is_running():
            loop.call_soon_threadsafe(end)
        raise _Interrupted

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _is_ctrl_c(error: BaseException) -> bool:
    return isinstance(error, _Interrupted)


def _clean_up(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel what runs and give it a moment to close its files."""
    loop.set_exception_handler(lambda loop, context: None)
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    with contextlib.suppress(_Interrupted):
        loop.run_until_complete(asyncio.sleep(0))  # what `_ctrl_c` has left to be raised
    with contextlib.suppress(BaseException):
        if left:
            loop.run_until_complete(asyncio.wait(left, timeout=_CLEAN_UP_SECONDS))
        loop.run_until_complete(loop.shutdown_asyncgens())


def _show(failure: dict[str, Any]) -> None:
    """An error of the run: what, where, what to do, and the traceback."""
    where, message = failure["where"], failure["message"].strip()
    print(f"{failure['type']}: {message}" if message else failure["type"], file=sys.stderr)
    if where:
        line = f"{where['file']}, line {where['line']}, in {where['function']}: {where['source']}"
        print(f"  {line}", file=sys.stderr)
    if failure["remedy"]:
        print(failure["remedy"], file=sys.stderr)
    print(f"\n{failure['traceback'].rstrip()}", file=sys.stderr)


def _one_line(failure: dict[str, Any]) -> str:
    """What is wrong and what to do in one line. Our own words need no type in front."""
    message = " ".join(failure["message"].split())
    where, remedy = failure["where"], failure["remedy"]
    is_ours = not failure["traceback"]
    told = message if is_ours else f"{failure['type']}: {message}" if message else failure["type"]
    if where:
        told += f" ({Path(where['file']).name}, line {where['line']}: {where['source']})"
    if not told.endswith((".", "?", "!")):
        told += "."
    return f"{told} {remedy}".strip()
