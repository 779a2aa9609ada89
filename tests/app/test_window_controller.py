"""What the controller does with a session, in whatever order it is asked."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from tests.kit.scripted_session import ScriptedSession

from stepscope.model.events import Custom, Event, Failure, Lost, Outcome, RunFinished, RunStarted
from stepscope.model.phase import Phase, RunPhase
from stepscope.model.program import OpenFailed
from stepscope.model.run_state import RunState
from stepscope.run.controller import Controller
from stepscope.run.run_model import RunModel
from stepscope.session.session import RunRequest


async def opened(session: ScriptedSession) -> Controller:
    controller = Controller(RunModel(), session)
    await controller.open("a.py")
    return controller


async def until(controller: Controller, is_so: Callable[[RunState], bool]) -> None:
    """Wait until the run's state is as wanted. What lasts less than a frame is not seen."""
    reached = asyncio.get_running_loop().create_future()

    def look() -> None:
        if is_so(controller.model.state) and not reached.done():
            reached.set_result(None)

    controller.model.run_changed.connect(look)
    look()
    await reached
    controller.model.run_changed.disconnect(look)


async def phase(controller: Controller, wanted: RunPhase) -> None:
    await until(controller, lambda state: state.phase is wanted)


async def test_a_run_goes_through_to_its_end() -> None:
    controller = await opened(ScriptedSession("plan", "write"))

    controller.run({"topic": "owls"})
    await controller.ended()

    assert controller.model.state.phase is RunPhase.FINISHED
    assert [update.node for update in controller.model.state.updates] == ["plan", "write"]


async def test_stepping_pauses_before_each_superstep() -> None:
    session = ScriptedSession("plan", "write", "check")
    controller = await opened(session)

    controller.run({}, start="step")
    await phase(controller, RunPhase.PAUSED)
    assert controller.model.state.next == ("write",)
    controller.step()
    await until(controller, lambda state: state.next == ("check",))
    controller.resume()
    await controller.ended()

    assert controller.model.state.phase is RunPhase.FINISHED


async def test_a_second_run_is_not_begun_while_one_is_live() -> None:
    session = ScriptedSession("plan", "write")
    controller = await opened(session)

    controller.run(1)
    controller.run(2)
    await controller.ended()

    assert session.requests == [RunRequest(1)]


async def test_restart_stops_and_runs_with_the_same_input_context_and_config() -> None:
    session = ScriptedSession("plan", "write")
    controller = await opened(session)
    given: dict[str, Any] = {"context": {"user": "ada"}, "config": {"tags": ["try"]}}
    controller.run({"topic": "owls"}, start="step", **given)
    await phase(controller, RunPhase.PAUSED)

    await controller.restart()
    await controller.ended()

    first = RunRequest({"topic": "owls"}, start="step", **given)
    assert session.requests == [first, replace(first, start="free")]
    assert controller.model.state.phase is RunPhase.FINISHED


async def test_a_stop_ends_a_node_that_never_would_and_names_it() -> None:
    controller = await opened(ScriptedSession("plan", "hang", blocking="hang"))
    controller.run({})
    await phase(controller, RunPhase.RUNNING)

    await controller.stop()

    state = controller.model.state
    assert (state.phase, state.still_running) == (RunPhase.STOPPED, ("hang",))
    assert state.nodes["plan",].phase is Phase.DONE


async def test_opening_stops_the_run_that_is_live() -> None:
    controller = await opened(ScriptedSession("plan", "hang", blocking="hang"))
    controller.run({})
    await phase(controller, RunPhase.RUNNING)

    await controller.open("b.py")

    assert not controller.is_live
    assert controller.model.program is not None
    assert controller.model.program.path == "b.py"
    assert controller.model.state.phase is RunPhase.IDLE


async def test_what_cannot_be_opened_leaves_what_is_open() -> None:
    session = ScriptedSession("plan")
    controller = await opened(session)
    session.refusals["b.py"] = OpenFailed(Failure("ImportError", "no module named 'x'"))

    with pytest.raises(OpenFailed):
        await controller.open("b.py")

    assert controller.model.program is not None
    assert controller.model.program.path == "a.py"
    assert controller.opening == ""


