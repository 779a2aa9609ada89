"""The Qt loop is an asyncio loop: what asyncio promises holds on it."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import logging
import math
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from stepscope.run.loop import SLICE_SECONDS, QtEventLoop

here: contextvars.ContextVar[str] = contextvars.ContextVar("here", default="nowhere")
on_posix = pytest.mark.skipif(os.name == "nt", reason="POSIX only")


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[QtEventLoop]:
    """A loop that does not run yet, for tests that start and stop it themselves."""
    loop = QtEventLoop(qapp)
    yield loop
    loop.close()


def context_with(place: str) -> contextvars.Context:
    context = contextvars.copy_context()
    context.run(here.set, place)
    return context


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


# Callbacks


async def test_async_tests_of_the_window_run_on_the_qt_loop() -> None:
    assert isinstance(asyncio.get_running_loop(), QtEventLoop)


async def test_callbacks_run_in_the_order_they_were_given() -> None:
    loop, order = asyncio.get_running_loop(), []
    for number in range(1000):
        loop.call_soon(order.append, number)
    await asyncio.sleep(0)
    assert order == list(range(1000))


async def test_a_callback_given_by_a_callback_runs_after_those_that_were_there_before() -> None:
    loop, order = asyncio.get_running_loop(), []

    def first() -> None:
        order.append("first")
        loop.call_soon(order.append, "third")

    loop.call_soon(first)
    loop.call_soon(order.append, "second")
    await turns(2)
    assert order == ["first", "second", "third"]


async def test_a_cancelled_callback_never_runs() -> None:
    ran: list[str] = []
    asyncio.get_running_loop().call_soon(ran.append, "cancelled").cancel()
    await turns(2)
    assert ran == []


async def test_call_soon_runs_in_the_context_it_is_given() -> None:
    seen: list[str] = []
    asyncio.get_running_loop().call_soon(lambda: seen.append(here.get()), context=context_with("given"))
    await asyncio.sleep(0)
    assert seen == ["given"]


async def test_call_later_runs_in_the_context_of_its_caller() -> None:
    seen = asyncio.get_running_loop().create_future()
    here.set("caller")
    asyncio.get_running_loop().call_later(0.001, lambda: seen.set_result(here.get()))
    here.set("caller, later")
    assert await seen == "caller"


async def test_a_task_has_a_copy_of_its_creators_context() -> None:
    async def look() -> str:
        await asyncio.sleep(0)
        seen = here.get()
        here.set("task")
        return seen

    here.set("creator")
    assert await asyncio.create_task(look()) == "creator"
    assert here.get() == "creator"


async def test_call_soon_threadsafe_runs_in_the_context_it_is_given() -> None:
    loop = asyncio.get_running_loop()
    seen = loop.create_future()
    thread = threading.Thread(
        target=lambda: loop.call_soon_threadsafe(
            lambda: seen.set_result(here.get()), context=context_with("given")
        )
    )
    thread.start()
    assert await seen == "given"
    thread.join()


async def test_call_soon_threadsafe_inherits_its_callers_context() -> None:
    loop = asyncio.get_running_loop()
    seen = loop.create_future()

    def call() -> None:
        loop.call_soon_threadsafe(lambda: seen.set_result(here.get()))

    thread = threading.Thread(target=context_with("thread").run, args=(call,))
    thread.start()
    assert await seen == "thread"
    thread.join()


async def test_a_callback_from_a_thread_can_be_cancelled() -> None:
    loop = asyncio.get_running_loop()
    ran: list[str] = []
    await asyncio.to_thread(lambda: loop.call_soon_threadsafe(ran.append, "cancelled").cancel())
    await turns(2)
    assert ran == []


async def test_no_wake_up_from_a_thread_is_lost() -> None:
    loop = asyncio.get_running_loop()
    for _ in range(300):
        arrived = asyncio.Event()
        thread = threading.Thread(target=loop.call_soon_threadsafe, args=(arrived.set,))
        thread.start()
        # Nothing else is due: a lost wake-up would leave this waiting for good.
        await arrived.wait()
        thread.join()


async def test_every_callback_of_several_threads_arrives_in_its_threads_order() -> None:
    loop = asyncio.get_running_loop()
    arrived: list[tuple[int, int]] = []

    def send(sender: int) -> None:
        for number in range(2000):
            loop.call_soon_threadsafe(arrived.append, (sender, number))

    await asyncio.gather(*(asyncio.to_thread(send, sender) for sender in range(4)))
    await asyncio.sleep(0)
    for sender in range(4):
        assert [number for who, number in arrived if who == sender] == list(range(2000))


# Timers


async def test_call_later_returns_a_handle_that_knows_its_time() -> None:
    loop = asyncio.get_running_loop()
    before = loop.time()
    timer = loop.call_later(60, print)
    assert isinstance(timer, asyncio.TimerHandle)
    assert before + 60 <= timer.when() <= loop.time() + 60
    timer.cancel()


@pytest.mark.parametrize("delay", [0, 0.0005, 0.001, 0.0101, 0.05, 0.1])
async def test_a_timer_is_never_early(delay: float) -> None:
    loop = asyncio.get_running_loop()
    rang = loop.create_future()
    timer = loop.call_later(delay, lambda: rang.set_result(loop.time()))
    assert await rang >= timer.when()


async def test_timers_ring_in_the_order_of_their_times() -> None:
    loop, order = asyncio.get_running_loop(), []
    rang = loop.create_future()
    loop.call_later(0.03, rang.set_result, None)
    for delay in (0.02, 0.01, 0.005, 0.015):
        loop.call_later(delay, order.append, delay)
    await rang
    assert order == [0.005, 0.01, 0.015, 0.02]


async def test_an_earlier_timer_set_later_rings_first() -> None:
    loop = asyncio.get_running_loop()
    late = loop.call_later(3600, print)
    await asyncio.sleep(0.001)
    late.cancel()


async def test_a_time_in_the_past_is_now() -> None:
    loop = asyncio.get_running_loop()
    rang = loop.create_future()
    loop.call_at(loop.time() - 10, rang.set_result, "rang")
    assert await rang == "rang"


async def test_a_timer_set_while_the_loop_sleeps_is_not_forgotten() -> None:
    loop = asyncio.get_running_loop()
    rang = loop.create_future()
    # Qt calls this while no callback of ours runs and none is due.
    QTimer.singleShot(5, lambda: loop.call_later(0.001, rang.set_result, "rang"))
    assert await rang == "rang"


@pytest.mark.parametrize("delay", [400 * 24 * 3600, 1e300, math.inf])
async def test_a_timer_longer_than_qt_can_count_is_set(delay: float) -> None:
    timer = asyncio.get_running_loop().call_later(delay, print)
    await asyncio.to_thread(int)  # Meanwhile the loop sleeps, with no other timer than this.
    timer.cancel()


async def test_a_long_wait_is_made_of_shorter_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stepscope.run.loop.LONGEST_WAIT_MS", 2)
    loop = asyncio.get_running_loop()
    rang = loop.create_future()
    timer = loop.call_later(0.015, lambda: rang.set_result(loop.time()))
    assert await rang >= timer.when()


async def test_thirty_thousand_cancelled_timers_leave_none_behind() -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, QtEventLoop)
    for timer in [loop.call_later(3600, print) for _ in range(30_000)]:
        timer.cancel()
    assert loop.live_timers() == []
    assert len(loop._scheduled) <= 100  # Those that are kept for the next sweep.


async def test_cancelling_most_timers_keeps_the_others() -> None:
    loop = asyncio.get_running_loop()
    rang: list[int] = []
    timers = [loop.call_later(0.001 + number / 1e6, rang.append, number) for number in range(1000)]
    for number, timer in enumerate(timers):
        if number % 10:
            timer.cancel()
    await asyncio.sleep(0.01)
    assert rang == list(range(0, 1000, 10))


async def test_a_timer_cancelled_by_one_that_is_due_with_it_does_not_ring() -> None:
    loop = asyncio.get_running_loop()
    rang: list[str] = []
    when = loop.time() + 0.002
    loop.call_at(when, lambda: second.cancel())
    second = loop.call_at(when + 1e-6, rang.append, "second")
    await asyncio.sleep(0.005)
    assert rang == []


# Starting and stopping


@pytest.mark.skipif(sys.version_info < (3, 11), reason="asyncio.Runner is new in 3.11")
def test_a_runner_runs_on_it(qapp: QApplication) -> None:
    async def main() -> str:
        await asyncio.sleep(0.001)
        return "done"

    with asyncio.Runner(loop_factory=lambda: QtEventLoop(qapp)) as runner:
        assert runner.run(main()) == "done"
        assert runner.run(main()) == "done"


def test_run_until_complete_returns_the_result_or_raises_the_error(loop: QtEventLoop) -> None:
    async def fail() -> None:
        raise ValueError("as asked")

    assert loop.run_until_complete(asyncio.sleep(0, "result")) == "result"
    with pytest.raises(ValueError, match="as asked"):
        loop.run_until_complete(fail())


def test_what_is_ready_when_the_loop_is_stopped_still_runs(loop: QtEventLoop) -> None:
    ran: list[str] = []
    loop.call_soon(ran.append, "before")
    loop.call_soon(loop.stop)
    loop.call_soon(ran.append, "after")
    loop.run_forever()
    assert ran == ["before", "after"]


def test_a_loop_stopped_before_it_runs_makes_one_round(loop: QtEventLoop) -> None:
    ran: list[str] = []
    loop.call_soon(ran.append, "first round")
    loop.call_soon(lambda: loop.call_soon(ran.append, "second round"))
    loop.stop()
    loop.run_forever()
    assert ran == ["first round"]
    loop.call_soon(loop.stop)
    loop.run_forever()
    assert ran == ["first round", "second round"]


def test_what_is_ready_when_the_loop_is_stopped_still_runs_when_it_takes_long(loop: QtEventLoop) -> None:
    ran: list[str] = []
    loop.call_soon(loop.stop)
    loop.call_soon(time.sleep, 2 * SLICE_SECONDS)
    loop.call_soon(ran.append, "after")
    loop.run_forever()
    assert ran == ["after"]


def test_a_slot_of_qt_can_stop_the_loop(loop: QtEventLoop) -> None:
    # Qt calls this while no callback of the loop runs and none is due.
    QTimer.singleShot(5, loop.stop)
    loop.run_forever()
    assert not loop.is_running()


def test_the_loop_runs_until_the_round_that_stopped_it_has_ended(loop: QtEventLoop) -> None:
    running: list[bool] = []
    loop.call_soon(loop.stop)
    loop.call_soon(lambda: running.append(loop.is_running()))
    loop.run_forever()
    assert running == [True]
    assert not loop.is_running()


def test_nothing_runs_while_the_loop_does_not(loop: QtEventLoop, qapp: QApplication) -> None:
    ran: list[str] = []
    loop.run_until_complete(asyncio.sleep(0))
    loop.call_soon(ran.append, "too soon")
    for _ in range(10):
        qapp.processEvents()
    assert ran == []


def test_a_wake_up_that_comes_as_qt_quits_waits_for_the_next_run(
    loop: QtEventLoop, qapp: QApplication
) -> None:
    ran: list[str] = []

    def wake_and_quit() -> None:
        thread = threading.Thread(target=loop.call_soon_threadsafe, args=(ran.append, "woken"))
        thread.start()
        thread.join()
        qapp.quit()

    QTimer.singleShot(5, wake_and_quit)
    loop.run_forever()
    for _ in range(10):
        qapp.processEvents()
    assert ran == []
    loop.run_until_complete(asyncio.sleep(0))
    assert ran == ["woken"]


def test_qts_events_are_not_handled_once_the_loop_has_stopped(loop: QtEventLoop, qapp: QApplication) -> None:
    """A slot that starts a task needs a running loop."""
    running: list[asyncio.AbstractEventLoop] = []

    async def main() -> None:
        QTimer.singleShot(0, lambda: running.append(asyncio.get_running_loop()))

    async def until_the_slot_was_called() -> None:
        while not running:
            await asyncio.sleep(0.001)

    loop.run_until_complete(main())
    loop.run_until_complete(until_the_slot_was_called())
    assert running == [loop]


def test_a_closed_loop_can_be_collected_in_a_thread(qapp: QApplication) -> None:
    """Qt warns when a thread that is not the timer's own deletes it."""
    gc.collect()  # Here, lest the thread should delete the widgets of earlier tests.
    loop = QtEventLoop(qapp)
    loop.call_soon(print)
    loop.call_later(3600, print)
    loop.close()
    loop.close()
    del loop
    thread = threading.Thread(target=gc.collect)
    thread.start()
    thread.join()


