"""What the canvas shows of a run, without a canvas: words, counts and times."""

from __future__ import annotations

import pytest
from tests.kit.canvas_probe import key_of
from tests.kit.run_script import BOOM, RunScript, fold, topology

from stepscope.canvas.barrier import bands
from stepscope.canvas.looks import Looks, NodeLook
from stepscope.model.events import Outcome
from stepscope.model.phase import Phase
from stepscope.model.run_state import RunState

SHAPE = topology(
    "START -> plan",
    "plan ?> worker",
    "worker -> join",
    "join -> END",
    "join/START -> join/sum",
    nodes=["other"],
)


def looks_of(script: RunScript) -> tuple[Looks, RunState]:
    state = fold(SHAPE, script)
    looks = Looks(state)
    looks.note_tasks()
    looks.note_messages(state.messages)
    return looks, state


def look(script: RunScript, name: str, after: float = 0.0) -> NodeLook:
    return looks_of(script)[0].node(key_of(name), script.now + after)


def caption(script: RunScript, graph: str = "") -> str:
    """What the band of a graph says at the script's last moment."""
    key = key_of(graph) if graph else ()
    return next((band.caption for band in bands(fold(SHAPE, script), script.now) if band.graph == key), "")


def test_a_node_that_has_not_run_shows_its_name_alone():
    assert look(RunScript().begin(), "plan") == NodeLook()


def test_a_running_node_shows_the_time_since_it_started():
    script = RunScript().begin().start("plan", 1)
    assert look(script, "plan", after=1.24).facts == "running 1.2 s"


def test_a_node_that_has_only_just_started_shows_no_time():
    assert look(RunScript().begin().start("plan", 1), "plan", after=0.05).facts == "running"


def test_a_fan_that_is_over_within_one_frame_is_still_counted():
    script = RunScript().begin().run(1, "worker#1", "worker#2", "worker#3").run(2, "join")
    assert look(script, "worker").facts == "3 tasks · <1 ms"


def test_a_node_whose_model_speaks_shows_its_speed():
    script = RunScript().begin().start("plan", 1)
    for number in range(11):
        script.at(0.1 * number).token("m1", "word ", node="plan", step=1)
    assert look(script, "plan").facts == "1.0 s · 10 tok/s"
    assert look(script.finish("plan"), "plan").facts == "1.0 s · 10 tok/s"


def test_the_speed_of_an_earlier_superstep_is_not_shown_again():
    script = RunScript().begin().start("plan", 1)
    script.token("m1", "a", node="plan").at(1).token("m1", "b", node="plan").finish("plan")
    assert "tok/s" not in look(script.run(2, "plan#2"), "plan").facts


def test_a_finished_node_shows_how_long_it_took():
    script = RunScript().begin().start("plan", 1).at(0.4).finish("plan")
    assert look(script, "plan", after=100.0).facts == "0.4 s"


def test_two_sends_of_one_node_count_as_two():
    script = RunScript().begin().run(1, "plan").start("worker#1", 2).start("worker#2", 2)
    script.at(2.0).finish("worker#1")
    assert look(script, "worker").facts == "1 of 2 · 2.0 s"
    assert look(script, "worker").runs == "×2"
    assert look(script.at(3.0).finish("worker#2"), "worker").facts == "2 tasks · 3.0 s"


def test_the_tasks_of_a_fan_are_remembered_in_later_supersteps():
    script = RunScript().begin().start("worker#1", 1).start("worker#2", 1).at(2.0)
    state = RunState(SHAPE)
    looks = Looks(state)
    for event in script.finish("worker#1", "worker#2").events:
        state.apply(event)
    looks.note_tasks()
    for event in RunScript().start("join", 2).events:
        state.apply(event)
    looks.note_tasks()
    assert looks.node(("worker",), 2000.0).facts == "2 tasks · 2.0 s"


def test_a_held_node_says_held():
    assert look(RunScript().begin().start("plan", 1).hold("plan"), "plan").facts == "held"


def test_a_failed_node_shows_the_headline_and_tells_the_remedy():
    shown = look(RunScript().begin().start("plan", 1).fail("plan"), "plan")
    assert (shown.phase, shown.facts) == (Phase.FAILED, "ValueError: no such city")
    assert shown.story == f"plan: failed\nValueError: no such city\n{BOOM.remedy}"


def test_a_failed_node_that_is_kept_says_where_to_choose():
    shown = look(RunScript().begin().start("plan", 1).linger("plan"), "plan")
    assert (shown.phase, shown.facts) == (Phase.HELD, "failed, kept")
    assert "choose in Tasks" in shown.story
    assert BOOM.remedy in shown.story