async def test_a_reload_brings_the_program_as_it_is_now_and_keeps_what_the_last_run_left() -> None:
    session = ScriptedSession("plan", "write")
    controller = await opened(session)
    controller.run({"topic": "owls"})
    await controller.ended()
    session.names = ("plan", "check")

    await controller.reload()

    state = controller.model.state
    assert session.opened == ["a.py", "a.py:graph"]
    assert state.phase is RunPhase.FINISHED
    assert [update.node for update in state.updates] == ["plan", "write"]
    assert state.nodes["plan",].phase is Phase.DONE
    assert state.nodes["check",].phase is Phase.IDLE
    assert ("write",) not in state.nodes


async def test_a_restart_after_a_reload_has_the_input_of_the_run_before_it() -> None:
    session = ScriptedSession("plan")
    controller = await opened(session)
    controller.run({"topic": "owls"})
    await controller.ended()

    await controller.reload()
    await controller.restart()
    await controller.ended()

    assert session.requests == [RunRequest({"topic": "owls"}), RunRequest({"topic": "owls"})]


async def test_a_reload_stops_the_run_that_is_live() -> None:
    controller = await opened(ScriptedSession("plan", "hang", blocking="hang"))
    controller.run({})
    await phase(controller, RunPhase.RUNNING)

    await controller.reload()

    assert not controller.is_live
    assert controller.model.state.phase is RunPhase.STOPPED


async def test_a_reload_that_fails_leaves_the_program_and_its_run() -> None:
    session = ScriptedSession("plan")
    controller = await opened(session)
    controller.run({})
    await controller.ended()
    program = controller.model.program
    session.refusals["a.py:graph"] = OpenFailed(Failure("SyntaxError", "invalid syntax"))

    with pytest.raises(OpenFailed):
        await controller.reload()

    assert controller.model.program is program
    assert controller.model.state.phase is RunPhase.FINISHED
    assert controller.opening == ""


async def test_two_files_opened_at_once_follow_each_other() -> None:
    session = ScriptedSession("plan")
    controller = Controller(RunModel(), session)

    await asyncio.gather(controller.open("a.py"), controller.open("b.py"))

    assert session.opened == ["a.py", "b.py"]
    assert controller.model.program is not None
    assert controller.model.program.path == "b.py"


async def test_what_is_looked_at_is_never_handed_to_the_session() -> None:
    session = ScriptedSession("plan", "hang", blocking="hang")
    controller = await opened(session)
    controller.run({"topic": "owls"})
    await phase(controller, RunPhase.RUNNING)

    program = await controller.look("example:map_reduce")
    assert not controller.run({"topic": "cats"})
    await controller.restart()

    assert controller.model.program is program
    assert (controller.model.state.phase, controller.opening) == (RunPhase.IDLE, "")
    assert session.opened == ["a.py"]
    assert len(session.requests) == 1
    assert session.is_closed


async def test_what_cannot_be_looked_at_leaves_what_is_open() -> None:
    controller = await opened(ScriptedSession("plan"))

    with pytest.raises(OpenFailed):
        await controller.look("there/is/no/such.py")

    assert controller.model.program is not None
    assert controller.model.program.path == "a.py"
    assert controller.opening == ""


async def test_nothing_runs_while_a_file_is_being_opened() -> None:
    session = ScriptedSession("plan")
    controller = await opened(session)
    opening = asyncio.ensure_future(controller.open("b.py"))
    await asyncio.sleep(0)
    assert controller.opening == "b.py"

    controller.run({})
    await opening

    assert session.requests == []


class BrokenSession(ScriptedSession):
    async def astream(self, request: RunRequest) -> AsyncIterator[Event]:
        yield RunStarted(0, 0.0, "stepgraph", None)
        raise ConnectionResetError("the far side is gone")


async def test_a_stream_that_breaks_ends_the_run_as_failed(caplog: pytest.LogCaptureFixture) -> None:
    controller = await opened(BrokenSession("plan"))

    with caplog.at_level(logging.CRITICAL):
        controller.run({})
        await controller.ended()

    failure = controller.model.state.failure
    assert controller.model.state.phase is RunPhase.FAILED
    assert failure is not None
    assert failure.headline == "ConnectionResetError: the far side is gone"
    assert "fault of Stepscope" in failure.remedy


