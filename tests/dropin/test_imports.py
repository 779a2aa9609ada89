"""What programs import from langgraph under the drop-in, and what they are told of when it is not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.kit.processes import DROPIN, Ran, python, under_dropin, without


def test_a_module_of_langgraph_is_the_module_of_stepgraph(tmp_path: Path) -> None:
    source = """
import importlib
for name in ["graph", "graph.state", "graph.message", "types", "config", "errors", "channels", "constants"]:
    theirs, ours = importlib.import_module("langgraph." + name), importlib.import_module("stepgraph." + name)
    assert theirs is ours, name
    assert ours.__spec__.name == ours.__name__ == "stepgraph." + name, ours.__spec__
import langgraph.graph.message
from langgraph.graph import message, state
assert message is langgraph.graph.message
from langgraph.channels.ephemeral_value import EphemeralValue
import stepgraph.channels
assert EphemeralValue is stepgraph.channels.EphemeralValue
"""
    under_dropin(source, tmp_path)


def test_savers_stores_and_caches_stay_what_they_are(tmp_path: Path) -> None:
    source = """
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore
from langgraph.cache.memory import InMemoryCache
from langgraph.types import Send
serde = InMemorySaver().serde
assert serde.loads_typed(serde.dumps_typed(["a"])) == ["a"]
for found in (InMemorySaver, InMemoryStore, InMemoryCache):
    assert "site-packages" in __import__("sys").modules[found.__module__].__file__
"""
    under_dropin(source, tmp_path)


def test_a_checkpoint_of_langgraphs_is_read_as_stepgraphs_classes(tmp_path: Path) -> None:
    # What LangGraph writes for a Send: the class by module and name, and its arguments.
    source = """
import ormsgpack
from langgraph.checkpoint.serde.jsonplus import EXT_CONSTRUCTOR_POS_ARGS, JsonPlusSerializer
stored = ormsgpack.packb(("langgraph.types", "Send", ("a", 1)))
written = ormsgpack.packb(ormsgpack.Ext(EXT_CONSTRUCTOR_POS_ARGS, stored))
from stepgraph.types import Send
assert JsonPlusSerializer().loads_typed(("msgpack", written)) == Send("a", 1)
"""
    under_dropin(source, tmp_path)


REFUSED = {
    "from langgraph.types import Sned": "'langgraph.types.Sned': it has nothing of that name. Did you mean",
    "from langgraph.graph import StateGrpah": "Did you mean 'StateGraph'?",
    "from langgraph.graph import mesage": "Did you mean 'message'?",
    "import langgraph.grpah": "There is no module 'langgraph.grpah'. Did you mean 'graph'?",
    "import langgraph.graph.mesage": "Did you mean 'message'?",
    "import langgraph.pregel.remote": "it calls graphs on a server",
    "from langgraph.pregel import _algo": "it is private to LangGraph",
    "import langgraph.pregel._algo": "it is private to LangGraph",
    "import langgraph.scheduler": "No module named 'langgraph.scheduler'",
}


@pytest.mark.parametrize("line", REFUSED)
def test_an_import_that_cannot_be_served_says_why(tmp_path: Path, line: str) -> None:
    (tmp_path / "program.py").write_text(line)
    ran = python(*DROPIN, "program.py", cwd=tmp_path)
    last = ran.err.splitlines()[-1]
    assert last.startswith(("ImportError: ", "ModuleNotFoundError: "))
    assert REFUSED[line] in last


def test_asking_whether_a_name_is_there_is_answered(tmp_path: Path) -> None:
    source = """
import langgraph.types
assert not hasattr(langgraph.types, "Sned")
assert getattr(langgraph.types, "Sned", 5) == 5
try:
    from langgraph.types import Sned
except ImportError as error:
    assert error.name == "langgraph.types"
"""
    under_dropin(source, tmp_path)


def test_a_second_install_does_nothing(tmp_path: Path) -> None:
    source = """
import sys
import stepgraph.dropin
finders = list(sys.meta_path)
import langgraph.graph
stepgraph.dropin.install()
assert sys.meta_path == finders
"""
    under_dropin(source, tmp_path)


def test_install_comes_too_late_once_langgraph_is_imported(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(
        "import langgraph.types, stepgraph.dropin\nstepgraph.dropin.install()\n"
    )
    ran = python("program.py", cwd=tmp_path)
    assert "TooLate: stepgraph.dropin.install() comes too late: langgraph._internal" in ran.err
    assert "at the top of the program, or of conftest.py" in ran.err


def test_install_may_follow_an_import_of_a_saver(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(
        "import langgraph.checkpoint.memory, stepgraph.dropin\nstepgraph.dropin.install()\n"
        "import langgraph.graph, stepgraph.graph\nassert langgraph.graph is stepgraph.graph\n"
    )
    assert python("program.py", cwd=tmp_path) == Ran(0, "", "")


# -- where LangGraph is not installed

GRAPH = """
from typing import TypedDict
from langgraph.graph import START, StateGraph
class State(TypedDict):
    x: int
graph = StateGraph(State).add_node("a", lambda state: {"x": state["x"] + 1}).add_edge(START, "a").compile()
print(graph.invoke({"x": 1}))
"""


def test_it_serves_where_only_savers_are_installed(tmp_path: Path) -> None:
    site = without(tmp_path, "checkpoint", "store", "cache")
    source = GRAPH + "import langgraph.checkpoint.memory, langgraph.store.memory\n"
    assert under_dropin(source, tmp_path, path=site, flags=("-S",)).out == "{'x': 2}\n"


def test_it_serves_where_no_part_of_langgraph_is_installed(tmp_path: Path) -> None:
    site = without(tmp_path)
    assert under_dropin(GRAPH, tmp_path, path=site, flags=("-S",)).out == "{'x': 2}\n"
