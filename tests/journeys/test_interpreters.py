"""A project with environments of its own: its graph runs in one of them, and another one can be chosen."""

from __future__ import annotations

import os
import site
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from tests.kit.environments import bare_machine, installed, real_venv
from tests.kit.window_probe import WindowProbe, a_window

from stepscope.session.worker import WorkerSession

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
FORECAST = """
    from typing import TypedDict
    from langgraph.graph import START, StateGraph
    from weather_model import forecast

    class State(TypedDict):
        city: str

    def predict(state: State):
        return {"city": forecast(state["city"])}

    graph = StateGraph(State).add_node(predict).add_edge(START, "predict").compile()
    inputs = {"city": "Uppsala"}
"""


def environment(prefix: Path, **modules: str) -> str:
    """A real environment that sees what is installed where the tests run, and has modules of its own."""
    python = real_venv(prefix, VERSION)
    folder = prefix / "lib" / f"python{VERSION}" / "site-packages"
    # The tests' own packages behind its own: as a line of a .pth file they are on the path, not copied.
    (folder / "shared.pth").write_text(os.linesep.join(site.getsitepackages()))
    installed(prefix, VERSION, {"langgraph": "1.2.24"})
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text)
    return python


@pytest.fixture
async def window(tmp_path: Path) -> AsyncIterator[WindowProbe]:
    machine = bare_machine(tmp_path, sys.executable)
    async with a_window(tmp_path, WorkerSession(), machine=machine) as window:
        yield window


async def test_a_graph_whose_package_is_missing_runs_once_its_own_environment_is_chosen(
    window: WindowProbe, project: Path, file: Callable[[str, str], Path]
) -> None:
    near = environment(project / ".venv")
    environment(project / "venv", weather_model="def forecast(city):\n    return f'rain in {city}'\n")
    path = file("forecast.py", FORECAST)

    window.drop(path)
    await window.until(lambda: bool(window.question))
    window.answer("Only this once")
    await window.until(lambda: bool(window.banner))
    assert "No module named 'weather_model'" in window.banner
    assert f"{near} -m" in window.problem or f"--python {near}" in window.problem
    assert "install weather-model" in window.problem

    window.click("Choose Interpreter…")
    await window.until(lambda: "Which Python" in window.question)
    window.pick(next(row for row in window.choices if row.startswith("project venv")))
    await window.opened("forecast.py")
    assert window.runs_with.startswith("LangGraph ")
    assert window.runs_with.endswith(f" · Python {sys.version.split()[0]} · venv")

    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished after 1 superstep")
    assert any("rain in Uppsala" in row for row in window.rows("Updates"))
