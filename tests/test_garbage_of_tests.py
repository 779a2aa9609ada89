"""What a test of the window leaves behind is deleted in the window's thread, whatever is tested next."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent

PROGRAMS = {
    "app/test_first.py": """
import pytest
from PySide6.QtCore import QTimer

class Window:
    def __init__(self):
        self.itself = self
        self.timer = QTimer(interval=0)
        self.timer.start()

@pytest.fixture
def window():
    return Window()

def test_that_leaves_a_timer_on(qtbot, window):
    assert window.timer.isActive()
""",
    "engine/test_second.py": """
import gc, threading

def test_that_collects_in_a_thread():
    thread = threading.Thread(target=gc.collect)
    thread.start()
    thread.join()
""",
    "journeys/test_third.py": """
def test_that_lets_qt_run(qapp):
    qapp.processEvents()
""",
}


def test_a_timer_of_an_earlier_test_does_not_die_in_a_thread(tmp_path: Path) -> None:
    """It would go off all the same, and there Qt ends the process."""
    top = tmp_path / "tests"
    for name, code in {**PROGRAMS, "conftest.py": (TESTS / "conftest.py").read_text("utf-8")}.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(code, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider"]
    command += ["-c", str(TESTS.parent / "pyproject.toml"), "--rootdir", str(tmp_path)]
    command += [str(top / name) for name in PROGRAMS]
    shown = subprocess.run(command, capture_output=True, text=True)
    assert "3 passed" in shown.stdout, shown.stdout + shown.stderr
    assert "another thread" not in shown.stdout + shown.stderr