def test_a_thread_that_wakes_the_loop_while_it_closes_does_not_delete_its_timer(qapp: QApplication) -> None:
    """Nor is the timer deleted while the thread has it."""
    before = {id(timer) for timer in _timers()}
    loop = QtEventLoop(qapp)
    deleted_in: list[threading.Thread] = []
    for timer in _timers():
        if id(timer) not in before:
            weakref.finalize(timer, lambda: deleted_in.append(threading.current_thread()))
    del timer
    is_waking, is_closed = threading.Event(), threading.Event()

    def linger(frame: FrameType, event: str, called: object) -> None:
        if event == "c_return" and getattr(called, "__name__", "") == "invokeMethod":
            is_waking.set()
            is_closed.wait(0.5)

    def wake() -> None:
        sys.setprofile(linger)
        loop.call_soon_threadsafe(print)
        sys.setprofile(None)

    thread = threading.Thread(target=wake)
    thread.start()
    is_waking.wait()
    loop.close()
    is_closed.set()
    thread.join()
    assert deleted_in == 2 * [threading.main_thread()]


def _timers() -> list[QTimer]:
    return [thing for thing in gc.get_objects() if isinstance(thing, QTimer)]


async def test_a_second_loop_cannot_run_inside_the_first(qapp: QApplication) -> None:
    second = QtEventLoop(qapp)
    with pytest.raises(RuntimeError, match="while another loop is running"):
        second.run_forever()
    second.close()


