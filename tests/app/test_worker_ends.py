"""A program whose process ends: what a person reads, what is kept, and that the next run works."""

from __future__ import annotations

from pathlib import Path

from tests.kit.faults import a_victim

from stepscope.model.events import Outcome

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
    "segfault": ("Crash", "While sync ran, the program's process crashed: a segmentation fault (SIGSEGV)."),
    "loop_segfault": (
        "Crash",
        "While on_loop ran, the program's process crashed: a segmentation fault (SIGSEGV).",
    ),
    "segfault_in_a_thread": ("Crash", "crashed: a segmentation fault (SIGSEGV)."),
    "abort": ("Crash", "While sync ran, the program's process aborted itself (SIGABRT)."),
    "leave": ("Exit", "While sync ran, the program's process ended itself with status 0."),
    "loop_leave_with_3": ("Exit", "While on_loop ran, the program's process ended itself with status 3."),
    "kill": ("Killed", "While sync ran, the program's process was killed (SIGKILL)."),
    "terminate": ("Killed", "While sync ran, the program's process was asked to end (SIGTERM)."),
    "crash_in_a_child_then_kill": ("Killed", "While sync ran, the program's process was killed (SIGKILL)."),
}
LINES = {
    "segfault": "ctypes.string_at(0)",
    "loop_segfault": "ctypes.string_at(0)",
    "segfault_in_a_thread": "ctypes.string_at(0)",
    "abort": "def abort(): os.abort()",
}


async def test_the_end_of_a_process_is_told_as_the_end_of_the_run_and_the_next_run_works(
    tmp_path: Path,
) -> None:
    async with a_victim(tmp_path, ENDS) as victim:
        await victim.open()
        for do, (kind, message) in TOLD.items():
            reading = await victim.run(do)
            assert (reading.outcome, reading.failure.type) == (Outcome.FAILED, kind), do
            assert message in reading.failure.message, do
            assert reading.last.reason == reading.failure.message, do
            assert reading.line == LINES.get(do, ""), do
            assert "The next run starts a new process." in reading.failure.remedy, do
            assert reading.finished == ["first"], do
            assert reading.failed == [("loop" in do and "on_loop") or "sync"], do
        assert (await victim.run()).outcome is Outcome.FINISHED
