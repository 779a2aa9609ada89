"""The drop-in runs a program as Python runs it."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest
from tests.kit.processes import DROPIN, python

WHO_AM_I = """
import sys
main = sys.modules["__main__"]
print(__name__, sys.argv, __file__, __package__, __cached__, getattr(__spec__, "name", None))
print(vars(main) is globals(), sys.path[0], (lambda: 0).__code__.co_filename, sorted(globals()))
"""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with the same program as a script, a package, a folder and an archive."""
    (tmp_path / "script.py").write_text(WHO_AM_I)
    (tmp_path / "link.py").symlink_to(tmp_path / "deep" / "target.py")
    for folder in ("package", "deep"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").touch()
    (tmp_path / "package" / "__main__.py").write_text(WHO_AM_I)
    (tmp_path / "deep" / "target.py").write_text(WHO_AM_I)
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
        archive.writestr("__main__.py", WHO_AM_I)
    return tmp_path


WAYS = ["script.py a -b", "link.py", "deep/target.py", "package x", "archive.zip x"]
MODULES = ["-m script a -m", "-m package -h", "-m deep.target"]


@pytest.mark.parametrize("command", [*WAYS, *MODULES])
def test_a_program_finds_what_it_finds_under_python(programs: Path, command: str) -> None:
    expected = python(*command.split(), cwd=programs)
    assert expected.status == 0
    assert python(*DROPIN, *command.split(), cwd=programs) == expected


def test_a_safe_path_stays_safe(programs: Path) -> None:
    if sys.version_info < (3, 11):
        pytest.skip("Python 3.11 brought -P")
    expected = python("script.py", cwd=programs, flags=("-P",))
    assert python(*DROPIN, "script.py", cwd=programs, flags=("-P",)) == expected


ENDS = {
    "a status": "raise SystemExit(3)",
    "a message": "raise SystemExit('no more')",
    "an error": "def outer():\n    return 1 / 0\n\nouter()",
    "a cause": "try:\n    {}['a']\nexcept KeyError as error:\n    raise ValueError('b') from error",
    "a slip in the syntax": "def f(:",
    "Ctrl+C": "raise KeyboardInterrupt",
    "a hook": "import sys\nsys.excepthook = lambda *told: print('told', told[1])\n1 / 0",
}


@pytest.mark.parametrize("how", ENDS)
def test_a_program_ends_as_it_ends_under_python(tmp_path: Path, how: str) -> None:
    (tmp_path / "program.py").write_text(ENDS[how])
    expected = python("program.py", cwd=tmp_path)
    assert expected.status != 0
    assert python(*DROPIN, "program.py", cwd=tmp_path) == expected


@pytest.mark.parametrize("command", ["gone.py", "-m gone", "-m gone.deep", "-m deep", "deep"])
def test_what_cannot_be_found_is_told_as_python_tells_it(programs: Path, command: str) -> None:
    expected = python(*command.split(), cwd=programs)
    found = python(*DROPIN, *command.split(), cwd=programs)
    assert (found.status, found.err.split(": ", 1)[1]) == (expected.status, expected.err.split(": ", 1)[1])


@pytest.mark.parametrize("command", [[], ["-x"], ["-m"]])
def test_a_command_line_without_a_program_is_told_how_to_give_one(tmp_path: Path, command: list[str]) -> None:
    ran = python(*DROPIN, *command, cwd=tmp_path)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("usage: python -m stepgraph.dropin SCRIPT")
