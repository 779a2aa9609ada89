"""Files that the desktop asks a running Stepscope to open, as macOS does after a double-click."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

OPENS = """
import asyncio, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFileOpenEvent
from stepscope import application, assets
from stepscope.window import desktop

def double_click():
    file = assets.resolve("example:joke_and_poem")
    QCoreApplication.sendEvent(QCoreApplication.instance(), QFileOpenEvent(file))

async def look(workbench):
    changed = asyncio.Event()
    workbench.model.program_changed.connect(changed.set)
    if workbench.model.program is None:
        if sys.argv[1] == "late":
            double_click()
        await changed.wait()
    print(Path(workbench.model.program.target).name.partition(".")[0])
    return 0

desktop.application(sys.argv[:1])
if sys.argv[1] == "early":
    double_click()
application.perform(application.Errand(look, stays=False, settings=Path(sys.argv[2])))
"""


@pytest.mark.parametrize("when", ["early", "late"])
def test_a_double_clicked_file_is_opened_though_the_window_may_not_be_there_yet(
    when: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", OPENS, when, str(tmp_path / "settings.ini")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True)

    assert (ended.stdout, ended.returncode) == ("joke_and_poem\n", 0), ended.stderr
