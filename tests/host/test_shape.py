"""The shape of a graph: nodes at every depth, edges between siblings, the engine's name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from langchain.agents import create_agent
from langchain_core.language_models import GenericFakeChatModel
from tests.kit.programs import Programs, Recorder

from stepscope.model.topology import Topology
from stepscope_host import shape

NESTED = """
def x(state: State):
    return {"log": ["x"]}

def choose(state: State):
    return "left"

deepest = StateGraph(State).add_node(x).add_edge(START, "x").compile()
inner = (
    StateGraph(State).add_node(x).add_node("deepest", deepest)
    .add_edge(START, "x").add_edge("x", "deepest").compile()
)

def caller(state: State):
    return inner.invoke({"log": []})

graph = (
    StateGraph(State).add_node("left", inner).add_node(caller, metadata={"owner": "ada"})
    .add_conditional_edges(START, choose, {"left": "left", "other way": "caller"})
    .add_edge("left", END).add_edge("caller", END).compile()
)
"""


def topology_of(programs: Programs, recorder: Recorder, text: str) -> Topology:
    return Topology.from_plain(recorder.open(programs.graph(text))["topology"])


def test_every_graph_keeps_its_own_start_and_end(programs: Programs, recorder: Recorder) -> None:
    topology = topology_of(programs, recorder, NESTED)
    kinds = {"/".join(key): node.kind for key, node in topology.nodes.items()}
    assert kinds["__start__"] == kinds["left/__start__"] == kinds["left/deepest/__start__"] == "start"
    assert kinds["__end__"] == kinds["left/deepest/__end__"] == "end"
    assert kinds["left"] == kinds["left/deepest"] == "subgraph"
    assert kinds["left/deepest/x"] == "node"


SOURCES = """
import functools

class Caller:
    def __call__(self, state: State):
        return {"log": ["called"]}

def told(word, state: State):
    # a line more
    return {"log": [word]}

@functools.wraps(told)
def wrapped(state: State):
    return told("w", state)

async def waits(state: State):
    return {}

inner = StateGraph(State).add_node("deep", told).add_edge(START, "deep").compile()
builder = StateGraph(State).add_node("object", Caller()).add_node("part", functools.partial(told, "p"))
builder.add_node("wrapped", wrapped).add_node("waits", waits).add_node("inner", inner)
graph = builder.add_edge(START, "object").add_edge(START, "inner").compile()
"""


def test_each_node_tells_where_its_function_stands(programs: Programs, recorder: Recorder) -> None:
    path = Path(programs.graph(SOURCES))
    lines = path.read_text().splitlines()
    nodes = Topology.from_plain(recorder.open(str(path))["topology"]).nodes
    sources = {"/".join(key): node.source for key, node in nodes.items() if node.source}
    texts = {name: lines[source.line - 1].strip() for name, source in sources.items()}

    assert texts == {
        "object": "def __call__(self, state: State):",
        "part": "def told(word, state: State):",
        "wrapped": "def told(word, state: State):",
        "waits": "async def waits(state: State):",
        "inner/deep": "def told(word, state: State):",
    }
    assert lines[sources["part"].last - 1].strip() == 'return {"log": [word]}'


REDUCERS = """
import functools
def keep(count, old, new):
    return (old or []) + new[:count]

class Inner(TypedDict):
    log: Annotated[list, functools.partial(keep, 3)]
    other: Annotated[list, lambda old, new: new]
    plain: int

def x(state):
    return {"log": ["x"]}

inner = StateGraph(Inner).add_node(x).add_edge(START, "x").compile()
graph = StateGraph(State).add_node("inner", inner).add_edge(START, "inner").compile()
"""


def test_each_graph_tells_what_joins_its_writes(programs: Programs, recorder: Recorder) -> None:
    reducers = topology_of(programs, recorder, REDUCERS).reducers
    assert reducers == {(): {"log": "add"}, ("inner",): {"log": "keep", "other": "a lambda"}}


def test_edges_join_siblings_only(programs: Programs, recorder: Recorder) -> None:
    topology = topology_of(programs, recorder, NESTED)
    assert all(edge.source[:-1] == edge.target[:-1] for edge in topology.edges)
    assert all(edge.source in topology.nodes and edge.target in topology.nodes for edge in topology.edges)


def test_conditional_edges_carry_their_labels(programs: Programs, recorder: Recorder) -> None:
    edges = topology_of(programs, recorder, NESTED).edges
    choices = {(edge.target[-1], edge.label) for edge in edges if edge.conditional}
    assert choices == {("left", None), ("caller", "other way")}


def test_a_subgraph_that_a_function_calls_is_found(programs: Programs, recorder: Recorder) -> None:
    topology = topology_of(programs, recorder, NESTED)
    assert topology.nodes[("caller",)].kind == "subgraph"
    assert ("caller", "deepest", "x") in topology.nodes


def test_metadata_is_kept(programs: Programs, recorder: Recorder) -> None:
    assert topology_of(programs, recorder, NESTED).nodes[("caller",)].metadata == {"owner": "ada"}


def test_a_graph_that_cannot_be_drawn_opens_with_its_nodes_and_a_warning(
    programs: Programs, recorder: Recorder
) -> None:
    opened = recorder.open(
        programs.graph(
            NESTED
            + """
