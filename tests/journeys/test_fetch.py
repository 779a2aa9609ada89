"""Seeing all of a large state: what was cut comes by key or mouse, from the program, or in words why not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from tests.journeys.test_run import opened
from tests.kit import pane_probe
from tests.kit.window_probe import WindowProbe, a_window

from stepscope.panes.values import ValuesPane
from stepscope.session.local import LocalSession

File = Callable[[str, str], Path]

LARGE = """
    import threading
    from typing import Any, TypedDict
    from {engine}.graph import START, StateGraph

    class State(TypedDict, total=False):
        text: str
        numbers: list[int]
        deep: Any
        slow: Any

    class Slow:
        def __repr__(self):
            threading.Event().wait()

    def write(state: State):
        deep = "the bottom"
        for _ in range(30):
            deep = [deep]
        return {{"text": "x" * 30_000, "numbers": list(range(1_500)), "deep": deep, "slow": Slow()}}

    def rest(state: State):
        return {{}}

    builder = StateGraph(State).add_sequence([write, rest]).add_edge(START, "write")
    graph = builder.compile()
    inputs = {{}}
"""


def state(window: WindowProbe) -> ValuesPane:
    found = window.window.findChild(ValuesPane)
    assert found is not None
    return found


async def settled(window: WindowProbe) -> ValuesPane:
    """The State pane, once it shows the newest state and is laid out."""
    values, pane = window.workbench.model.state.values, state(window)
    await window.until(lambda: bool(values) and pane.shown is values[-1])
    await window.until(lambda: pane.tree.viewport().height() > 0)
    return pane


def shows(window: WindowProbe, words: str) -> bool:
    return any(words in row for row in pane_probe.tree(state(window)))


@pytest.mark.parametrize("engine", ["stepgraph", "langgraph"])
async def test_all_of_a_list_can_be_seen_while_the_run_stands(
    window: WindowProbe, file: File, engine: str
) -> None:
    await opened(window, file("large.py", LARGE.format(engine=engine)))
    window.press(Qt.Key.Key_F10)
    await window.until_said("Paused")
    pane = await settled(window)

    pane_probe.open_row(pane, "numbers")
    pane_probe.open_row(pane, "numbers", "…")
    await window.until(lambda: shows(window, "1499 1499"))
    assert not shows(window, "more items")


async def test_the_bottom_of_a_deep_value_is_reached_by_opening_row_after_row(
    window: WindowProbe, file: File
) -> None:
    await opened(window, file("large.py", LARGE.format(engine="stepgraph")))
    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished")
    pane = await settled(window)

    path = ["deep"]
    while not shows(window, "the bottom"):
        pane_probe.open_row(pane, *path)
        path.append("0")
        await window.until(lambda: not shows(window, "fetching"))
    assert len(path) == 31


async def test_what_the_program_does_not_hold_any_more_is_told_in_words(tmp_path: Path, file: File) -> None:
    session = LocalSession()
    async with a_window(tmp_path, session) as window:
        await opened(window, file("large.py", LARGE.format(engine="stepgraph")))
        window.press(Qt.Key.Key_F5)
        await window.until_said("Finished")
        pane = await settled(window)
        pane_probe.open_row(pane, "text")
        await session.close()

        pane_probe.open_row(pane, "text", "…")
        await window.until(lambda: shows(window, "has moved on"))
