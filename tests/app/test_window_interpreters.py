"""The Python that runs a graph: found, shown, chosen by mouse and by key, kept for the folder."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit
from tests.kit.environments import bare_machine, fake_environment, fake_installation
from tests.kit.scripted_session import ScriptedSession
from tests.kit.window_probe import WindowProbe, a_window

from stepscope.model.events import Failure
from stepscope.model.program import OpenFailed
from stepscope.session.interpreters import Machine

LANGGRAPH = {"langgraph": "1.2.22"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def file(home: Path) -> Path:
    project = home / "project"
    (project / ".git").mkdir(parents=True)
    path = project / "agent.py"
    path.write_text("from langgraph.graph import StateGraph\n")
    return path


@pytest.fixture
def near(file: Path) -> str:
    return fake_environment(file.parent / ".venv", "3.12.1", LANGGRAPH)


@pytest.fixture
def far(home: Path) -> str:
    return fake_installation(home / ".pyenv" / "versions" / "3.13.0", "3.13.0", LANGGRAPH)


@pytest.fixture
def machine(home: Path) -> Machine:
    return bare_machine(home, sys.executable)


@pytest.fixture
def session() -> ScriptedSession:
    return ScriptedSession("plan", "write")


@pytest.fixture
async def window(
    tmp_path: Path, session: ScriptedSession, machine: Machine, near: str, far: str
) -> AsyncIterator[WindowProbe]:
    async with a_window(tmp_path, session, machine=machine) as window:
        yield window


async def opened(window: WindowProbe, file: Path) -> None:
    await dropped(window, file)
    await window.opened(file.name)


async def dropped(window: WindowProbe, file: Path) -> None:
    assert window.drop(file)
    await window.until(lambda: bool(window.question))
    window.answer("Only this once")


async def picker(window: WindowProbe) -> list[str]:
    """Open the list from the menu; returns what stands in it."""
    await window.choose("Run", "Choose Interpreter")
    await window.until(lambda: "Which Python" in window.question)
    return window.choices


async def test_a_file_opens_in_the_python_of_its_project(
    window: WindowProbe, session: ScriptedSession, file: Path, near: str
) -> None:
    await opened(window, file)

    assert session.pythons == [near]
    assert window.runs_with == "stepgraph · Python 3.12.1 · .venv"
    assert window.banner == ""


async def test_before_trust_is_given_no_python_is_looked_for(
    window: WindowProbe, session: ScriptedSession, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[object] = []
    monkeypatch.setattr("stepscope.window.pythons.find", lambda *_: looked.append(_) or ())

    window.drop(file)
    await window.until(lambda: bool(window.question))
    window.answer("Cancel")
    await window.until(lambda: not window.question)

    assert looked == []
    assert session.pythons == []


async def test_the_list_says_what_each_has_and_which_is_in_use(window: WindowProbe, file: Path) -> None:
    await opened(window, file)

    first, second, third = await picker(window)

    assert first == "project .venv, Python 3.12.1 · langgraph 1.2.22, ✓ in use"
    assert second == "pyenv, Python 3.13.0 · langgraph 1.2.22"
    assert third.startswith("this Stepscope, Python 3.")
    assert "It is the nearest that has langgraph." in window.question
    window.answer("Cancel")
    await window.until(lambda: not window.question)


async def test_another_python_is_chosen_by_keys_alone_and_kept_for_the_folder(
    tmp_path: Path, session: ScriptedSession, machine: Machine, file: Path, near: str, far: str
) -> None:
    async with a_window(tmp_path, session, machine=machine) as window:
        await opened(window, file)
        second = (await picker(window))[1]
        window.pick(second)
        await window.until(lambda: window.runs_with == "stepgraph · Python 3.13.0 · pyenv")
        assert session.pythons == [near, far]
        assert window.question == ""  # it has run already: whether it may is not asked again

    async with a_window(tmp_path, session, machine=machine) as window:
        await opened(window, file.with_name("neighbour.py"))
        assert session.pythons[-1] == far


async def test_the_button_of_the_run_bar_opens_the_list(window: WindowProbe, file: Path) -> None:
    await opened(window, file)

    window.click("stepgraph · Python 3.12.1 · .venv")
    await window.until(lambda: "Which Python" in window.question)
    window.answer("Cancel")
    await window.until(lambda: not window.question)

    window.focus("stepgraph · Python 3.12.1 · .venv")
    window.press(Qt.Key.Key_Space)
    await window.until(lambda: "Which Python" in window.question)
    window.press(Qt.Key.Key_Escape)
    await window.until(lambda: not window.question)


async def test_what_was_chosen_can_be_left_to_stepscope_again(
    window: WindowProbe, session: ScriptedSession, file: Path, near: str, far: str
) -> None:
    await opened(window, file)
    window.pick((await picker(window))[1])
    await window.until(lambda: "pyenv" in window.runs_with)

    await picker(window)
    assert "You chose it for this folder." in window.question
    window.answer("Choose Automatically")
    await window.until(lambda: ".venv" in window.runs_with)

    assert session.pythons == [near, far, near]


async def test_one_that_cannot_run_says_why_and_cannot_be_used(
    window: WindowProbe, file: Path, near: str
) -> None:
    old = fake_environment(file.parent / "venv", "3.8.18")
    await opened(window, file)

    row = next(row for row in await picker(window) if "3.8.18" in row)
    window.pick(row)

    assert "Python 3.8.18 is too old: a graph needs 3.10 or newer." in window.question
    assert f"python3.12 -m venv --clear {Path(old).parent.parent}" in window.question
    assert not window.can_answer("Use This Python")
    window.answer("Cancel")
    await window.until(lambda: not window.question)


async def test_one_without_the_library_says_so_and_can_be_used(window: WindowProbe, file: Path) -> None:
    python = fake_environment(file.parent / "venv", "3.11.7", uv="0.9")
    await opened(window, file)

    row = next(row for row in await picker(window) if "3.11.7" in row)
    window.move_to(row)

    assert f"It has no langgraph. Install it: uv pip install --python {python} langgraph" in window.question
    window.answer("Use This Python")
    await window.until(lambda: "3.11.7 · venv" in window.runs_with)


async def test_any_other_python_can_be_browsed_for(
    window: WindowProbe, session: ScriptedSession, file: Path, home: Path
) -> None:
    python = fake_environment(home / "elsewhere", "3.12.4")
    await opened(window, file)

    await picker(window)
    window.answer("Browse…")
    await type_path(window, python)
    await window.until(lambda: "3.12.4 · langgraph" not in window.question and "Which" in window.question)
    assert "elsewhere, Python 3.12.4" in window.choices
    assert window.choice == "elsewhere, Python 3.12.4"

    window.answer("Use This Python")
    await window.until(lambda: "3.12.4 · elsewhere" in window.runs_with)
    assert session.pythons[-1] == python


async def test_a_file_that_is_no_python_is_refused_when_it_is_browsed_for(
    window: WindowProbe, file: Path
) -> None:
    await opened(window, file)

    await picker(window)
    window.answer("Browse…")
    await type_path(window, str(file))
    await window.until(lambda: "Which Python" in window.question)

    assert "agent.py may not be run" in window.question
    assert not window.can_answer("Use This Python")
    window.answer("Cancel")
    await window.until(lambda: not window.question)


async def type_path(window: WindowProbe, path: str) -> None:
    """Type a path into the file dialog that is open, and press Enter."""
    await window.until(lambda: bool(window.window.findChildren(QFileDialog)))
    (dialog,) = window.window.findChildren(QFileDialog)
    await window.until(dialog.isVisible)
    field = dialog.findChild(QLineEdit, "fileNameEdit")
    assert field is not None
    field.setText(path)
    QTest.keyClick(field, Qt.Key.Key_Return)


async def test_a_missing_module_offers_another_python_which_then_opens_the_file(
    window: WindowProbe, session: ScriptedSession, file: Path, near: str, far: str
) -> None:
    missing = OpenFailed(Failure("ModuleNotFoundError", "No module named 'langchain_openai'"))
    session.refusals[str(file)] = missing
    await dropped(window, file)
    await window.until(lambda: bool(window.banner))

    window.click("Choose Interpreter…")
    await window.until(lambda: "Which Python" in window.question)
    session.refusals.clear()
    window.pick(window.choices[1])
    await window.opened(file.name)

    assert session.pythons == [near, far]
    assert window.banner == ""


async def test_a_mistake_of_the_program_offers_no_other_python(
    window: WindowProbe, session: ScriptedSession, file: Path
) -> None:
    session.refusals[str(file)] = OpenFailed(Failure("SyntaxError", "invalid syntax"))
    await dropped(window, file)
    await window.until(lambda: bool(window.banner))

    assert "Choose Interpreter…" not in window.buttons


async def test_a_chosen_python_that_is_gone_is_said_and_nothing_else_is_run(
    window: WindowProbe, session: ScriptedSession, file: Path, far: str
) -> None:
    await opened(window, file)
    window.pick((await picker(window))[1])
    await window.until(lambda: "pyenv" in window.runs_with)
    session.pythons.clear()
    for path in Path(far).parent.iterdir():
        path.unlink()

    await dropped(window, file)
    await window.until(lambda: bool(window.banner))

    assert f"There is no {far}. Make it again: pyenv install 3.13.0" in window.banner
    assert session.pythons == []
    window.click("Choose Interpreter…")
    await window.until(lambda: "Which Python" in window.question)
    window.answer("Choose Automatically")
    await window.until(lambda: bool(session.pythons))
    await window.until(lambda: not window.banner)


async def test_that_the_project_s_own_python_was_passed_over_is_said_above_the_graph(
    tmp_path: Path, session: ScriptedSession, machine: Machine, file: Path, far: str
) -> None:
    empty = fake_environment(file.parent / ".venv", "3.12.1", uv="0.9")
    async with a_window(tmp_path, session, machine=machine) as window:
        await opened(window, file)

        assert "Runs in pyenv (Python 3.13.0), not in project .venv, which has no langgraph." in window.banner
        assert f"uv pip install --python {empty} langgraph" in window.banner
        assert session.pythons == [far]

        window.click("Choose Interpreter…")
        await window.until(lambda: "Which Python" in window.question)
        window.pick(window.choices[0])
        await window.until(lambda: ".venv" in window.runs_with)
        assert session.pythons == [far, empty]
        assert window.banner == ""


async def test_a_python_given_for_a_start_holds_for_that_start_alone(
    tmp_path: Path, session: ScriptedSession, machine: Machine, file: Path, near: str, far: str
) -> None:
    async with a_window(tmp_path, session, machine=machine) as window:
        await window.workbench.commands.open(str(file), has_consent=True, python=far)
        await window.opened(file.name)
        await picker(window)
        assert "It was given with --python." in window.question
        window.answer("Cancel")
        await window.until(lambda: not window.question)

    async with a_window(tmp_path, session, machine=machine) as window:
        await opened(window, file)

    assert session.pythons == [far, near]
