"""How the run stands, as the strip and the status bar put it."""

from __future__ import annotations

import pytest
from tests.kit.scripted_session import chain

from stepscope.model.events import Asked as Question
from stepscope.model.events import (
    Failure,
    Outcome,
    Paused,
    RunFinished,
    RunStarted,
    TaskFinished,
    TaskHeld,
    TaskStarted,
)
from stepscope.model.phase import Phase
from stepscope.model.run_state import RunState
from stepscope.run.controller import Asked
from stepscope.window.run_words import standing, status


@pytest.fixture
def state() -> RunState:
    state = RunState(chain("plan", "write"))
    state.apply(RunStarted(0, 100.0, "stepgraph", {}))
    return state


def start(state: RunState, node: str, step: int = 1) -> None:
    state.apply(TaskStarted(1, 100.1, (), step, f"id-{node}", node, {}, ()))


def end(state: RunState, node: str, failure: Failure | None = None) -> None:
    state.apply(TaskFinished(2, 100.2, (), 1, f"id-{node}", node, None, failure))


def finish(state: RunState, outcome: Outcome, **more: object) -> None:
    fields = {"failure": None, "reason": "", "still_running": ()} | more
    state.apply(RunFinished(3, 101.25, outcome, **fields))  # type: ignore[arg-type]


def test_before_a_run_it_says_which_keys_begin_one() -> None:
    assert str(standing(RunState(chain("plan")))) == "Ready F5 runs it, F10 goes superstep by superstep"


def test_a_running_superstep_is_numbered(state: RunState) -> None:
    start(state, "plan")

    assert str(standing(state)) == "● Running superstep 1: `plan`"


def test_a_pause_that_was_asked_for_says_what_it_waits_for(state: RunState) -> None:
    start(state, "plan")

    assert str(standing(state, Asked.PAUSE)) == "● Running superstep 1: `plan`; pauses when that has ended"


def test_a_stop_that_was_asked_for_is_said_at_once(state: RunState) -> None:
    start(state, "plan")

    assert str(standing(state, Asked.STOP)) == "● Stopping superstep 1: `plan`"


def test_a_failure_is_told_as_its_node_has_it(state: RunState) -> None:
    start(state, "plan")
    end(state, "plan", Failure("Crash", "The process crashed."))
    finish(state, Outcome.FAILED, failure=Failure("Crash", "While plan ran, the process crashed."))

    assert str(standing(state)) == "✕ Failed in `plan`: Crash: The process crashed."


def test_a_pause_gives_its_reason(state: RunState) -> None:
    state.apply(Paused(2, 100.3, 1, ("write",), "superstep 2 is next: write"))

    assert str(standing(state)) == "❚❚ Paused superstep 2 is next: write"


def test_a_finished_run_tells_its_length(state: RunState) -> None:
    start(state, "plan")
    end(state, "plan")
    finish(state, Outcome.FINISHED)

    assert str(standing(state)) == "✓ Finished after 1 superstep in 1.2 s"


def test_a_failure_names_the_node_and_the_error(state: RunState) -> None:
    failure = Failure("ValueError", "no such city\nat all")
    start(state, "plan")
    end(state, "plan", failure)
    finish(state, Outcome.FAILED, failure=failure)

    assert str(standing(state)) == "✕ Failed in `plan`: ValueError: no such city"


def test_a_failure_of_no_node_is_told_without_one(state: RunState) -> None:
    finish(state, Outcome.FAILED, failure=Failure("InvalidUpdate", "nothing to write"))

    assert str(standing(state)) == "✕ Failed InvalidUpdate: nothing to write"


def test_a_stop_names_what_cannot_be_ended(state: RunState) -> None:
    start(state, "plan")
    finish(state, Outcome.STOPPED, still_running=("plan",))

    said = "■ Stopped `plan` still runs in a thread: it cannot be ended from here"
    assert str(standing(state)) == said


def test_a_clean_stop_says_where(state: RunState) -> None:
    start(state, "plan")
    finish(state, Outcome.STOPPED)

    assert str(standing(state)) == "■ Stopped in superstep 1 after 1.2 s"


def test_an_interrupt_is_told_in_the_words_of_the_question(state: RunState) -> None:
    start(state, "plan")
    action = {"name": "send", "args": {"to": "Ada"}, "description": "Send the mail?\n\nTo: Ada"}
    state.apply(Question(3, 100.3, "i-1", {"action_requests": [action]}, {}))
    finish(state, Outcome.INTERRUPTED)
    assert str(standing(state)) == "? Interrupted asks: Send the mail? To: Ada"

    state.apply(Question(4, 100.4, "i-2", "Really?", {}))
    assert str(standing(state)).endswith("To: Ada; 1 more under Questions")


def test_the_status_bar_counts_the_tasks_of_the_superstep(state: RunState) -> None:
    for node in ("plan", "write", "check"):
        start(state, node)
    end(state, "plan")
    state.apply(TaskHeld(3, 100.3, (), 1, "id-check", "check"))

    assert status(state) == "Superstep 1    3 tasks: 1 running, 1 held, 1 arrived"
    next(task for task in state.tasks.values() if task.phase is Phase.HELD).asks = True
    assert status(state) == "Superstep 1    3 tasks: 1 running, 1 arrived, 1 asking"


def test_a_run_from_before_a_reload_says_so(state: RunState) -> None:
    start(state, "plan")
    end(state, "plan")
    assert "reloaded" not in str(standing(state, has_reloaded=True))

    finish(state, Outcome.FINISHED)
    assert str(standing(state, has_reloaded=True)).endswith("; the file was reloaded since")
    assert "reloaded" not in str(standing(state))
