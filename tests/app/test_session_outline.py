"""Only looking, from a target to a program: in a process of its own, whatever becomes of that."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from tests.kit.frozen import frozen_app, pretend_to_be

from stepscope.model.program import OpenFailed
from stepscope.session import outline as outlining
from stepscope.session.outline import outline

GRAPH = dedent("""
    from typing import TypedDict
    from langgraph.graph import START, StateGraph

    class State(TypedDict):
        word: str

    def a(state): return {}
    graph = StateGraph(State).add_node(a).add_edge(START, "a").compile()
""")


async def refusal(target: object) -> OpenFailed:
    with pytest.raises(OpenFailed) as raised:
        await outline(str(target))
    return raised.value


async def test_an_example_is_shown_by_its_name() -> None:
    program = await outline("example:joke_and_poem")

    assert program.is_outline
    assert (program.name, program.engine, program.python) == ("graph", "stepgraph", "")
    assert ("write_joke",) in program.topology.nodes
    assert program.sources == (program.path,)


async def test_an_example_that_is_none_is_told_as_such() -> None:
    assert "There is no example 'jok'" in (await refusal("example:jok")).failure.message


async def test_names_beyond_ascii_come_through(tmp_path: Path) -> None:
    file = tmp_path / "grüße 🐍.py"
    file.write_text(GRAPH.replace("add_node(a)", "add_node('größe', a)").replace('"a")', '"größe")'), "utf-8")

    program = await outline(str(file))

    assert program.target == f"{file.resolve()}:graph"
    assert ("größe",) in program.topology.nodes


async def test_several_graphs_are_choices(tmp_path: Path) -> None:
    file = tmp_path / "several.py"
    file.write_text(GRAPH + "other = StateGraph(State)\n")

    assert (await refusal(file)).choices == ("graph", "other")


async def test_a_mistake_has_its_place(tmp_path: Path) -> None:
    file = tmp_path / "mistake.py"
    file.write_text("x = (\n")

    failure = (await refusal(file)).failure

    assert failure.type == "SyntaxError"
    assert failure.where is not None
    assert (failure.where.file, failure.where.line) == (str(file), 1)


async def test_neighbours_of_the_standard_library_s_names_are_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ast", "json", "sitecustomize", "usercustomize", "encodings"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'it-ran')!r}, 'w').close()\n")
    (tmp_path / "mine.py").write_text(GRAPH)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "ast.py"))

    assert (await outline("mine.py")).name == "graph"

    assert not (tmp_path / "it-ran").exists()


@pytest.mark.parametrize(
    "code", ["import os; os.abort()", "raise SystemExit(1)", "print('no JSON')", "print('[]')", ""]
)
async def test_a_process_that_breaks_is_told_in_words(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlining, "_command", lambda: [sys.executable, "-c", code])

    assert (await refusal("a.py")).failure.message == "The source is too much to be looked at."


@pytest.mark.parametrize("target", ["a\0b.py", "x" * 200_000 + ".py"])
async def test_what_can_be_no_argument_is_told_in_words(target: str) -> None:
    assert (await refusal(target)).failure.message


def test_a_source_that_keeps_the_parser_busy_is_left(tmp_path: Path) -> None:
    code = """
        from stepscope_host.outline import __main__ as looking
        looking.LONGEST_SECONDS = 0.1
        looking.look = lambda target: max(iter(int, 1))
        looking.main("a.py")
    """
    ended = subprocess.run([sys.executable, "-c", dedent(code)], capture_output=True)

    assert (ended.returncode, ended.stdout, ended.stderr) == (1, b"", b"")


async def test_a_frozen_app_looks_with_the_python_inside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_to_be(frozen_app(tmp_path), monkeypatch)
    file = tmp_path / "mine.py"
    file.write_text(GRAPH)

    assert (await outline(str(file))).is_outline
