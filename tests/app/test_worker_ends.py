"""A program whose process ends: what a person reads, what is kept, and that the next run works."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from pathlib import Path

import pytest
from tests.kit.faults import Victim, a_victim

from stepscope.model.events import Failure, Outcome
from stepscope.model.program import OpenFailed

ENDS = """
def segfault(): crash()
def loop_segfault(): crash()

def segfault_in_a_thread():
    thread = threading.Thread(target=crash)
    thread.start()
    thread.join()

def abort(): os.abort()
def leave(): os._exit(0)
def loop_leave_with_3(): os._exit(3)
def kill(): os.kill(os.getpid(), signal.SIGKILL)
def terminate(): os.kill(os.getpid(), signal.SIGTERM)

def crash_in_a_child_then_kill():
    import multiprocessing
    child = multiprocessing.get_context("fork").Process(target=crash)
    child.start()
    child.join()
    print("the child ended with", child.exitcode)
    os.kill(os.getpid(), signal.SIGKILL)
"""

TOLD = {
    "segfault": ("Crash", "A segmentation fault (SIGSEGV) ended the program's process while either ran."),
    "loop_segfault": (
        "Crash",
        "A segmentation fault (SIGSEGV) ended the program's process while either ran.",
    ),
    "segfault_in_a_thread": (
        "Crash",
        "A segmentation fault (SIGSEGV) ended the program's process while either ran.",
    ),
    "abort": ("Crash", "An abort (SIGABRT) ended the program's process while either ran."),
    "leave": ("Exit", "The program's process ended itself with status 0 while either ran."),
    "loop_leave_with_3": ("Exit", "The program's process ended itself with status 3 while either ran."),
    "kill": ("Killed", "The program's process was killed (SIGKILL) while either ran."),
    "terminate": ("Killed", "The program's process was asked to end (SIGTERM) while either ran."),
    "crash_in_a_child_then_kill": ("Killed", "The program's process was killed (SIGKILL) while either ran."),
}
LINES = {
    "segfault": "ctypes.string_at(0)",
    "loop_segfault": "ctypes.string_at(0)",
    "segfault_in_a_thread": "ctypes.string_at(0)",
    "abort": "def abort(): os.abort()",
    "leave": "def leave(): os._exit(0)",
    "loop_leave_with_3": "def loop_leave_with_3(): os._exit(3)",
    "kill": "def kill(): os.kill(os.getpid(), signal.SIGKILL)",
    "terminate": "def terminate(): os.kill(os.getpid(), signal.SIGTERM)",
    "crash_in_a_child_then_kill": "os.kill(os.getpid(), signal.SIGKILL)",
}


async def test_a_process_that_ends_fails_its_run_and_the_next_one_works(tmp_path: Path) -> None:
    async with a_victim(tmp_path, ENDS, engine="none") as victim:
        await victim.open()
        for do, (kind, message) in TOLD.items():
            reading = await victim.run(do)
            assert (reading.outcome, reading.failure.type) == (Outcome.FAILED, kind), do
            assert reading.failure.message.startswith(message), do
            assert reading.last.reason == reading.failure.message, do
            assert reading.failure.remedy.endswith("The next run starts a new process."), do
            assert reading.line == LINES.get(do, ""), do
            assert ("Fatal Python error" in reading.failure.traceback) == (kind == "Crash"), do
            assert reading.finished == ["first"], do
            assert reading.failed == ["either"], do
            assert reading.headlines == [f"{kind}: {re.sub(' while .* ran', '', reading.failure.message)}"], (
                do
            )
        assert "the child ended with -11" in reading.printed()
        assert "Fatal Python error: Segmentation fault" in reading.printed("stderr")
        assert (await victim.run()).outcome is Outcome.FINISHED


async def test_an_end_between_two_runs_is_told_at_once(tmp_path: Path) -> None:
    text = """
    def crash_later(): threading.Thread(target=lambda: (until("now"), crash())).start()
    def stop_later(): signal.alarm(1)
    """
    async with a_victim(tmp_path, text, engine="none") as victim:
        await victim.open()
        assert (await victim.run("crash_later")).outcome is Outcome.FINISHED
        victim.touch("now")
        lost = await victim.lost()
        assert lost.message == "A segmentation fault (SIGSEGV) ended the program's process."
        assert lost.remedy.endswith("The next run starts a new process.")
        assert lost.where is not None
        assert lost.where.source == "ctypes.string_at(0)"
        assert "Fatal Python error" in "".join(getattr(event, "text", "") for event in victim.heard)

        assert (await victim.run("stop_later")).outcome is Outcome.FINISHED
        assert (await victim.lost()).message == "The program's process was ended by its own alarm (SIGALRM)."

        assert (await victim.run()).outcome is Outcome.FINISHED
        assert victim.session.pid is not None
        os.kill(victim.session.pid, signal.SIGKILL)
        assert (await victim.lost()).message == "The program's process was killed (SIGKILL)."
        assert (await victim.run()).outcome is Outcome.FINISHED


async def test_a_process_killed_from_outside_while_it_runs_is_told(tmp_path: Path) -> None:
    async with a_victim(tmp_path, "def wait(): (HERE / 'is_in').touch(); until('never')", "none") as victim:
        await victim.open()
        pid = victim.session.pid
        assert pid is not None
        reading = await victim.run_until_in("wait", lambda: os.kill(pid, signal.SIGKILL))
        assert reading.failure.message == "The program's process was killed (SIGKILL) while either ran."
        assert reading.failed == ["either"]
        assert (await victim.run()).outcome is Outcome.FINISHED


async def refusal(victim: Victim, source: str) -> Failure:
    """Why a file cannot be opened."""
    victim.path.write_text(source)
    with pytest.raises(OpenFailed) as caught:
        await victim.open()
    return caught.value.failure


async def test_a_file_that_ends_its_process_when_it_is_read_is_refused_in_words(tmp_path: Path) -> None:
    async with a_victim(tmp_path, "", engine="none") as victim:
        crashed = await refusal(victim, "import ctypes\nprint('up to here')\nctypes.string_at(0)\n")
        assert crashed.message == "A segmentation fault (SIGSEGV) ended the program's process."
        assert crashed.where is not None
        assert (crashed.where.line, crashed.where.source) == (3, "ctypes.string_at(0)")
        assert "next run" not in crashed.remedy
        left = await refusal(victim, "import os\nos._exit(7)\n")
        assert left.message == "The program's process ended itself with status 7."
        assert "os._exit(7)" in left.remedy
        exited = await refusal(victim, "import sys\nsys.exit(6)\n")
        assert (exited.type, exited.message) == ("SystemExit", "exit status 6")
        assert "__main__" in exited.remedy

        victim.path.write_text(
            "import os, pathlib, time\nhere = pathlib.Path(__file__).parent\n"
            "(here / 'half').write_text(str(os.getpid()))\n(here / 'half').rename(here / 'pid')\n"
            "time.sleep(60)\n"
        )
        opening = asyncio.ensure_future(victim.open())
        await victim.until("pid")
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
        with pytest.raises(OpenFailed) as caught:
            await opening
        assert caught.value.failure.message == "The program's process was killed (SIGKILL)."


async def test_a_file_that_breaks_between_two_runs_fails_the_next_one_in_words(tmp_path: Path) -> None:
    async with a_victim(tmp_path, "def kill(): os.kill(os.getpid(), signal.SIGKILL)", "none") as victim:
        await victim.open()
        assert (await victim.run("kill")).failure.type == "Killed"
        whole = victim.path.read_text()
        victim.path.write_text("import os; os._exit(9)")
        broken = await victim.run()
        assert broken.failure.message == "The program's process ended itself with status 9."
        assert broken.last.reason == "the program could not be loaded again"
        victim.path.write_text(whole)
        assert (await victim.run()).outcome is Outcome.FINISHED
