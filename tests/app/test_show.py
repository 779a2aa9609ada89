"""`stepscope.show()`: a window on a graph of the caller's own process, from a script or within a loop."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SCRIPT = """
import asyncio, gc, signal, sys
from typing import TypedDict
from PySide6.QtWidgets import QApplication
import stepscope
from ENGINE.graph import START, StateGraph
from tests.kit import shown

class State(TypedDict):
    x: int

seen = []

def node(state: State):
    seen.append(state["x"])
    return {"x": state["x"] + 1}

builder = StateGraph(State).add_node(node).add_edge(START, "node")
my_graph = builder.compile()
app = QApplication([])
before = sys.getswitchinterval(), gc.get_threshold(), signal.getsignal(signal.SIGINT)
shown.run_and_close_each()
"""


def run(script: str, folder: Path, engine: str = "stepgraph") -> tuple[list[str], str]:
    """The lines that a script prints, and what it says on stderr."""
    path = folder / "my_script.py"
    path.write_text((SCRIPT + script).replace("ENGINE", engine))
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": str(folder),
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    ended = subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True, env=environment, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines(), ended.stderr


@pytest.mark.parametrize("engine", ["stepgraph", "langgraph"])
def test_each_call_shows_the_graph_itself_and_returns_when_the_window_is_closed(
    tmp_path: Path, engine: str
) -> None:
    lines, _ = run(
        """
stepscope.show(my_graph, {"x": 41})
print(seen, shown.titles)
stepscope.show(builder, {"x": 1})
print(seen)
print(before == (sys.getswitchinterval(), gc.get_threshold(), signal.getsignal(signal.SIGINT)))
""",
        tmp_path,
        engine,
    )
    assert lines == ["[41] ['my_script.py : my_graph — Stepscope']", "[41, 1]", "True"]


def test_a_notebook_can_show_a_graph_from_within_its_own_loop(tmp_path: Path) -> None:
    lines, _ = run(
        """
async def cell():
    stepscope.show(my_graph, {"x": 1})
    await asyncio.sleep(0)
    return asyncio.get_running_loop().is_running()

print(asyncio.run(cell()), seen)
""",
        tmp_path,
    )
    assert lines == ["True [1]"]


def test_what_is_no_graph_is_refused_by_name(tmp_path: Path) -> None:
    lines, _ = run(
        """
try:
    stepscope.show({"a": 1})
except TypeError as error:
    print(error)
""",
        tmp_path,
    )
    assert lines == ["show() takes a compiled graph or a StateGraph, and this is of type dict."]


def test_nothing_of_the_window_is_left_for_a_thread_of_the_caller_to_delete(tmp_path: Path) -> None:
    """Qt does not survive that, and would end the caller's process."""
    lines, _ = run(
        """
from PySide6.QtCore import QObject

stepscope.show(my_graph, {"x": 1})
left = [type(thing).__qualname__ for thing in gc.get_objects() if isinstance(thing, QObject)]
print(left.count("MainWindow"), left.count("RunModel"), left.count("GraphScene"), left.count("QTimer"))
""",
        tmp_path,
    )
    assert lines == ["0 0 0 1"]  # the timer is the one that presses the buttons
