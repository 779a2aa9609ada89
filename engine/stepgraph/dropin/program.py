"""Runs a program as Python itself would: a script, a folder or archive with a `__main__.py`, or a module.

It gets a `__main__` of its own, and an error shows the program's frames alone.
"""

from __future__ import annotations

import importlib.util
import io
import os
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType, TracebackType
from typing import Any, NoReturn


def run_script(path: str, arguments: list[str]) -> None:
    """Run `python path arguments...`. Raises SystemExit when there is nothing to run."""
    sys.argv = [path, *arguments]
    absolute = os.path.abspath(path)  # noqa: PTH100 - Python does not resolve links here
    if Path(path).is_dir() or _is_archive(absolute):
        _put_first(absolute)
        spec = PathFinder.find_spec("__main__", [absolute])
        if spec is None or spec.loader is None:
            _give_up(1, f"can't find '__main__' module in {absolute!r}")
        _run(lambda: _code_of(spec), _new_main(spec, ""))
        return
    _put_first(os.path.dirname(os.path.realpath(path)))  # noqa: PTH120
    main = _new_main(None, None)
    main.__file__ = absolute
    main.__loader__ = SourceFileLoader("__main__", absolute)
    _run(lambda: compile(_source(absolute), absolute, "exec", dont_inherit=True), main)


def run_module(name: str, arguments: list[str]) -> None:
    """Run `python -m name arguments...`. Raises SystemExit when there is nothing to run."""
    sys.argv = ["-m", *arguments]
    spec = _find(name)
    if spec.submodule_search_locations is not None:
        spec = _find(f"{name}.__main__", f"; {name!r} is a package and cannot be directly executed")
    sys.argv[0] = spec.origin or name
    _run(lambda: _code_of(spec), _new_main(spec, spec.parent))


def _run(load: Callable[[], CodeType], main: ModuleType) -> None:
    try:
        exec(load(), vars(main))
    except SystemExit:
        raise
    except BaseException as error:
        told = _in_the_program(error.__traceback__)
        sys.excepthook(type(error), error.with_traceback(told), told)
        # It goes on, so that Python ends as it always would; but it has been told of.
        sys.excepthook = lambda *ignored: None
        raise


def _in_the_program(traceback: TracebackType | None) -> TracebackType | None:
    """The part of a traceback that begins in the program."""
    while traceback is not None and _is_ours(traceback.tb_frame.f_code.co_filename):
        traceback = traceback.tb_next
    return traceback


def _is_ours(filename: str) -> bool:
    return filename == __file__ or filename.startswith("<frozen importlib")


def _new_main(spec: ModuleSpec | None, package: str | None) -> ModuleType:
    main = ModuleType("__main__")
    main.__builtins__ = __import__("builtins")  # type: ignore[attr-defined]
    main.__cached__ = spec.cached if spec is not None else None  # type: ignore[attr-defined]
    main.__package__ = package
    main.__spec__ = spec
    main.__annotations__ = {}
    if spec is not None:
        main.__file__ = spec.origin
        main.__loader__ = spec.loader
    sys.modules["__main__"] = main
    return main


def _find(name: str, why: str = "") -> ModuleSpec:
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        _give_up(
            1, f"Error while finding module specification for {name!r} ({type(error).__name__}: {error})"
        )
    if spec is None:
        _give_up(1, f"No module named {name}{why}")
    return spec


def _code_of(spec: ModuleSpec) -> CodeType:
    loader: Any = spec.loader
    code: CodeType | None = loader.get_code(spec.name) if hasattr(loader, "get_code") else None
    if code is None:
        _give_up(1, f"No code object available for {spec.name}")
    return code


def _source(path: str) -> bytes:
    try:
        with io.open_code(path) as file:
            return file.read()
    except OSError as error:
        _give_up(2, f"can't open file {path!r}: [Errno {error.errno}] {error.strerror}")


def _is_archive(path: str) -> bool:
    return Path(path).is_file() and any(True for _ in _archive_finders(path))


def _archive_finders(path: str) -> Any:
    for hook in sys.path_hooks:
        try:
            yield hook(path)
        except ImportError:
            continue


def _put_first(folder: str) -> None:
    """Put the program's folder where `python -m` has put the current one."""
    if not (getattr(sys.flags, "safe_path", False) or sys.flags.isolated):
        sys.path[0] = folder


def _give_up(status: int, why: str) -> NoReturn:
    print(f"{sys.executable}: {why}", file=sys.stderr)
    raise SystemExit(status)
