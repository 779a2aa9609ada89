"""What is known of a thread at one of its checkpoints, for those who ask and for mode `checkpoints`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from stepgraph.channels import MISSING
from stepgraph.constants import END, NAMESPACE_END, NAMESPACE_SEPARATOR, PULL, PUSH, START
from stepgraph.pregel.interrupts import as_payload
from stepgraph.pregel.pending import Left, split
from stepgraph.pregel.stream import OutputKeys, all_keys, result_payload, values_payload
from stepgraph.pregel.superstep import PUSH_TRIGGERS, Topology
from stepgraph.pregel.task_ids import task_id
from stepgraph.pregel.tasks import Task

if TYPE_CHECKING:
    from stepgraph.pregel.checkpoints import Checkpoints
    from stepgraph.pregel.loop import Run


def checkpoint_payload(run: Run, thread: Checkpoints) -> dict[str, Any]:
    """A run's present checkpoint as modes `checkpoints` and `debug` show it."""
    tasks = planned(run.topology, thread, sorted(run.board.due))
    return {
        "config": thread.config(),
        "parent_config": thread.parent_config(),
        "values": values_payload(run.board.values, shown_keys(run.topology)),
        "metadata": thread.metadata,
        "next": [task.name for task in tasks],
        "tasks": [
            _task_payload(run.topology, thread, task, run.left.get(task.id) or Left()) for task in tasks
        ],
    }


def shown_keys(topology: Topology) -> OutputKeys:
    """The keys of a state that are shown: all, but of an entrypoint's only the result."""
    return all_keys(topology.channels) if topology.entry is None else END


def planned(topology: Topology, thread: Checkpoints, due: Iterable[str]) -> list[Task]:
    """The tasks that a thread's present checkpoint leads to, with their ids, but without their input.

    `due` are the names of the nodes that are due, in the order that is wanted.
    """
    if thread.id is None:
        return []
    nodes = topology.nodes
    if thread.ledger.input is not MISSING:
        tasks = [Task(nodes[START], (PULL, START), (START,), thread.ledger.input)]
    else:
        tasks = [
            Task(nodes[send.node], (PUSH, index, False), PUSH_TRIGGERS, send.arg)
            for index, send in enumerate(thread.board.sends)
        ]
        tasks += [Task(nodes[name], (PULL, name), nodes[name].triggers, None) for name in due]
    for task in tasks:
        task.step = thread.step + 1
        task.id = task_id(thread.id, thread.namespace, task.step, task.name, task.path, task.triggers)
    return tasks


def _task_payload(topology: Topology, thread: Checkpoints, task: Task, left: Left) -> dict[str, Any]:
    payload: dict[str, Any] = {"id": task.id, "name": task.name}
    if left.error is not None:
        payload["error"] = left.error
    elif left.writes is not None and (result := task_result(left, topology)):
        payload["result"] = result
    if left.error is None:
        payload["interrupts"] = tuple(as_payload(left.interrupts))
    payload["state"] = subgraph_config(task, thread)
    return payload


def task_result(left: Left, topology: Topology) -> Any:
    """What a task wrote to the state, or what an entrypoint returned."""
    writes: Sequence[tuple[str, Any]] = split(left.writes or ())[0]
    if topology.entry is not None:
        return dict(writes).get(END)
    return result_payload(write for write in writes if write[0] in topology.channels)


def subgraph_config(task: Task, thread: Checkpoints) -> dict[str, Any] | None:
    """Where the checkpoints of the graph are that a task's node is or calls."""
    inner = task.node.subgraph
    if inner is None or inner.checkpointer is False:
        return None
    segment = task.name if inner.checkpointer is True else f"{task.name}{NAMESPACE_END}{task.id}"
    namespace = f"{thread.namespace}{NAMESPACE_SEPARATOR}{segment}" if thread.namespace else segment
    return {"configurable": {"thread_id": thread.thread_id, "checkpoint_ns": namespace}}
