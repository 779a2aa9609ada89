"""Which Python a file gets when nobody has chosen one, and what is said about that."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepscope import assets
from stepscope.session.interpreters import Interpreter, best_for, file_of, lacks
from stepscope.session.interpreters.choice import libraries_of

LANGGRAPH = {"langgraph": "1.2.22"}
NEAR = Interpreter("/p/.venv/bin/python", "project .venv", "3.12.1", LANGGRAPH, is_near=True)
EMPTY = Interpreter("/p/.venv/bin/python", "project .venv", "3.12.1", {}, is_near=True)
BROKEN = Interpreter(
    "/p/.venv/bin/python", "project .venv", problem="It is gone. Make it again.", is_near=True
)
BARE = Interpreter("/pyenv/3.13/bin/python", "pyenv", "3.13.0")
FAR = Interpreter("/pyenv/3.11/bin/python", "pyenv", "3.11.7", LANGGRAPH)
OWN = Interpreter("/own/bin/python", "this Stepscope", "3.11.7", {"stepgraph": "0.1.0"}, is_own=True)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "agent.py"
    path.write_text("import os\nfrom langgraph.graph import StateGraph\n")
    return path


def test_the_project_s_own_is_taken_when_it_has_the_library(file: Path) -> None:
    choice = best_for(file, (BARE, NEAR, FAR, OWN))

    assert choice is not None
    assert choice.interpreter is NEAR
    assert choice.reason == "It is the nearest that has langgraph."
    assert choice.remark == ""


def test_one_that_has_the_library_is_taken_before_a_nearer_one_and_that_is_said(file: Path) -> None:
    choice = best_for(file, (EMPTY, BARE, FAR, OWN))

    assert choice is not None
    assert choice.interpreter is FAR
    assert choice.remark == (
        "Runs in pyenv (Python 3.11.7), not in project .venv, which has no langgraph. "
        "Install it: /p/.venv/bin/python -m pip install langgraph"
    )


def test_when_none_has_the_library_the_nearest_is_taken(file: Path) -> None:
    choice = best_for(file, (EMPTY, BARE, OWN))

    assert choice is not None
    assert choice.interpreter is EMPTY
    assert "none of those found has langgraph" in choice.reason


def test_one_that_cannot_run_is_never_taken_and_a_broken_project_is_told(file: Path) -> None:
    choice = best_for(file, (BROKEN, FAR))

    assert choice is not None
    assert choice.interpreter is FAR
    assert choice.remark == "Runs in pyenv (Python 3.11.7), not in project .venv. It is gone. Make it again."
    assert best_for(file, (BROKEN,)) is None


def test_a_file_for_stepgraph_gets_a_python_that_has_stepgraph(tmp_path: Path) -> None:
    file = tmp_path / "agent.py"
    file.write_text("import stepgraph.graph as g\n")

    choice = best_for(file, (NEAR, FAR, OWN))

    assert choice is not None
    assert choice.interpreter is OWN
    assert choice.remark.endswith("/p/.venv/bin/python -m pip install stepscope")


def test_the_bundled_examples_run_in_stepscope_s_own() -> None:
    example = assets.examples()[0].path

    choice = best_for(example, (NEAR, FAR, OWN))

    assert choice is not None
    assert choice.interpreter is OWN


def test_a_file_that_imports_no_library_gets_a_project_s_python_or_one_with_any(tmp_path: Path) -> None:
    file = tmp_path / "agent.py"
    file.write_text("import os\n")

    for found, best in (((BARE, EMPTY), EMPTY), ((BARE, FAR), FAR), ((BARE,), BARE)):
        choice = best_for(file, found)
        assert choice is not None
        assert choice.interpreter is best


@pytest.mark.parametrize(
    ("files", "needed"),
    [
        ({"agent.py": "from langgraph.graph import StateGraph"}, ("langgraph",)),
        ({"agent.py": "def f():\n  import langgraph"}, ("langgraph",)),
        ({"agent.py": "from langchain.agents import create_agent"}, ("langchain",)),
        ({"agent.py": "import langgraph_supervisor"}, ("langgraph",)),
        ({"agent.py": "import langgraph, stepgraph"}, ("langgraph", "stepgraph")),
        ({"agent.py": "import nodes", "nodes.py": "import langgraph"}, ("langgraph",)),
        ({"agent.py": "from .nodes import a", "nodes.py": "import langgraph"}, ("langgraph",)),
        ({"agent.py": "from . import nodes", "nodes.py": "import langgraph"}, ("langgraph",)),
        ({"agent.py": "from pack.b import a", "pack/b.py": "import langgraph"}, ("langgraph",)),
        ({"agent.py": "import pack", "pack/__init__.py": "import stepgraph"}, ("stepgraph",)),
        ({"agent.py": "import json"}, ()),
        ({"agent.py": "import langgraph\nx = '\\d'"}, ("langgraph",)),
        ({"agent.py": "import langgraph\ndef ("}, ()),
        ({"agent.py": "\0"}, ()),
        ({"agent.py": "-" * 100_000 + "1"}, ()),
        ({"agent.py": "from langgraph.graph import (\n    START,\n)\n" + "x = 1\n" * 40_000}, ("langgraph",)),
        ({"agent.py": "import os, stepgraph as sg\n" + "x = 1\n" * 40_000}, ("stepgraph",)),
        ({}, ()),
    ],
)
def test_the_libraries_of_a_file_are_those_that_it_and_its_neighbours_import(
    tmp_path: Path, files: dict[str, str], needed: tuple[str, ...]
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)

    assert libraries_of(tmp_path / "agent.py") == needed


def test_what_a_python_lacks_is_only_said_of_one_that_could_run(file: Path) -> None:
    told = lacks([EMPTY, NEAR, BROKEN], file)
    assert told.keys() == {EMPTY.path}
    assert told[EMPTY.path].startswith("It has no langgraph. Install it: ")


def test_a_target_s_file_is_found_without_running_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    package = tmp_path / "pack"
    package.mkdir()
    (package / "__init__.py").write_text("raise AssertionError('it ran')")
    (package / "graphs.py").touch()
    (tmp_path / "link.py").symlink_to(package / "graphs.py")

    assert file_of(f"{tmp_path}/link.py:graph") == package / "graphs.py"
    assert file_of("pack.graphs:graph") == package / "graphs.py"
    assert file_of("elsewhere.graphs") == tmp_path / "elsewhere" / "graphs.py"
