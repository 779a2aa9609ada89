"""Breakpoints with keys and mouse: set in the graph, edited, listed, kept; and where the run then stops."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit
from tests.kit.window_probe import CTRL, SHIFT, WindowProbe, a_window

from stepscope.session.local import LocalSession
from stepscope.session.worker import WorkerSession

File = Callable[[str, str], Path]
ENGINES = pytest.mark.parametrize("engine", ["stepgraph", "langgraph"])

OFFICE = """
    import operator
    from typing import Annotated, TypedDict
    from {engine}.config import get_stream_writer
    from {engine}.graph import END, START, StateGraph

    class State(TypedDict):
        log: Annotated[list[str], operator.add]
        word: str

    def says(word):
        def node(state: State):
            return {{"log": [word]}}
        return node

    async def write(state: State):
        return {{"log": ["write"], "word": f"draft {{len(state['log'])}}"}}

    def check(state: State):
        get_stream_writer()({{"checked": len(state["log"])}})
        if "wrong" in state["word"]:
            raise ValueError("wrong word")
        return {{}}

    def chain(*names):
        graph = StateGraph(State).add_sequence([(name, says(name)) for name in names])
        return graph.add_edge(START, names[0])

    deepest = chain("find", "read")
    team = StateGraph(State).add_node("search", deepest.compile()).add_edge(START, "search")
    research = StateGraph(State).add_node("team", team.compile()).add_edge(START, "team")
    builder = StateGraph(State).add_node("research", research.compile())
    builder.add_node(write).add_node(check).add_edge(START, "research").add_edge("research", "write")
    builder.add_edge("write", "check")
    builder.add_conditional_edges("check", lambda state: len(state["log"]) < 6, {{True: "write", False: END}})
    graph = builder.compile()
    inputs = {{"log": [], "word": ""}}
