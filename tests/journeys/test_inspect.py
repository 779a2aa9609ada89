"""Looking into a run with keys and mouse: the stack leads to task and state, the Inspector to the code."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from tests.journeys.test_debug import DEPARTMENTS, ENGINES, opened
from tests.kit.pane_probe import tree
from tests.kit.window_probe import CTRL, WindowProbe

from stepscope.panes.stack import StackPane
from stepscope.panes.values import ValuesPane

File = Callable[[str, str], Path]


def frames(window: WindowProbe) -> list[str]:
    model = stack(window).view.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def stack(window: WindowProbe) -> StackPane:
    pane = window.window.findChild(StackPane)
    assert pane is not None
    return pane


def click_frame(window: WindowProbe, text: str) -> None:
    view = stack(window).view
    place = view.visualRect(view.model().index(frames(window).index(text), 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_frame_of_a_subgraph_shows_its_state_and_a_task_its_code(
    window: WindowProbe, file: File, engine: str
) -> None:
    await opened(window, file("departments.py", DEPARTMENTS.format(engine=engine)))
    window.press(Qt.Key.Key_F5, CTRL)
    await window.until_said("research has not begun")
    window.press(Qt.Key.Key_F11)
    await window.until_said("inside research: look is next")
    window.press(Qt.Key.Key_F10)
    await window.until_said("superstep 2 of research is next: think")
    await window.until(lambda: frames(window) == ["graph superstep 1", "research superstep 2", "think held"])
    values = window.window.findChild(ValuesPane)
    assert values is not None
    click_frame(window, "research superstep 2")
    await window.until(lambda: tree(values) == ["~ log 2 items by look list"])
    click_frame(window, "graph superstep 1")
    await window.until(lambda: tree(values) == ["log 1 item list"])

    click_frame(window, "think held")
    window.show_tab("Inspector")
    inspector = window.workbench.inspector
    await window.until(lambda: inspector.code.endswith('return {"log": [word]}'))
    assert inspector.said[:2] == ["research › think", "❚❚  held: it has not begun"]
    assert inspector.said[-1] == "departments.py:10, node"
    window.press(Qt.Key.Key_F5)
    await window.until(lambda: "log  2 items → 3 items  (add)" in inspector.said)


@pytest.fixture
def editor(tmp_path: Path) -> Path:
    """A program that writes down what it is given."""
    program = tmp_path / "my editor"
    told = tmp_path / "told"
    code = f"import os, sys\nopen({str(told)!r} + '_', 'w').write('|'.join(sys.argv[1:]))\n"
    program.write_text(f"#!{sys.executable}\n{code}os.rename({str(told)!r} + '_', {str(told)!r})\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


async def test_the_code_of_a_node_opens_in_the_editor_that_was_chosen(
    window: WindowProbe, file: File, editor: Path
) -> None:
    path = file("departments.py", DEPARTMENTS.format(engine="stepgraph"))
    await opened(window, path)
    await window.choose("File", "Editor Command…")
    await window.until(lambda: "Which command" in window.question)
    line = window.window.findChild(QLineEdit, "editorCommand")
    assert line is not None
    QTest.keyClicks(line, f"'{editor}' -g {{file}}:{{line}}")
    QTest.keyClick(line, Qt.Key.Key_Return)
    await window.until(lambda: not window.question)

    window.workbench.selection.select(("check",))
    window.press(Qt.Key.Key_E, CTRL)
    told = editor.with_name("told")
    await window.until(told.exists)
    assert told.read_text() == f"-g|{path}:14"


async def test_an_editor_that_is_not_there_is_named_with_what_to_do(window: WindowProbe, file: File) -> None:
    await opened(window, file("departments.py", DEPARTMENTS.format(engine="stepgraph")))
    window.workbench.settings.editor = "no-such-editor {file}"
    window.workbench.selection.select(("check",))
    window.press(Qt.Key.Key_E, CTRL)
    await window.until(lambda: "`no-such-editor` was not found" in window.banner)

    window.workbench.selection.select(("research",))
    window.press(Qt.Key.Key_E, CTRL)
    await window.until(lambda: "no Python function of its own" in window.banner)
