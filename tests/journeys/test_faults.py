"""A program that crashes, hangs or harms its process, as a person sees it happen in the window."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from tests.kit.faults import program
from tests.kit.window_probe import WindowProbe, a_window

from stepscope.model.phase import Phase
from stepscope.session.worker import WorkerSession

FAULTS = """
def segfault(): crash()
async def loop_segfault(): crash()

def write_noise():
    for number in range(3, 1024):
        try:
            os.write(number, b"noise")
        except OSError:
            pass

async def loop_spin():
    (HERE / "is_in").touch()
    while True: pass

def ask(): return input("Who? ")
"""


@pytest.fixture
async def window(tmp_path: Path) -> AsyncIterator[WindowProbe]:
    async with a_window(tmp_path, WorkerSession(str(tmp_path / "threads"))) as window:
        yield window


async def opened(window: WindowProbe, folder: Path) -> None:
    path = program(folder, FAULTS)
    await window.workbench.commands.open(f"{path}:graph", has_consent=True)
    await window.opened("program.py")


def run(window: WindowProbe, do: str) -> None:
    window.type_input(f'{{"do": "{do}", "log": ""}}')
    window.press(Qt.Key.Key_F5)


def problem(window: WindowProbe) -> str:
    """What the Problem pane says, copied from it."""
    assert window.tab_in_front == "Problem"
    window.click("Copy")
    return QGuiApplication.clipboard().text()


async def goes_on(window: WindowProbe) -> None:
    run(window, "fine")
    await window.until_said("Finished")
    assert [window.canvas.phase_of(node) for node in ("first", "sync")] == [Phase.DONE, Phase.DONE]


async def test_a_crash_is_shown_at_its_node_and_the_next_run_works(
    window: WindowProbe, tmp_path: Path
) -> None:
    await opened(window, tmp_path)
    for do, node in (("segfault", "sync"), ("loop_segfault", "on_loop")):
        run(window, do)
        await window.until_said(f"Failed in `{node}`")
        assert window.said == (
            f"✕ Failed in `{node}`: Crash: A segmentation fault (SIGSEGV) ended the program's process."
        )
        assert window.status.startswith("Superstep 2    1 task: 1 failed")
        assert window.rows("Updates") == ['1  first  {"log": "first"}']
        assert (window.canvas.phase_of("first"), window.canvas.phase_of(node)) == (Phase.DONE, Phase.FAILED)
        assert "A segmentation fault" in window.canvas.tooltip_of(node)
        headline, place, remedy, traceback, whole = problem(window).split("\n\n", 4)
        assert whole.startswith("Fatal Python error: Segmentation fault\n\n")
        assert "stepscope_host" in whole
        assert (
            headline == f"Crash: A segmentation fault (SIGSEGV) ended the program's process while {node} ran."
        )
        assert place.startswith(str(tmp_path / "program.py"))
        assert remedy.endswith("What had arrived is still here. The next run starts a new process.")
        assert traceback.startswith("Traceback (most recent call last):")
        assert "in crash\n    ctypes.string_at(0)\n" in traceback
        assert traceback.endswith("Fatal Python error: Segmentation fault")
        assert "stepscope_host" not in traceback
    await goes_on(window)


async def test_noise_on_its_channel_ends_the_process_and_is_told(window: WindowProbe, tmp_path: Path) -> None:
    await opened(window, tmp_path)
    run(window, "write_noise")
    await window.until_said("Failed")
    assert "Failed in `sync`: ChannelBroken: The program's process was ended" in window.said
    assert "look for os.write() and open(fd)" in problem(window)
    await goes_on(window)


async def test_a_program_that_asks_the_terminal_is_told_that_there_is_none(
    window: WindowProbe, tmp_path: Path
) -> None:
    await opened(window, tmp_path)
    run(window, "ask")
    await window.until_said("Failed in `sync`: EOFError: EOF when reading a line")
    assert "the program has no terminal here" in problem(window)
    await goes_on(window)


async def test_an_endless_loop_leaves_the_window_its_frames_and_is_stopped(
    window: WindowProbe, tmp_path: Path
) -> None:
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        ticks += 1

    timer = QTimer(interval=16, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start()
    await opened(window, tmp_path)

    async def counted() -> int:
        before = ticks
        await asyncio.sleep(1.0)
        return ticks - before

    idle = await counted()
    run(window, "loop_spin")
    await window.until(lambda: (tmp_path / "is_in").exists())
    spinning = await counted()
    # A window that waits for the node has none; the processor is shared with it, and with whatever else runs.
    assert spinning > idle / 4

    window.press(Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    await window.until_said("Stopping")
    before = ticks
    await window.until_said("Stopped in superstep 2")
    assert ticks - before > 10  # it takes a second, for the node has to be interrupted
    timer.stop()
    assert window.canvas.phase_of("on_loop") is Phase.STOPPED
    assert window.status.startswith("Superstep 2    1 task: 1 stopped")
    await goes_on(window)


async def test_a_window_is_closed_while_a_node_never_ends(window: WindowProbe, tmp_path: Path) -> None:
    await opened(window, tmp_path)
    run(window, "loop_spin")
    await window.until(lambda: (tmp_path / "is_in").exists())
    await window.workbench.close()


async def test_a_file_that_crashes_when_it_is_opened_leaves_the_window_as_it_was(
    window: WindowProbe, tmp_path: Path
) -> None:
    await opened(window, tmp_path)
    (tmp_path / "crashes.py").write_text("import ctypes\nctypes.string_at(0)\n")
    await window.workbench.commands.open(str(tmp_path / "crashes.py"), has_consent=True)
    await window.until(lambda: bool(window.banner))
    assert "A segmentation fault (SIGSEGV) ended the program's process." in window.banner
    assert "ctypes.string_at(0)" in problem(window)
    assert "program.py" in window.title
    await goes_on(window)
