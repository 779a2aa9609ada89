"""Reloading: a file is changed in an editor while its graph is open, and the window follows."""

from __future__ import annotations

import shutil
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from tests.kit.editors import WAYS, Save, in_place
from tests.kit.window_probe import CTRL, SHIFT, WindowProbe, a_window

from stepscope.model.phase import Phase
from stepscope.session.live import LiveSession
from stepscope.session.local import LocalSession
from stepscope.session.session import Session
from stepscope.session.worker import WorkerSession
from stepscope.window.reloader import MOST_CHASES
from stepscope_host.loading.given import GivenGraph

File = Callable[[str, str], Path]

CODE = """
    from typing import TypedDict
    from {engine}.graph import START, StateGraph

    class State(TypedDict):
        topic: str

    def plan(state: State):
        return {{"topic": state["topic"] + "{mark}"}}

    builder = StateGraph(State).add_node(plan).add_edge(START, "plan")
    before = "plan"
    for name in "{more}".split():
        builder.add_node(name, lambda state: {{}})
        builder.add_edge(before, name)
        before = name
    graph = builder.compile()
    inputs = {{"topic": "owls"}}
"""
BROKEN = "def (:\n"
CHANGED = "graph.py has changed"


def code(more: str = "", mark: str = "!", engine: str = "stepgraph") -> str:
    """A graph whose first node is `plan`, followed by those in `more`."""
    return dedent(CODE.format(engine=engine, more=more, mark=mark))


