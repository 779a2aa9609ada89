"""Going on from a checkpoint of a subgraph: the graphs around it are forked where it began.

Observed of both engines: a subgraph that has ended begins anew for who runs on from one of its checkpoints,
as the fork of the graph around it gives its task another id, and so another namespace. So the checkpoint is
copied into that namespace, before the run takes up what is newest there.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from stepscope_host.threads.refusal import Refused
from stepscope_host.threads.snapshots import config_at, gone

COPY = "__copy__"
"""As this node an update only copies the checkpoint that it is made at."""


async def fork(graph: Any, thread: str, namespace: str, checkpoint: str) -> None:
    """Make a subgraph's checkpoint, and what lies around it, what the thread goes on from."""
    saver = graph.checkpointer
    saved = await saver.aget_tuple(config_at(thread, checkpoint, namespace))
    if saved is None:
        raise Refused(gone(thread, checkpoint))
    around = (saved.metadata.get("parents") or {}).items()
    levels = [*sorted(around, key=lambda each: len(each[0])), (namespace, checkpoint)]
    written = await graph.aupdate_state(config_at(thread, levels[0][1]), None, as_node=COPY)
    new = written["configurable"]["checkpoint_id"]  # the newest of all, so it serves for those inside, too
    where, parents = "", {"": new}
    for (outer, outer_id), (inner, inner_id) in pairwise(levels):
        then = await graph.aget_state(config_at(thread, outer_id, outer))
        now = await graph.aget_state(config_at(thread, new, where))
        where = "|".join(filter(None, (where, *_segments(then, now, inner[len(outer) :]))))
        saved = await saver.aget_tuple(config_at(thread, inner_id, inner))
        if saved is None:
            raise Refused(gone(thread, inner_id))
        metadata = {**saved.metadata, "source": "fork", "parents": dict(parents)}
        copy = {**saved.checkpoint, "id": new}
        await saver.aput(config_at(thread, "", where), copy, metadata, copy["channel_versions"])
        parents[where] = new


def _segments(then: Any, now: Any, inside: str) -> Iterator[str]:
    """The part of a namespace that lies in a snapshot's task, as it is in the copy of that snapshot."""
    first, *calls = inside.strip("|").split("|")
    for was, task in zip(then.tasks, now.tasks, strict=True):
        if first == was.name:  # a subgraph whose history goes on from visit to visit
            yield first
            break
        if first == f"{was.name}:{was.id}":
            yield f"{task.name}:{task.id}"
            break
    else:
        raise Refused("The checkpoint that this subgraph began at leads to it no more: fork from that one.")
    yield from calls
