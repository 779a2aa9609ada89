"""A graph as its source tells it, held against the same graph as loading draws it."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from tests.kit.examples import FOLDER, NAMES
from tests.kit.programs import PREAMBLE, Programs, Recorder

from stepscope_host.outline.look import look
from stepscope_host.outline.words import FIRST


def seen(target: str) -> dict[str, Any]:
    """What looking at a target shows, which is expected to show something."""
    reply = look(target)
    assert "opened" in reply, reply
    opened: dict[str, Any] = reply["opened"]
    return opened


def edges(opened: dict[str, Any]) -> list[str]:
    """The edges as ``source > target``, with ``?`` where a choice is made, and its label."""
    return [
        f"{'.'.join(edge['source'])} {'?' if edge['conditional'] else ''}> {'.'.join(edge['target'])}"
        + (f" [{edge['label']}]" if edge["label"] else "")
        for edge in opened["topology"]["edges"]
    ]


def nodes(opened: dict[str, Any]) -> list[str]:
    """The nodes by their path, with ``()`` behind those that are graphs."""
    return [
        ".".join(node["key"]) + ("()" if node["kind"] == "subgraph" else "")
        for node in opened["topology"]["nodes"]
    ]


def picture(opened: dict[str, Any]) -> tuple[Any, ...]:
    return opened["name"], opened["choices"], nodes(opened), edges(opened)


@pytest.mark.parametrize("name", NAMES)
def test_every_example_looks_as_it_does_when_it_is_loaded(name: str, recorder: Recorder) -> None:
    target = str(FOLDER / f"{name}.py")
    outline, loaded = seen(target), recorder.open(target)

    assert picture(outline) == picture(loaded)
    for part in ("target", "path", "input"):
        assert outline[part] == loaded[part]
    assert list(outline["input_schema"]["properties"]) == list(loaded["input_schema"]["properties"])
    assert loaded["engine"].startswith(outline["engine"])
    assert outline["warnings"] == [FIRST]
    assert outline["is_outline"]


CLASSES = """
    def a(state: State): return {}
    def b(state: State): return {}
    def c(state: State): return {}