"""
DEEP = "research/team/search/read"


@pytest.fixture(params=[LocalSession, WorkerSession], ids=["here", "worker"])
async def window(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[WindowProbe]:
    async with a_window(tmp_path, request.param()) as window:
        yield window


def office(file: File, engine: str = "stepgraph") -> str:
    return f"{file('office.py', OFFICE.format(engine=engine))}:graph"


async def opened(window: WindowProbe, target: str) -> None:
    await window.workbench.commands.open(target, has_consent=True)
    await window.opened("office.py")


def select(window: WindowProbe, name: str) -> None:
    window.canvas.click(name)
    assert window.canvas.selected() == name


async def edit(window: WindowProbe, **fields: str) -> None:
    """Fill the editor in that opens, and press Enter: once more where that takes what is suggested."""
    told = window.workbench.breakpoints.items
    await window.until(lambda: bool(window.question))
    dialog = window.window.findChildren(QLineEdit)
    for name, text in fields.items():
        field = next(f for f in dialog if f.accessibleName() == name.replace("_", " ") and f.isVisible())
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)
    if (popup := QApplication.activePopupWidget()) is not None:
        QTest.keyClick(popup, Qt.Key.Key_Return)
    window.press(Qt.Key.Key_Return)
    await window.until(lambda: window.workbench.breakpoints.items != told)


@ENGINES
async def test_a_key_sets_a_breakpoint_deep_inside_and_the_run_says_why_it_stands(
    window: WindowProbe, file: File, engine: str
) -> None:
    await opened(window, office(file, engine))
    select(window, DEEP)
    window.press(Qt.Key.Key_F9)
    assert window.canvas.text_of(DEEP).startswith("●")
    window.press(Qt.Key.Key_F5)
    await window.until_said("Paused breakpoint on `research › team › search › read`")
    window.press(Qt.Key.Key_F9)
    assert not window.canvas.text_of(DEEP).startswith("●")
    window.press(Qt.Key.Key_F5)
    await window.until_said("✓ Finished")


@ENGINES
async def test_a_condition_is_typed_and_stops_where_it_is_true(
    window: WindowProbe, file: File, engine: str
) -> None:
    await opened(window, office(file, engine))
    select(window, "write")
    window.press(Qt.Key.Key_F9, SHIFT)
    await edit(window, Only_if="len(state['log']) > 3")
    window.press(Qt.Key.Key_F5)
    await window.until_said("Paused breakpoint on `write`, visit 3: `len(state['log']) > 3`")
    window.show_tab("Breakpoints")
    assert window.rows("Breakpoints")[2] == "● write if len(state['log']) > 3 ×1"


async def test_a_condition_that_raises_is_told_beside_the_run_controls(
    window: WindowProbe, file: File
) -> None:
    await opened(window, office(file))
    select(window, "write")
    window.press(Qt.Key.Key_F9, SHIFT)
    await edit(window, Only_if="state['none'] > 3")
    window.press(Qt.Key.Key_F5)
    await window.until_said(
        "Paused the condition raises KeyError: 'none' (`state['none'] > 3`, breakpoint on `write`)"
    )


async def test_a_click_left_of_a_node_sets_and_takes_away(window: WindowProbe, file: File) -> None:
    await opened(window, office(file))
    window.canvas.click_margin("check")
    window.press(Qt.Key.Key_F5)
    await window.until_said("Paused breakpoint on `check`")
    window.canvas.click_margin("check")
    window.press(Qt.Key.Key_F5)
    await window.until_said("✓ Finished")


@ENGINES
async def test_a_logpoint_speaks_in_the_console_and_does_not_stop(
    window: WindowProbe, file: File, engine: str
) -> None:
    await opened(window, office(file, engine))
    select(window, "write")
    window.press(Qt.Key.Key_F9, CTRL)
    await edit(window, Log_instead="visit {visit}, {len(state['log'])} lines")
    assert window.canvas.text_of("write").startswith("◆")
    window.press(Qt.Key.Key_F5)
    await window.until_said("✓ Finished")
    window.show_tab("Console")
    await window.until(lambda: any("visit 4, 5 lines" in row for row in window.rows("Console")))


@ENGINES
async def test_a_run_stops_after_a_node_and_sees_its_update(
    window: WindowProbe, file: File, engine: str
) -> None:
    await opened(window, office(file, engine))
    await window.choose_at("write", "Break After")
    await window.choose_at("write", "Edit Breakpoint…")
    await edit(window, Only_if="update['word'] == 'draft 3'")
    window.press(Qt.Key.Key_F5)
    await window.until_said("Paused breakpoint after `write`, visit 2: `update['word'] == 'draft 3'`")


@ENGINES
async def test_a_run_freezes_at_any_error(window: WindowProbe, file: File, engine: str) -> None:
    await opened(window, office(file, engine))
    await window.choose("Breakpoints", "On Any Error")
    window.type_input('{"log": [], "word": ""}')
    window.workbench.breakpoints.toggle(("check",))
    window.press(Qt.Key.Key_F5)
    await window.until_said("Paused breakpoint on `check`")
    window.press(Qt.Key.Key_F5, SHIFT)
    await window.until_said("■ Stopped")
    window.workbench.breakpoints.toggle(("check",))


async def test_an_error_stops_the_run_where_it_was_raised_and_is_counted(
    window: WindowProbe, file: File
) -> None:
    path = Path(office(file).partition(":graph")[0])
    path.write_text(path.read_text().replace('f"draft', 'f"wrong draft'))
    await opened(window, f"{path}:graph")
    await window.choose("Breakpoints", "On Errors Not Handled")
    window.press(Qt.Key.Key_F5)
    await window.until_said("Paused `check` raised ValueError: wrong word")
    window.show_tab("Breakpoints")
    assert window.rows("Breakpoints")[1] == "● Errors not handled ×1"
    window.press(Qt.Key.Key_F5)
    await window.until_said("✕ Failed")


@ENGINES
async def test_a_change_and_a_custom_message_stop_the_run(
    window: WindowProbe, file: File, engine: str
) -> None:
    await opened(window, office(file, engine))
    await window.choose("Breakpoints", "On a Change of the State")
    await edit(window, Key="word")
    await window.choose("Breakpoints", "On a Custom Message")
    await edit(window, Only_if="message['checked'] == 3")
    window.press(Qt.Key.Key_F5)
    await window.until_said("Paused `word` has changed in superstep 2")
    window.press(Qt.Key.Key_F5)
    await window.until_said("Paused breakpoint on custom messages: `message['checked'] == 3`")


async def test_a_breakpoint_set_while_the_run_stands_counts(window: WindowProbe, file: File) -> None:
    await opened(window, office(file))
    window.press(Qt.Key.Key_F5, CTRL)
    await window.until_said("Paused research has not begun")
    select(window, "check")
    window.press(Qt.Key.Key_F9)
    window.press(Qt.Key.Key_F5)
    await window.until_said("Paused breakpoint on `check`")
    window.show_tab("Breakpoints")
    window.click_row("Breakpoints", 2)
    window.press(Qt.Key.Key_Delete)
    assert len(window.rows("Breakpoints")) == 2
    window.press(Qt.Key.Key_F5)
    await window.until_said("✓ Finished")


async def test_breakpoints_are_there_again_after_a_restart_and_hollow_without_their_node(
    tmp_path: Path, file: File
) -> None:
    target = office(file)
    async with a_window(tmp_path) as window:
        await opened(window, target)
        window.canvas.click_margin(DEEP)
        await window.choose_at("write", "Break When…")
        await edit(window, Only_if="visit > 1", From_visit="2")
    path = Path(target.partition(":graph")[0])
    code = path.read_text()
    async with a_window(tmp_path) as window:
        await opened(window, target)
        assert window.canvas.text_of(DEEP).startswith("●")
        assert window.canvas.text_of("write").startswith("●")
        path.write_text(code.replace('"read"', '"skim"'))
        window.press(Qt.Key.Key_R, CTRL)
        await window.until(lambda: "research/team/search/skim" in window.canvas.nodes())
        window.show_tab("Breakpoints")
        assert window.rows("Breakpoints")[2:] == [
            "○ research › team › search › read its node is gone",
            "● write if visit > 1, from visit 2 on",
        ]
        path.write_text(code)
        window.press(Qt.Key.Key_R, CTRL)
        await window.until(lambda: DEEP in window.canvas.nodes())
        await window.until(lambda: window.canvas.text_of(DEEP).startswith("●"))
        window.press(Qt.Key.Key_F5)
        await window.until_said("Paused breakpoint on `research › team › search › read`")
        await window.choose("Breakpoints", "Remove All")
        assert len(window.rows("Breakpoints")) == 2


async def test_what_stops_a_node_can_be_chosen_in_the_editor(tmp_path: Path, file: File) -> None:
    async with a_window(tmp_path) as window:
        await opened(window, office(file))
        select(window, "check")
        window.press(Qt.Key.Key_F9, SHIFT)
        await window.until(lambda: bool(window.question))
        kinds = next(
            b for b in window.window.findChildren(QComboBox) if b.accessibleName() == "When it stops"
        )
        QTest.keyClicks(kinds, "After")
        await edit(window)
        window.press(Qt.Key.Key_F5)
        await window.until_said("Paused breakpoint after `check`")
