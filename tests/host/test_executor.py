"""Threads that know whose code they run, and that nobody has to wait for."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from stepscope_host.executor import NodeThreads, current_node


async def test_a_loop_takes_them_as_its_own() -> None:
    threads = NodeThreads()
    asyncio.get_running_loop().set_default_executor(threads)
    assert await asyncio.to_thread(threading.current_thread) is not threading.main_thread()
    threads.shutdown()


async def test_they_run_side_by_side_and_name_the_node_of_each() -> None:
    threads = NodeThreads()
    barrier = threading.Barrier(4)
    try:
        for name in ("a", "b", "b"):
            current_node.set(name)
            threads.submit(barrier.wait, 10)
        done = threads.submit(barrier.wait, 10)
        done.result(10)
        assert threads.submit(lambda: 1).result(10) == 1
    finally:
        threads.shutdown()
    with pytest.raises(RuntimeError):
        threads.submit(len, "")


def test_busy_names_are_gone_when_a_result_is_there() -> None:
    threads = NodeThreads()
    current_node.set("quick")
    for _ in range(200):
        threads.submit(lambda: None).result(10)
        assert threads.busy == ()
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
