"""Nothing that a program has started outlives its worker, and the worker does not outlive the window."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.kit.faults import MARK, Victim, a_victim, processes, until

from stepscope.model.events import Outcome

CHILDREN = """
def stay(name, **how):
    child = subprocess.Popen(["sleep", "600"], **how)
    (HERE / name).write_text(str(child.pid))

def start_a_child(): stay("child")
def start_a_child_that_keeps_the_pipes(): stay("child", start_new_session=True)
def start_one_that_knows_no_environment(): stay("child", env={"PATH": os.defpath}, start_new_session=True)

def start_a_daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            (HERE / "child").write_text(str(os.getpid()))
            os.closerange(0, 100)
            os.execvp("sleep", ["sleep", "600"])
        os._exit(0)
    os.wait()
    until("child")

def start_some_that_start_others():
    os.setpgid(0, 0) if os.getpgrp() != os.getpid() else None
    subprocess.Popen(["sh", "-c", "(setsid sh -c 'sleep 600 & sleep 600' & sleep 600) & sleep 600"])

def start_some_and_crash():
    start_some_that_start_others()
    start_one_that_knows_no_environment()
    crash()

def enter(): (HERE / "is_in").touch()
def wait(): enter(); until("never")

def hold_the_interpreter():
    import re
    start_some_that_start_others()
    start_one_that_knows_no_environment()
    enter()
    re.match(r"(a+)+$", "a" * 64 + "b")

async def loop_wait_for_ever():
    start_one_that_knows_no_environment()
    enter()
    await asyncio.sleep(600)

def kill_the_guardian():
    os.kill(os.getppid(), signal.SIGKILL)
    until("never")

def stop_the_guardian():
    os.kill(os.getppid(), signal.SIGSTOP)
    wait()

def stop_the_process():
    enter()
    os.kill(os.getpid(), signal.SIGSTOP)
"""


def is_there(victim: Victim) -> bool:
    """Whether the child is there whose number the program wrote down, which is forgotten once it is gone."""
    child = victim.path.parent / "child"
    try:
        os.kill(int(child.read_text()), 0)
    except ProcessLookupError:
        child.unlink()
        return False
    return True


LEAVING = ["start_a_child_that_keeps_the_pipes", "start_one_that_knows_no_environment", "start_a_daemon"]

only_linux = pytest.mark.skipif(sys.platform != "linux", reason="what leaves the group is found on Linux")


@pytest.mark.parametrize("do", ["start_a_child", *(pytest.param(do, marks=only_linux) for do in LEAVING)])
async def test_what_a_program_has_started_ends_with_it(tmp_path: Path, do: str) -> None:
    async with a_victim(tmp_path, CHILDREN, engine="none") as victim:
        await victim.open()
        assert (await victim.run(do)).outcome is Outcome.FINISHED
        assert len(processes(os.environ[MARK])) >= 2  # it lives on beside the worker
        await victim.session.close()
        assert not is_there(victim)


@only_linux
async def test_what_a_program_has_started_ends_when_it_crashes(tmp_path: Path) -> None:
    async with a_victim(tmp_path, CHILDREN, engine="none") as victim:
        await victim.open()
        reading = await victim.run("start_some_and_crash")
        assert reading.failure.type == "Crash"
        assert not is_there(victim)
        assert processes(os.environ[MARK]) == []


async def test_the_guardian_may_be_killed_or_stopped(tmp_path: Path) -> None:
    async with a_victim(tmp_path, CHILDREN, engine="none") as victim:
        await victim.open()
        killed = await victim.run("kill_the_guardian")
        assert killed.failure.message == "The program's process was killed (SIGKILL) while either ran."
        assert processes(os.environ[MARK]) == []
        stopped = await victim.run_until_in("stop_the_guardian", victim.session.stop)
        assert stopped.outcome is Outcome.STOPPED
        assert (await victim.run()).outcome is Outcome.FINISHED


WINDOW = """
import asyncio, json, pathlib, sys
from stepscope.model.events import Paused
from stepscope.session.session import RunRequest
from stepscope.session.worker import WorkerSession

async def main(target, request):
    session = WorkerSession()
    await session.open(target)
    async for event in session.astream(RunRequest(**json.loads(request))):
        if isinstance(event, Paused):
            pathlib.Path(target).with_name("is_in").touch()
    pathlib.Path(target).with_name("is_in").touch()
    await asyncio.sleep(600)

asyncio.run(main(*sys.argv[1:]))
"""


async def kill_a_window(victim: Victim, do: str, **request: object) -> None:
    """Once its run stands or is in a node, and no process may be left then."""
    mark = os.environ[MARK]
    told = json.dumps({"input": {"do": do, "log": ""}, **request})
    with subprocess.Popen([sys.executable, "-c", WINDOW, f"{victim.path}:graph", told]) as window:
        await victim.until("is_in")
        assert len(processes(mark)) >= 3  # the window, the guardian, the worker
        window.send_signal(signal.SIGKILL)
    child = victim.path.parent / "child"
    await until(
        lambda: not processes(mark) and not (child.exists() and is_there(victim)), "a process is left"
    )


@pytest.mark.parametrize(
    "do",
    ["wait", *(pytest.param(do, marks=only_linux) for do in ["hold_the_interpreter", "loop_wait_for_ever"])],
)
async def test_a_window_that_is_killed_leaves_no_process(tmp_path: Path, do: str) -> None:
    async with a_victim(tmp_path, CHILDREN, engine="none") as victim:
        await kill_a_window(victim, do)


DEBUGGED = """
def fail(): raise ValueError("no luck")

def ask():
    from stepgraph.types import interrupt
    return interrupt("Whose name?")
"""
STANDING = {
    "held": ("fine", {"start": "paused"}),
    "at a breakpoint": ("fine", {"breakpoints": [{"id": "1", "path": ["sync"], "when": "before"}]}),
    "frozen at an error": ("fail", {"breakpoints": [{"id": "1", "path": [], "when": "error"}]}),
    "asking": ("ask", {}),
}


@pytest.mark.parametrize("how", STANDING)
async def test_a_window_that_is_killed_while_its_run_stands_leaves_no_process(
    tmp_path: Path, how: str
) -> None:
    do, request = STANDING[how]
    async with a_victim(tmp_path, DEBUGGED) as victim:
        await kill_a_window(victim, do, **request)
