"""Any graph that can be written down looks as it does when it is loaded; any text is answered."""

from __future__ import annotations

import itertools
import random
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.kit.examples import FOLDER, NAMES
from tests.kit.programs import drawn

from stepscope_host import shape
from stepscope_host.outline.look import look

NODES = ["a", "b", "c", "d", "e"]
HEAD = """
from typing import Literal, TypedDict
from stepgraph.graph import END, START, StateGraph
from stepgraph.types import Command

class State(TypedDict):
    word: str

def node(state): return {}
builder = StateGraph(State)
"""
ends = st.sampled_from([*NODES, "END"])
sources = st.sampled_from(["START", *NODES])


class Line(NamedTuple):
    """A line that adds something to the builder, and what it adds: edges from sources, or choices."""

    text: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    is_choice: bool = False

    @property
    def pairs(self) -> set[tuple[str, str]]:
        return set(itertools.product(self.sources, self.targets))


def quoted(name: str) -> str:
    return name if name in ("START", "END") else repr(name)


@st.composite
def a_line(draw: st.DrawFn) -> Line:
    source, target = draw(sources), draw(ends)
    several = draw(st.lists(ends, min_size=1, max_size=3, unique=True))
    text = ""
    match draw(st.sampled_from(["edge", "edge", "join", "map", "list", "literal"])):
        case "edge":
            return Line(f"builder.add_edge({quoted(source)}, {quoted(target)})", (source,), (target,))
        case "join":
            joined = draw(st.lists(st.sampled_from(NODES), min_size=1, max_size=3, unique=True))
            target = draw(st.sampled_from(NODES))
            return Line(f"builder.add_edge({joined}, {target!r})", tuple(joined), (target,))
        case "map":
            ways = ", ".join(f"{'x' * number!r}: {quoted(name)}" for number, name in enumerate(several, 1))
            path, ways = "lambda state: 'x'", f", {{{ways}}}"
        case "list":
            path, ways = "lambda state: 'x'", f", [{', '.join(map(quoted, several))}]"
        case _:
            names = ", ".join(repr("__end__" if name == "END" else name) for name in several)
            path, ways = "choose", ""
            text = f"def choose(state) -> Literal[{names}]: ...\n"
    text += f"builder.add_conditional_edges({quoted(source)}, {path}{ways})"
    return Line(text, (source,), tuple(several), is_choice=True)


def loaded(text: str) -> dict[str, list[dict[str, Any]]] | None:
    """The picture of a source that is run; None of one that makes no graph."""
    names: dict[str, Any] = {"__name__": "program"}
    try:
        exec(text, names)
    except Exception:
        return None
    return shape.topology(names["graph"])[0]


def is_plain(lines: list[Line], outline: dict[str, list[dict[str, Any]]]) -> bool:
    """False where it takes a walk, superstep by superstep, to tell what the engines draw.

    That is: where nothing ends, where an edge waits for what is never reached, and between two nodes that are
    joined by an edge and a choice.
    """
    met = {edge["target"][0] for edge in outline["edges"]}
    waits_for = {name for line in lines if len(line.sources) > 1 for name in line.sources}
    edges = {pair for line in lines if not line.is_choice for pair in line.pairs}
    choices = {pair for line in lines if line.is_choice for pair in line.pairs}
    return "__end__" in met and met >= waits_for and not edges & choices


@given(st.lists(a_line(), min_size=1, max_size=8, unique=True), st.sets(st.sampled_from(NODES), max_size=2))
def test_any_graph_looks_as_it_does_when_it_is_loaded(
    tmp_path_factory: pytest.TempPathFactory, lines: list[Line], commanding: set[str]
) -> None:
    commands = [Line("", (name,), ("a", "b"), is_choice=True) for name in commanding]
    added = [
        f"def {name}(state) -> Command[Literal['a', 'b']]: ...\nbuilder.add_node({name})"
        if name in commanding
        else f"builder.add_node({name!r}, node)"
        for name in NODES
    ]
    start = Line("builder.add_edge(START, 'a')", ("START",), ("a",))
    text = "\n".join([HEAD, *added, start.text, *(line.text for line in lines), "graph = builder.compile()"])
    topology = loaded(text)
    assume(topology is not None)
    path = tmp_path_factory.mktemp("any") / "program.py"
    path.write_text(text)

    outline = look(str(path))["opened"]["topology"]

    assume(is_plain([start, *lines, *commands], outline))
    assert outline == drawn(topology)


def mangled(text: str, seed: int) -> str:
    """A source with pieces cut out, doubled, moved and made strange."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 12)):
        at, length = chance.randrange(len(text) + 1), chance.randint(1, 60)
        piece = text[at : at + length]
        text = chance.choice(
            [
                text[:at] + text[at + length :],
                text[:at] + piece * chance.randint(2, 40) + text[at + length :],
                text[: at + length]
                + chance.choice(["(", "[", "*", "**", "None", "\n", "'", "\0", "🐍"])
                + text[at:],
                text.replace(
                    chance.choice(["a", "graph", "(", ")", "state", "="]),
                    chance.choice(["x", "", "(", "**k"]),
                    1,
                ),
            ]
        )
    return text


@given(st.sampled_from(NAMES), st.integers(0, 10**9))
def test_any_mangled_source_is_answered(
    tmp_path_factory: pytest.TempPathFactory, name: str, seed: int
) -> None:
    path = tmp_path_factory.mktemp("mangled") / "program.py"
    path.write_text(mangled((FOLDER / f"{name}.py").read_text(), seed), encoding="utf-8")

    answer = look(str(path))

    assert ("opened" in answer) is not ("failure" in answer)


@given(st.binary(max_size=300))
def test_any_bytes_are_answered(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "program.py"
    path.write_bytes(data)

    assert look(str(path))["failure"]["message"]
