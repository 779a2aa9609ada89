"""Run in place of the main module by processes that a program spawns: lets them import the program's file.

The file runs as a module that no import finds, so what is pickled by its name could not be read where
`multiprocessing` starts anew. As ``python file.py`` is imported there once more, so is it here, by that name.
"""

from __future__ import annotations

import contextlib
import importlib.util
import re
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import ModuleType


def module_name(path: Path, folder: str) -> str:
    """The name that a file of a program is executed under; no import statement can mean it."""
    inner = path.relative_to(folder) if path.is_relative_to(folder) else path
    return "stepscope_target_" + re.sub(r"\W", "_", "__".join(inner.with_suffix("").parts))


def take_the_place_of_main() -> None:
    """Let the processes that this one spawns run this module before they are told what to do."""
    sys.modules["__main__"].__spec__ = ModuleSpec(__name__, None)


@contextlib.contextmanager
def in_the_place_of_main() -> Iterator[None]:
    """The same for a while; the main module and what `be_the_program` has said are as before afterwards."""
    main = sys.modules["__main__"]
    spec, arguments = main.__spec__, sys.argv[:]
    take_the_place_of_main()
    try:
        yield
    finally:
        main.__spec__, sys.argv[:] = spec, arguments


def be_the_program(path: str) -> None:
    """Let the program, and the processes that it spawns, see the arguments of ``python file.py``."""
    sys.argv[:] = [path]


class _ProgramFile:
    """Finds the file that `sys.argv` names, by the name that it runs under in the worker."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        file = Path(sys.argv[0])
        if any(module_name(file, str(folder)) == name for folder in file.parents):
            return importlib.util.spec_from_file_location(
                name, file, loader=SourceFileLoader(name, str(file))
            )
        return None


if __name__ == "__mp_main__":
    sys.meta_path.append(_ProgramFile)