@pytest.mark.parametrize("leaving", [SystemExit, KeyboardInterrupt])
def test_what_must_end_the_program_leaves_run_forever(
    loop: QtEventLoop, leaving: type[BaseException]
) -> None:
    def leave() -> None:
        raise leaving("now")

    loop.call_soon(leave)
    with pytest.raises(leaving, match="now"):
        loop.run_forever()
    assert loop.run_until_complete(asyncio.sleep(0, "and can run again")) == "and can run again"


def test_a_closed_loop_takes_no_callbacks(qapp: QApplication) -> None:
    loop = QtEventLoop(qapp)
    loop.close()
    for call in (loop.call_soon, loop.call_soon_threadsafe):
        with pytest.raises(RuntimeError, match="closed"):
            call(print)
    with pytest.raises(RuntimeError, match="closed"):
        loop.call_later(1, print)
    with pytest.raises(RuntimeError, match="closed"):
        loop.run_forever()


async def test_a_running_loop_can_neither_be_run_nor_closed() -> None:
    loop = asyncio.get_running_loop()
    with pytest.raises(RuntimeError, match="already running"):
        loop.run_forever()
    with pytest.raises(RuntimeError, match="running"):
        loop.close()


def test_a_quit_by_qt_is_told_to_who_waits(loop: QtEventLoop, qapp: QApplication) -> None:
    async def quit_and_wait() -> None:
        qapp.quit()
        await asyncio.sleep(3600)

    task = loop.create_task(quit_and_wait())
    with pytest.raises(RuntimeError, match="stopped before Future completed"):
        loop.run_until_complete(task)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        loop.run_until_complete(task)


