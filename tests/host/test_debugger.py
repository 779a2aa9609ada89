"""Who may begin, and when a run stands: pure decisions."""

from __future__ import annotations

from stepscope_host.debugging.debugger import Debugger, Start, Task


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
    debugger = Debugger(Start.STEP)
    assert announced(debugger, root("a", 1), root("b", 1)) == ["a", "b"]
    debugger.ended("a1")
    debugger.ended("b1")
    assert announced(debugger, root("c", 2)) == []
    assert debugger.stands
    assert debugger.why() == (2, ("c",), "superstep 2 is next: c")


def test_the_first_superstep_of_a_thread_with_a_history_has_another_number() -> None:
    debugger = Debugger(Start.STEP)
    assert announced(debugger, root("a", 7)) == ["a"]
    assert announced(debugger, root("b", 8)) == []


def test_a_step_admits_one_superstep_more() -> None:
    debugger = Debugger(Start.STEP)
    announced(debugger, root("a", 1))
    debugger.ended("a1")
    held = root("b", 2)
    announced(debugger, held)
    debugger.step()
    assert debugger.admits(held)
    debugger.ended("b2")
    assert announced(debugger, root("c", 3)) == []


def test_a_step_runs_everything_inside_the_subgraphs_of_its_superstep() -> None:
    debugger = Debugger(Start.STEP)
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


def standing_inside() -> tuple[Debugger, Task, Task]:
    """A debugger that stands before `x` in the subgraph of `research`."""
    debugger = Debugger()
    outer = root("research", 4)
    announced(debugger, outer)
    debugger.pause()
    x = inside(outer, "x", 1)
    announced(debugger, x)
    assert debugger.stands
    return debugger, outer, x


def test_a_step_inside_a_subgraph_is_one_superstep_of_it() -> None:
    debugger, outer, x = standing_inside()
    debugger.step()
    assert debugger.admits(x)
    debugger.ended(x.id)
    assert announced(debugger, inside(outer, "y", 2)) == []
    assert debugger.stands
    assert debugger.why()[1:] == (("y",), "superstep 2 of research is next: y")


def test_the_last_step_in_a_subgraph_comes_out_of_it() -> None:
    debugger, outer, x = standing_inside()
    debugger.step()
    assert debugger.admits(x)
    debugger.ended(x.id)
    debugger.ended(outer.id)
    assert announced(debugger, root("writer", 5)) == []
    assert debugger.why()[2] == "superstep 5 is next: writer"


def test_out_runs_until_the_subgraph_is_left() -> None:
    debugger, outer, x = standing_inside()
    debugger.out()
    assert debugger.admits(x)
    assert announced(debugger, inside(outer, "y", 2), inside(outer, "z", 3)) == ["y", "z"]
    debugger.ended(outer.id)
    assert announced(debugger, root("writer", 5)) == []


def test_out_of_the_root_runs_to_the_end() -> None:
    debugger = Debugger(Start.STEP)
    announced(debugger, root("a", 1))
    debugger.ended("a1")
    announced(debugger, root("b", 2))
    debugger.out()
    assert debugger.admits(root("b", 2))
    assert announced(debugger, root("c", 3)) == ["c"]


def test_into_a_subgraph_stops_at_its_first_superstep() -> None:
    debugger = Debugger(Start.PAUSED)
    outer, sibling = root("research", 1), root("other", 1)
    assert announced(debugger, outer, sibling) == []
    debugger.into(outer.id)
    assert debugger.admits(outer)
    assert not debugger.admits(sibling)
    assert announced(debugger, inside(outer, "x", 1)) == []
    assert debugger.stands
    assert debugger.why()[2] == "inside research: x is next, other is held"


def test_into_a_plain_task_starts_that_task_alone() -> None:
    debugger = Debugger(Start.PAUSED)
    a, b = root("a", 1), root("b", 1)
    announced(debugger, a, b)
    debugger.into(b.id)
    assert [task.name for task in (a, b) if debugger.admits(task)] == ["b"]
    assert not debugger.stands
    debugger.ended(b.id)
    assert debugger.stands
    assert debugger.why() == (1, ("a",), "b has ended, a is held")
    debugger.into(a.id)
    assert debugger.admits(a)
    debugger.ended(a.id)
    announced(debugger, root("c", 2))
    assert debugger.why()[2] == "superstep 2 is next: c"


