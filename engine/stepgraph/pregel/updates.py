"""Changes to a thread between its runs: what `update_state()` does."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from stepgraph.constants import END, INTERRUPT, START
from stepgraph.errors import InvalidUpdateError, did_you_mean, listing
from stepgraph.pregel.checkpoints import Checkpoints, Source, kept, null_writes
from stepgraph.pregel.hands import Errand, Errands, of_saver
from stepgraph.pregel.ledger import INPUT_SEEN, Ledger
from stepgraph.pregel.loop import Run
from stepgraph.pregel.options import RunOptions
from stepgraph.pregel.pending import NOTHING, NULL_TASK, Write, by_task, find_left, outcome_writes
from stepgraph.pregel.runner import aconclude, conclude
from stepgraph.pregel.side_by_side import in_context
from stepgraph.pregel.snapshots import planned
from stepgraph.pregel.subgraphs import settle
from stepgraph.pregel.superstep import commit
from stepgraph.pregel.task_ids import path_text
from stepgraph.pregel.tasks import Task
from stepgraph.pregel.threads import thread_limit
from stepgraph.snapshots import StateUpdate

if TYPE_CHECKING:
    from stepgraph.graph.compiled import CompiledStateGraph

COPY: Final = "__copy__"
"""As whom to update a thread so that its checkpoint is only copied."""


def update_thread(
    graph: CompiledStateGraph,
    thread: Checkpoints,
    config: Mapping[str, Any],
    supersteps: Sequence[Sequence[StateUpdate]],
) -> Errands[dict[str, Any]]:
    """Apply updates, each list of them as one superstep. Returns the config of the last checkpoint.

    Raises InvalidUpdateError for updates that no node can have made, ValueError for none at all.
    """
    if not supersteps or not all(supersteps):
        raise ValueError(
            "No updates were given. bulk_update_state() takes a list of supersteps, each a list of at least "
            "one update: bulk_update_state(config, [[StateUpdate(values, as_node), ...], ...])."
        )
    for updates in supersteps:
        saved = yield of_saver(thread.saver, "get_tuple", thread.asked)
        thread.read(graph.topology, saved)
        yield from _superstep(graph, thread, config, updates)
        thread.follow()
    return thread.named()


def _superstep(
    graph: CompiledStateGraph, thread: Checkpoints, config: Mapping[str, Any], updates: Sequence[StateUpdate]
) -> Errands[None]:
    ledger, first = thread.ledger, updates[0]
    if len(updates) == 1 and first.as_node in (INPUT_SEEN, COPY, END):
        yield from _special(graph, thread, config, first)
        return
    run = _run_of(graph, thread, config)
    tasks = []
    before = ledger.signals(thread.board)
    due = {task.name: task.id for task in planned(graph.topology, thread, sorted(thread.board.due))}
    for index, update in enumerate(updates):
        name = update.as_node or _last_node(graph, ledger, is_alone=len(updates) == 1)
        _check_node(graph, name)
        task = Task(graph.topology.nodes[name], (INTERRUPT, index), (INTERRUPT,), None)
        task.join(run, thread.step + 1, update.task_id or due.get(name) or _id_of(thread, INTERRUPT, index))
        yield Errand(_conclude, _aconclude, (task, update.values))
        tasks.append(task)
    for task in tasks:
        yield from _put_writes(thread, task.id, task.path, outcome_writes(task))
    written = commit(graph.topology, thread.board, tasks)
    ledger.advance(thread.board, before, tasks, written)
    yield from _put(thread, "update", max(thread.step, -1) + 1)


def _special(
    graph: CompiledStateGraph, thread: Checkpoints, config: Mapping[str, Any], update: StateUpdate
) -> Errands[None]:
    if update.as_node == INPUT_SEEN:
        thread.ledger.put_input(update.values)
        yield from _put_writes(thread, _id_of(thread, INPUT_SEEN), (), [(START, update.values)])
        yield from _put(thread, "input", thread.step + 1)
        return
    if update.values is not None:
        raise InvalidUpdateError(
            f"An update as node {update.as_node!r} has no values: it "
            f"{'drops what is due' if update.as_node == END else 'copies the checkpoint'}. Give None."
        )
    if update.as_node == END:
        _end(graph, thread, config)
        yield from _put(thread, "update", max(thread.step, -1) + 1)
    elif not thread.exists:
        raise InvalidUpdateError("The thread has no checkpoint that could be copied.")
    else:
        thread.stand_beside()
        yield from _put(thread, "fork", thread.step + 1)


def _end(graph: CompiledStateGraph, thread: Checkpoints, config: Mapping[str, Any]) -> None:
    """What was due is dropped; what of it has finished is kept."""
    board, topology = thread.board, graph.topology
    run = _run_of(graph, thread, config)
    thread.put_in(null_writes(thread.pending))
    before = thread.ledger.signals(board)
    tasks = planned(topology, thread, sorted(board.due))
    if not tasks:
        return
    left = by_task(thread.pending)
    for task in tasks:
        task.run = run
        find_left(task, left)
        if not task.is_done:
            task.node = replace(task.node, successors=(), barriers=())
    thread.ledger.advance(board, before, tasks, commit(topology, board, tasks))


def _put(thread: Checkpoints, source: Source, step: int) -> Errands[None]:
    thread.ledger.updated = None
    parent = thread.saved_address()
    checkpoint, metadata = thread.turn(source, step)
    yield of_saver(thread.saver, "put", parent, checkpoint, metadata, thread.ledger.take_changed())


def _put_writes(thread: Checkpoints, task_id: str, path: Any, writes: Sequence[Write]) -> Errands[None]:
    if not thread.exists or writes == NOTHING:
        return
    if thread.is_replay:
        # The past that others follow is left as it is.
        newest = yield of_saver(thread.saver, "get_tuple", thread.address(None))
        if newest is not None and newest.checkpoint["id"] != thread.id:
            return
    where = thread.address(thread.id)
    yield of_saver(thread.saver, "put_writes", where, kept(writes), task_id, path_text(path))


# -- as whom


def _last_node(graph: CompiledStateGraph, ledger: Ledger, *, is_alone: bool) -> str:
    if graph.topology.entry is not None:
        return graph.topology.entry
    if not ledger.versions:
        return START
    last = sorted(
        ((version, name) for name in graph.topology.nodes for version in ledger.seen.get(name, {}).values()),
        reverse=True,
    )
    names = list(dict.fromkeys(name for version, name in last if version == last[0][0]))
    if len(names) == 1 and is_alone:
        return names[0]
    raise InvalidUpdateError(
        "Ambiguous update: it does not follow from the thread which node it is from. Say so: "
        f"update_state(config, values, as_node=...). {listing('Those that ran last', names)}"
    )


def _check_node(graph: CompiledStateGraph, name: str) -> None:
    nodes = graph.topology.nodes
    if name not in nodes:
        known = [node for node in nodes if node != START]
        hint = did_you_mean(name, known) or listing("Nodes", known)
        raise InvalidUpdateError(f"as_node={name!r}, but there is no such node. {hint}")


def _id_of(thread: Checkpoints, what: str, index: int = 0) -> str:
    return str(uuid5(UUID(thread.id or NULL_TASK), f"{what}{index}" if index else what))


# -- what the node would have done


def _run_of(graph: CompiledStateGraph, thread: Checkpoints, config: Mapping[str, Any]) -> Run:
    """A run in which paths can be asked; it goes nowhere."""
    graph = graph.copy({"checkpointer": None})
    run = Run(graph, settle(graph.config, config), None, RunOptions(graph.stream_keys), None)
    run.checkpoints, run.board, run.step = None, thread.board, thread.step + 1
    return run


def _conclude(task: Task, values: Any) -> None:
    contextvars.copy_context().run(conclude, task, values, task.node.branches)


async def _aconclude(task: Task, values: Any) -> None:
    task.run.threads = asyncio.Semaphore(thread_limit(task.run.max_concurrency))
    await in_context(contextvars.copy_context(), aconclude(task, values, task.node.branches))