# Tasks


async def test_wait_for_cancels_what_takes_too_long() -> None:
    ended: list[str] = []

    async def sleeper() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.append("cancelled")

    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(sleeper(), 0.005)
    assert ended == ["cancelled"]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="asyncio.timeout is new in 3.11")
async def test_a_timeout_ends_its_block() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.005):
            await asyncio.sleep(3600)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="asyncio.TaskGroup is new in 3.11")
async def test_a_task_group_cancels_the_siblings_of_one_that_fails() -> None:
    ended: list[str] = []

    async def sleeper() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.append("cancelled")

    async def fail() -> None:
        await asyncio.sleep(0.001)
        raise ValueError("as asked")

    failed: list[str] = []
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(sleeper())
            group.create_task(fail())
    except BaseExceptionGroup as errors:  # noqa: F821 - not in 3.10
        failed = [str(error) for error in errors.exceptions]
    assert failed == ["as asked"]
    assert ended == ["cancelled"]


# Asynchronous generators


async def test_breaking_out_of_a_generator_lets_it_clean_up_with_await() -> None:
    steps: list[str] = []
    cleaned = asyncio.Event()

    async def numbers() -> object:
        try:
            for number in range(10):
                yield number
        finally:
            steps.append("closing")
            await asyncio.sleep(0)
            steps.append("closed")
            cleaned.set()

    async for _ in numbers():
        break
    gc.collect()
    await cleaned.wait()
    assert steps == ["closing", "closed"]


