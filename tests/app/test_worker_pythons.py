"""The worst that a program can do, in every Python that is here, and with the real LangGraph."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from tests.kit.environments import NO_HOME, base_python
from tests.kit.faults import Victim, a_victim

from stepscope.model.events import Outcome
from stepscope.session import worker
from stepscope.session.interpreters import Machine, describe, find

FAULTS = """
def segfault(): crash()
def loop_segfault(): crash()
def leave(): os._exit(3)
def fail(): raise ValueError("as it should")

def fork():
    child = os.fork()
    if child == 0:
        raise ValueError("in the copy")
    print("the copy ended with", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

async def loop_fork(): fork()

def spin():
    (HERE / "is_in").touch()
    while True: pass

async def loop_spin(): spin()
"""

VERSIONS = ["3.10", "3.11", "3.12", "3.13"]


def python_with_langgraph(version: str) -> str:
    """One that has LangGraph: this one, one that is found, or one that STEPSCOPE_TEST_PYTHONS names."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        return sys.executable
    named = filter(None, os.environ.get("STEPSCOPE_TEST_PYTHONS", "").split(os.pathsep))
    for one in [*map(describe, named), *find(NO_HOME / "a.py", Machine.here())]:
        if one.version.startswith(f"{version}.") and "langgraph" in one.packages and not one.problem:
            return one.path
    pytest.skip(f"there is no Python {version} with LangGraph here; STEPSCOPE_TEST_PYTHONS may name one")


@pytest.fixture(autouse=True)
def short_rungs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "RUNG_SECONDS", 0.3)


@pytest.mark.parametrize("version", VERSIONS)
async def test_faults_are_told_alike_in_a_python_without_packages(tmp_path: Path, version: str) -> None:
    python = base_python(version)
    async with a_victim(tmp_path, FAULTS, engine="none") as victim:
        await try_all(victim, python, version, node="either", on_loop="either")


@pytest.mark.parametrize("version", VERSIONS)
async def test_faults_are_told_alike_with_langgraph(tmp_path: Path, version: str) -> None:
    python = python_with_langgraph(version)
    async with a_victim(tmp_path, FAULTS, engine="langgraph") as victim:
        await try_all(victim, python, version, node="sync", on_loop="on_loop")


async def try_all(victim: Victim, python: str, version: str, node: str, on_loop: str) -> None:
    program = await victim.open(python)
    assert program.versions["Python"].startswith(f"{version}.")
    for do in ("fork", "loop_fork"):
        forked = await victim.run(do)
        assert forked.outcome is Outcome.FINISHED
        assert forked.printed() == "the copy ended with 1\n"
        assert "ValueError: in the copy" in forked.printed("stderr")
    failed = await victim.run("fail")
    assert failed.failure.headline == "ValueError: as it should"
    for do in ("loop_spin", "spin"):
        stopped = await victim.run_until_in(do, victim.session.stop)
        assert (stopped.outcome, stopped.failed) == (Outcome.STOPPED, [])
    for do, name in (("segfault", node), ("loop_segfault", on_loop)):
        crashed = await victim.run(do)
        told = f"A segmentation fault (SIGSEGV) ended the program's process while {name} ran."
        assert crashed.failure.message == told
        assert crashed.line == "ctypes.string_at(0)"
        assert (crashed.finished, crashed.failed) == (["first"], [name])
    left = await victim.run("leave")
    assert left.failure.message == f"The program's process ended itself with status 3 while {node} ran."
    assert (await victim.run()).outcome is Outcome.FINISHED