def test_what_the_person_did_to_a_node_stays_on_it():
    script = RunScript().begin().start("plan", 1).hold("plan").act("plan", "supplied", {"n": 1})
    script.finish("plan", result={"n": 1})
    shown = look(script, "plan")
    assert shown.is_by_hand
    assert shown.facts == "supplied by you"
    assert shown.story.endswith("Output supplied by you.")

    again = look(script.run(2, "plan#2"), "plan")
    assert again.is_by_hand
    assert again.facts == "<1 ms"


def test_a_stopped_node_says_so():
    script = RunScript().begin().start("plan", 1).at(2.0).end(Outcome.STOPPED)
    assert (look(script, "plan").phase, look(script, "plan").facts) == (Phase.STOPPED, "stopped")


def test_start_has_a_state_and_no_facts():
    shown = look(RunScript().begin().run(1, "plan"), "START")
    assert (shown.phase, shown.facts, shown.runs) == (Phase.DONE, "", "")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (RunScript().begin(), ""),
        (RunScript().begin().start("plan", 1), "superstep 1 · waiting for plan"),
        (RunScript().begin().run(1, "plan"), "superstep 1 · its task has arrived"),
        (RunScript().begin().run(1, "plan", "other"), "superstep 1 · all 2 tasks have arrived"),
        (
            RunScript().begin().start("plan", 1).start("other", 1).finish("plan"),
            "superstep 1 · 1 of 2 tasks has arrived · waiting for other",
        ),
        (
            RunScript().begin().start("plan", 1).hold("plan").start("other", 1).hold("other"),
            "superstep 1 · held: plan, other",
        ),
        (
            RunScript().begin().start("worker#1", 1).start("worker#2", 1).start("other", 1).finish("other"),
            "superstep 1 · 1 of 3 tasks has arrived · waiting for worker ×2",
        ),
        (RunScript().begin().run(1, "plan").end(), ""),
    ],
)
def test_the_barrier_in_words(script: RunScript, said: str):
    assert caption(script) == said


def test_the_barrier_tells_for_how_long_the_slowest_task_has_been_awaited():
    script = RunScript().begin().start("plan", 1).at(0.5).start("other", 1).at(2.0).finish("other").at(3.0)
    assert caption(script) == "superstep 1 · 1 of 2 tasks has arrived · waiting 3.0 s for plan"


def test_a_subgraph_in_which_tasks_wait_for_one_another_has_a_band_of_its_own():
    inside = ("join:join",)
    script = RunScript().begin().start("join", 4).start("sum", 1, inside)
    assert caption(script, "join") == ""

    script.start("sum#2", 1, inside).at(1.5).finish("sum")
    assert caption(script, "join") == "4.1 · 1 of 2 · waiting 1.5 s for sum"
    assert "Inside: superstep 4.1 · 1 of 2 tasks has arrived" in look(script, "join").story
    assert caption(script.finish("sum#2", "join"), "join") == ""


def test_the_graphs_that_one_node_runs_side_by_side_share_a_band():
    script = RunScript().begin()
    for number in ("1", "2"):
        script.start(f"join#{number}", 1).start(f"sum#{number}", 1, (f"join:join#{number}",))
    assert caption(script.finish("sum#1"), "join") == "2 at once · 1 of 2 · waiting for sum"


def test_a_node_whose_result_was_cached_says_so_and_is_done():
    script = RunScript().begin().start("plan", 1).update("plan", 1, {"x": 1}, is_cached=True)
    shown = look(script, "plan")
    assert (shown.phase, shown.kind, shown.facts) == (Phase.DONE, "cached", "cached")


def test_a_node_with_a_question_and_one_that_was_skipped_have_marks_of_their_own():
    script = RunScript().begin().start("plan", 1).act("plan", "skipped").finish("plan").start("other", 2)
    script.end(Outcome.INTERRUPTED)

    assert [look(script, name).glyph for name in ("plan", "other")] == ["»", "?"]


def test_durations_and_speeds_can_be_left_out_but_the_tooltip_has_them():
    script = RunScript().begin().start("plan", 1).at(1.0).finish("plan").start("other", 2).at(3.0)
    looks, _ = looks_of(script)
    looks.shows_numbers = False

    done, running = looks.node(("plan",), script.now), looks.node(("other",), script.now)

    assert (done.facts, running.facts) == ("", "running")
    assert "1.0 s" in done.story


def test_many_names_are_counted():
    script = RunScript().begin()
    for name in ("a", "b", "c", "d", "e"):
        script.start(name, 1)
    assert caption(script).endswith("waiting for a, b and 3 more")


def test_a_superstep_inside_a_subgraph_does_not_move_the_band():
    script = RunScript().begin().start("join", 4).start("sum", 1, ("join:join",))
    assert caption(script) == "superstep 4 · waiting for join"


def test_the_summary_names_each_failure_and_the_selection():
    script = RunScript().begin().start("plan", 1).fail("plan").end(Outcome.FAILED)
    assert looks_of(script)[0].summary(("other",)) == (
        "The run has failed. plan failed: ValueError: no such city. Selected: other, has not run."
    )
