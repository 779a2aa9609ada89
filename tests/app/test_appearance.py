"""What the window wears while the desktop changes."""

from __future__ import annotations

import shutil
import subprocess
import sys

import PySide6
import pytest

BUS = shutil.which("dbus-run-session") if sys.platform == "linux" else None
TELLS_CONTRAST = PySide6.__version_info__ >= (6, 10)


@pytest.mark.skipif(not TELLS_CONTRAST, reason="this Qt does not know whether a desktop wants contrast")
@pytest.mark.skipif(BUS is None, reason="there is no dbus-run-session to play a desktop on")
def test_the_theme_follows_the_desktop_while_the_program_runs() -> None:
    assert BUS is not None
    command = [BUS, "--", sys.executable, "-m", "tests.kit.followed_desktop"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    themes = [" ".join(line.split()) for line in ended.stdout.splitlines()]
    assert themes == ["light", "dark", "dark contrast", "light contrast", "light"], ended.stderr
