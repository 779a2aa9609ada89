"""The suite watches itself: warnings of Python and Qt, and what a test leaves behind, do fail it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

TESTS = Path(__file__).parent

# Each of these tests passes by its own assertions.
PROGRAM = """
import asyncio, gc, warnings
from PySide6.QtCore import QObject, QTimer, qWarning
from PySide6.QtWidgets import QWidget

async def coroutine():
    await asyncio.sleep(0)

def test_warning():
    warnings.warn("old", DeprecationWarning)

def test_coroutine_not_awaited():
    coroutine()

class Broken:
    def __del__(self):
        raise ValueError("in __del__")

def test_unraisable():
    Broken()

def test_file_left_open():
    open(__file__)

def test_qt_warning():
    qWarning("from Qt")

async def test_qt_warning_in_async():
    qWarning("from Qt")

async def test_error_in_slot():
    QTimer.singleShot(0, lambda: 1 / 0)
    await asyncio.sleep(0.01)

kept = []

async def test_task_left():
    kept.append(asyncio.ensure_future(asyncio.sleep(3600)))

async def test_timer_left():
    asyncio.get_running_loop().call_later(3600, print)

async def test_error_in_callback():
    asyncio.get_running_loop().call_soon(lambda: 1 / 0)
    await asyncio.sleep(0)

async def test_error_nobody_fetched():
    async def fail():
        raise ValueError
    asyncio.ensure_future(fail())
    await asyncio.sleep(0.01)

async def test_good():
    await asyncio.wait_for(coroutine(), 3600)

def test_good_widget(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
"""


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What was said against each of those tests, nothing being the best, under this suite's own settings."""
    top = tmp_path_factory.mktemp("suite")
    (top / "tests" / "app").mkdir(parents=True)
    conftest = (TESTS / "conftest.py").read_text(encoding="utf-8")
    (top / "tests" / "conftest.py").write_text(conftest, encoding="utf-8")
    (top / "tests" / "app" / "test_program.py").write_text(PROGRAM, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--junitxml={top / 'said.xml'}"]
    command += ["-c", str(TESTS.parent / "pyproject.toml"), "--rootdir", str(top), str(top / "tests")]
    shown = subprocess.run(command, capture_output=True, text=True)
    assert shown.returncode == pytest.ExitCode.TESTS_FAILED, shown.stdout + shown.stderr
    said: dict[str, str] = {}
    for case in ElementTree.parse(top / "said.xml").iter("testcase"):
        complaints = [part.text or "" for part in case if part.tag in ("failure", "error")]
        said[case.attrib["name"]] = said.get(case.attrib["name"], "") + "".join(complaints)
    return said


def test_a_test_that_does_nothing_wrong_passes(complaints: dict[str, str]) -> None:
    assert complaints["test_good"] == ""
    assert complaints["test_good_widget"] == ""


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("warning", "DeprecationWarning: old"),
        ("coroutine_not_awaited", "RuntimeWarning: coroutine 'coroutine' was never awaited"),
        ("unraisable", "PytestUnraisableExceptionWarning"),
        ("file_left_open", "ResourceWarning: unclosed file"),
        ("qt_warning", "Qt messages with level WARNING or above"),
        ("qt_warning_in_async", "Qt messages with level WARNING or above"),
        ("error_in_slot", "ZeroDivisionError: division by zero"),
        ("task_left", "AssertionError: tasks left running"),
        ("timer_left", "AssertionError: timers left set"),
        ("error_in_callback", "AssertionError: errors that nobody handled"),
        ("error_nobody_fetched", "AssertionError: errors that nobody handled"),
    ],
)
def test_fails(complaints: dict[str, str], name: str, complaint: str) -> None:
    assert complaint in complaints[f"test_{name}"]
