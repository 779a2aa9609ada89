"""Sessions of both kinds on the window's loop: events in order, nothing blocks, a stop always returns."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.kit.session_programs import (
    BLOCKING,
    CHAIN,
    Write,
    events_of,
    let_go_at_the_end,
    until_in,
)

from stepscope.model.events import (
    Custom,
    Event,
    Lost,
    Outcome,
    Paused,
    Printed,
    RunFinished,
    RunStarted,
    TaskFinished,
    TaskStarted,
    Values,
)
from stepscope.model.program import OpenFailed
from stepscope.session import run_queue
from stepscope.session.local import LocalSession
from stepscope.session.session import RunRequest
from stepscope.session.worker import WorkerSession

AnySession = LocalSession | WorkerSession


@pytest.fixture(params=[LocalSession, WorkerSession], ids=["local", "worker"])
async def session(request: pytest.FixtureRequest) -> AsyncIterator[AnySession]:
    session = request.param()
    yield session
    await session.close()


async def test_a_run_comes_out_in_order(session: AnySession, write: Write) -> None:
    program = await session.open(write(CHAIN))
    assert (program.name, program.input) == ("graph", {"log": ["in"]})
    events = await events_of(session, RunRequest(program.input))
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunFinished)
    assert [event.seq for event in events] == list(range(len(events)))
    assert [event.values for event in events if isinstance(event, Values)][-1] == {"log": ["in", "a", "b"]}


async def test_runs_follow_each_other(session: AnySession, write: Write) -> None:
    program = await session.open(write(CHAIN))
    for _ in range(5):
        last = (await events_of(session, RunRequest(program.input)))[-1]
        assert isinstance(last, RunFinished)
        assert last.outcome is Outcome.FINISHED


async def test_what_is_wrong_with_a_target_is_raised(session: AnySession, write: Write) -> None:
    with pytest.raises(OpenFailed) as caught:
        await session.open(write("one = 1 / 0"))
    assert caught.value.failure.type == "ZeroDivisionError"
    text = CHAIN + "other = StateGraph(State).add_node(a).add_edge(START, 'a').compile()"
    with pytest.raises(OpenFailed) as caught:
        await session.open(write(text))
    assert caught.value.choices == ("graph", "other")


async def test_a_failed_open_leaves_the_session_usable(session: AnySession, write: Write) -> None:
    with pytest.raises(OpenFailed):
        await session.open(write("import sys; sys.exit()"))
    assert (await session.open(write(CHAIN))).name == "graph"


async def test_an_example_is_a_target(session: AnySession) -> None:
    program = await session.open("example:stream_updates")
    assert program.name == "graph"
    with pytest.raises(OpenFailed, match="Did you mean 'stream_updates'"):
        await session.open("example:stream_update")


async def test_a_stepped_run_can_be_steered(session: AnySession, write: Write) -> None:
    program = await session.open(write(CHAIN))
    pauses = []
    async for event in session.astream(RunRequest(program.input, start="step")):
        if isinstance(event, Paused):
            pauses.append(event.next)
            session.order("step")
    assert pauses == [("b",)]


async def test_the_loop_goes_on_while_a_file_is_imported(session: AnySession, write: Write) -> None:
    opening = asyncio.ensure_future(session.open(write("time.sleep(0.3)" + CHAIN)))
    ticks = 0
    while not opening.done():
        await asyncio.sleep(0.01)
        ticks += 1
    assert ticks > 5
    assert (await opening).name == "graph"


async def test_an_import_that_never_ends_can_be_left_for_another_file(
    session: AnySession, write: Write, tmp_path: Path
) -> None:
    flag = tmp_path / "go_on"
    endless = tmp_path / "endless.py"
    endless.write_text(
        f"import pathlib, time\nwhile not pathlib.Path({str(flag)!r}).exists(): time.sleep(0.01)\n"
    )
    opening = asyncio.ensure_future(session.open(str(endless)))
    await asyncio.sleep(0.05)
    opening.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await opening
    try:
        assert (await session.open(write(CHAIN))).name == "graph"
    finally:
        flag.touch()


@pytest.mark.parametrize(
    ("name", "node"),
    [("in_thread", "sync_block"), ("on_loop", "async_block"), ("busy", "spin"), ("ignoring", "deaf")],
)
async def test_a_stop_returns_whatever_the_node_does(
    session: AnySession, write: Write, name: str, node: str
) -> None:
    path = write(BLOCKING)
    program = await session.open(f"{path}:{name}")
    with let_go_at_the_end(path):
        events = []
        async for event in session.astream(RunRequest(program.input)):
            events.append(event)
            if isinstance(event, TaskStarted):
                await until_in(path)
                session.stop()
        last = events[-1]
        assert isinstance(last, RunFinished)
        assert (last.outcome, last.failure) == (Outcome.STOPPED, None)
        assert [event.seq for event in events] == list(range(len(events)))
        if isinstance(session, LocalSession):  # a process can be killed, a thread cannot
            assert last.still_running == (node,)
            assert await session.close() == (node,)
        else:
            assert await session.close() == ()


async def test_a_stop_right_after_the_start_ends_the_run(session: AnySession, write: Write) -> None:
    program = await session.open(write(CHAIN))
    stream = session.astream(RunRequest(program.input, start="step"))
    first = await stream.__anext__()
    session.stop()
    events = [first] + [event async for event in stream]
    assert isinstance(events[-1], RunFinished)
    assert events[-1].outcome is Outcome.STOPPED


async def test_a_stop_that_comes_late_does_not_end_the_next_run(session: AnySession, write: Write) -> None:
    program = await session.open(write(CHAIN))
    async for event in session.astream(RunRequest(program.input)):
        if isinstance(event, RunFinished):
            session.stop()
    last = (await events_of(session, RunRequest(program.input)))[-1]
    assert isinstance(last, RunFinished)
    assert last.outcome is Outcome.FINISHED


async def test_leaving_the_loop_early_ends_the_run(session: AnySession, write: Write) -> None:
    program = await session.open(write(CHAIN))
    async with contextlib.aclosing(session.astream(RunRequest(program.input, start="step"))) as events:
        async for event in events:
            if isinstance(event, Paused):
                break
    last = (await events_of(session, RunRequest(program.input)))[-1]
    assert isinstance(last, RunFinished)
    assert last.outcome is Outcome.FINISHED


@pytest.mark.parametrize("raised", ["SystemExit(1)", "KeyboardInterrupt()"])
@pytest.mark.parametrize("kind", ["def", "async def"])
async def test_a_node_that_exits_ends_its_run_and_nothing_else(
    session: AnySession, write: Write, raised: str, kind: str
) -> None:
    program = await session.open(
        write(
            f"""
            {kind} leave(state: State):
                raise {raised}

            graph = StateGraph(State).add_node(leave).add_edge(START, "leave").compile()
            """
        )
    )
    for _ in range(2):
        last = (await events_of(session, RunRequest(program.input)))[-1]
        assert isinstance(last, RunFinished)
        assert last.failure is not None
        assert last.failure.type == raised.partition("(")[0]


async def test_a_flood_comes_whole_and_leaves_the_loop_its_turns(session: AnySession, write: Write) -> None:
    program = await session.open(
        write(
            """
            def flood(state: State):
                writer = get_stream_writer()
                for n in range(60_000):
                    writer({"n": n})

            graph = StateGraph(State).add_node(flood).add_edge(START, "flood").compile()
            """
        )
    )
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    ticking = asyncio.ensure_future(tick())
    numbers = []
    async for event in session.astream(RunRequest(program.input)):
        if isinstance(event, Custom):
            numbers.append(event.data["n"])
    ticking.cancel()
    assert numbers == list(range(60_000))
    assert ticks > 20


async def test_the_host_waits_for_a_slow_reader(
    session: AnySession, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_queue, "MOST_QUEUED", 50)
    program = await session.open(
        write(
            """
            async def flood(state: State):
                writer = get_stream_writer()
                for n in range(2_000):
                    writer(n)
                    await asyncio.sleep(0)

            graph = StateGraph(State).add_node(flood).add_edge(START, "flood").compile()
            """
        )
    )
    longest = 0
    count = 0
    async for event in session.astream(RunRequest(program.input)):
        if isinstance(event, Custom):
            count += 1
            if count % 100 == 0:
                await asyncio.sleep(0.01)
            longest = max(longest, session.queued)
    assert count == 2_000
    assert 0 < longest < 200


async def test_a_failing_run_tells_every_task(session: AnySession) -> None:
    program = await session.open("example:failing")
    events = await events_of(session, RunRequest(program.input))
    started = [event.node for event in events if isinstance(event, TaskStarted)]
    finished = {event.node: event.failure for event in events if isinstance(event, TaskFinished)}
    assert set(started) == set(finished) == {"check_stock", "look_up_price"}
    last = events[-1]
    assert isinstance(last, RunFinished)
    assert last.failure is not None
    assert last.failure.where is not None
    assert last.failure.where.function == "look_up_price"


@pytest.mark.parametrize("kind", [LocalSession, WorkerSession])
async def test_a_closed_session_leaves_no_thread(kind: type[AnySession], write: Write) -> None:
    before = set(threading.enumerate())
    session = kind()
    program = await session.open(write(CHAIN))
    await events_of(session, RunRequest(program.input))
    await session.close()
    for thread in set(threading.enumerate()) - before:
        if "asyncio" not in thread.name:
            await asyncio.to_thread(thread.join, 10)
    left = {thread.name for thread in set(threading.enumerate()) - before if "asyncio" not in thread.name}
    assert left == set()


async def test_an_interpreter_that_cannot_run_a_graph_is_told_once(write: Write) -> None:
    session = WorkerSession()
    heard: list[Event] = []
    session.listen(heard.append)
    with pytest.raises(OpenFailed) as caught:
        await session.open(write(CHAIN), "/bin/cat")
    assert caught.value.failure.type == "NoInterpreter"
    assert caught.value.failure.message.startswith("/bin/cat cannot run a graph: /bin/cat: ")
    with pytest.raises(OpenFailed, match="/no/such/python cannot be started: No such file or directory"):
        await session.open(write(CHAIN), "/no/such/python")
    await session.close()
    assert not any(isinstance(event, Lost) for event in heard)


async def test_a_flood_that_an_import_prints_is_heard_a_little_at_a_time(write: Write) -> None:
    session = WorkerSession()
    heard: list[str] = []
    in_one_turn = [0]

    def hear(event: Event) -> None:
        assert isinstance(event, Printed)
        heard.append(event.text)
        in_one_turn[-1] += 1
        time.sleep(0.005)  # as long as a turn is, and a little more

    def turn() -> None:
        in_one_turn.append(0)
        if not is_over.is_set():
            asyncio.get_running_loop().call_soon(turn)

    is_over = asyncio.Event()
    session.listen(hear)
    turn()
    await session.open(
        write("import sys\nfor n in range(300):\n    print(str(n) * 9_999)\nprint('THE END')" + CHAIN)
    )
    while not heard[-1].endswith("THE END\n"):
        await asyncio.sleep(0)
    is_over.set()
    await session.close()
    assert len(heard) > 20
    assert max(in_one_turn) == 1
