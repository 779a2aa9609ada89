"""The interpreter that this program runs in, as it is lent to graphs; a frozen app lends the one inside it.

``FROZEN --as-python FOLDER ...`` is what ``python FOLDER ...`` is elsewhere, and ``-m MODULE`` may stand for
the folder. So a graph of Stepscope's own engine runs in a process of its own where no Python is installed.
"""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Sequence

from stepscope.session import environment

AS_PYTHON = "--as-python"

_FOR_WINDOWS = "stepscope-cli.exe"
"""The frozen app that has stdin and stdout, beside the one that opens no terminal."""


def own_python() -> str:
    """The path of this program's interpreter, or of the frozen app that can be one."""
    path = os.path.abspath(sys.executable)  # noqa: PTH100 - never resolved: it names an environment
    if os.name == "nt" and environment.bundle():
        return os.path.join(os.path.dirname(path), _FOR_WINDOWS)  # noqa: PTH118, PTH120
    return path


def command(python: str) -> list[str]:
    """How a command line begins that is to be answered by the interpreter at this path."""
    path = os.path.abspath(python) if os.sep in python else python  # noqa: PTH100
    is_frozen = environment.bundle() and path == own_python()
    return [path, AS_PYTHON] if is_frozen else [path]


def answer_as_python(words: Sequence[str]) -> None:
    """Run what the words after `AS_PYTHON` name, as the main program."""
    # What this process starts in turn is not ours.
    own = environment.for_others(os.environ, environment.bundle())
    os.environ.clear()
    os.environ.update(own)
    match words:
        case ["-m", module, *rest]:
            sys.argv = [module, *rest]
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        case [place, *_]:
            sys.argv = list(words)
            runpy.run_path(place, run_name="__main__")
