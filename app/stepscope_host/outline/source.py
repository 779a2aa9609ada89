"""The text of a file and the tree of its syntax, whatever the file holds."""

from __future__ import annotations

import ast
import codecs
import io
import stat
import tokenize
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stepscope_host.failures import LoadFailed, failure, location

LARGEST = 1_000_000
"""Bytes; a graph that somebody wrote takes some thousands."""


@dataclass(frozen=True)
class Source:
    """A file that was read."""

    path: Path
    tree: ast.Module


def read(path: Path) -> Source:
    """Read a file without running it. Raises LoadFailed with what is wrong, and where."""
    return Source(path, _parsed(_text(_bytes(path), path), path))


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            about = stat.S_ISREG(path.stat().st_mode)
            data = file.read(LARGEST + 1) if about else b""
    except OSError as error:
        problem = failure("OSError", f"{path} cannot be read: {error.strerror}.", "May you read it?")
        raise LoadFailed(problem) from error
    if len(data) > LARGEST:
        message = f"{path.name} is larger than {LARGEST // 1_000_000} MB, too much to look at."
        raise LoadFailed(
            failure("TooLarge", message, "Trust it and load it, if you know where it comes from.")
        )
    return data


def _text(data: bytes, path: Path) -> str:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        # Some codecs decode to something that is no text, or unpack what is small into what is huge.
        if not getattr(codecs.lookup(encoding), "_is_text_encoding", True):
            raise LookupError(f"{encoding} is no encoding of texts")
        return data.decode(encoding)
    except (SyntaxError, LookupError, ValueError) as error:
        message = f"{path.name} is not written in the encoding that it declares, or in UTF-8: {error}."
        problem = failure("UnicodeError", message, "Is it a Python file? Save it as UTF-8.")
        raise LoadFailed(problem) from error


def _parsed(text: str, path: Path) -> ast.Module:
    try:
        return ast.parse(text, str(path))
    except (SyntaxError, ValueError) as error:
        raise LoadFailed(_mistake(error, text, path)) from error
    except (RecursionError, MemoryError) as error:
        raise LoadFailed(too_deep(path)) from error


def too_deep(path: Path) -> dict[str, Any]:
    """The failure of a source that is nested deeper than can be followed."""
    return failure(
        "TooDeep",
        f"{path.name} is nested too deeply to be looked at.",
        "Trust it and load it, if you know where it comes from.",
    )


def _mistake(error: SyntaxError | ValueError, text: str, path: Path) -> dict[str, Any]:
    if not isinstance(error, SyntaxError) or error.lineno is None:  # null bytes
        return failure("SyntaxError", f"{path.name} is no Python text: {error}.", "Is it a Python file?")
    line = text.splitlines()[error.lineno - 1 : error.lineno]
    where = location(str(path), error.lineno, source="".join(line).strip())
    return failure("SyntaxError", error.msg, "Correct this line; then open it again.", where)