def test_shutdown_asyncgens_closes_those_that_are_still_open(loop: QtEventLoop) -> None:
    steps: list[str] = []

    async def numbers() -> object:
        try:
            yield 1
        finally:
            await asyncio.sleep(0)
            steps.append("closed")

    generator = numbers()

    async def begin() -> None:
        await generator.__anext__()  # type: ignore[attr-defined]

    loop.run_until_complete(begin())
    assert steps == []
    loop.run_until_complete(loop.shutdown_asyncgens())
    assert steps == ["closed"]


def test_the_hooks_of_others_are_put_back(loop: QtEventLoop) -> None:
    before = sys.get_asyncgen_hooks()
    loop.run_until_complete(asyncio.sleep(0))
    assert sys.get_asyncgen_hooks() == before


# Threads


async def test_to_thread_runs_elsewhere_in_the_callers_context() -> None:
    here.set("caller")
    place, thread = await asyncio.to_thread(lambda: (here.get(), threading.current_thread()))
    assert place == "caller"
    assert thread is not threading.current_thread()


async def test_an_error_in_a_thread_is_raised_where_it_is_awaited() -> None:
    def fail() -> None:
        raise ValueError("as asked")

    with pytest.raises(ValueError, match="as asked"):
        await asyncio.get_running_loop().run_in_executor(None, fail)


def test_shutting_the_executor_down_waits_for_busy_threads(loop: QtEventLoop) -> None:
    release, ended = threading.Event(), []

    def work() -> None:
        release.wait()
        ended.append("worked")

    async def main() -> None:
        working = loop.run_in_executor(None, work)
        shutdown = asyncio.ensure_future(loop.shutdown_default_executor())
        await asyncio.sleep(0.01)
        assert not shutdown.done()  # And the loop runs on meanwhile.
        release.set()
        await shutdown
        assert ended == ["worked"]
        await working

    loop.run_until_complete(main())


# Files, sockets, processes, signals


async def test_a_reader_is_called_when_there_is_something_to_read() -> None:
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        read = loop.create_future()
        loop.add_reader(ours, lambda: read.set_result(ours.recv(100)))
        theirs.send(b"hello")
        assert await read == b"hello"
        assert loop.remove_reader(ours)
        assert not loop.remove_reader(ours)


async def test_a_reader_is_called_again_while_bytes_are_left() -> None:
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        read, done = bytearray(), asyncio.Event()

        def on_readable() -> None:
            read.extend(ours.recv(1))
            if len(read) == 5:
                done.set()

        loop.add_reader(ours, on_readable)
        theirs.send(b"hello")
        await done.wait()
        loop.remove_reader(ours)
    assert read == b"hello"


async def test_a_reader_runs_in_the_context_that_added_it() -> None:
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        seen = loop.create_future()
        here.set("added")
        loop.add_reader(ours, lambda: seen.done() or seen.set_result(here.get()))
        here.set("later")
        theirs.send(b"!")
        assert await seen == "added"
        loop.remove_reader(ours)


async def test_a_writer_is_called_when_there_is_room() -> None:
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        writable = loop.create_future()
        here.set("added")
        loop.add_writer(ours, lambda: writable.done() or writable.set_result(here.get()))
        here.set("later")
        assert await writable == "added"
        assert loop.remove_writer(ours)


async def test_a_tcp_server_answers() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.readline()).upper())
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"hello\n")
        assert await reader.read() == b"HELLO\n"
        writer.close()
        await writer.wait_closed()


@on_posix
async def test_a_unix_socket_carries_a_megabyte_both_ways(tmp_path: Path) -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readexactly(1 << 20))
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    path = tmp_path / "s"
    async with await asyncio.start_unix_server(echo, path):
        reader, writer = await asyncio.open_unix_connection(path)
        sent = os.urandom(1 << 20)
        writer.write(sent)
        assert await reader.read() == sent
        writer.close()
        await writer.wait_closed()


