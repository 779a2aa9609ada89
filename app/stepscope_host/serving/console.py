"""What a program logs and warns of, as events; its own logging does what it would do without us.

Nothing is configured for it: there is no handler of ours, so `logging.basicConfig()` still finds an empty
root. Instead a record is told where `logging` hands it to the handlers, which is after levels and filters
have had their say, and a warning where `warnings` would print it.

What a handler then writes of a record to the process's own stdout or stderr would show it a second time.
The streams swallow that, and nothing else: not what other threads write meanwhile, nor what a handler
writes to a file or to a stream that somebody put in sys.stderr's place.
"""

from __future__ import annotations

import functools
import logging
import os
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from stepscope_host.failures import location
from stepscope_host.running_nodes import running_node

Emit = Callable[[dict[str, Any]], None]

TEXT_LIMIT = 20_000
"""Characters of one message with its traceback."""

SOURCE_LIMIT = 500
"""Characters of the line of code that said it."""

MOST_TOLD = 5_000
"""Records that are remembered as told, for handlers that write them later in another thread."""


def capture(emit: Emit) -> None:
    """Tell every log record and warning of this process from now on; to be called once.

    `emit` is called in whatever thread speaks, also inside a finalizer or a signal handler that interrupts
    another `emit`. What it raises is dropped. A forked child tells nothing: it writes to stderr as ever.
    """
    told = _Told(emit)
    streams = _Streams()
    _hear_records(told, streams)
    _hear_warnings(told, streams)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: _fall_silent(told, streams))


class _Told:
    """Tells what is said, once; never from within itself, and never into the speaker's face."""

    def __init__(self, emit: Emit) -> None:
        self.is_on = True
        self._emit = emit
        self._here = threading.local()
        # Threads share it without a lock, which a finalizer could find held: each use is one step.
        self._records: dict[tuple[object, ...], None] = {}

    def tell(self, event_of: Callable[[Any], dict[str, Any]], said: Any) -> bool:
        """True when it has been told."""
        if not self.is_on or getattr(self._here, "is_busy", False):
            return False
        self._here.is_busy = True
        try:
            self._emit(event_of(said))
        except Exception:
            return False  # it is then heard as it would be without us
        finally:
            self._here.is_busy = False
        return True

    def tell_record(self, record: logging.LogRecord) -> None:
        if self.tell(_of_record, record):
            if len(self._records) >= MOST_TOLD:
                self._records.clear()
            self._records[_key(record)] = None

    def knows(self, record: logging.LogRecord) -> bool:
        """True when this record has been told, also for the copy that a queue has carried."""
        return self.is_on and _key(record) in self._records


class _Streams:
    """The process's own stdout and stderr, which swallow what is written of something that was told."""

    def __init__(self) -> None:
        own = (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)
        self._own = {id(stream): stream for stream in own if stream is not None}
        self._here = threading.local()
        for stream in self._own.values():
            self._mend(stream)

    def is_own(self, stream: object) -> bool:
        return id(stream) in self._own

    def swallow(self, is_so: bool) -> bool:
        """Whether this thread's writing is swallowed from now on; returns how it was."""
        before = self._is_swallowing
        self._here.is_swallowing = is_so
        return before

    @property
    def _is_swallowing(self) -> bool:
        return getattr(self._here, "is_swallowing", False)

    def _mend(self, stream: TextIO) -> None:
        write = stream.write

        def write_unless_told(text: str) -> int:
            if self._is_swallowing and isinstance(text, str):
                return len(text)
            return write(text)

        stream.write = write_unless_told  # type: ignore[method-assign]


def _fall_silent(told: _Told, streams: _Streams) -> None:
    told.is_on = False
    streams.swallow(False)


