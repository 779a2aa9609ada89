"""Sources that are no good or hard to read: each is answered in words, and nothing of it runs."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from stepscope_host.outline.look import look
from stepscope_host.outline.words import FIRST

GRAPH = """
from typing import TypedDict
from langgraph.graph import START, StateGraph

class State(TypedDict):
    word: str

def a(state): return {}
"""
ONE = GRAPH + "graph = StateGraph(State).add_node(a).add_edge(START, 'a').compile()\n"


def opened(target: object) -> dict[str, Any]:
    answer = look(str(target))
    assert "opened" in answer, answer
    found: dict[str, Any] = answer["opened"]
    return found


def refused(target: object) -> str:
    """The message and what to do about it."""
    failure = look(str(target))["failure"]
    return f"{failure['message']} {failure['remedy']}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "program.py"


def test_a_mistake_is_told_with_its_line(file: Path) -> None:
    file.write_text("x = 1\nif x\n    y = 2\n")

    failure = look(str(file))["failure"]

    assert failure["type"] == "SyntaxError"
    assert failure["where"] == {"file": str(file), "line": 2, "function": "", "source": "if x"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x = 1\0\n", "no Python text"),
        ("x = 'é'".encode("latin-1"), "not written in the encoding"),
        (b"# -*- coding: no-such-thing -*-\n", "not written in the encoding"),
        (b"# -*- coding: hex -*-\n78203d2031", "not written in the encoding"),
        (b"# -*- coding: zip -*-\n" + b"x" * 50, "not written in the encoding"),
        (b"\xff\xfe\x00", "not written in the encoding"),
        (b"x = 1\n" * 200_000, "larger than 1 MB"),
        (b"", "shows no graph"),
        (b"graph = 1\n", "shows no graph"),
    ],
)
def test_what_is_no_graph_in_python_is_told_as_such(file: Path, data: bytes, words: str) -> None:
    file.write_bytes(data)

    assert words in refused(file)


def test_other_encodings_are_read(file: Path) -> None:
    file.write_bytes(b"# -*- coding: latin-1 -*-\n" + ONE.encode() + "name = 'é'\n".encode("latin-1"))
    assert opened(file)["name"] == "graph"
    file.write_bytes(b"\xef\xbb\xbf" + ONE.encode())
    assert opened(file)["name"] == "graph"


def test_a_notebook_a_folder_and_what_is_not_there_are_told_as_when_they_are_loaded(tmp_path: Path) -> None:
    assert "notebook" in refused(tmp_path / "a.ipynb")
    assert "There is no file" in refused(tmp_path / "gone.py")
    (tmp_path / "folder.py").mkdir()
    assert "folder" in refused(tmp_path / "folder.py")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name")
def test_a_pipe_is_not_waited_for(file: Path) -> None:
    os.mkfifo(file)

    assert "There is no file" in refused(file)


NESTED = {
    "parentheses": "(" * 150 + ")" * 150,
    "many parentheses": "(" * 5000,
    "lists": "x = " + "[" * 90 + "]" * 90,
    "signs": "x = " + "-" * 20_000 + "1",
    "sums": "x = " + "1 + " * 20_000 + "1",
    "negations": "x = " + "not " * 20_000 + "x",
    "attributes": "x" + ".a" * 20_000,
    "calls": "x" + "()" * 20_000,
    "alternatives": "if x: pass\n" + "elif x: pass\n" * 3000,
    "lambdas": "x = " + "lambda: " * 5000 + "1",
    "blocks": "".join(" " * depth + "if x:\n" for depth in range(95)) + " " * 95 + "pass\n",
    "functions": "".join(" " * depth + f"def f{depth}():\n" for depth in range(95)) + " " * 95 + "pass\n",
}


@pytest.mark.parametrize("name", NESTED)
def test_what_is_nested_deeply_is_read_or_refused_in_words(file: Path, name: str) -> None:
    file.write_text(NESTED[name])
    assert refused(file)

    file.write_text(ONE + NESTED[name])
    answer = look(str(file))
    assert "opened" in answer or answer["failure"]["message"]


ENDLESS = {
    "a function that calls itself": "def f(x): return f(f(x))\nf(1)",
    "functions that call each other": "def f(x): return g(x)\ndef g(x): return f(x)\nf(1)",
    "functions that call others many times": "def f0(): return 1\n"
    + "\n".join(f"def f{n}(): return f{n - 1}() + f{n - 1}() + f{n - 1}()" for n in range(1, 40))
    + "\nf39()",
    "a loop": "while True: pass",
    "loops in loops": "".join(" " * d + f"for x{d} in range(1000):\n" for d in range(12)) + " " * 12 + "pass",
    "a comprehension": "x = [1 " + "for a in range(5000) " * 6 + "]",
    "a text that doubles": "x = 'x'\nfor n in range(1000): x = x + x",
    "a list that doubles": "x = [1]\nfor n in range(1000): x.extend(x)",
    "a number that doubles": "x = 1\nfor n in range(5000): x = x + x",
    "a list in itself": "x = []\nx.append(x)\ny = x == x\nif x: pass",
    "a class that is its own base": "class A(A): pass\nclass B(A): pass\nclass A(B): pass\nA().x",
    "an alias of itself": "A = Literal['a']\nA = Literal[A]\ndef f(s) -> A: ...\n"
    "StateGraph(A).add_conditional_edges('a', f)",
    "a generator for ever": "def f():\n    while True: yield 1\nx = list(f())",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_would_never_end_is_left_and_what_was_read_is_shown(file: Path, name: str) -> None:
    file.write_text(ONE + ENDLESS[name] + "\n")

    assert opened(file)["name"] == "graph"


def test_a_graph_that_its_own_nodes_call_is_drawn_once(file: Path) -> None:
    file.write_text(
        GRAPH
        + dedent("""
            def again(state): return graph.invoke(state)
            builder = StateGraph(State).add_node(a).add_node(again).add_node("once more", again)
            graph = builder.add_edge(START, "a").add_edge("a", "again").compile()
        """)
    )
    assert [node["name"] for node in opened(file)["topology"]["nodes"]] == [
        *("__start__", "a", "again", "once more", "__end__")
    ]


def test_a_graph_of_endless_nodes_is_refused(file: Path) -> None:
    file.write_text(GRAPH + "graph = StateGraph(State)\nfor n in range(5000): graph.add_node(f'n{n}', a)\n")
    assert "too much" in refused(file)


def test_looking_imports_and_runs_nothing_and_leaves_no_trace(
    file: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "neighbour.py").write_text("raise SystemExit('imported')")
    file.write_text(
        dedent("""
            import os, sys
            import neighbour
            print("printed")
            open("it-ran", "w").close()
            os.environ["IT_RAN"] = "1"
            def decorator(f): open("decorated", "w").close(); return f
            @decorator
            def make(x=open("default", "w")): open("called", "w").close()
            class A:
                open("class", "w").close()
            make()
        """)
        + ONE
        + "[open(n, 'w') for n in ('x', 'y')]\nsys.exit(3)\n"
    )
    before = set(sys.modules)

    assert opened(file)["name"] == "graph"

    assert {path.name for path in tmp_path.iterdir()} == {"program.py", "neighbour.py"}
    assert "IT_RAN" not in os.environ
    assert capfd.readouterr() == ("", "")
    assert not {name for name in set(sys.modules) - before if "neighbour" in name or "program" in name}


def test_several_graphs_are_to_be_chosen_from(file: Path) -> None:
    file.write_text(ONE + "other = StateGraph(State).add_node('o', a).add_edge(START, 'o').compile()\n")

    answer = look(str(file))
    assert answer["choices"] == ["graph", "other"]
    assert "There are 2 graphs in program.py" in answer["failure"]["message"]

    other = opened(f"{file}:other")
    assert (other["name"], other["choices"], other["target"]) == (
        "other",
        ["graph", "other"],
        f"{file}:other",
    )


UNCALLED = {
    "build": """
        def build(llm, *, checkpointer=None):
            graph = StateGraph(State).add_node("a", llm)
            return graph.add_edge(START, "a").compile(checkpointer=checkpointer)
    """,
    "Agent": """
        class Agent(Base):
            def __init__(self, llm):
                self.llm = llm
                self._build()
            def _build(self):
                builder = StateGraph(State).add_node("a", self.act).add_edge(START, "a")
                self.graph = builder.compile()
            def act(self, state): return {}
    """,
}


@pytest.mark.parametrize("name", UNCALLED)
def test_what_nothing_calls_is_shown_and_said_to_be_uncalled(file: Path, name: str) -> None:
    file.write_text("from langgraph.graph import *\nfrom base import Base, State\n" + dedent(UNCALLED[name]))

    shown = opened(file)

    assert shown["name"] == name
    assert [node["name"] for node in shown["topology"]["nodes"]] == ["__start__", "a", "__end__"]
    assert shown["warnings"] == [FIRST, f"{name!r} builds it, which nothing at the top level calls."]


def test_a_name_that_is_nothing_is_told_with_those_that_are(file: Path) -> None:
    file.write_text(ONE)

    assert "Did you mean 'graph'? Graphs in it: graph." in refused(f"{file}:grph")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("from agents.build import graph", "'graph' comes from agents.build, which only running can tell"),
        ("from agents.build import make\ngraph = make(1)", "'graph' is made by make()"),
        ("import agents\nagent = agents.make(1)", "'agent' is made by agents.make()"),
    ],
)
def test_a_graph_that_is_made_elsewhere_is_told_as_such(file: Path, code: str, words: str) -> None:
    file.write_text(code)

    assert words in refused(file)
    assert words in refused(f"{file}:{'agent' if 'agent =' in code else 'graph'}")


def test_a_module_is_found_without_importing_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text("raise SystemExit")
    (tmp_path / "pack" / "inner.py").write_text(ONE)
    monkeypatch.chdir(tmp_path)

    assert opened("pack.inner:graph")["target"] == "pack.inner:graph"
    assert "There is no module 'pack.other'" in refused("pack.other")


STATES = {
    "a TypedDict": (
        """
        class State(TypedDict):
            text: str
            number: int
            maybe: str | None
            either: Union[int, str]
            lines: Annotated[list[str], add]
            table: dict[str, int]
            way: Literal["left", "right"]
            strange: Some.Thing
        """,
        {"text": "", "number": 0, "maybe": None, "either": 0, "lines": [], "table": {}, "way": "left",
         "strange": None},
    ),
    "messages": (
        """
        class State(MessagesState):
            summary: str
        """,
        {"messages": [{"role": "user", "content": ""}], "summary": ""},
    ),
    "a dataclass with defaults": (
        """
        @dataclass
        class Base:
            text: str = "hello"
        @dataclass
        class State(Base):
            number: int = 3
            lines: list = field(default_factory=list)
        """,
        {"text": "hello", "number": 3, "lines": []},
    ),
    "a model with models in it": (
        """
        class Colour(str, Enum):
            RED = "red"
        class Inner(BaseModel):
            on: bool
        class State(BaseModel):
            inner: "Inner"
            all: List[Inner]
            colour: Colour
            _private: int = 1
            kind: ClassVar[str] = "x"
        """,
        {"inner": {"on": False}, "all": [], "colour": "red"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STATES)
def test_the_input_is_guessed_from_the_state(file: Path, name: str) -> None:
    state, skeleton = STATES[name]
    file.write_text(
        "from langgraph.graph import *\nfrom nodes import a\n"
        + dedent(state)
        + "graph = StateGraph(State).add_node(a).add_edge(START, 'a').compile()\n"
    )

    assert opened(file)["input"] == skeleton