async def test_names_are_resolved() -> None:
    found = await asyncio.get_running_loop().getaddrinfo("localhost", 80, type=socket.SOCK_STREAM)
    assert {address[0] for *_, address in found} & {"127.0.0.1", "::1"}


async def test_a_process_is_fed_read_and_waited_for() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "import sys; print(sys.stdin.read()[::-1]); sys.exit(3)",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate(b"olleh")
    assert out.split() == [b"hello"]
    assert process.returncode == 3


@on_posix
async def test_a_signal_handler_is_called() -> None:
    loop = asyncio.get_running_loop()
    seen = loop.create_future()
    loop.add_signal_handler(signal.SIGUSR1, seen.set_result, "seen")
    os.kill(os.getpid(), signal.SIGUSR1)
    assert await seen == "seen"
    assert loop.remove_signal_handler(signal.SIGUSR1)


@on_posix
async def test_ctrl_c_is_seen_while_qt_sleeps() -> None:
    loop = asyncio.get_running_loop()
    seen = loop.create_future()

    def wake(how: str) -> None:
        if not seen.done():
            seen.set_result(how)

    # An ordinary handler: Python runs it only once some Python code runs in the main thread.
    before = signal.signal(signal.SIGINT, lambda *_: wake("the signal"))
    press = threading.Timer(0.1, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT))
    too_late = loop.call_later(20, wake, "a timer")
    try:
        press.start()
        assert await seen == "the signal"
    finally:
        too_late.cancel()
        press.join()
        signal.signal(signal.SIGINT, before)


# Errors and debug mode


async def test_the_exception_handler_hears_of_a_failing_callback() -> None:
    loop = asyncio.get_running_loop()
    heard: list[dict[str, object]] = []
    loop.set_exception_handler(lambda _, context: heard.append(context))

    def fail() -> None:
        raise ValueError("as asked")

    loop.call_soon(fail)
    await turns(2)
    assert [str(context["exception"]) for context in heard] == ["as asked"]
    assert loop.get_exception_handler() is not None


async def test_the_exception_handler_hears_of_a_failure_that_nobody_fetched() -> None:
    heard: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: heard.append(context["message"]))

    async def fail() -> None:
        raise ValueError("as asked")

    task = asyncio.ensure_future(fail())
    await turns(2)
    del task  # No garbage collection is needed.
    assert heard == ["Task exception was never retrieved"]


async def test_debug_mode_keeps_no_failed_task_alive() -> None:
    heard: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    loop.set_exception_handler(lambda _, context: heard.append(context["message"]))

    async def fail() -> None:
        raise ValueError("as asked")

    task = asyncio.ensure_future(fail())
    await turns(2)
    del task
    assert heard == ["Task exception was never retrieved"]


async def test_without_a_handler_a_failing_callback_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(None)

    def fail() -> None:
        raise ValueError("as asked")

    loop.call_soon(fail)
    await turns(2)
    assert [record.name for record in caplog.records] == ["asyncio"]
    assert "ValueError: as asked" in caplog.text


async def test_debug_mode_logs_a_slow_callback(caplog: pytest.LogCaptureFixture) -> None:
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    loop.slow_callback_duration = 0.01

    def dawdle() -> None:
        time.sleep(0.02)

    with caplog.at_level(logging.WARNING, "asyncio"):
        loop.call_soon(dawdle)
        await turns(2)
    assert any("dawdle" in record.getMessage() for record in caplog.records)


def test_debug_mode_tells_where_a_coroutine_was_made(loop: QtEventLoop) -> None:
    async def depth() -> int:
        return sys.get_coroutine_origin_tracking_depth()

    loop.set_debug(True)
    assert loop.run_until_complete(depth()) > 0
    assert sys.get_coroutine_origin_tracking_depth() == 0


async def test_debug_mode_refuses_call_soon_from_another_thread() -> None:
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    with pytest.raises(RuntimeError, match="Non-thread-safe operation"):
        await asyncio.to_thread(loop.call_soon, print)


def test_it_takes_pyside_whatever_the_user_has_set_for_other_programs(qapp: QApplication) -> None:
    script = "import os, stepscope.run.loop, qasync; print(qasync.QtModuleName, os.environ['QT_API'])"
    shown = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "QT_API": "pyqt5"}, capture_output=True, text=True
    )
    assert shown.stdout.split() == ["PySide6", "pyqt5"], shown.stderr