def test_tasks_are_released_one_by_one_in_any_order() -> None:
    debugger = Debugger(Start.PAUSED)
    tasks = [root(name, 1) for name in "abc"]
    announced(debugger, *tasks)
    for released in reversed(tasks):
        debugger.release(released.id)
        assert [task for task in tasks if debugger.admits(task)] == [released]
        debugger.ended(released.id)
        tasks.remove(released)
    assert not debugger.stands


def test_a_task_that_the_person_keeps_stays_while_its_siblings_go_on() -> None:
    debugger = Debugger(Start.PAUSED)
    a, b = root("a", 1), root("b", 1)
    announced(debugger, a, b)
    debugger.keep(a.id)
    debugger.resume()
    assert [task.name for task in (a, b) if debugger.admits(task)] == ["b"]
    debugger.ended(b.id)
    assert debugger.stands
    assert debugger.why()[2] == "a is held by you"
    debugger.resume()
    assert debugger.admits(a)


def test_a_step_takes_what_alone_is_kept_along() -> None:
    debugger = Debugger(Start.PAUSED)
    a, b = root("a", 1), root("b", 1)
    announced(debugger, a, b)
    debugger.keep(a.id)
    debugger.step()
    assert [task.name for task in (a, b) if debugger.admits(task)] == ["b"]
    debugger.ended(b.id)
    assert debugger.stands
    debugger.step()
    assert debugger.admits(a)
    debugger.ended(a.id)
    assert announced(debugger, root("c", 2)) == []


def test_a_step_in_a_subgraph_that_takes_what_alone_is_kept_along_stays_in_it() -> None:
    debugger, outer, x = standing_inside()
    debugger.keep(x.id)
    debugger.resume()
    assert debugger.admits(x)
    y = inside(outer, "y", 2)
    debugger.keep(y.id)
    debugger.ended(x.id)
    assert announced(debugger, y) == []
    assert debugger.stands
    debugger.step()
    assert debugger.admits(y)
    assert announced(debugger, inside(outer, "z", 3)) == []


def test_a_breakpoint_holds_everything_that_has_not_begun_and_says_why() -> None:
    debugger = Debugger()
    a, b = root("a", 1), root("b", 1)
    debugger.announce(a)
    debugger.announce(b)
    debugger.stop("breakpoint on `a`")
    assert not debugger.admits(a)
    assert not debugger.admits(b)
    assert debugger.why() == (1, ("a", "b"), "breakpoint on `a`")
    debugger.resume()
    assert debugger.admits(a)
    assert debugger.admits(b)


def test_a_task_that_lingers_keeps_the_run_standing_until_it_is_let_go() -> None:
    debugger = Debugger()
    a = root("a", 1)
    announced(debugger, a)
    debugger.linger(a, "`a` raised ValueError: no")
    assert debugger.stands
    assert debugger.why() == (1, ("a",), "`a` raised ValueError: no")
    debugger.release(a.id)
    assert not debugger.lingers(a.id)
    debugger.ended(a.id)
    assert not debugger.stands


def test_the_reason_is_that_of_its_tasks_and_goes_with_the_last_of_them() -> None:
    debugger = Debugger()
    a, b = root("a", 1), root("b", 1)
    debugger.announce(a)
    debugger.announce(b)
    debugger.stop("breakpoint on `a`", a.id)
    debugger.release(b.id)
    assert debugger.admits(b)
    debugger.ended(b.id)
    assert debugger.why() == (1, ("a",), "breakpoint on `a`")
    debugger.release(a.id)
    assert debugger.admits(a)
    debugger.ended(a.id)
    assert announced(debugger, root("c", 2)) == []
    assert debugger.why() == (2, ("c",), "superstep 2 is next: c")


def test_a_step_lets_go_what_lingers() -> None:
    debugger = Debugger()
    a = root("a", 1)
    announced(debugger, a)
    debugger.linger(a, "breakpoint after `a`")
    debugger.step()
    assert not debugger.lingers(a.id)
    debugger.ended(a.id)
    assert announced(debugger, root("b", 2)) == []


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
    debugger = Debugger(Start.STEP)
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
    assert debugger.why()[2] == "a, b, c and 2 more have not begun"