def _hear_records(told: _Told, streams: _Streams) -> None:
    call_handlers = logging.Logger.callHandlers
    handle = logging.Handler.handle
    handle_error = logging.Handler.handleError

    def would_show_again(handler: logging.Handler, record: logging.LogRecord) -> bool:
        try:
            return streams.is_own(_stream_of(handler)) and told.knows(record)
        except Exception:  # a record or a handler of another kind
            return False

    @_as_part_of_logging
    @functools.wraps(call_handlers)
    def tell_and_call_handlers(self: logging.Logger, record: logging.LogRecord) -> None:
        told.tell_record(record)
        call_handlers(self, record)

    @_as_part_of_logging
    @functools.wraps(handle)
    def handle_quietly(self: logging.Handler, record: logging.LogRecord) -> Any:
        before = streams.swallow(would_show_again(self, record))
        try:
            return handle(self, record)
        finally:
            streams.swallow(before)

    @_as_part_of_logging
    @functools.wraps(handle_error)
    def handle_error_aloud(self: logging.Handler, record: logging.LogRecord) -> None:
        before = streams.swallow(False)
        try:
            handle_error(self, record)
        finally:
            streams.swallow(before)

    logging.Logger.callHandlers = tell_and_call_handlers  # type: ignore[method-assign]
    logging.Handler.handle = handle_quietly  # type: ignore[method-assign]
    logging.Handler.handleError = handle_error_aloud  # type: ignore[method-assign]


def _hear_warnings(told: _Told, streams: _Streams) -> None:
    # Only what `warnings` prints itself passes here: not what is recorded, made an error, handed to
    # logging, or shown by somebody's own `showwarning`.
    show = getattr(warnings, "_showwarnmsg_impl", None)
    if show is None:
        return

    def tell_and_show(message: warnings.WarningMessage) -> None:
        is_ours = streams.is_own(sys.stderr if message.file is None else message.file)
        before = streams.swallow(is_ours and told.tell(_of_warning, message))
        try:
            show(message)
        finally:
            streams.swallow(before)

    warnings._showwarnmsg_impl = tell_and_show  # type: ignore[attr-defined]


def _as_part_of_logging(function: Any) -> Any:
    """The function as if it were in logging's folder.

    When a handler fails, logging prints the stack without its own frames, which it knows by their folder.
    """
    file = str(Path(logging.__file__).parent / "<heard by stepscope>")
    function.__code__ = function.__code__.replace(co_filename=file)
    return function


def _stream_of(handler: logging.Handler) -> object:
    """Where a handler writes: a StreamHandler's stream, or the file of a console as rich has it."""
    stream = getattr(handler, "stream", None)
    return stream if stream is not None else getattr(getattr(handler, "console", None), "file", None)


def _key(record: logging.LogRecord) -> tuple[object, ...]:
    return record.created, record.thread, record.name, record.lineno, record.process


def _of_record(record: logging.LogRecord) -> dict[str, Any]:
    where: dict[str, Any] | None = location(record.pathname, record.lineno, record.funcName or "")
    if record.name == "py.warnings":  # of logging.captureWarnings(); its text names the line that matters
        where = None
    return _printed("log", record.created, _text(record), record.levelname, record.name, where)


def _of_warning(message: warnings.WarningMessage) -> dict[str, Any]:
    where = location(message.filename, message.lineno, source=(message.line or "").strip())
    return _printed("warning", time.time(), str(message.message), message.category.__name__, "", where)


def _printed(
    source: str, when: float, text: str, level: str, logger: str, where: dict[str, Any] | None
) -> dict[str, Any]:
    if where is not None:
        where["source"] = where["source"][:SOURCE_LIMIT]
    return {
        "event": "printed",
        "time": float(when),
        "source": source,
        "text": _bounded(text),
        "level": str(level),
        "logger": str(logger),
        "where": where,
        "node": running_node().name,
    }


def _text(record: logging.LogRecord) -> str:
    """The message, the exception and the stack, without a trace of it in the record."""
    parts = [record.getMessage()]
    if record.exc_text:
        parts.append(record.exc_text)
    elif record.exc_info and record.exc_info[1] is not None:
        parts.append("".join(traceback.format_exception(*record.exc_info)).rstrip("\n"))
    if record.stack_info:
        parts.append(str(record.stack_info))
    return "\n".join(parts)


def _bounded(text: str) -> str:
    """At most TEXT_LIMIT characters; the end is kept, where a traceback says what it was."""
    if len(text) <= TEXT_LIMIT:
        return text
    half = TEXT_LIMIT // 2 - 30
    return f"{text[:half]}\n… {len(text) - 2 * half:,} characters left out …\n{text[-half:]}"
