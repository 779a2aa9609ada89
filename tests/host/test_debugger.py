"""Who may begin, and when a run stands: pure decisions."""

from __future__ import annotations

from stepscope_host.debugger import Debugger, Task


def root(name: str, step: int) -> Task:
    return Task(f"{name}{step}", name, (), step)


def inside(outer: Task, name: str, step: int) -> Task:
    return Task(f"{outer.id}.{name}{step}", name, (*outer.namespace, f"{outer.name}:{outer.id}"), step)


def announced(debugger: Debugger, *tasks: Task) -> list[str]:
    """Announce tasks and bring them to their gates; returns the names of those admitted."""
    for task in tasks:
        debugger.announce(task)
    return [task.name for task in tasks if debugger.admits(task)]


def test_a_free_run_admits_everything_and_never_stands() -> None:
    debugger = Debugger()
    assert announced(debugger, root("a", 1), root("b", 1)) == ["a", "b"]
    assert not debugger.stands


def test_stepping_runs_the_first_superstep_and_holds_the_second() -> None:
    debugger = Debugger(stepping=True)
    assert announced(debugger, root("a", 1), root("b", 1)) == ["a", "b"]
    debugger.ended("a1")
    debugger.ended("b1")
    assert announced(debugger, root("c", 2)) == []
    assert debugger.stands
    assert debugger.why() == (2, ("c",), "superstep 2 is next: c")


def test_the_first_superstep_of_a_thread_with_a_history_has_another_number() -> None:
    debugger = Debugger(stepping=True)
    assert announced(debugger, root("a", 7)) == ["a"]
    assert announced(debugger, root("b", 8)) == []


def test_a_step_admits_one_superstep_more() -> None:
    debugger = Debugger(stepping=True)
    announced(debugger, root("a", 1))
    debugger.ended("a1")
    held = root("b", 2)
    announced(debugger, held)
    debugger.step()
    assert debugger.admits(held)
    debugger.ended("b2")
    assert announced(debugger, root("c", 3)) == []


def test_a_step_runs_everything_inside_the_subgraphs_of_its_superstep() -> None:
    debugger = Debugger(stepping=True)
    outer = root("research", 1)
    assert announced(debugger, outer, inside(outer, "x", 1), inside(outer, "y", 2)) == ["research", "x", "y"]


def test_a_pause_holds_at_every_depth_and_stands_when_the_rest_has_ended() -> None:
    debugger = Debugger()
    outer, sibling = root("research", 1), root("slow", 1)
    announced(debugger, outer, sibling)
    debugger.pause()
    assert announced(debugger, inside(outer, "x", 1)) == []
    assert not debugger.stands, "slow still runs"
    debugger.ended("slow1")
    assert debugger.stands
    assert debugger.why()[1] == ("x",)


def test_a_subgraph_between_two_of_its_supersteps_counts_as_running() -> None:
    debugger = Debugger()
    outer, held = root("research", 1), root("late", 1)
    announced(debugger, outer)
    debugger.pause()
    announced(debugger, held)
    assert not debugger.stands


def test_a_step_from_inside_a_subgraph_finishes_its_superstep_of_the_root() -> None:
    debugger = Debugger()
    outer = root("research", 4)
    announced(debugger, outer)
    debugger.pause()
    x = inside(outer, "x", 1)
    announced(debugger, x)
    debugger.step()
    assert debugger.admits(x)
    assert announced(debugger, inside(outer, "y", 2)) == ["y"]
    assert announced(debugger, root("writer", 5)) == []


def test_a_step_while_running_free_holds_the_next_superstep() -> None:
    debugger = Debugger()
    announced(debugger, root("a", 1))
    debugger.step()
    assert announced(debugger, root("late sibling", 1)) == ["late sibling"]
    assert announced(debugger, root("b", 2)) == []


def test_a_subgraph_with_its_own_history_has_no_task_id_in_its_namespace() -> None:
    debugger = Debugger()
    announced(debugger, root("keeper", 1))
    debugger.pause()
    announced(debugger, Task("t9", "x", ("keeper",), 1))
    assert debugger.stands


def test_a_second_call_of_a_subgraph_in_one_task_belongs_to_that_task() -> None:
    debugger = Debugger()
    outer = root("caller", 1)
    announced(debugger, outer)
    debugger.pause()
    announced(debugger, Task("t9", "x", ("caller:caller1", "1"), 1))
    assert debugger.stands


def test_a_task_that_was_announced_and_answered_from_a_cache_does_not_keep_a_run_standing() -> None:
    debugger = Debugger(stepping=True)
    announced(debugger, root("a", 1))
    debugger.step()
    debugger.announce(root("cached", 2))
    debugger.ended("a1")
    assert debugger.stands
    debugger.resume()
    assert announced(debugger, root("c", 3)) == ["c"]
    debugger.ended("c3")
    debugger.pause()
    assert not debugger.stands


def test_a_task_that_ends_takes_along_what_its_subgraph_left_waiting() -> None:
    debugger = Debugger()
    outer = root("research", 1)
    announced(debugger, outer)
    debugger.pause()
    announced(debugger, inside(outer, "x", 1))
    debugger.ended(outer.id)
    assert not debugger.stands
    assert debugger.waiting == []


def test_many_held_nodes_are_counted_in_the_reason() -> None:
    debugger = Debugger()
    debugger.pause()
    announced(debugger, *(root(name, 1) for name in "abcde"))
    assert debugger.why()[2] == "paused: a, b, c and 2 more have not begun"