class FloodingSession(ScriptedSession):
    """Never waits: its events are there at once."""

    EVENTS = 50_000

    async def astream(self, request: RunRequest) -> AsyncIterator[Event]:
        yield RunStarted(0, 0.0, "stepgraph", None)
        for number in range(self.EVENTS):
            yield Custom(number + 1, 0.0, (), 1, number)
        yield RunFinished(self.EVENTS + 1, 0.0, Outcome.FINISHED, None, "", ())


async def test_qt_has_its_turn_in_the_middle_of_a_flood() -> None:
    controller = await opened(FloodingSession())
    seen: list[int] = []
    timer = QTimer(interval=1)
    timer.timeout.connect(lambda: seen.append(len(controller.model.state.customs)))
    timer.start()

    controller.run({})
    await controller.ended()
    timer.stop()

    assert len(controller.model.state.customs) == FloodingSession.EVENTS
    assert any(0 < count < FloodingSession.EVENTS for count in seen)


def console(controller: Controller) -> list[str]:
    lines = controller.model.console
    return [lines[number].text for number in range(lines.first, len(lines))]


async def test_what_opening_prints_is_kept_and_what_another_had_printed_is_not() -> None:
    session = ScriptedSession("plan")
    session.prints = {"": ["importing\n"], "plan": ["planning\n"]}
    controller = await opened(session)
    controller.run({})
    await controller.ended()
    assert console(controller) == ["Opening a.py", "importing", "Run 1 started", "planning"]

    session.prints = {"": ["other\n"]}
    await controller.open("b.py")
    assert console(controller) == ["Opening b.py", "other"]


async def test_what_a_failed_opening_printed_stands_below_what_was_there() -> None:
    session = ScriptedSession("plan")
    controller = await opened(session)
    session.prints = {"": ["half way\n"]}
    session.refusals["b.py"] = OpenFailed(Failure("ImportError", "no module named 'x'"))
    with pytest.raises(OpenFailed):
        await controller.open("b.py")
    assert console(controller) == ["Opening b.py", "half way"]


async def test_the_loss_of_the_process_is_told_and_noted() -> None:
    session = ScriptedSession("plan")
    controller = await opened(session)
    told: list[Failure] = []
    controller.lost.connect(told.append)
    killed = Failure("Killed", "The program's process was killed (SIGKILL).")
    session.hear(Lost(0, 5.0, killed))
    assert told == [killed]
    assert console(controller) == ["The program's process was killed (SIGKILL)."]


class Lingering(ScriptedSession):
    """A session that is not done with a run when that has told its end."""

    def __init__(self, *names: str) -> None:
        super().__init__(*names)
        self.is_done = asyncio.Event()

    async def astream(self, request: RunRequest) -> AsyncIterator[Event]:
        async for event in super().astream(request):
            yield event
        await self.is_done.wait()


async def test_an_answer_given_as_soon_as_the_question_is_shown_is_not_lost() -> None:
    session = Lingering("ask")
    controller = await opened(session)
    controller.run({"topic": "owls"})
    await phase(controller, RunPhase.FINISHED)
    assert controller.is_live
    controller.answer({"question": "yes"})
    session.is_done.set()
    await controller.ended()
    assert [request.resume for request in session.requests] == [None, {"question": "yes"}]


async def test_a_run_goes_on_in_the_thread_that_is_chosen_for_the_next() -> None:
    session = ScriptedSession("plan")
    controller = await opened(session)
    for thread in ("mine", ""):
        controller.model.set_next_thread(thread)
        controller.run({"topic": "owls"})
        await controller.ended()
    controller.run_on("mine", "checkpoint 3")
    await controller.ended()
    await controller.restart()
    await controller.ended()
    told = [(request.input, request.thread, request.checkpoint) for request in session.requests]
    on = (None, "mine", "checkpoint 3")
    assert told == [({"topic": "owls"}, "mine", ""), ({"topic": "owls"}, "", ""), on, on]
