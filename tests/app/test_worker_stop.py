"""Stop, whatever a node does; and a close at any moment."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.kit.faults import MARK, a_victim, processes

from stepscope.model.events import Event, Outcome, RunStarted, TaskFinished, TaskHeld
from stepscope.model.program import OpenFailed
from stepscope.session import worker
from stepscope.session.session import RunRequest

BLOCKED = """
def enter(): (HERE / "is_in").touch()

def swallowing(act):
    while True:
        try:
            act()
        except BaseException:
            pass

def hold_the_interpreter():
    import re
    re.match(r"(a+)+$", "a" * 64 + "b")

def sleep(): enter(); time.sleep(600)
def spin():
    enter()
    while True: pass
async def loop_wait(): enter(); await asyncio.sleep(600)
async def loop_sleep(): enter(); time.sleep(600)
async def loop_spin(): spin()
async def loop_hold_the_interpreter(): enter(); hold_the_interpreter()
async def loop_block_sigint():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    spin()

def hold(): enter(); hold_the_interpreter()
def swallow(): enter(); swallowing(lambda: time.sleep(0.01))
async def loop_swallow(): enter(); swallowing(lambda: time.sleep(0.01))
async def loop_swallow_cancellation():
    enter()
    while True:
        try:
            await asyncio.sleep(0.01)
        except BaseException:
            pass
async def loop_run_the_loop_inside():
    enter()
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    asyncio.tasks._leave_task(loop, task)
    while True:
        loop._run_once()
async def loop_ignore_sigint():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    spin()
async def loop_handle_sigint():
    signal.signal(signal.SIGINT, lambda *_: print("handled"))
    spin()
def stop_the_process(): enter(); os.kill(os.getpid(), signal.SIGSTOP)
"""

KILLED = ["hold", "loop_swallow", "loop_ignore_sigint", "loop_handle_sigint", "stop_the_process"]
"""What nothing short of the end of the process ends."""

KINDS = [
    *["sleep", "spin", "loop_wait", "loop_sleep", "loop_spin", "loop_hold_the_interpreter"],
    *["loop_block_sigint", "swallow", "loop_swallow_cancellation"],
    *["loop_run_the_loop_inside", *KILLED],
]


@pytest.fixture
def short_rungs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "RUNG_SECONDS", 0.3)


async def test_every_blocked_node_is_stopped_while_the_loop_goes_on(
    tmp_path: Path, short_rungs: None
) -> None:
    async with a_victim(tmp_path, BLOCKED) as victim:
        await victim.open()
        for do in KINDS:
            before = victim.session.pid
            with counted_turns() as turns:
                reading = await victim.run_until_in(do, victim.session.stop)
            assert (reading.outcome, reading.last.failure) == (Outcome.STOPPED, None), do
            assert reading.last.still_running == (), do
            assert (reading.finished, reading.failed) == (["first"], []), do
            assert ("process had to be ended" in reading.last.reason) == (do in KILLED), do
            assert (victim.session.pid is None) == (do in KILLED), (do, before)
            assert len(turns) > 5 or do not in KILLED, do
        assert (await victim.run()).outcome is Outcome.FINISHED


@contextlib.contextmanager
def counted_turns() -> Iterator[list[int]]:
    """Turns that the loop makes meanwhile, one a frame."""
    turns: list[int] = []

    async def turn() -> None:
        while True:
            await asyncio.sleep(0.016)
            turns.append(1)

    turning = asyncio.ensure_future(turn())
    try:
        yield turns
    finally:
        turning.cancel()


async def test_a_second_stop_changes_nothing(tmp_path: Path, short_rungs: None) -> None:
    async with a_victim(tmp_path, BLOCKED, engine="none") as victim:
        await victim.open()
        reading = await victim.run_until_in(
            "loop_spin", lambda: (victim.session.stop(), victim.session.stop())
        )
        assert reading.outcome is Outcome.STOPPED
        reading = await victim.run("sleep", lambda event: victim.session.stop())
        assert reading.outcome is Outcome.STOPPED
        assert (await victim.run()).outcome is Outcome.FINISHED


async def test_a_stop_ends_a_run_that_is_held_at_a_gate(tmp_path: Path) -> None:
    async with a_victim(tmp_path, "", engine="none") as victim:
        await victim.open()
        events = []
        async for event in victim.session.astream(RunRequest({"do": "fine", "log": ""}, "step")):
            events.append(event)
            if isinstance(event, TaskHeld):
                victim.session.stop()
        assert events[-1].outcome is Outcome.STOPPED
        assert "either" not in [event.node for event in events if isinstance(event, TaskFinished)]
        assert (await victim.run()).outcome is Outcome.FINISHED


NEVER_AGAIN = """
if (HERE / "second").exists():
    (HERE / "is_in").touch()
    until("never")

def kill():
    (HERE / "second").touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""


async def test_a_stop_ends_a_run_whose_program_is_still_being_loaded(tmp_path: Path) -> None:
    async with a_victim(tmp_path, NEVER_AGAIN, engine="none") as victim:
        await victim.open()
        assert (await victim.run("kill")).failure.type == "Killed"
        running = asyncio.ensure_future(victim.run())
        await victim.until("is_in")
        victim.session.stop()
        reading = await running
        assert (reading.outcome, reading.last.failure) == (Outcome.STOPPED, None)
        assert reading.last.reason == "stopped before the first superstep"
        (tmp_path / "second").unlink()
        assert (await victim.run()).outcome is Outcome.FINISHED


async def test_a_close_while_a_program_is_loaded_again_leaves_no_process(tmp_path: Path) -> None:
    async with a_victim(tmp_path, NEVER_AGAIN, engine="none") as victim:
        await victim.open()
        await victim.run("kill")
        running = asyncio.ensure_future(victim.run())
        await victim.until("is_in")
        await victim.session.close()
        assert (await running).outcome is Outcome.STOPPED


@pytest.mark.parametrize("moment", ["before it starts", "while it starts", "while the file is read"])
async def test_a_close_while_a_file_is_opened_leaves_no_process(tmp_path: Path, moment: str) -> None:
    async with a_victim(tmp_path, NEVER_AGAIN, engine="none") as victim:
        victim.touch("second")
        opening = asyncio.ensure_future(victim.open())
        if moment == "before it starts":
            await asyncio.sleep(0)
        elif moment == "while it starts":
            while not processes(os.environ[MARK]):
                await asyncio.sleep(0)
        else:
            await victim.until("is_in")
        await victim.session.close()
        with pytest.raises(OpenFailed) as caught:
            await opening
        assert caught.value.failure.type == "Closed"


@pytest.mark.parametrize("do", ["sleep", "loop_swallow", "hold"])
async def test_a_close_while_a_node_is_blocked_leaves_no_process(
    tmp_path: Path, short_rungs: None, do: str
) -> None:
    async with a_victim(tmp_path, BLOCKED, engine="none") as victim:
        await victim.open()
        seen: list[Event] = []
        running = asyncio.ensure_future(victim.run(do, seen.append))
        await victim.until("is_in")
        assert await victim.session.close() == ()
        assert (await running).outcome is Outcome.STOPPED
        assert isinstance(seen[0], RunStarted)
