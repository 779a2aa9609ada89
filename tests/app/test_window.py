"""The window over a scripted session: each key and each menu does what it says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from tests.kit.scripted_session import ScriptedSession
from tests.kit.window_probe import CTRL, SHIFT, WindowProbe, a_window

from stepscope.model.events import Event, Failure, Outcome, RunFinished, RunStarted
from stepscope.model.program import OpenFailed
from stepscope.session.session import RunRequest
from stepscope.theme import DARK, DARK_CONTRAST, LIGHT, LIGHT_CONTRAST


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "newsroom.py"


class SlowToBegin(ScriptedSession):
    """Begins no run before it is stopped, as one whose process is being started."""

    async def astream(self, request: RunRequest) -> AsyncIterator[Event]:
        await self._wait()
        yield RunStarted(0, 1.0, "", request.input)
        yield RunFinished(1, 1.0, Outcome.STOPPED, None, "", ())


async def opened(window: WindowProbe, file: Path) -> None:
    assert window.drop(file)
    await window.until(lambda: bool(window.question))
    window.answer("Only this once")
    await window.opened(file.name)


@pytest.fixture
async def window(tmp_path: Path, file: Path) -> AsyncIterator[WindowProbe]:
    async with a_window(tmp_path, ScriptedSession("plan", "research", "write")) as window:
        await opened(window, file)
        yield window


async def test_an_empty_window_says_how_to_begin(tmp_path: Path) -> None:
    async with a_window(tmp_path, ScriptedSession()) as window:
        assert window.is_enabled("Open a Python File…")
        assert not window.is_enabled("Run")
        assert "No graph is open" in window.status


async def test_an_opened_file_is_named_and_can_be_run(window: WindowProbe) -> None:
    assert window.title == "newsroom.py : graph — Stepscope"
    assert window.said.startswith("Ready")
    assert window.canvas.nodes() == ["END", "START", "plan", "research", "write"]
    assert window.is_enabled("Run")
    assert not window.is_enabled("Stop")


async def test_f5_runs_it_to_the_end(window: WindowProbe) -> None:
    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished after 3 supersteps")

    assert "Superstep 3" in window.status
    assert "20 events" in window.status
    assert window.tabs == ["Updates 3", "Custom 3", "Debug 6", "Console", "Problem"]


async def test_f10_steps_and_f5_goes_on(window: WindowProbe) -> None:
    window.press(Qt.Key.Key_F10)
    await window.until_said("superstep 2 is next: research")
    assert window.said.startswith("❚❚ Paused")
    assert window.is_enabled("Continue")

    window.press(Qt.Key.Key_F10)
    await window.until_said("superstep 3 is next: write")

    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished")
    assert window.is_enabled("Run")


async def test_the_path_of_the_selected_node_stands_above_the_graph(window: WindowProbe) -> None:
    window.workbench.selection.select(("research",))
    assert window.place == "newsroom.py › graph › research"
    window.workbench.selection.select(None)
    assert window.place == "newsroom.py › graph"


async def test_stop_and_restart_have_their_keys(window: WindowProbe) -> None:
    window.press(Qt.Key.Key_F10)
    await window.until_said("Paused")

    window.press(Qt.Key.Key_F5, SHIFT)
    await window.until_said("■ Stopped")

    window.press(Qt.Key.Key_F5, CTRL | SHIFT)
    await window.until_said("Finished")


async def test_the_buttons_do_the_same_as_the_keys(window: WindowProbe) -> None:
    window.click("Step")
    await window.until_said("Paused")
    window.click("Continue")
    await window.until_said("Finished")


async def test_the_letter_f_is_typed_into_the_input_and_fits_the_graph_elsewhere(window: WindowProbe) -> None:
    window.workbench.canvas.zoom_in()
    zoomed = window.workbench.canvas.zoom

    window.type_input("false")
    assert window.input == "false"
    assert window.workbench.canvas.zoom == zoomed

    window.workbench.canvas.setFocus()
    window.press(Qt.Key.Key_F)
    assert window.workbench.canvas.zoom < zoomed


async def test_input_that_is_not_json_is_not_run_and_the_cursor_goes_to_its_line(window: WindowProbe) -> None:
    window.type_input('{\n"topic": "a"\n"x": 1}')
    window.workbench.canvas.setFocus()

    window.press(Qt.Key.Key_F5)

    assert window.said.startswith("Ready")
    assert window.input_words.startswith("✕ Line 2: expected ','")
    assert window.input_line == 2


async def test_what_was_typed_is_there_again_after_a_restart(tmp_path: Path, file: Path) -> None:
    async with a_window(tmp_path, ScriptedSession("plan")) as window:
        await opened(window, file)
        window.type_input('{"topic": "bees"}')

    async with a_window(tmp_path, ScriptedSession("plan")) as window:
        await opened(window, file)
        assert window.input == '{"topic": "bees"}'

        window.click("Reset")
        assert '"topic": ""' in window.input

    async with a_window(tmp_path, ScriptedSession("plan")) as window:
        await opened(window, file)
        assert '"topic": ""' in window.input


async def test_a_run_whose_process_is_being_started_says_so_and_can_be_stopped(
    tmp_path: Path, file: Path
) -> None:
    session = SlowToBegin("plan")
    async with a_window(tmp_path, session) as window:
        await opened(window, file)
        window.press(Qt.Key.Key_F5)
        await window.until_said("● Starting the program's process")
        assert not window.is_enabled("Run")
        assert window.is_enabled("Stop")

        window.press(Qt.Key.Key_F5, SHIFT)
        await window.until_said("Stopped before the first superstep")
        assert window.is_enabled("Run")


async def test_a_failure_brings_its_problem_to_the_front(tmp_path: Path, file: Path) -> None:
    async with a_window(tmp_path, ScriptedSession("plan", "write", failing="write")) as window:
        await opened(window, file)
        window.press(Qt.Key.Key_F5)
        await window.until_said("Failed in `write`: ValueError: no such city")

        assert window.tab_in_front == "Problem"


async def test_a_new_run_takes_an_old_problem_out_of_sight(tmp_path: Path, file: Path) -> None:
    session = ScriptedSession("plan", "write", failing="write")
    async with a_window(tmp_path, session) as window:
        await opened(window, file)
        window.press(Qt.Key.Key_F5)
        await window.until_said("Failed")
        session.failing = ""
        window.press(Qt.Key.Key_F5)
        await window.until_said("Finished")

        assert window.tab_in_front.startswith("Updates")


async def test_what_is_odd_about_a_program_is_said_above_its_graph(tmp_path: Path, file: Path) -> None:
    session = ScriptedSession("plan")
    session.warnings = ("This graph can only be stepped at its own supersteps.",)
    async with a_window(tmp_path, session) as window:
        await opened(window, file)

        assert "only be stepped at its own supersteps" in window.banner
        assert window.is_enabled("Run")
        assert not window.tab_in_front.startswith("Problem")


async def test_what_cannot_be_opened_is_told_and_what_was_open_stays(
    window: WindowProbe, tmp_path: Path
) -> None:
    session = window.workbench.controller._session
    other = tmp_path / "other.py"
    assert isinstance(session, ScriptedSession)
    session.refusals[str(other)] = OpenFailed(Failure("ImportError", "no module named 'x'"))

    window.drop(other)
    await window.until(lambda: bool(window.question))
    window.answer("Only this once")
    await window.until(lambda: bool(window.banner))

    assert "Could not open other.py: ImportError: no module named 'x'." in window.banner
    assert "still open" in window.banner
    assert window.tab_in_front == "Problem"
    assert window.title.startswith("newsroom.py")
    assert window.is_enabled("Run")

    window.click("Dismiss")
    assert window.banner == ""


async def test_only_python_files_can_be_dropped(window: WindowProbe, tmp_path: Path) -> None:
    assert not window.drop(tmp_path / "notes.txt")


async def test_a_file_that_was_opened_is_among_the_recent_ones(window: WindowProbe) -> None:
    assert [entry.endswith("newsroom.py:graph") for entry in window.entries("Open Recent")] == [True]


async def test_the_theme_can_be_chosen_and_is_kept(window: WindowProbe) -> None:
    await window.choose("View", "Theme: Light")

    assert window.workbench.appearance.theme is LIGHT
    assert window.canvas.fill_of("plan") == LIGHT.node
    assert window.workbench.settings.scheme == "light"

    await window.choose("View", "Theme: Dark")
    assert window.canvas.fill_of("plan") == DARK.node


async def test_high_contrast_can_be_chosen_in_light_and_dark_and_is_kept(window: WindowProbe) -> None:
    await window.choose("View", "Theme: Light")
    await window.choose("View", "High Contrast")
    assert window.workbench.appearance.theme is LIGHT_CONTRAST
    assert window.canvas.fill_of("plan") == LIGHT_CONTRAST.node
    assert window.workbench.settings.wants_contrast

    await window.choose("View", "Theme: Dark")
    assert window.workbench.appearance.theme is DARK_CONTRAST

    await window.choose("View", "High Contrast")
    assert window.workbench.appearance.theme is DARK


async def test_motion_can_be_switched_off_and_stays_off(tmp_path: Path) -> None:
    async with a_window(tmp_path, ScriptedSession()) as window:
        assert window.workbench.appearance.has_motion
        assert window.window.isAnimated()
        await window.choose("View", "Reduce Motion")
        assert not window.window.isAnimated()
        assert not window.workbench.appearance.has_motion

    async with a_window(tmp_path, ScriptedSession()) as window:
        assert not window.workbench.appearance.has_motion


async def test_reset_layout_brings_back_a_pane_that_was_closed(window: WindowProbe) -> None:
    await window.choose("View", "Panes", "Custom")
    await window.until(lambda: "Custom" not in window.tabs)

    await window.choose("View", "Reset Layout")
    await window.until(lambda: "Custom" in window.tabs)


async def test_the_layout_is_kept(tmp_path: Path) -> None:
    async with a_window(tmp_path, ScriptedSession()) as window:
        await window.choose("View", "Panes", "Debug")

    async with a_window(tmp_path, ScriptedSession()) as window:
        await window.until(lambda: window.tabs == ["Updates", "Custom", "Console", "Problem"])


async def test_about_names_the_version(window: WindowProbe) -> None:
    await window.choose("Help", "About")
    await window.until(lambda: "Stepscope 0." in window.question)
    window.answer("Close")
    await window.until(lambda: not window.question)


async def test_closing_the_window_is_told(window: WindowProbe) -> None:
    told: list[bool] = []
    window.window.closing.connect(lambda: told.append(True))

    window.press(Qt.Key.Key_Q, CTRL)

    assert told == [True]


async def test_everything_to_press_has_a_name_for_a_screen_reader(window: WindowProbe) -> None:
    from stepscope.window.action_button import ActionButton

    names = [button.accessibleName() for button in window.window.findChildren(ActionButton)]
    assert names == ["Run", "Pause", "Step", "Stop", "Restart"]
