"""The fold: which state a list of events leads to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kit.run_script import BOOM, RunScript, fold, taken, topology

from stepscope.model.events import Outcome
from stepscope.model.phase import Phase, RunPhase
from stepscope.model.run_state import RunState
from stepscope.model.topology import END, START

LINE = topology("START -> a", "a -> b", "b -> END")
FAN = topology("START -> a", "a -> b", "a -> c", "b -> d", "c -> d", "d -> END")


# ---- supersteps and tasks


def test_a_run_that_has_not_begun_is_idle_and_so_are_its_nodes():
    state = RunState(LINE)

    assert state.phase is RunPhase.IDLE
    assert {node.phase for node in state.nodes.values()} == {Phase.IDLE}
    assert state.step_tasks() == []


def test_the_tasks_of_a_superstep_are_those_of_the_newest_one_only():
    state = fold(FAN, RunScript().begin().run(1, "a").start("b", 2).start("c", 2))

    assert state.step == 2
    assert [task.key for task in state.step_tasks()] == [("b",), ("c",)]


def test_parallel_tasks_run_side_by_side_and_settle_one_by_one():
    state = fold(FAN, RunScript().begin().run(1, "a").start("b", 2).start("c", 2).finish("c"))

    assert state.nodes["b",].phase is Phase.RUNNING
    assert state.nodes["c",].phase is Phase.DONE
    assert state.step_tasks()[0].duration is None


def test_a_task_took_the_time_between_its_start_and_its_end():
    state = fold(LINE, RunScript().begin().at(2).start("a", 1).at(3.5).finish("a"))

    assert state.tasks["a"].duration == 1.5


def test_two_sends_of_one_node_count_as_two_runs_and_the_node_runs_until_both_are_done():
    script = RunScript().begin().start("a#1", 1).start("a#2", 1).finish("a#1")
    half = fold(LINE, script)
    whole = fold(LINE, script.finish("a#2"))

    assert (half.nodes["a",].runs, half.nodes["a",].phase) == (2, Phase.RUNNING)
    assert whole.nodes["a",].phase is Phase.DONE


def test_a_node_that_runs_again_runs_and_counts_two():
    state = fold(LINE, RunScript().begin().run(1, "a#1").start("a#2", 2))

    assert (state.nodes["a",].phase, state.nodes["a",].runs) == (Phase.RUNNING, 2)


def test_a_node_that_the_picture_does_not_know_is_followed_all_the_same():
    state = fold(LINE, RunScript().begin().run(1, "inner", namespace=("a:t1",)))

    assert state.nodes["a", "inner"].phase is Phase.DONE


def test_the_result_and_input_of_a_task_are_kept():
    script = RunScript().begin().start("a", 1, input={"q": 1}).finish("a", result={"n": 2})
    task = fold(LINE, script).tasks["a"]

    assert (task.input, task.result) == ({"q": 1}, {"n": 2})


def test_a_result_without_a_start_is_passed_over():
    script = RunScript().begin().start("a", 1).finish("a")
    del script.events[1]

    assert fold(LINE, script).tasks == {}


# ---- held and released


def test_a_held_task_has_not_begun_and_a_released_one_begins_then():
    script = RunScript().begin().start("a", 1).hold("a")
    assert fold(LINE, script).nodes["a",].phase is Phase.HELD

    state = fold(LINE, script.at(5).release("a").at(6).finish("a"))
    assert state.nodes["a",].phase is Phase.DONE
    assert state.tasks["a"].duration == 1.0


def test_a_node_with_one_held_and_one_running_task_runs():
    script = RunScript().begin().start("a#1", 1).start("a#2", 1).hold("a#1").hold("a#2").release("a#2")

    assert fold(LINE, script).nodes["a",].phase is Phase.RUNNING


@pytest.mark.parametrize("late", ["hold", "release"])
def test_word_of_a_gate_that_comes_after_the_end_changes_nothing(late):
    script = RunScript().begin().start("a", 1).at(1).finish("a")
    getattr(script.at(9), late)("a")
    state = fold(LINE, script)

    assert state.nodes["a",].phase is Phase.DONE
    assert state.tasks["a"].duration == 1.0


# ---- failure and stop


def test_a_failed_node_keeps_its_failure_and_its_sibling_is_settled_as_stopped():
    script = RunScript().begin().run(1, "a").start("b", 2).start("c", 2).fail("b")
    state = fold(FAN, script.at(7).end(Outcome.FAILED, BOOM))

    assert (state.nodes["b",].phase, state.nodes["b",].failure) == (Phase.FAILED, BOOM)
    assert state.nodes["c",].phase is Phase.STOPPED
    assert state.tasks["c"].ended == script.now
    assert (state.phase, state.failure) == (RunPhase.FAILED, BOOM)


def test_a_node_with_one_failed_send_stays_failed_when_the_other_is_done():
    state = fold(LINE, RunScript().begin().start("a#1", 1).start("a#2", 1).fail("a#1").finish("a#2"))

    assert state.nodes["a",].phase is Phase.FAILED


def test_a_failed_node_that_runs_again_is_no_longer_failed():
    state = fold(LINE, RunScript().begin().start("a#1", 1).fail("a#1").run(2, "a#2"))

    assert (state.nodes["a",].phase, state.nodes["a",].failure) == (Phase.DONE, None)


def test_what_never_reported_is_settled_when_its_graph_goes_on():
    state = fold(FAN, RunScript().begin().start("b", 1).start("c", 1).finish("b").start("d", 2))

    assert state.nodes["c",].phase is Phase.STOPPED
    assert state.nodes["d",].phase is Phase.RUNNING


def test_a_stop_settles_all_that_ran_at_every_depth_and_names_what_goes_on():
    script = RunScript().begin().start("a", 1).start("x", 1, ("a:a",)).token("m", "hal", "x", 1, ("a:a",))
    state = fold(LINE, script.end(Outcome.STOPPED, still_running=("a",)))

    assert state.phase is RunPhase.STOPPED
    assert state.nodes["a",].phase is Phase.STOPPED
    assert state.nodes["a", "x"].phase is Phase.STOPPED
    assert state.messages["m"].is_finished
    assert state.still_running == ("a",)


# ---- pausing


def test_a_pause_says_why_and_what_comes_next_and_resuming_takes_it_back():
    script = RunScript().begin().run(1, "a").pause(1, "b", reason="stepped")
    paused = fold(LINE, script)
    assert (paused.phase, paused.reason, paused.next) == (RunPhase.PAUSED, "stepped", ("b",))

    resumed = fold(LINE, script.resume())
    assert (resumed.phase, resumed.reason, resumed.next) == (RunPhase.RUNNING, "", ())


# ---- the path taken


def test_plain_edges_are_taken_from_start_to_end():
    state = fold(LINE, RunScript().begin().run(1, "a").run(2, "b").end())

    assert taken(state) == {"START -> a": 1, "a -> b": 1, "b -> END": 1}
    assert state.nodes[START,].phase is state.nodes[END,].phase is Phase.DONE


def test_start_is_passed_with_the_first_task_so_a_refused_input_lights_nothing():
    refused = fold(LINE, RunScript().begin().end(Outcome.FAILED, BOOM))
    begun = fold(LINE, RunScript().begin().start("a", 1))

    assert refused.nodes[START,].phase is Phase.IDLE
    assert begun.nodes[START,].phase is Phase.DONE


def test_an_edge_is_taken_as_soon_as_its_target_starts():
    state = fold(LINE, RunScript().begin().run(1, "a").start("b", 2))

    assert taken(state) == {"START -> a": 1, "a -> b": 1}


def test_a_failed_run_never_reaches_the_end():
    state = fold(LINE, RunScript().begin().run(1, "a").start("b", 2).fail("b").end(Outcome.FAILED, BOOM))

    assert "b -> END" not in taken(state)
    assert state.nodes[END,].phase is Phase.IDLE


def test_all_edges_into_a_node_that_waited_for_its_parents_are_taken_once():
    state = fold(FAN, RunScript().begin().run(1, "a").run(2, "b", "c").run(3, "d").end())

    assert taken(state) == dict.fromkeys(
        ["START -> a", "a -> b", "a -> c", "b -> d", "c -> d", "d -> END"], 1
    )


def test_plain_edges_that_land_in_different_supersteps_are_taken_apart():
    shape = topology("START -> a", "a -> b", "a -> d", "b -> d")
    script = RunScript().begin().run(1, "a").run(2, "b", "d#1")

    assert "b -> d" not in taken(fold(shape, script))
    assert taken(fold(shape, script.run(3, "d#2"))) == {
        "START -> a": 1,
        "a -> b": 1,
        "a -> d": 1,
        "b -> d": 1,
    }


def test_only_the_chosen_conditional_edge_is_taken():
    shape = topology("START -> r", "r ?> x", "r ?> y", "x -> END", "y -> END")
    state = fold(shape, RunScript().begin().run(1, "r").run(2, "y").end())

    assert taken(state) == {"START -> r": 1, "r ?> y": 1, "y -> END": 1}


def test_a_conditional_start_takes_the_chosen_edge_only():
    shape = topology("START ?> x", "START ?> y", "x -> END", "y -> END")
    state = fold(shape, RunScript().begin().run(1, "y").end())

    assert taken(state) == {"START ?> y": 1, "y -> END": 1}


def test_a_loop_counts_each_turn_and_leaves_by_the_edge_to_the_end():
    shape = topology("START -> a", "a -> r", "r ?> a", "r ?> END")
    script = RunScript().begin().run(1, "a#1").run(2, "r#1").run(3, "a#2").run(4, "r#2")

    assert taken(fold(shape, script)) == {"START -> a": 1, "a -> r": 2, "r ?> a": 1}
    assert taken(fold(shape, script.end()))["r ?> END"] == 1


def test_a_node_that_loops_to_itself_takes_its_edge_each_time():
    shape = topology("START -> a", "a ?> a", "a ?> END")
    state = fold(shape, RunScript().begin().run(1, "a#1").run(2, "a#2").run(3, "a#3").end())

    assert taken(state) == {"START -> a": 1, "a ?> a": 2, "a ?> END": 1}


def test_the_edge_to_the_end_is_not_taken_when_the_last_choice_led_elsewhere():
    shape = topology("START -> r", "r ?> x", "r ?> END", "x -> END")
    state = fold(shape, RunScript().begin().run(1, "r").run(2, "x").end())

    assert taken(state) == {"START -> r": 1, "r ?> x": 1, "x -> END": 1}


def test_a_choice_long_past_does_not_hide_the_way_to_the_end():
    # s starts again after r chose END: by a plain edge from elsewhere.
    shape = topology("START -> r", "r ?> s", "r ?> END", "START -> w", "w -> v", "v -> s")
    state = fold(shape, RunScript().begin().run(1, "r", "w").run(2, "v").run(3, "s").end())

    assert taken(state)["r ?> END"] == 1


def test_each_send_takes_the_conditional_edge_and_no_plain_one():
    shape = topology("START -> a", "a ?> w", "b -> w", "START -> b")
    script = RunScript().begin().run(1, "a", "b")
    for task in ("w#1", "w#2"):
        script.start(task, 2, triggers=("__pregel_push",))
    script.start("w#3", 2, triggers=("branch:to:w",))

    assert taken(fold(shape, script)) == {"START -> a": 1, "START -> b": 1, "a ?> w": 3, "b -> w": 1}


def test_the_edges_of_a_barrier_are_taken_when_it_opens():
    shape = topology("START -> a", "START -> b", "b -> c", "a -> d", "c -> d")
    script = RunScript().begin().run(1, "a", "b").run(2, "c")
    script.start("d", 3, triggers=("branch:to:d", "join:a+c:d"))

    state = fold(shape, script)
    assert (taken(state)["a -> d"], taken(state)["c -> d"]) == (1, 1)


def test_a_barrier_that_still_waits_takes_no_edge_though_its_target_is_sent_for():
    shape = topology("START -> a", "a -> d", "c -> d", "START ?> d")
    triggers = ("branch:to:d", "join:a+c:d")
    script = RunScript().begin().start("a", 1).start("d#1", 1, triggers=triggers).finish("a", "d#1")
    script.start("d#2", 2, triggers=triggers).finish("d#2")
    assert "a -> d" not in taken(fold(shape, script))

    script.run(3, "c").start("d#3", 4, triggers=triggers)
    assert taken(fold(shape, script))["a -> d"] == 1
    assert taken(fold(shape, script))["c -> d"] == 1


def test_a_barrier_in_a_loop_waits_for_all_its_members_again():
    shape = topology("a -> d", "c -> d", "START ?> d", "d ?> a")
    triggers = ("branch:to:d", "join:a+c:d")
    script = RunScript().begin().run(1, "a#1", "c").start("d#1", 2, triggers=triggers).finish("d#1")
    script.run(3, "a#2").start("d#2", 4, triggers=triggers)

    assert taken(fold(shape, script)) == {"a -> d": 1, "c -> d": 1, "d ?> a": 1}


def test_a_plain_edge_to_the_end_is_taken_beside_a_conditional_one_to_elsewhere():
    shape = topology("START -> a", "a -> END", "a ?> b")
    state = fold(shape, RunScript().begin().run(1, "a").run(2, "b").end())

    assert taken(state) == {"START -> a": 1, "a -> END": 1, "a ?> b": 1}


def test_a_thread_that_goes_on_chooses_at_start_again():
    shape = topology("START ?> x", "START ?> y")

    assert taken(fold(shape, RunScript().begin().run(5, "y"))) == {"START ?> y": 1}


def test_a_thread_that_goes_on_counts_its_supersteps_further_and_still_begins_at_start():
    state = fold(LINE, RunScript().begin().run(5, "a").run(6, "b").end())

    assert taken(state) == {"START -> a": 1, "a -> b": 1, "b -> END": 1}


# ---- subgraphs

NESTED = topology("START -> a", "a -> sub", "sub -> END", "sub/START -> sub/x", "sub/x -> sub/END")
INSIDE = ("sub:sub",)


def test_a_subgraph_has_supersteps_of_its_own():
    state = fold(NESTED, RunScript().begin().run(1, "a").start("sub", 2).start("x", 1, INSIDE))

    assert state.step == 2
    assert [task.key for task in state.step_tasks()] == [("sub",)]
    assert [task.key for task in state.step_tasks(INSIDE)] == [("sub", "x")]
    assert [task.key for task in state.inner_tasks("sub")] == [("sub", "x")]
    assert taken(state)["sub/START -> sub/x"] == 1


def test_a_subgraph_ends_with_the_task_around_it():
    script = RunScript().begin().run(1, "a").start("sub", 2).run(1, "x", namespace=INSIDE)
    assert "sub/x -> sub/END" not in taken(fold(NESTED, script))

    state = fold(NESTED, script.finish("sub"))
    assert taken(state)["sub/x -> sub/END"] == 1
    assert state.nodes["sub", END].phase is Phase.DONE
    assert state.inner_tasks("sub") == []


def test_a_second_call_of_a_subgraph_in_one_task_is_the_same_nodes_again():
    script = RunScript().begin().start("sub", 1).run(1, "x#1", namespace=INSIDE)
    state = fold(NESTED, script.run(1, "x#2", namespace=(*INSIDE, "1")).finish("sub"))

    assert state.nodes["sub", "x"].runs == 2
    assert taken(state)["sub/START -> sub/x"] == 2
    assert taken(state)["sub/x -> sub/END"] == 2


def test_a_graph_two_levels_down_ends_with_its_own_task():
    deep = topology("mid/low/START -> mid/low/x", "mid/low/x -> mid/low/END")
    script = RunScript().begin().start("mid", 1).start("low", 1, ("mid:mid",))
    script.run(1, "x", namespace=("mid:mid", "low:low"))

    assert taken(fold(deep, script)) == {"mid/low/START -> mid/low/x": 1}
    assert "mid/low/x -> mid/low/END" in taken(fold(deep, script.finish("low")))


def test_two_tasks_of_one_subgraph_node_are_two_runs_of_its_graph():
    script = RunScript().begin().start("sub#1", 1).start("sub#2", 1)
    script.run(1, "x#1", namespace=("sub:sub#1",)).start("x#2", 1, ("sub:sub#2",)).finish("sub#1")
    state = fold(NESTED, script)

    assert taken(state)["sub/x -> sub/END"] == 1
    assert state.nodes["sub", "x"].phase is Phase.RUNNING


def test_inner_tasks_are_settled_when_the_task_around_them_fails():
    script = RunScript().begin().start("sub", 1).start("x", 1, INSIDE).start("y", 1, INSIDE)
    state = fold(NESTED, script.fail("x").fail("sub"))

    assert state.nodes["sub", "y"].phase is Phase.STOPPED
    assert state.nodes["sub", END].phase is Phase.IDLE


def test_inner_tasks_are_settled_with_a_task_that_never_reported():
    shape = topology("sub -> b", "sub/START -> sub/x")
    state = fold(shape, RunScript().begin().start("sub", 1).start("x", 1, INSIDE).start("b", 2))

    assert state.nodes["sub", "x"].phase is Phase.STOPPED
    assert state.inner_tasks("sub") == []


def test_a_node_that_handed_over_to_the_parent_graph_is_done_though_it_never_reports():
    state = fold(NESTED, RunScript().begin().start("sub", 1).start("x", 1, INSIDE).finish("sub"))

    assert state.nodes["sub", "x"].phase is Phase.DONE
    assert "sub/x -> sub/END" not in taken(state)


# ---- messages


def test_tokens_of_one_message_join_and_another_message_stands_apart():
    script = RunScript().begin().start("model", 1).token("m1", "Hel").token("m2", "Bye", tags=("poem",))
    state = fold(LINE, script.token("m1", "lo"))

    assert state.messages["m1"].text == "Hello"
    assert (state.messages["m2"].text, state.messages["m2"].tags) == ("Bye", ("poem",))


def test_tool_calls_grow_beside_the_text():
    state = fold(LINE, RunScript().begin().token("m", "", calls="look").token("m", "", calls="up()"))

    assert (state.messages["m"].text, state.messages["m"].tool_calls) == ("", "lookup()")


def test_the_first_token_is_timed_from_the_start_of_its_task_and_speed_from_then_on():
    script = RunScript().begin().at(1).start("model", 1)
    script.at(1.5).token("m", "a").at(2.0).token("m", "b").at(2.5).token("m", "c")
    message = fold(LINE, script).messages["m"]

    assert message.first_token_seconds == 0.5
    assert message.tokens_per_second == 2.0


def test_the_second_call_of_a_task_is_timed_from_the_end_of_the_first():
    script = RunScript().begin().at(1).start("model", 1).at(2).token("m1", "a", whole=True)
    message = fold(LINE, script.at(5).token("m2", "b")).messages["m2"]

    assert message.first_token_seconds == 3.0


def test_one_token_has_no_speed():
    assert fold(LINE, RunScript().begin().token("m", "a")).messages["m"].tokens_per_second is None


def test_a_message_of_an_unknown_task_has_no_first_token_time():
    assert fold(LINE, RunScript().begin().token("m", "a")).messages["m"].first_token_seconds is None


def test_the_task_of_the_same_graph_counts_when_two_graphs_run_one_node():
    script = RunScript().begin().at(1).start("x#1", 1, ("sub:s1",)).at(4).start("x#2", 1, ("sub:s2",))
    state = fold(NESTED, script.at(5).token("m", "a", "x", 1, ("sub:s1",)))

    assert state.messages["m"].first_token_seconds == 4.0


def test_a_message_grows_until_its_task_ends():
    script = RunScript().begin().start("model", 1).token("m", "a")
    assert not fold(LINE, script).messages["m"].is_finished
    assert fold(LINE, script.finish("model")).messages["m"].is_finished


def test_a_message_goes_on_growing_while_another_send_of_its_node_runs():
    script = RunScript().begin().start("model#1", 1).start("model#2", 1).token("m", "a").finish("model#1")
    assert not fold(LINE, script).messages["m"].is_finished
    assert fold(LINE, script.finish("model#2")).messages["m"].is_finished


def test_a_whole_message_never_grows():
    script = RunScript().begin().start("model", 1).token("m", "all", kind="AIMessage", whole=True)

    assert fold(LINE, script).messages["m"].is_finished


# ---- logs and changes


def test_the_logs_keep_every_event_in_the_order_it_came():
    script = RunScript().begin().values(0, {"n": 0}).start("a", 1).custom(1, "x").update("a", 1, {"n": 1})
    state = fold(LINE, script.finish("a").values(1, {"n": 1}))

    assert [event.values for event in state.values] == [{"n": 0}, {"n": 1}]
    assert [event.update for event in state.updates] == [{"n": 1}]
    assert [event.data for event in state.customs] == ["x"]
    assert len(state.debug) == 2


def test_changes_tell_what_was_touched_and_only_once():
    state = fold(LINE, RunScript().begin().run(1, "a").start("b", 2).token("m", "x", "b", 2))

    changes = state.take_changes()
    assert {("a",), ("b",)} <= changes.nodes
    assert len(changes.edges) == 2
    assert changes.messages == {"m"}
    assert changes.run
    assert changes.rows
    assert not state.take_changes()


@given(st.permutations(["b", "c", "e"]))
def test_the_order_in_which_siblings_finish_changes_neither_path_nor_phases(order):
    shape = topology("START -> b", "START -> c", "START -> e", "b -> d", "c -> d", "e -> d", "d -> END")
    script = RunScript().begin().start("b", 1).start("c", 1).start("e", 1).finish(*order).run(2, "d").end()
    state = fold(shape, script)

    assert set(taken(state).values()) == {1}
    assert len(taken(state)) == len(shape.edges)
    assert {node.phase for node in state.nodes.values()} == {Phase.DONE}


def test_moved_to_another_graph_it_keeps_the_nodes_that_are_left_and_its_logs() -> None:
    script = RunScript().begin().run(1, "a").update("a", 1, {"x": 1}).run(2, "b").end()
    state = fold(topology("START -> a", "a -> b", "b -> END"), script)

    state.move_to(topology("START -> a", "a -> c", "c -> END"))

    assert {key[-1]: node.phase for key, node in state.nodes.items()} == {
        START: Phase.DONE,
        "a": Phase.DONE,
        "c": Phase.IDLE,
        END: Phase.DONE,
    }
    assert [update.node for update in state.updates] == ["a"]
    assert len(state.tasks) == 2


def test_moved_to_another_graph_it_keeps_the_nodes_that_no_picture_shows() -> None:
    script = RunScript().begin().start("a", 1).run(1, "inner", namespace=("a:a",)).finish("a").end()
    graph = topology("START -> a", "a -> END")
    state = fold(graph, script)

    state.move_to(graph)

    assert state.nodes["a", "inner"].phase is Phase.DONE


def test_the_hits_of_each_breakpoint_are_counted() -> None:
    state = fold(LINE, RunScript().begin().hit("1", 1).start("a", 1).hit("2", 1).hit("1", 2))

    assert (state.hits["1"], state.hits["2"], state.hits["3"]) == (2, 1, 0)
    assert state.take_changes().run
