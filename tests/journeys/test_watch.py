"""Watching expressions with keys and mouse while a run is stepped, in a subgraph too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.journeys.test_debug import DEPARTMENTS, ENGINES, opened
from tests.kit.pane_probe import choose, tree
from tests.kit.window_probe import CTRL, WindowProbe

from stepscope.panes.values import ValuesPane
from stepscope.panes.watch import WatchPane

File = Callable[[str, str], Path]


def watch(window: WindowProbe) -> WatchPane:
    pane = window.window.findChild(WatchPane)
    assert pane is not None
    return pane


def rows(window: WindowProbe) -> list[str]:
    model = watch(window).rows.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def type_expression(window: WindowProbe, text: str) -> None:
    line = watch(window).line
    line.selectAll()
    QTest.keyClicks(line, text)


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_watch_follows_the_run_step_by_step_and_into_a_subgraph(
    window: WindowProbe, file: File, engine: str
) -> None:
    await opened(window, file("departments.py", DEPARTMENTS.format(engine=engine)))
    window.show_tab("Watch")
    type_expression(window, "len(state.log)")
    window.click("Watch")
    assert rows(window) == ["len(state.log)"]

    window.press(Qt.Key.Key_F5, CTRL)
    await window.until(lambda: rows(window) == ["len(state.log) 1"])
    window.press(Qt.Key.Key_F10)
    await window.until_said("superstep 2 is next")
    await window.until(lambda: rows(window) == ["len(state.log) 1 → 4"])
    values = window.window.findChild(ValuesPane)
    assert values is not None
    choose(values.graphs, "research")
    choose(values.steps, "1")
    await window.until(lambda: rows(window) == ["len(state.log) 1 → 2"])

    QTest.mouseClick(watch(window).rows.viewport(), Qt.MouseButton.LeftButton, pos=_first(window))
    QTest.keyClick(watch(window).rows, Qt.Key.Key_Delete)
    assert rows(window) == []


@pytest.mark.parametrize("engine", ENGINES)
async def test_any_expression_is_evaluated_for_the_superstep_that_is_shown(
    window: WindowProbe, file: File, engine: str
) -> None:
    await opened(window, file("departments.py", DEPARTMENTS.format(engine=engine)))
    window.show_tab("Watch")
    window.press(Qt.Key.Key_F5)
    await window.until(lambda: window.said.startswith("✓ Finished"))
    type_expression(window, "state.log[1:]")
    QTest.keyClick(watch(window).line, Qt.Key.Key_Return)
    result = watch(window).result
    await window.until(lambda: result.isVisible())
    assert tree(result)[0] == "state.log[1:] 6 items list"

    values = window.window.findChild(ValuesPane)
    assert values is not None
    choose(values.steps, "0, the input")
    QTest.keyClick(watch(window).line, Qt.Key.Key_Return)
    await window.until(lambda: tree(result) == ["state.log[1:] empty list"])

    type_expression(window, "state.lug")
    QTest.keyClick(watch(window).line, Qt.Key.Key_Return)
    await window.until(lambda: "raises AttributeError" in watch(window).problem)
    assert not result.isVisible()


def _first(window: WindowProbe):
    view = watch(window).rows
    return view.visualRect(view.model().index(0, 0)).center()
