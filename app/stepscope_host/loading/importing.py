"""Runs the user's file or imports their module; whatever goes wrong there becomes LoadFailed."""

from __future__ import annotations

import contextlib
import importlib
import importlib.machinery
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from stepscope_host.failures import LoadFailed, failure, from_exception
from stepscope_host.loading.spawned import module_name


def execute(path: Path, folder: str) -> ModuleType:
    """Run a file as a module of its own. `folder` is the program's."""
    name = module_name(path, folder)
    source_loader = importlib.machinery.SourceFileLoader(name, str(path))
    spec = importlib.util.spec_from_file_location(name, path, loader=source_loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    with reported(folder, str(path)), _argv(str(path)):
        code = compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
        sys.modules[name] = module
        exec(code, module.__dict__)
    return module


def import_module(dotted: str, folder: str) -> ModuleType | None:
    """Import a module as an import statement finds it; None when there is none."""
    try:
        is_known = importlib.util.find_spec(dotted) is not None
    except Exception as error:  # a package's own __init__ runs here
        if not (isinstance(error, ModuleNotFoundError) and f"{dotted}.".startswith(f"{error.name}.")):
            raise LoadFailed(from_exception(error, folder)) from error
        is_known = False
    if not is_known:
        return None
    with reported(folder), _argv(dotted):
        return importlib.import_module(dotted)


@contextlib.contextmanager
def reported(folder: str, source: str = "") -> Iterator[None]:
    """The one place where errors of the user's import are caught: they become LoadFailed."""
    try:
        yield
    except (LoadFailed, GeneratorExit):
        raise
    except (SyntaxError, ValueError) as error:
        if source and not _may_be_python(source, error):
            message = f"{Path(source).name} is not a Python file."
            problem = failure("NotPython", message, "Open a file of Python source code.")
            raise LoadFailed(problem) from error
        raise LoadFailed(from_exception(error, folder)) from error
    except BaseException as error:  # SystemExit and KeyboardInterrupt of a module are reported like any other
        raise LoadFailed(from_exception(error, folder)) from error


def _may_be_python(source: str, error: Exception) -> bool:
    """False for bytes that are no text, and for text of another suffix that does not parse."""
    path = Path(source)
    with contextlib.suppress(OSError), path.open("rb") as file:
        if b"\0" in file.read(4096):
            return False
    is_named_so = path.suffix in {".py", ".pyw"}
    return is_named_so or not (isinstance(error, SyntaxError) and error.filename == source)


@contextlib.contextmanager
def _argv(program: str) -> Iterator[None]:
    before = sys.argv
    sys.argv = [program]
    try:
        yield
    finally:
        sys.argv = before