def broken(*args, **kwargs):
    raise ZeroDivisionError("no picture")

graph.get_graph = broken
"""
        )
        + ":graph"
    )
    assert opened["warnings"] == [
        "The edges cannot be drawn: get_graph() raises ZeroDivisionError: no picture"
    ]
    names = [node["name"] for node in opened["topology"]["nodes"] if len(node["key"]) == 1]
    assert set(names) == {"left", "caller"}


def test_an_agent_has_its_model_and_tools() -> None:
    def add(a: int, b: int) -> int:
        """Add two numbers."""
        return a + b

    agent: Any = create_agent(GenericFakeChatModel(messages=iter([])), [add])
    topology, warnings = shape.topology(agent)
    assert warnings == []
    assert {"model", "tools"} <= {node["name"] for node in topology["nodes"]}


def test_the_engine_is_told_by_name_and_version(programs: Programs, recorder: Recorder) -> None:
    name, version = recorder.open(programs.graph(NESTED))["engine"].split(" ")
    assert name == programs.engine
    assert version[0].isdigit()


OPEN = """
from ENGINE.types import Command

def a(state: State):
    return {"log": ["a"]}

def b(state: State):
    return Command(goto="c")

def choose(state: State):
    return "b"

graph = (
    StateGraph(State).add_node(a).add_node(b).add_node("c", a).add_node("d", a)
    .add_edge(START, "a").add_conditional_edges("a", choose).add_edge("c", "d").compile()
)
"""


def test_what_declares_nothing_is_open_and_its_way_to_the_end_a_guess(
    programs: Programs, recorder: Recorder
) -> None:
    topology = topology_of(programs, recorder, OPEN)

    assert {key[-1] for key, node in topology.nodes.items() if node.is_open} == {"a", "b"}
    kinds = {(edge.source[-1], edge.target[-1]): edge.kind for edge in topology.edges}
    assert kinds["__start__", "a"] == "declared"
    assert kinds["a", "__end__"] == "undeclared"


def test_what_is_declared_behind_an_open_node_is_drawn(programs: Programs, recorder: Recorder) -> None:
    topology = topology_of(programs, recorder, OPEN)

    kinds = {(edge.source[-1], edge.target[-1]): edge.kind for edge in topology.edges}
    assert kinds["c", "d"] == kinds["d", "__end__"] == "declared"
    assert kinds["b", "__end__"] == "undeclared"
    assert len(kinds) == len(topology.edges) == 5


def test_a_graph_that_declares_all_is_drawn_as_its_engine_draws_it(
    programs: Programs, recorder: Recorder
) -> None:
    topology = topology_of(programs, recorder, NESTED)
    assert not any(node.is_open for node in topology.nodes.values())
    assert {edge.kind for edge in topology.edges} == {"declared"}


SAYS = '''
def told(state: State):
    """Tell it
    in short.

    And at length.
    """
    return {}

def silent(state: State):
    return {}

class Told:
    def __call__(self, state: State):
        """Called."""
        return {}

graph = (
    StateGraph(State).add_node(told).add_node(silent).add_node("object", Told())
    .add_edge(START, "told").add_edge("told", "silent").add_edge("silent", "object").compile()
)
'''


def test_a_node_says_what_its_function_says_of_itself_in_short(
    programs: Programs, recorder: Recorder
) -> None:
    topology = topology_of(programs, recorder, SAYS)
    said = {key[-1]: node.doc for key, node in topology.nodes.items() if node.kind == "node"}
    assert said == {"told": "Tell it in short.", "silent": "", "object": "Called."}