@pytest.fixture(params=["stepgraph", "langgraph"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def session(request: pytest.FixtureRequest) -> Session:
    kind: type[LocalSession | WorkerSession] = getattr(request, "param", LocalSession)
    return kind()


@pytest.fixture
async def window(tmp_path: Path, session: Session) -> AsyncIterator[WindowProbe]:
    async with a_window(tmp_path, session) as window:
        yield window


in_both_sessions = pytest.mark.parametrize("session", [LocalSession, WorkerSession], indirect=True)


async def opened(window: WindowProbe, path: Path) -> None:
    window.drop(path)
    await window.until(lambda: bool(window.question))
    window.answer("Only this once")
    await window.opened(path.name)


async def run(window: WindowProbe) -> None:
    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished")


@pytest.fixture
async def graph(window: WindowProbe, file: File) -> Path:
    """An open file."""
    path = file("graph.py", code())
    await opened(window, path)
    return path


def is_near(place: QPoint, other: QPoint) -> bool:
    return (place - other).manhattanLength() <= 3


async def looked(window: WindowProbe) -> None:
    """Wait until the window has heard of all that was done to the files."""
    await window.workbench.watcher.look()


@pytest.mark.parametrize("save", WAYS, ids=lambda save: save.__name__)
async def test_a_save_is_noticed_and_a_click_shows_the_graph_as_it_is_now(
    window: WindowProbe, graph: Path, save: Save
) -> None:
    save(graph, code("write"))
    await window.until(lambda: CHANGED in window.banner)
    assert "write" not in window.canvas.nodes()

    window.click("Reload")
    await window.until(lambda: "write" in window.canvas.nodes())

    assert window.banner == ""
    assert window.said.startswith("Ready")


async def test_ctrl_r_reloads_whether_or_not_something_has_changed(window: WindowProbe, graph: Path) -> None:
    counted = graph.with_name("counted")
    in_place(graph, f"with open({str(counted)!r}, 'a') as file:\n    file.write('x')\n" + code())
    await window.until(lambda: CHANGED in window.banner)
    window.press(Qt.Key.Key_R, CTRL)
    await window.until(lambda: counted.exists() and not window.banner)

    window.press(Qt.Key.Key_R, CTRL)
    await window.until(lambda: counted.read_text() == "xx")


@in_both_sessions
async def test_a_run_after_a_change_runs_the_new_code(window: WindowProbe, file: File, engine: str) -> None:
    path = file("graph.py", code(engine=engine))
    await opened(window, path)
    await run(window)

    in_place(path, code("write", "?", engine))
    window.press(Qt.Key.Key_F5)  # at once, before the change has been noticed
    await window.until_said("Finished after 2 supersteps")

    assert any("owls?" in row for row in window.rows("Updates"))
    assert window.canvas.phase_of("write") is Phase.DONE
    assert window.banner == ""


async def test_a_restart_after_a_change_runs_the_new_code_with_the_input_of_before(
    window: WindowProbe, graph: Path
) -> None:
    window.type_input('{"topic": "bees"}')
    await run(window)

    in_place(graph, code("write", "?"))
    window.press(Qt.Key.Key_F5, CTRL | SHIFT)
    await window.until_said("Finished after 2 supersteps")

    assert any("bees?" in row for row in window.rows("Updates"))


async def test_a_paused_run_goes_on_with_the_old_code_and_the_banner_says_so(
    window: WindowProbe, file: File, engine: str
) -> None:
    path = file("graph.py", code("write", "!", engine))
    await opened(window, path)
    window.press(Qt.Key.Key_F10)
    await window.until_said("superstep 2 is next: write")

    in_place(path, code("other", "!", engine))
    await window.until(lambda: "This run goes on with the old code" in window.banner)
    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished after 2 supersteps")

    assert window.canvas.phase_of("write") is Phase.DONE
    await window.until(lambda: "The next run takes the new code" in window.banner)


@in_both_sessions
async def test_a_live_run_can_be_stopped_for_the_new_code(window: WindowProbe, file: File) -> None:
    path = file("graph.py", code("write"))
    await opened(window, path)
    window.press(Qt.Key.Key_F10)
    await window.until_said("superstep 2 is next: write")
    in_place(path, code("other"))
    await window.until(lambda: "This run goes on" in window.banner)

    window.click("Stop and Reload")
    await window.until(lambda: "other" in window.canvas.nodes())

    assert window.said.startswith("■ Stopped")


async def test_reloading_keeps_what_the_person_typed_zoomed_and_selected_and_what_the_last_run_left(
    window: WindowProbe, graph: Path
) -> None:
    window.type_input('{"topic": "bees"}')
    await run(window)
    rows, tabs = window.rows("Updates"), window.tabs
    window.workbench.canvas.zoom_by(1.5)
    window.canvas.click("plan")
    zoom, place = window.workbench.canvas.zoom, window.canvas.box_in_view("plan").center()

    in_place(graph, code("write"))
    await window.until(lambda: CHANGED in window.banner)
    window.click("Reload")
    await window.until(lambda: "write" in window.canvas.nodes() and not window.banner)

    assert window.input == '{"topic": "bees"}'
    assert window.workbench.canvas.zoom == zoom
    assert window.canvas.selected() == "plan"
    await window.until(lambda: is_near(window.canvas.box_in_view("plan").center(), place))
    assert (window.rows("Updates"), window.tabs) == (rows, tabs)
    assert window.canvas.phase_of("plan") is Phase.DONE
    assert "the file was reloaded since" in window.said


async def test_an_input_that_nobody_touched_follows_the_file(window: WindowProbe, graph: Path) -> None:
    in_place(graph, code().replace("owls", "cats"))
    await window.until(lambda: CHANGED in window.banner)

    window.click("Reload")
    await window.until(lambda: not window.banner)

    assert '"topic": "cats"' in window.input


@in_both_sessions
async def test_a_file_with_an_error_keeps_the_old_picture_marked_until_it_is_mended(
    window: WindowProbe, graph: Path
) -> None:
    await run(window)
    in_place(graph, BROKEN)
    await window.until(lambda: CHANGED in window.banner)

    window.click("Reload")
    await window.until(lambda: "Could not reload graph.py" in window.banner)
    assert "SyntaxError" in window.banner
    assert "Shown as of" in window.stale
    assert "before the error" in window.stale
    assert window.workbench.canvas.is_stale
    assert window.canvas.phase_of("plan") is Phase.DONE
    assert window.tab_in_front == "Problem"

    in_place(graph, code("write"))  # no click: the reload that was asked for is still owed
    await window.until(lambda: "write" in window.canvas.nodes())
    assert window.banner == window.stale == ""
    assert not window.workbench.canvas.is_stale
    assert window.tab_in_front.startswith("Updates")


async def test_one_error_after_the_other_is_told_as_it_comes(window: WindowProbe, graph: Path) -> None:
    in_place(graph, BROKEN)
    await window.until(lambda: CHANGED in window.banner)
    window.click("Reload")
    await window.until(lambda: "SyntaxError" in window.banner)

    in_place(graph, "raise RuntimeError('the database is away')\n")
    await window.until(lambda: "the database is away" in window.banner)

    in_place(graph, code())  # as it was at first
    await window.until(lambda: window.banner == window.stale == "")


async def test_a_module_that_is_missing_is_taken_in_when_it_comes(window: WindowProbe, graph: Path) -> None:
    in_place(graph, "from to_come import more\n" + code("{more}").replace('"{more}"', "more"))
    await window.until(lambda: CHANGED in window.banner)
    window.click("Reload")
    await window.until(lambda: "to_come" in window.banner)

    graph.with_name("to_come.py").write_text("more = 'write check'\n")
    await window.until(lambda: "check" in window.canvas.nodes())

    assert window.banner == window.stale == ""


async def test_an_error_in_a_module_is_mended_there(window: WindowProbe, graph: Path, file: File) -> None:
    module = file("with_an_error.py", BROKEN)
    in_place(graph, "import with_an_error\n" + code("write"))
    await window.until(lambda: CHANGED in window.banner)
    window.click("Reload")
    await window.until(lambda: "SyntaxError" in window.banner)

    in_place(module, "")
    await window.until(lambda: "write" in window.canvas.nodes())


async def test_a_module_that_lacks_a_name_is_mended_there(
    window: WindowProbe, graph: Path, file: File
) -> None:
    module = file("lacks_a_name.py", "")
    in_place(graph, "from lacks_a_name import more\n" + code("write"))
    await window.until(lambda: CHANGED in window.banner)
    window.click("Reload")
    await window.until(lambda: "ImportError" in window.banner)

    in_place(module, "more = 1")
    await window.until(lambda: "write" in window.canvas.nodes())


@in_both_sessions
async def test_a_module_of_the_program_counts_as_much_as_its_file(window: WindowProbe, file: File) -> None:
    module = file("its_module.py", "more = 'write'\n")
    path = file("graph.py", "from its_module import more\n" + code("{more}").replace('"{more}"', "more"))
    await opened(window, path)
    assert "write" in window.canvas.nodes()

    # Of another size: Python takes a module of the same size and second for the one that it has compiled.
    in_place(module, "more = 'check'  # and not what it was\n")
    await window.until(lambda: "its_module.py has changed" in window.banner)
    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished")

    assert "write" not in window.canvas.nodes()
    assert window.canvas.phase_of("check") is Phase.DONE


@in_both_sessions
async def test_a_module_that_a_node_imports_counts_as_well(window: WindowProbe, file: File) -> None:
    module = file("read_by_a_node.py", "mark = '?'\n")
    lazy = code().replace('"!"', "__import__('read_by_a_node').mark")
    await opened(window, file("graph.py", lazy))
    await run(window)
    assert any("owls?" in row for row in window.rows("Updates"))

    await window.workbench.watcher.look()  # the file that the run has read is looked after from now on
    in_place(module, "mark = '...'\n")
    await window.until(lambda: "read_by_a_node.py has changed" in window.banner)
    window.press(Qt.Key.Key_F5)
    await window.until(lambda: any("owls..." in row for row in window.rows("Updates")))


async def test_a_run_of_a_file_with_an_error_does_not_run_the_old_code(
    window: WindowProbe, graph: Path
) -> None:
    in_place(graph, BROKEN)
    window.press(Qt.Key.Key_F5)
    await window.until(lambda: "Could not reload graph.py" in window.banner)
    assert window.said.startswith("Ready")
    assert window.is_enabled("Run")

    window.press(Qt.Key.Key_F5)  # and again: each run tries anew
    await window.until(lambda: not window.workbench.controller.opening)
    assert window.said.startswith("Ready")
    assert window.rows("Updates") == []


async def test_the_banner_leads_to_the_problem_of_a_reload(window: WindowProbe, graph: Path) -> None:
    await window.choose("File", "Reload Automatically")
    in_place(graph, BROKEN)
    await window.until(lambda: "Could not reload graph.py" in window.banner)
    assert window.tab_in_front.startswith("Updates")  # nobody asked: what is in front stays

    window.click("Show Problem")

    assert window.tab_in_front == "Problem"
    assert window.workbench.failures.failure is not None
    assert window.workbench.failures.failure.type == "SyntaxError"


async def test_a_touch_and_a_change_that_is_taken_back_are_nothing_to_reload(
    window: WindowProbe, graph: Path
) -> None:
    graph.touch()
    await looked(window)
    assert window.banner == ""

    in_place(graph, code("write"))
    await window.until(lambda: CHANGED in window.banner)
    in_place(graph, code())
    await window.until(lambda: window.banner == "")


async def test_a_banner_that_was_dismissed_stays_away_until_the_next_change(
    window: WindowProbe, graph: Path
) -> None:
    in_place(graph, code("write"))
    await window.until(lambda: CHANGED in window.banner)
    window.click("Dismiss")
    await looked(window)
    assert window.banner == ""

    in_place(graph, code("write check"))
    await window.until(lambda: CHANGED in window.banner)


async def test_a_file_that_is_gone_is_told_and_forgotten_when_it_is_back(
    window: WindowProbe, graph: Path
) -> None:
    text = graph.read_text()
    graph.unlink()
    await window.until(lambda: "graph.py is gone" in window.banner)
    assert "plan" in window.canvas.nodes()

    graph.write_text(text)
    await window.until(lambda: window.banner == "")


async def test_a_file_that_is_gone_cannot_be_run_until_it_is_back(window: WindowProbe, graph: Path) -> None:
    text = graph.read_text()
    graph.unlink()
    window.press(Qt.Key.Key_F5)
    await window.until(lambda: "Could not reload graph.py" in window.banner)
    assert "no file" in window.banner

    graph.write_text(text)
    await window.until(lambda: window.banner == window.stale == "")
    await run(window)


async def test_a_folder_that_is_moved_away_and_back_does_no_harm(
    window: WindowProbe, graph: Path, tmp_path: Path
) -> None:
    away = tmp_path / "away"
    shutil.move(graph.parent, away)
    await window.until(lambda: "graph.py is gone" in window.banner)

    shutil.move(away, graph.parent)
    await window.until(lambda: window.banner == "")


async def test_with_the_setting_on_the_picture_follows_each_save_by_itself(
    window: WindowProbe, graph: Path
) -> None:
    await window.choose("File", "Reload Automatically")

    in_place(graph, code("write"))
    await window.until(lambda: "write" in window.canvas.nodes())
    in_place(graph, code("write check"))
    await window.until(lambda: "check" in window.canvas.nodes())

    assert window.banner == ""


async def test_with_the_setting_on_a_change_waits_for_the_end_of_the_run(
    window: WindowProbe, file: File
) -> None:
    path = file("graph.py", code("write"))
    await opened(window, path)
    await window.choose("File", "Reload Automatically")
    window.press(Qt.Key.Key_F10)
    await window.until_said("superstep 2 is next: write")

    in_place(path, code("other"))
    await window.until(lambda: "This run goes on with the old code" in window.banner)
    window.press(Qt.Key.Key_F5)
    await window.until(lambda: "other" in window.canvas.nodes())

    assert "Finished after 2 supersteps" in window.said
    assert window.banner == ""


async def test_switched_on_the_setting_takes_in_what_has_changed_already(
    window: WindowProbe, graph: Path
) -> None:
    in_place(graph, code("write"))
    await window.until(lambda: CHANGED in window.banner)

    await window.choose("File", "Reload Automatically")
    await window.until(lambda: "write" in window.canvas.nodes())


async def test_a_program_that_writes_its_own_file_is_not_reloaded_for_ever(
    window: WindowProbe, graph: Path
) -> None:
    counted = graph.with_name("counted")
    changes_itself = f"""
        from pathlib import Path
        with open({str(counted)!r}, "a") as file:
            file.write("x")
        itself = Path({str(graph)!r})
        itself.write_text(itself.read_text() + "# loaded once more\\n")
    """
    await window.choose("File", "Reload Automatically")
    in_place(graph, code("write") + dedent(changes_itself))
    await window.until(counted.exists)
    # A file that is written before its contents are noted for the load ends the chase earlier.
    for _ in range(4 * MOST_CHASES):
        await looked(window)

    assert len(counted.read_text()) <= 1 + MOST_CHASES


async def test_opening_another_file_ends_the_talk_of_the_first(
    window: WindowProbe, graph: Path, file: File
) -> None:
    in_place(graph, BROKEN)
    await window.until(lambda: CHANGED in window.banner)
    window.click("Reload")
    await window.until(lambda: bool(window.stale))

    await opened(window, file("other.py", code()))
    in_place(graph, code())
    await looked(window)

    assert window.banner == window.stale == ""
    assert not window.workbench.canvas.is_stale


async def test_another_file_that_cannot_be_opened_does_not_hide_that_this_one_has_changed(
    window: WindowProbe, graph: Path, file: File
) -> None:
    in_place(graph, code("write"))
    await window.until(lambda: CHANGED in window.banner)
    window.drop(file("broken.py", BROKEN))
    await window.until(lambda: bool(window.question))
    window.answer("Only this once")
    await window.until(lambda: "Could not open broken.py" in window.banner)

    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished after 2 supersteps")


async def test_a_window_that_is_closed_looks_at_no_file_any_more(window: WindowProbe, graph: Path) -> None:
    await window.workbench.close()

    assert "watch-files" not in [thread.name for thread in threading.enumerate()]


async def test_a_file_that_could_not_be_opened_opens_by_itself_once_it_is_mended(
    window: WindowProbe, file: File
) -> None:
    path = file("graph.py", BROKEN)
    window.drop(path)
    await window.until(lambda: bool(window.question))
    window.answer("Only this once")
    await window.until(lambda: "SyntaxError" in window.banner)
    assert "The next save is tried by itself" in window.banner

    in_place(path, "raise RuntimeError('the database is away')\n")
    await window.until(lambda: "the database is away" in window.banner)
    in_place(path, code("write"))
    await window.opened("graph.py")

    assert window.question == window.banner == ""
    assert "write" in window.canvas.nodes()
    await run(window)
    assert "graph.py" in str(window.workbench.settings.recent)


async def test_what_could_not_be_opened_is_not_tried_again_when_another_file_is_open(
    window: WindowProbe, file: File
) -> None:
    path = file("broken.py", BROKEN)
    window.drop(path)
    await window.until(lambda: bool(window.question))
    window.answer("Only this once")
    await window.until(lambda: "SyntaxError" in window.banner)
    await opened(window, file("graph.py", code()))

    in_place(path, code("write"))
    await looked(window)

    assert window.title.startswith("graph.py")
    assert window.banner == ""


async def test_a_graph_that_lives_in_this_process_is_not_reloaded(tmp_path: Path, file: File) -> None:
    path = file("script.py", code())
    shown: dict[str, Any] = {}
    exec(compile(code(), str(path), "exec"), shown)
    given = GivenGraph(shown["graph"], {"topic": "owls"}, str(path), "graph")
    async with a_window(tmp_path, LiveSession(given)) as window:
        await window.workbench.commands.open(given.target, has_consent=True)
        await window.opened("script.py")

        in_place(path, code("write"))
        await looked(window)
        await run(window)

        assert window.banner == ""
        assert not window.workbench.actions["reload"].isEnabled()
