"""A langgraph.json is data: its graphs are listed, and the source of the chosen one is looked at."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from tests.kit.programs import Recorder, drawn

from stepscope_host.outline.look import look
from stepscope_host.outline.words import FIRST

GRAPH = dedent("""
    from typing import TypedDict
    from stepgraph.graph import START, StateGraph

    class State(TypedDict):
        word: str

    def a(state): return {}
    def make_graph(config): return StateGraph(State).add_node("made", a).add_edge(START, "made")
    graph = StateGraph(State).add_node(a).add_edge(START, "a").compile()
""")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a graph in a file, one that a factory makes, and one in a module."""
    folder = (tmp_path / "shop").resolve()
    (folder / "src" / "agents").mkdir(parents=True)
    (folder / "bot.py").write_text(GRAPH)
    (folder / "src" / "agents" / "__init__.py").write_text("")
    (folder / "src" / "agents" / "deep.py").write_text(GRAPH)
    graphs = {
        "bot": {"path": "./bot.py:graph", "description": "Answers"},
        "made by": "bot.py:make_graph",
        "deep": "agents.deep:graph",
        "web": "./web.ts:graph",
    }
    write(folder, graphs=graphs, dependencies=["./src"], env=".env")
    return folder


def write(folder: Path, **settings: Any) -> None:
    (folder / "langgraph.json").write_text(json.dumps(settings))


def opened(target: object) -> dict[str, Any]:
    answer = look(str(target))
    assert "opened" in answer, answer
    found: dict[str, Any] = answer["opened"]
    return found


def test_its_graphs_are_to_be_chosen_from(project: Path) -> None:
    for target in (project, project / "langgraph.json"):
        answer = look(str(target))
        assert answer["choices"] == ["bot", "made by", "deep"]
        assert answer["descriptions"] == {"bot": "Answers"}


@pytest.mark.parametrize("name", ["bot", "made by", "deep"])
def test_each_looks_as_it_does_when_it_is_loaded(project: Path, name: str, recorder: Recorder) -> None:
    (project / ".env").write_text("")
    outline, loaded = opened(f"{project}:{name}"), recorder.open(f"{project}:{name}")

    for part in ("target", "path", "name", "choices", "project", "input"):
        assert outline[part] == loaded[part], part
    assert outline["topology"] == drawn(loaded["topology"])
    assert outline["warnings"] == [FIRST]


def test_no_env_is_read_and_nothing_is_run(project: Path, tmp_path: Path) -> None:
    (project / ".env").mkdir()  # reading it would fail
    trap = f"open({str(tmp_path / 'it-ran')!r}, 'w').close()\n"
    (project / "src" / "agents" / "__init__.py").write_text(trap)
    (project / "src" / "agents" / "deep.py").write_text(trap + GRAPH)

    assert opened(f"{project}:deep")["name"] == "deep"

    assert not (tmp_path / "it-ran").exists()


def test_a_file_that_a_project_lists_is_shown_as_a_part_of_it(project: Path, recorder: Recorder) -> None:
    (project / ".env").write_text("")
    outline, loaded = opened(project / "bot.py"), recorder.open(str(project / "bot.py"))

    for part in ("target", "name", "choices", "project"):
        assert outline[part] == loaded[part], part
    assert outline["sources"] == [str(project / "langgraph.json"), str(project / "bot.py")]


def test_a_file_outside_of_the_project_is_told_of(project: Path) -> None:
    (project.parent / "other.py").write_text(GRAPH)
    write(project, graphs={"other": "../other.py:graph"}, dependencies=["."])

    assert opened(project)["warnings"] == [
        FIRST,
        f"other.py lies outside of the project, in {project.parent}.",
    ]


@pytest.mark.parametrize(
    ("graphs", "words"),
    [
        ({"a": "./gone.py:graph"}, "there is no such file"),
        ({"a": "agents.gone:graph"}, "There is no module 'agents.gone'"),
        ({"a": "./bot.py:grph"}, "There is no graph 'grph' in bot.py."),
        ({"a": "./web.ts:graph"}, "JavaScript"),
        ({}, "no graph"),
    ],
)
def test_what_cannot_be_looked_at_is_told(project: Path, graphs: dict[str, str], words: str) -> None:
    write(project, graphs=graphs, dependencies=["./src"])

    assert words in look(str(project))["failure"]["message"]


def test_a_description_that_is_no_json_is_told_with_its_line(project: Path) -> None:
    (project / "langgraph.json").write_text('{\n"graphs": {,}\n}')

    assert look(str(project))["failure"]["where"]["line"] == 2
