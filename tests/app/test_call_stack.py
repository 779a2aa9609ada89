"""The call stack: the tasks that have not ended, at every depth, parallel ones as siblings."""

from __future__ import annotations

from tests.kit.canvas_stage import NEWSROOM, at_the_barrier
from tests.kit.run_script import RunScript, fold

from stepscope.model.call_stack import MOST_SIBLINGS, Frame, call_stack
from stepscope.model.events import Outcome

INSIDE = ("researcher:researcher",)


def frames(script: RunScript) -> list[Frame]:
    return call_stack(fold(NEWSROOM, script), "newsroom")


def lines(script: RunScript) -> list[str]:
    return ["  " * frame.depth + f"{frame.label}: {frame.words}" for frame in frames(script)]


def test_tasks_inside_a_subgraph_stand_below_it_and_what_has_arrived_does_not():
    assert lines(at_the_barrier()) == [
        "newsroom: superstep 3",
        "  researcher: superstep 2",
        "    tools: running",
        "  writer: held",
    ]


def test_tasks_of_one_node_are_numbered_as_they_started():
    script = RunScript().begin().start("writer#a", 1).start("writer#b", 1).start("writer#c", 1)
    assert lines(script.finish("writer#a"))[1:] == ["  writer #2: running", "  writer #3: running"]


def test_a_subgraph_is_looked_at_by_its_own_state_and_a_task_by_that_around_it():
    found = {frame.name: frame for frame in frames(at_the_barrier())}
    assert found["newsroom"].namespace == ()
    assert found["researcher"].namespace == INSIDE
    assert found["tools"].namespace == INSIDE
    assert found["writer"].namespace == ()


def test_two_graphs_called_in_one_task_are_told_apart():
    script = RunScript().begin().start("plan", 1)
    script.start("a", 1, ("plan:plan",)).start("b", 3, ("plan:plan", "1"))
    assert lines(script)[1:] == [
        "  plan: running",
        "    call 1: superstep 1",
        "      a: running",
        "    call 2: superstep 3",
        "      b: running",
    ]
    assert lines(script.finish("a"))[1:] == ["  plan: superstep 3", "    b: running"]


def test_of_thousands_of_parallel_tasks_the_first_are_listed_and_the_others_counted():
    script = RunScript().begin()
    for number in range(MOST_SIBLINGS + 1200):
        script.start(f"writer#{number}", 1)
    found = lines(script)
    assert found[MOST_SIBLINGS] == f"  writer #{MOST_SIBLINGS}: running"
    assert found[MOST_SIBLINGS + 1 :] == ["  …: and 1,200 more"]


def test_a_failed_task_that_is_kept_is_still_on_the_stack():
    script = RunScript().begin().start("plan", 1).linger("plan").fail("plan")
    assert lines(script) == ["newsroom: superstep 1", "  plan: failed, kept"]


def test_there_is_no_stack_before_a_run_and_after_it():
    assert lines(RunScript()) == []
    assert lines(at_the_barrier().end(Outcome.STOPPED)) == []
