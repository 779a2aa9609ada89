"""plan() and commit(): which tasks are due, and what the state is afterwards. No event loop, no threads."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import TypedDict

from stepgraph.channels import EphemeralValue
from stepgraph.errors import InvalidUpdateError
from stepgraph.graph import END, START, StateGraph
from stepgraph.pregel.superstep import Board, Topology, commit, new_board, plan
from stepgraph.pregel.tasks import Task
from stepgraph.types import Overwrite, Send


class State(TypedDict):
    log: Annotated[list[str], operator.add]
    last: str
    brief: Annotated[str, EphemeralValue]


def nothing(state: State) -> None:
    return None


def topology(*edges: tuple[Any, str], nodes: str = "abcd", deferred: str = "") -> Topology:
    graph = StateGraph(State)
    for name in nodes:
        graph.add_node(name, nothing, defer=name in deferred)
    for source, target in edges:
        graph.add_edge(source, target)
    if not any(source == START for source, _ in edges):
        graph.add_edge(START, nodes[0])
    return graph.compile().topology


def names(tasks: Sequence[Task]) -> list[str]:
    return [task.name for task in tasks]


def step(graph: Topology, board: Board, **writes: list[tuple[str, Any]]) -> list[str]:
    """Plan, let each node write what is given for it, commit; returns who ran."""
    tasks = plan(graph, board, 99)
    for task in tasks:
        task.writes = writes.get(task.name, [])
    commit(graph, board, tasks)
    return names(tasks)


def begin(graph: Topology, *due: str) -> Board:
    board = new_board(graph)
    board.due = set(due)
    return board


def test_sends_start_in_the_order_they_were_written_and_before_nodes_by_name() -> None:
    board = begin(topology(), "c", "b")
    board.sends = [Send("d", 2), Send("a", 1), Send("d", 3)]
    tasks = plan(topology(), board, 99)
    assert [(task.name, task.path) for task in tasks] == [
        ("d", ("__pregel_push", 0, False)),
        ("a", ("__pregel_push", 1, False)),
        ("d", ("__pregel_push", 2, False)),
        ("b", ("__pregel_pull", "b")),
        ("c", ("__pregel_pull", "c")),
    ]
    assert [task.input for task in tasks[:3]] == [2, 1, 3]


def test_writes_of_nodes_come_before_writes_of_sends() -> None:
    graph = topology()
    board = begin(graph, "b")
    board.sends = [Send("d", None), Send("a", None)]
    tasks = plan(graph, board, 99)
    for task in tasks:
        task.writes = [("log", [task.name])]
    commit(graph, board, tasks)
    assert board.values["log"] == ["b", "d", "a"]


@given(st.permutations(["a", "b", "c", "d"]))
def test_the_order_in_which_tasks_finish_never_changes_the_state(order: list[str]) -> None:
    graph = topology(("a", "d"), (["b", "c"], "a"))
    board = begin(graph, "a", "b", "c", "d")
    tasks = plan(graph, board, 99)
    by_name = {task.name: task for task in tasks}
    finished = []
    for name in order:
        by_name[name].writes = [("log", [name])]
        finished.append(name)
    commit(graph, board, tasks)
    assert board.values["log"] == ["a", "b", "c", "d"]
    assert board.due == {"a", "d"}


def test_a_node_that_several_edges_reach_in_one_step_runs_once() -> None:
    graph = topology(("a", "c"), ("b", "c"))
    board = begin(graph, "a", "b")
    assert step(graph, board) == ["a", "b"]
    assert step(graph, board) == ["c"]
    assert step(graph, board) == []


def test_a_node_that_edges_reach_in_different_steps_runs_in_each() -> None:
    graph = topology(("a", "c"), ("b", "d"), ("d", "c"))
    board = begin(graph, "a", "b")
    assert [step(graph, board) for _ in range(4)] == [["a", "b"], ["c", "d"], ["c"], []]


def test_a_barrier_waits_across_steps_for_all_its_sources() -> None:
    graph = topology(("b", "d"), (["a", "d"], "c"))
    board = begin(graph, "a", "b")
    assert [step(graph, board) for _ in range(4)] == [["a", "b"], ["d"], ["c"], []]


def test_a_barrier_works_again_in_a_loop() -> None:
    graph = topology((["a", "b"], "c"), ("c", "a"), ("c", "b"))
    board = begin(graph, "a", "b")
    assert [step(graph, board) for _ in range(4)] == [["a", "b"], ["c"], ["a", "b"], ["c"]]


def test_a_barrier_keeps_a_source_that_ran_twice_as_one() -> None:
    graph = topology((["a", "b"], "c"))
    board = begin(graph, "a")
    step(graph, board)
    board.due = {"a"}
    step(graph, board)
    assert board.due == set()


def test_a_deferred_node_waits_until_nothing_else_is_due() -> None:
    graph = topology(("a", "d"), ("b", "c"), ("b", "d"), deferred="d")
    board = begin(graph, "a", "b")
    assert [step(graph, board) for _ in range(4)] == [["a", "b"], ["c"], ["d"], []]


def test_pending_sends_do_not_hold_a_deferred_node_back() -> None:
    graph = topology(("a", "d"), deferred="d")
    board = begin(graph, "a")
    (task,) = plan(graph, board, 99)
    task.targets = [Send("b", None)]
    commit(graph, board, [task])
    assert names(plan(graph, board, 99)) == ["b", "d"]


def test_triggers_are_all_of_a_nodes_triggers_sorted() -> None:
    graph = topology((["a", "b"], "c"))
    board = begin(graph, "c")
    (task,) = plan(graph, board, 99)
    assert task.triggers == ("branch:to:c", "join:a+b:c")


def test_a_node_sees_only_keys_that_have_a_value() -> None:
    board = begin(topology(), "a")
    (task,) = plan(topology(), board, 99)
    assert task.input == {"log": []}


def test_commit_says_which_keys_were_written_even_to_an_equal_value() -> None:
    graph = topology()
    board = begin(graph, "a")
    (task,) = plan(graph, board, 99)
    task.writes = [("log", []), ("last", "x")]
    assert commit(graph, board, [task]) == {"log", "last"}


def test_an_ephemeral_value_is_there_for_one_step() -> None:
    graph = topology(("a", "b"), ("b", "c"))
    board = begin(graph, "a")
    step(graph, board, a=[("brief", "hello")])
    (b,) = plan(graph, board, 99)
    assert b.input["brief"] == "hello"
    commit(graph, board, [b])
    (c,) = plan(graph, board, 99)
    assert "brief" not in c.input


def test_two_writers_to_a_key_without_reducer_are_refused_and_told_what_to_do() -> None:
    graph = topology()
    board = begin(graph, "a", "b")
    with pytest.raises(InvalidUpdateError, match=r"At key 'last': 2 values .* Annotate it"):
        step(graph, board, a=[("last", "1")], b=[("last", "2")])


def test_an_overwrite_drops_what_came_before_it_and_ignores_what_comes_after() -> None:
    graph = topology()
    board = begin(graph, "a", "b", "c")
    board.values["log"] = ["old"]
    writes: dict[str, Any] = {"a": [("log", ["a"])], "b": [("log", Overwrite(["b"]))], "c": [("log", ["c"])]}
    step(graph, board, **writes)
    assert board.values["log"] == ["b"]


@pytest.mark.parametrize("form", [{"__overwrite__": ["v"]}, {"type": "__overwrite__", "value": ["v"]}])
def test_an_overwrite_may_be_written_as_json(form: dict[str, Any]) -> None:
    graph = topology()
    board = begin(graph, "a")
    board.values["log"] = ["old"]
    step(graph, board, a=[("log", form)])
    assert board.values["log"] == ["v"]


def test_two_overwrites_in_one_step_are_refused() -> None:
    graph = topology()
    board = begin(graph, "a", "b")
    with pytest.raises(InvalidUpdateError, match="more than one Overwrite"):
        step(graph, board, a=[("log", Overwrite(["1"]))], b=[("log", Overwrite(["2"]))])


def test_edges_to_end_lead_nowhere() -> None:
    graph = topology(("a", END))
    board = begin(graph, "a")
    assert [step(graph, board), step(graph, board)] == [["a"], []]


chains = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), max_size=8)


@given(chains, st.randoms(use_true_random=False))
def test_whatever_the_edges_a_step_runs_just_the_successors_of_the_one_before(
    edges: list[tuple[str, str]], random: Any
) -> None:
    graph = topology(*edges)
    board = begin(graph, "a")
    for _ in range(5):
        ran = step(graph, board)
        assert board.due == {target for source, target in edges if source in ran}


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=6))
def test_every_send_is_a_task_of_its_own(targets: list[str]) -> None:
    graph = topology()
    board = begin(graph)
    board.sends = [Send(name, index) for index, name in enumerate(targets)]
    tasks = plan(graph, board, 99)
    assert [(task.name, task.input) for task in tasks] == [(name, i) for i, name in enumerate(targets)]
