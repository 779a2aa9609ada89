"""Errors as a person reads them: what, where in their own code, and what to do next.

A failure is a plain dictionary: ``{"type", "message", "remedy", "where", "traceback"}``, `where`
being None or ``{"file", "line", "function", "source"}``.
"""

from __future__ import annotations

import difflib
import linecache
import os
import sys
import sysconfig
import traceback
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from stepscope_host import remedies
from stepscope_host.showing.speaking import within

MESSAGE_LIMIT = 20_000
TRACEBACK_LIMIT = 100_000
MESSAGE_SECONDS = 1.0
"""How long an exception may take to say what it is."""

_HERE = str(Path(__file__).parent)
_WINDOW = str(Path(__file__).parent.parent / "stepscope")
_LIBRARIES = tuple(
    {str(Path(path)) for key, path in sysconfig.get_paths().items() if key in {"stdlib", "platstdlib"}}
)
_ENGINES = ("langgraph", "stepgraph", "langchain_core", "langsmith")
_PLUMBING = ("asyncio", "concurrent", "contextlib", "threading")


class LoadFailed(Exception):
    """A target that could not be loaded; `failure` is plain.

    `choices` are names to pick one from, and `descriptions` what the person wrote about some of them.
    `sources` are the files of the person's own code that were read until then: any may be the one to mend.
    """

    def __init__(
        self,
        failure: dict[str, Any],
        choices: Iterable[str] = (),
        descriptions: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(failure["message"])
        self.failure = failure
        self.choices = tuple(choices)
        self.descriptions = dict(descriptions or {})
        self.sources: tuple[str, ...] = ()


def failure(
    type: str,
    message: str,
    remedy: str = "",
    where: dict[str, Any] | None = None,
    traceback: str = "",
) -> dict[str, Any]:
    """A failure told in our own words."""
    return {"type": type, "message": message, "remedy": remedy, "where": where, "traceback": traceback}


def from_exception(error: BaseException, folder: str = "", known_keys: Iterable[str] = ()) -> dict[str, Any]:
    """The failure an exception stands for.

    `folder` is the one the user's program lies in: a line in there is where to look first.
    `known_keys` are the state's, which tell a missing key from any other KeyError.
    """
    known = tuple(known_keys)
    try:
        # Each of these asks the exception for its message, which is code of the user.
        return within(MESSAGE_SECONDS, lambda: _told(error, folder, known))
    except TimeoutError:
        frames = "".join(traceback.format_tb(error.__traceback__))
        message = f"(its message cannot be shown: str() takes longer than {MESSAGE_SECONDS:g} s)"
        return failure(_class_name(error), message, "", _where(error, folder), frames[:TRACEBACK_LIMIT])


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`` Did you mean 'writer'?`` with a space in front, or nothing when no known word is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" Did you mean {near[0]!r}?" if near else ""


def is_users(path: str) -> bool:
    """True for a file that is neither the standard library's, nor installed, nor ours."""
    if not path or path.startswith("<"):
        return False
    parts = Path(path).parts
    if "site-packages" in parts or "dist-packages" in parts:
        return False
    return not path.startswith((*_LIBRARIES, _HERE + os.sep, _WINDOW + os.sep)) and not _is_engine(path)


def files_of(error: BaseException | None) -> Iterator[str]:
    """The files of the person's own code that an exception has come through, and its causes."""
    known: set[int] = set()
    while error is not None and id(error) not in known:
        known.add(id(error))
        files = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)]
        if isinstance(error, SyntaxError) and error.filename:
            files.append(error.filename)
        yield from filter(is_users, files)
        error = error.__cause__ or error.__context__


def _told(error: BaseException, folder: str, known_keys: tuple[str, ...]) -> dict[str, Any]:
    whole = traceback.TracebackException.from_exception(error, capture_locals=False)
    return failure(
        _class_name(error),
        _message(error)[:MESSAGE_LIMIT],
        remedies.for_exception(error, known_keys, folder),
        _where(error, folder),
        _readable(whole)[:TRACEBACK_LIMIT],
    )


def _class_name(error: BaseException) -> str:
    return type(error).__name__


def _message(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return error.msg or "invalid syntax"
    if isinstance(error, SystemExit):
        return f"exit status {error.code}" if isinstance(error.code, int) else str(error.code or "")
    try:
        return str(error)
    except Exception as problem:
        return f"(its message cannot be shown: str() raises {type(problem).__name__})"


def _where(error: BaseException, folder: str) -> dict[str, Any] | None:
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return location(error.filename, error.lineno, "", (error.text or "").strip())
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if is_users(frame.filename)]
    # The user's own file before a library of theirs that lies elsewhere.
    best = [frame for frame in own if folder and frame.filename.startswith(folder)] or own
    if best:
        frame = best[-1]
        return location(frame.filename, frame.lineno or 0, frame.name, (frame.line or "").strip())
    # An engine that wraps the user's error keeps it as the cause.
    return _where(error.__cause__, folder) if error.__cause__ is not None else None


def location(file: str, line: int, function: str = "", source: str = "") -> dict[str, Any]:
    """A line of code as plain data; `source` is read from the file when it is not given."""
    source = source or linecache.getline(file, line).strip()
    return {"file": file, "line": line, "function": function, "source": source}


def _readable(whole: traceback.TracebackException) -> str:
    """The traceback without the frames of the engine and of this package, if any of the user's is left."""
    seen: set[int] = set()
    chain = [whole]
    while chain:
        part = chain.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        # A syntax error names its line itself, and no frame of the user's has begun.
        if part.filename if _is_syntax(part) else any(is_users(frame.filename) for frame in part.stack):
            part.stack = traceback.StackSummary.from_list(
                [frame for frame in part.stack if not _is_machinery(frame.filename)]
            )
        chain.extend(linked for linked in (part.__cause__, part.__context__) if linked is not None)
    return "".join(whole.format())


def _is_syntax(part: traceback.TracebackException) -> bool:
    return hasattr(part, "filename")


def _is_machinery(path: str) -> bool:
    if path.startswith(("<frozen", _HERE + os.sep, _WINDOW + os.sep)) or _is_engine(path):
        return True
    below = next((path[len(root) :] for root in _LIBRARIES if path.startswith(root)), "")
    return below.lstrip("/\\").removesuffix(".py").startswith(_PLUMBING)


def _is_engine(path: str) -> bool:
    """True for a file of an engine that is loaded, installed or in a checkout."""
    modules = (sys.modules.get(name) for name in _ENGINES)
    folders = [str(folder) for module in modules for folder in getattr(module, "__path__", ())]
    return any(path.startswith(folder + os.sep) for folder in folders)
