"""Threads that know whose code they run, and that nobody has to wait for."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from stepscope_host.executor import NodeThreads
from stepscope_host.running_nodes import RunningNode, current_node


async def test_a_loop_takes_them_as_its_own() -> None:
    threads = NodeThreads()
    asyncio.get_running_loop().set_default_executor(threads)
    assert await asyncio.to_thread(threading.current_thread) is not threading.main_thread()
    threads.shutdown()


def test_they_run_side_by_side_and_name_the_node_of_each() -> None:
    threads = NodeThreads()
    barrier = threading.Barrier(4)
    waiting = []
    for name in ("a", "b", "b"):
        current_node.set(RunningNode(name, None))
        waiting.append(threads.submit(barrier.wait, 10))
    while barrier.n_waiting < 3:
        threading.Event().wait(0.001)
    assert sorted(node.name for node in threads.busy.values()) == ["a", "b", "b"]
    barrier.wait(10)
    for future in waiting:
        future.result(10)
    assert threads.busy == {}
    threads.shutdown()


def test_nothing_more_can_be_given_to_them_when_their_run_is_over() -> None:
    threads = NodeThreads()
    assert threads.submit(lambda: 1).result(10) == 1
    threads.shutdown()
    with pytest.raises(RuntimeError):
        threads.submit(len, "")


def test_busy_names_are_gone_when_a_result_is_there() -> None:
    threads = NodeThreads()
    current_node.set(RunningNode("quick", None))
    for _ in range(200):
        threads.submit(lambda: None).result(10)
        assert threads.busy == {}
    threads.shutdown()


def test_no_more_threads_than_allowed() -> None:
    threads = NodeThreads(most=2)
    names = {threads.submit(threading.get_ident) for _ in range(50)}
    assert len({future.result(10) for future in names}) <= 2
    threads.shutdown()


def test_a_hanging_thread_does_not_keep_the_interpreter_alive() -> None:
    program = (
        "import threading\n"
        "from stepscope_host.executor import NodeThreads\n"
        "threads = NodeThreads()\n"
        "begun = threading.Event()\n"
        "threads.submit(lambda: (begun.set(), threading.Event().wait()))\n"
        "begun.wait()\n"
        "print('left')\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (0, "left\n")