"""
SAYS_ALL = {
    "calls one by one": """
        builder = StateGraph(State)
        builder.add_node("first", a)
        builder.add_node(b)
        builder.add_edge(START, "first")
        builder.add_edge("first", "b")
        builder.add_edge("b", END)
        graph = builder.compile()
    """,
    "a builder that is not compiled": """
        graph = StateGraph(State).add_node(a).add_edge(START, "a")
    """,
    "entry and finish points": """
        builder = StateGraph(State)
        builder.add_node(a)
        builder.add_node(b)
        builder.set_entry_point("a")
        builder.add_edge("a", "b")
        builder.set_finish_point("b")
        graph = builder.compile()
    """,
    "a conditional entry point": """
        def choose(state): return "a"
        builder = StateGraph(State).add_node(a).add_node(b)
        builder.set_conditional_entry_point(choose, {"left": "a", "right": "b"})
        graph = builder.compile()
    """,
    "a sequence": """
        graph = StateGraph(State).add_sequence([a, ("second", b), c]).add_edge(START, "a").compile()
    """,
    "a loop over a list": """
        builder = StateGraph(State)
        for name in ["x", "y", "z"]:
            builder.add_node(name, a)
            builder.add_edge(START, name)
            builder.add_edge(name, "last")
        builder.add_node("last", b)
        graph = builder.compile()
    """,
    "loops with zip, enumerate, range, items and f-strings": """
        WORKERS = {"left": a, "right": b}
        builder = StateGraph(State)
        for name, function in WORKERS.items():
            builder.add_node(f"{name}_worker", function)
        names = [f"{name}_worker" for name in WORKERS]
        for number, name in enumerate(names):
            builder.add_node(f"check{number}", c)
            builder.add_edge(name, f"check{number}")
            builder.add_edge(START, name)
        for source, target in zip(["check0"], ["check1"]):
            builder.add_edge(source, target)
        for number in range(2):
            builder.add_node("spare" + str(number) if False else f"spare{number}", a)
            builder.add_edge("check1", f"spare{number}")
        graph = builder.compile()
    """,
    "edges that wait for several": """
        builder = StateGraph(State)
        for node in (a, b, c):
            builder.add_node(node)
        builder.add_edge(START, "a")
        builder.add_edge(START, "b")
        builder.add_edge(["a", "b"], "c")
        graph = builder.compile()
    """,
    "what a path function may return": """
        def choose(state) -> Literal["b", "c", "__end__"]: return "b"
        builder = StateGraph(State).add_node(a).add_node(b).add_node(c)
        builder.add_edge(START, "a").add_conditional_edges("a", choose)
        graph = builder.compile()
    """,
    "an annotation under a name, and one in quotes": """
        Way = Literal["b", "c"]
        def choose(state) -> Way: return "b"
        def again(state) -> 'Literal["a"]': return "a"
        builder = StateGraph(State).add_node(a).add_node(b).add_node(c)
        builder.add_edge(START, "a").add_conditional_edges("a", choose).add_conditional_edges("b", again)
        graph = builder.compile()
    """,
    "path maps": """
        def choose(state): return True
        builder = StateGraph(State).add_node(a).add_node(b).add_node(c)
        builder.add_edge(START, "a")
        builder.add_conditional_edges("a", choose, {True: "b", False: END})
        builder.add_conditional_edges("b", choose, ["c", END])
        builder.add_conditional_edges("c", lambda state: 1, path_map={1: "a", 2: "a"})
        graph = builder.compile()
    """,
    "commands": """
        def decide(state: State) -> Command[Literal["b", "c"]]: return Command(goto="b")
        def maybe(state: State) -> Command[Literal["a"]] | None: return None
        builder = StateGraph(State).add_node(decide).add_node(a).add_node(b).add_node(c).add_node(maybe)
        builder.add_edge(START, "decide").add_edge("b", "maybe")
        graph = builder.compile()
    """,
    "destinations": """
        builder = StateGraph(State).add_node(b).add_node(c)
        builder.add_node(a, destinations=("b", "c")).add_node("d", a, destinations={"b": "why"})
        graph = builder.add_edge(START, "a").add_edge("c", "d").compile()
    """,
    "plain edges beside chosen ones": """
        def choose(state) -> Literal["b", "c"]: return "b"
        builder = StateGraph(State).add_node(a).add_node(b).add_node(c)
        builder.add_edge(START, "a").add_conditional_edges("a", choose).add_edge("a", "b")
        builder.add_edge("b", END).add_edge("a", END)
        graph = builder.compile()
    """,
    "a node that nothing leads to": """
        builder = StateGraph(State).add_node(a).add_node(b).add_node(c)
        graph = builder.add_edge(START, "a").add_edge("b", "c").compile()
    """,
    "a graph within a graph within a graph": """
        deepest = StateGraph(State).add_node(a).add_edge(START, "a").compile()
        inner = StateGraph(State).add_node("deep", deepest).add_edge(START, "deep").compile(name="an inner")
        graph = StateGraph(State).add_node(inner).add_node(b).add_edge(START, "an inner").compile()
    """,
    "a graph that a node calls": """
        inner = StateGraph(State).add_node(a).add_edge(START, "a").compile()
        def caller(state): return inner.invoke(state)
        graph = StateGraph(State).add_node(caller).add_edge(START, "caller").compile()
    """,
    "a function that makes it": """
        def add(builder, *, name="a"):
            builder.add_node(name, a)
            return builder
        def build(last, is_long=True):
            builder = StateGraph(State)
            add(builder)
            add(builder, name="second")
            builder.add_edge(START, "a")
            builder.add_edge("a", "second")
            if is_long:
                builder.add_node(last, b)
                builder.add_edge("second", last)
            return builder.compile()
        graph = build("the end")
    """,
    "a factory": """
        def make_graph():
            builder = StateGraph(State)
            builder.add_node(a)
            builder.add_edge(START, "a")
            return builder.compile()
    """,
    "a factory by annotation": """
        def anything() -> StateGraph:
            return StateGraph(State).add_node(a).add_edge(START, "a")
    """,
    "a class that makes it": """
        class Agent:
            def __init__(self, name):
                builder = StateGraph(State)
                builder.add_node(name, self.think)
                builder.add_node("act", self.act)
                builder.add_edge(START, name)
                builder.add_conditional_edges(name, self.choose)
                self.graph = builder.compile()
            def think(self, state): return {}
            def act(self, state): return {}
            def choose(self, state) -> Literal["act", "__end__"]: return "act"
        agent = Agent("think")
        graph = agent.graph
    """,
    "an object that holds it": """
        class Agent:
            def __init__(self, name):
                self.name = name
                self.graph = StateGraph(State).add_node(name, self.think).add_edge(START, name).compile()
            def think(self, state): return {}
        agent = Agent("think")
    """,
    "names in an enumeration": """
        import enum
        class Name(str, enum.Enum):
            FIRST = "first"
            LAST = "last"
        builder = StateGraph(State)
        builder.add_node(Name.FIRST.value, a)
        builder.add_node(Name.LAST.value, b)
        builder.add_edge(START, Name.FIRST.value)
        builder.add_edge(Name.FIRST.value, Name.LAST.value)
        graph = builder.compile()
    """,
    "the main block is left out": """
        graph = StateGraph(State).add_node(a).add_edge(START, "a").compile()
        if __name__ == "__main__":
            graph = StateGraph(State).add_node(b).add_edge(START, "b").compile()
    """,
    "names imported under other names": """
        import ENGINE.graph as lg
        from ENGINE.graph import END as FINISH, StateGraph as Builder
        graph = Builder(State).add_node(a).add_edge(lg.START, "a").add_edge("a", FINISH).compile()
    """,
    "all that can be imported": """
        from ENGINE.graph import *
        graph = StateGraph(State).add_node(a).add_edge(START, "a").compile()
    """,
    "a path function that does not say where it leads": """
        def choose(state): return "b"
        builder = StateGraph(State).add_node(a).add_node(b)
        graph = builder.add_edge(START, "a").add_conditional_edges("a", choose).compile()
    """,
    "tools": """
        from ENGINE.prebuilt import ToolNode, tools_condition
        from langchain_core.tools import tool
        @tool
        def add(x: int) -> int:
            "Add."
            return x
        builder = StateGraph(State).add_node("agent", a).add_node(ToolNode([add]))
        builder.add_edge(START, "agent").add_conditional_edges("agent", tools_condition)
        builder.add_edge("tools", "agent")
        graph = builder.compile()
    """,
    "a graph that was configured": """
        graph = StateGraph(State).add_node(a).add_edge(START, "a").compile().with_config({"tags": ["x"]})
    """,
    "lambdas, partials and instances": """
        from functools import partial
        class Worker:
            def __call__(self, state): return {}
        builder = StateGraph(State)
        builder.add_node("x", lambda state: {})
        builder.add_node("y", partial(a))
        builder.add_node(Worker())
        graph = builder.add_edge(START, "x").add_edge("x", "y").add_edge("y", "Worker").compile()
    """,
    "a node that waits for all others": """
        builder = StateGraph(State).add_node(a).add_node(b, defer=True)
        graph = builder.add_edge(START, "a").add_edge("a", "b").compile()
    """,
    "an entrypoint": """
        from ENGINE.func import entrypoint, task
        @task
        def one(x): return x
        @entrypoint()
        def flow(x): return one(x).result()
    """,
}


@pytest.mark.parametrize("name", SAYS_ALL)
def test_what_the_source_says_looks_as_it_does_when_it_is_loaded(
    name: str, programs: Programs, recorder: Recorder
) -> None:
    target = programs.write(
        "from typing import Literal\n" + PREAMBLE + dedent(CLASSES) + dedent(SAYS_ALL[name])
    )

    assert picture(seen(target)) == picture(recorder.open(target))


HEAD = (
    "import os; from langgraph.graph import START, StateGraph; from nodes import a, b; "
    "from states import State\n"
)
GAPS = {
    "names from a loop over what is not known": (
        """
        builder = StateGraph(State)
        builder.add_node(a)
        builder.add_edge(START, "a")
        for name in os.environ["NAMES"].split():
            builder.add_node(name, b)
            builder.add_edge("a", name)
        graph = builder.compile()
        """,
        ["__start__", "a"],
        ["__start__ > a"],
        "A node (line 6) and an edge (line 7) are made by code that only running can tell.",
    ),
    "edges from a function of another file": (
        """
        from elsewhere import first, second, third
        builder = StateGraph(State).add_node(a).add_edge(START, "a")
        builder.add_edge("a", first())
        builder.add_edge(second(), "a")
        graph = builder.compile()
        """,
        ["__start__", "a"],
        ["__start__ > a"],
        "2 edges (lines 4 and 5) are made by code that only running can tell.",
    ),
    "a node that has no name in the source": (
        """
        graph = StateGraph(State).add_node(a).add_edge(START, "a").add_node(make() | other).compile()
        """,
        ["__start__", "a"],
        ["__start__ > a"],
        "A node (line 2) is made by code that only running can tell.",
    ),
    "a path of another file": (
        """
        from elsewhere import choose
        builder = StateGraph(State).add_node(a).add_node(b).add_edge(START, "a")
        graph = builder.add_conditional_edges("a", choose).compile()
        """,
        ["__start__", "a", "b", "__end__"],
        ["__start__ > a", "a > __end__", "b > __end__"],
        "Where 'a' may lead, only running can tell (line 4).",
    ),
    "a path map that is computed": (
        """
        builder = StateGraph(State).add_node(a).add_node(b).add_edge(START, "a")
        builder.add_conditional_edges("a", lambda state: 1, {1: "b", 2: choose_one()})
        builder.add_conditional_edges(START, lambda state: 1, make_map())
        graph = builder.compile()
        """,
        ["__start__", "a", "b", "__end__"],
        ["__start__ > a", "a ?> b [1]", "b > __end__"],
        "Where 'a' and START may lead, only running can tell (lines 3 and 4).",
    ),
    "a condition": (
        """
        builder = StateGraph(State).add_node(a).add_edge(START, "a")
        if os.environ.get("LONG"):
            builder.add_node(b)
            builder.add_edge("a", "b")
        graph = builder.compile()
        """,
        ["__start__", "a", "b", "__end__"],
        ["__start__ > a", "a > b", "b > __end__"],
        "Whether lines 4 and 5 are reached, only running can tell.",
    ),
    "a function that is handed the graph": (
        """
        from elsewhere import add_tools
        builder = StateGraph(State).add_node(a).add_edge(START, "a")
        add_tools(builder, verbose=True)
        graph = builder.compile()
        """,
        ["__start__", "a"],
        ["__start__ > a"],
        "What 'add_tools' may add, only running can tell (line 4).",
    ),
    "a node that is not to be seen": (
        """
        graph = StateGraph(State).add_node(a).add_edge(START, "a").add_edge("a", "writr").compile()
        """,
        ["__start__", "a"],
        ["__start__ > a"],
        "Edges name 'writr', but no such node is to be seen.",
    ),
    "the middleware of an agent": (
        """
        from langchain.agents import create_agent
        graph = create_agent("a:model", [a], middleware=[Summarize()])
        """,
        ["__start__", "model", "tools", "__end__"],
        ["__start__ > model", "model ?> __end__", "model ?> tools", "tools ?> model"],
        "What 'middleware' may add, only running can tell (line 3).",
    ),
    "tasks": (
        """
        from langgraph.func import entrypoint, task
        @task
        def one(x): ...
        @task(name="zwei")
        async def two(x): ...
        @entrypoint(checkpointer=make_saver())
        def flow(x): ...
        """,
        ["flow", "__start__", "__end__"],
        ["__start__ > flow", "flow ?> __end__"],
        "Its tasks: 'one' and 'two'.",
    ),
}


@pytest.mark.parametrize("name", GAPS)
def test_what_only_running_can_tell_is_said_and_the_rest_is_drawn(name: str, tmp_path: Path) -> None:
    text, expected_nodes, expected_edges, words = GAPS[name]
    path = tmp_path / "program.py"
    # One line, so that the lines of the text are counted from 2.
    path.write_text(HEAD + dedent(text).lstrip("\n"))

    opened = seen(str(path))

    assert nodes(opened) == expected_nodes
    assert edges(opened) == expected_edges
    assert opened["warnings"] == [FIRST, words]


def test_a_way_to_the_end_is_a_guess_where_the_source_does_not_say_where_a_node_leads(
    programs: Programs,
) -> None:
    opened = seen(programs.write(PREAMBLE + dedent(CLASSES) + dedent(SAYS_ALL[OPEN_PATH])))
    kinds = {(edge["source"][0], edge["target"][0]): edge.get("kind") for edge in opened["topology"]["edges"]}
    assert kinds == {("__start__", "a"): None, ("a", "__end__"): "undeclared", ("b", "__end__"): None}


OPEN_PATH = "a path function that does not say where it leads"
