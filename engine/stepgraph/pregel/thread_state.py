"""What is known of a thread at one of its checkpoints, for those who ask between its runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stepgraph.constants import ROOT
from stepgraph.pregel.checkpoints import Checkpoints, null_writes
from stepgraph.pregel.hands import Errands, of_saver
from stepgraph.pregel.pending import Left, by_task, split
from stepgraph.pregel.snapshots import planned, shown_keys, subgraph_config, task_result
from stepgraph.pregel.stream import values_payload
from stepgraph.pregel.superstep import Topology, after_writes, apply_order
from stepgraph.pregel.tasks import Task
from stepgraph.snapshots import PregelTask, StateSnapshot

if TYPE_CHECKING:
    from langgraph.checkpoint.base import CheckpointTuple

    from stepgraph.graph.compiled import CompiledStateGraph


def read_state(
    graph: CompiledStateGraph, saver: Any, config: Mapping[str, Any], *, subgraphs: bool
) -> Errands[StateSnapshot]:
    """What is known at the checkpoint that `config` names, or else at the thread's newest.

    The newest is told as the thread stands: with what finished tasks have written, and with only those tasks
    due that have not finished. One that is named by its id is told as the superstep that follows began, with
    all of that one's tasks.
    """
    saved = yield of_saver(saver, "get_tuple", config)
    if saved is None:
        return StateSnapshot({}, (), dict(config), None, None, None, (), ())
    is_newest = config["configurable"].get("checkpoint_id") is None
    return (yield from snapshot(graph, saver, saved, is_newest=is_newest, subgraphs=subgraphs))


def snapshot(
    graph: CompiledStateGraph, saver: Any, saved: CheckpointTuple, *, is_newest: bool, subgraphs: bool
) -> Errands[StateSnapshot]:
    """What is known at a checkpoint that was read already."""
    topology = graph.topology
    thread = Checkpoints.at(saver, saved.config["configurable"])
    thread.read(topology, saved)
    thread.put_in(null_writes(thread.pending))
    tasks = planned(topology, thread, [name for name in topology.nodes if name in thread.board.due])
    pending = by_task(thread.pending)
    left = {task.id: pending.get(task.id) or Left() for task in tasks}
    done = [task for task in tasks if left[task.id].writes is not None]
    values: Mapping[str, Any] = thread.board.values
    if is_newest and done:
        values = _after(topology, values, done, left)
    shown = []
    for task in tasks:
        state: Any = subgraph_config(task, thread)
        if state is not None and subgraphs:
            inner = task.node.subgraph
            assert inner is not None
            state = yield from read_state(inner, saver, state, subgraphs=True)
        shown.append(_shown(topology, task, left[task.id], state, hides_answered=is_newest))
    return StateSnapshot(
        values_payload(values, shown_keys(topology)),
        tuple(task.name for task in tasks if not (is_newest and task in done)),
        thread.named(),
        saved.metadata,
        saved.checkpoint["ts"],
        thread.parent_config(),
        tuple(shown),
        tuple(asked for task in shown for asked in task.interrupts),
    )


def _after(
    topology: Topology, values: Mapping[str, Any], done: list[Task], left: Mapping[str, Left]
) -> Mapping[str, Any]:
    writes = [write for task in apply_order(done) for write in split(left[task.id].writes or ())[0]]
    known = [write for write in writes if write[0] in topology.channels]
    return after_writes(topology.channels, values, known)


def _shown(topology: Topology, task: Task, left: Left, state: Any, *, hides_answered: bool) -> PregelTask:
    is_done = left.writes is not None
    return PregelTask(
        task.id,
        task.name,
        task.path,
        left.error,
        () if is_done and hides_answered else left.interrupts,
        state,
        _result(left, topology) if is_done else None,
    )


def _result(left: Left, topology: Topology) -> Any:
    result = task_result(left, topology)
    return result.get(ROOT) if ROOT in topology.channels else result
