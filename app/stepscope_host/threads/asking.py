"""The threads of a graph that saves: listed, read checkpoint by checkpoint, edited, named and deleted."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from itertools import islice
from typing import Any

from stepscope_host import inputs
from stepscope_host.debugging.debugger import Namespace, node_path
from stepscope_host.failures import from_exception
from stepscope_host.loading.finding import subgraph_at
from stepscope_host.showing.values import Plain
from stepscope_host.threads import snapshots, state_edit
from stepscope_host.threads.book import Book
from stepscope_host.threads.comparing import differences
from stepscope_host.threads.reconciling import ABSENT, as_edited
from stepscope_host.threads.refusal import Refused, refuse_large

MOST_CHECKPOINTS = 1_000
"""So many of a thread are listed."""
MOST_LOOKED_AT = 2_000
"""So many of a graph's own saver are looked at to find its threads: it may keep those of years."""

MOST_DIFFERENCES = 500
"""Between two checkpoints; who looks at more has compared the wrong ones."""

NOTHING_SAVED = "This graph saves nothing, so it has no threads."
GONE = "This subgraph has ended, or its state is not kept."

WhyNot = Callable[[Namespace], str]
"""Why the state of the graph in a namespace cannot be edited, "" when it can be."""

_UNNAMED = {"title": "", "words": "", "when": 0.0, "steps": 0}


class Threads:
    """Answers what is asked of one graph's threads, in plain data. `graph` is a copy that has the saver."""

    def __init__(
        self,
        graph: Any,
        book: Book,
        show: Callable[[Any], Plain],
        is_attached: bool,
    ) -> None:
        self._graph = graph
        self._book = book
        self._show = show
        self._is_attached = is_attached
        self._answers: dict[str, Callable[..., Awaitable[dict[str, Any]]]] = {
            "threads": self.threads,
            "history": self.history,
            "state_at": self.state_at,
            "editing": self.editing,
            "update": self.update,
            "compare": self.compare,
            "rename": self.rename,
            "delete": self.delete,
        }

    async def answer(self, what: str, parts: Mapping[str, Any]) -> dict[str, Any]:
        """What is asked for, or ``{"problem": words}``."""
        try:
            if not getattr(self._graph, "checkpointer", None):
                raise Refused(NOTHING_SAVED)
            return await self._answers[what](**parts)
        except Refused as refusal:
            return {"problem": str(refusal)}
        except Exception as error:  # the saver is the user's, and may not reach its database
            told = from_exception(error)
            return {"problem": f"{told['type']}: {told['message']}"}

    async def threads(self) -> dict[str, Any]:
        """All threads, the newest first: id, title, words, when, steps; and why they are not kept, if so."""
        found = await self._book.entries()
        if not self._is_attached:
            async for saved in self._graph.checkpointer.alist(None, limit=MOST_LOOKED_AT):
                given = saved.config["configurable"]
                if given.get("checkpoint_ns"):
                    continue
                entry = found.setdefault(given["thread_id"], dict(_UNNAMED))
                entry["is_saved"] = True
                entry["when"] = max(entry["when"], snapshots.seconds(saved.checkpoint.get("ts")))
                entry["steps"] = max(entry["steps"], saved.metadata.get("step", 0))
            for thread, entry in found.items():
                if not entry["is_saved"]:
                    saved = await self._graph.checkpointer.aget_tuple(snapshots.config_at(thread))
                    entry["is_saved"] = saved is not None
        listed = [{"id": thread, **entry} for thread, entry in found.items() if entry.pop("is_saved")]
        newest_first = sorted(listed, key=lambda entry: entry["when"], reverse=True)
        return {"threads": newest_first, "trouble": self._book.trouble}

    async def history(self, thread: str, namespace: str = "", beneath: str = "") -> dict[str, Any]:
        """The checkpoints of a thread, the newest first; of a subgraph those `beneath` one around."""
        found = await self._all(thread, namespace)
        by_id = {snapshots.id_of(each.config): each for each in found}
        told = [
            self._told(each, by_id.get(snapshots.id_of(each.parent_config)))
            for each in found
            if not beneath or snapshots.is_beneath(each, beneath)
        ]
        return {"checkpoints": told}

    async def state_at(self, thread: str, checkpoint: str = "", namespace: str = "") -> dict[str, Any]:
        """One checkpoint with its values."""
        snapshot = await self._snapshot(thread, checkpoint, namespace)
        parent, before = None, snapshots.id_of(snapshot.parent_config)
        if before:
            parent = await self._graph.aget_state(snapshots.config_at(thread, before, namespace))
        return {**self._told(snapshot, parent), "values": self._show(snapshot.values)}

    async def editing(
        self,
        thread: str,
        checkpoint: str = "",
        namespace: str | None = None,
        of: str = "",
        why_not: WhyNot | None = None,
    ) -> dict[str, Any]:
        """What a person needs to edit a state: it as JSON, its schema, as which node it can be written.

        At the newest checkpoint the states of the subgraphs that have begun can be edited too; with no
        `namespace` it is the outermost graph's, or where a run stands the innermost that can be. A checkpoint
        of a subgraph is one `of` its namespace, and only its own state can be edited there.
        """
        graphs = [of] if of else await self._graphs_at(thread, checkpoint)
        refusals = {each: why_not(snapshots.parts(each)) if why_not else "" for each in graphs}
        free = [each for each in graphs if not refusals[each]] or graphs[-1:]
        if namespace is None:
            namespace = free[-1] if why_not else free[0]
        if refusal := refusals.get(namespace, GONE):
            raise Refused(refusal)
        graph = self._graph_in(namespace)
        snapshot = await self._snapshot(thread, checkpoint if namespace == of else "", namespace)
        values = as_edited(snapshot.values)
        refuse_large(values, "This state")
        return {
            "values": values,
            "schema": inputs.state_schema(graph),
            "nodes": snapshots.nodes(graph),
            "as_node": await self._last_writer(thread, snapshot, namespace),
            "namespace": namespace,
            "runs_again": snapshots.arrived(snapshot),
            "graphs": [{"namespace": each, "words": words} for each, words in snapshots.named(free)],
        }

    async def update(
        self,
        thread: str,
        values: Any,
        checkpoint: str = "",
        as_node: str = "",
        namespace: str = "",
        only_check: bool = False,
        why_not: WhyNot | None = None,
    ) -> dict[str, Any]:
        """Save an edited state as a new checkpoint: its id, or what is wrong with it, by path.

        Only keys whose values differ from those of the checkpoint are written, and what they hold is then
        just what was given: no reducer adds it to what was there.
        """
        if why_not and (refusal := why_not(snapshots.parts(namespace))):
            raise Refused(refusal)
        graph = self._graph_in(namespace)
        snapshot = await self._snapshot(thread, checkpoint, namespace)
        if as_node and as_node not in snapshots.nodes(graph):
            raise Refused(f"There is no node {as_node!r} as which the state could be written.")
        edit = state_edit.edited(graph, snapshot.values, values)
        if edit.errors or only_check:
            return {"errors": edit.errors}
        as_node = as_node or await self._last_writer(thread, snapshot, namespace)
        config = snapshots.config_at(thread, snapshots.id_of(snapshot.config), namespace)
        config["metadata"] = {snapshots.AS_NODE: as_node}
        written = await self._graph.aupdate_state(config, edit.update, as_node=as_node or None)
        return {"checkpoint": snapshots.id_of(written), "keys": edit.keys, "as_node": as_node}

    async def compare(
        self, thread: str, was: str, now: str, was_of: str = "", now_of: str = ""
    ) -> dict[str, Any]:
        """What differs between two checkpoints: ``{"path", "was", "now"}``, without what is not there.

        They are of the graphs in two namespaces.
        """
        one, other = await self._snapshot(thread, was, was_of), await self._snapshot(thread, now, now_of)
        found = list(islice(differences(one.values, other.values), MOST_DIFFERENCES + 1))
        told = [
            {"path": list(path)} | {n: self._show(v) for n, v in (("was", a), ("now", b)) if v is not ABSENT}
            for path, a, b in found[:MOST_DIFFERENCES]
        ]
        return {"differences": told, "is_cut": len(found) > MOST_DIFFERENCES}

    async def rename(self, thread: str, title: str) -> dict[str, Any]:
        """Call a thread something."""
        self._book.rename(thread, title.strip())
        return {}

    async def delete(self, thread: str) -> dict[str, Any]:
        """Forget a thread with all its checkpoints."""
        if not self._is_attached:
            try:
                await self._graph.checkpointer.adelete_thread(thread)
            except (NotImplementedError, AttributeError) as error:
                name = type(self._graph.checkpointer).__name__
                raise Refused(f"The graph's {name} cannot delete threads.") from error
        self._book.forget(thread)
        return {}

    def _told(self, snapshot: Any, parent: Any) -> dict[str, Any]:
        metadata = snapshot.metadata or {}
        return {
            "id": snapshots.id_of(snapshot.config),
            "parent": snapshots.id_of(snapshot.parent_config),
            "namespace": snapshot.config["configurable"].get("checkpoint_ns") or "",
            "step": metadata.get("step", -1),
            "source": metadata.get("source", ""),
            "when": snapshots.seconds(snapshot.created_at),
            "next": list(snapshot.next),
            "writers": snapshots.writers(metadata, parent),
            "tasks": [
                {
                    "id": task.id,
                    "name": task.name,
                    "error": None if task.error is None else str(task.error),
                    "namespace": snapshots.namespace_of(task.state),
                }
                for task in snapshot.tasks
            ],
            "interrupts": [
                {"id": getattr(asked, "id", ""), "value": self._show(asked.value)}
                for task in snapshot.tasks
                for asked in task.interrupts
            ],
        }

    async def _last_writer(self, thread: str, snapshot: Any, namespace: str) -> str:
        """The node as which to write on: the one that wrote last, "" when that cannot be told."""
        nodes = snapshots.nodes(self._graph_in(namespace))
        while True:
            metadata = snapshot.metadata or {}
            if metadata.get("source") == "input":
                return state_edit.START
            parent = snapshot.parent_config
            config = snapshots.config_at(thread, snapshots.id_of(parent), namespace)
            before = None if parent is None else await self._graph.aget_state(config)
            known = [name for name in snapshots.writers(metadata, before) if name in nodes]
            if known or before is None:
                return known[-1] if known else ""
            snapshot = before

    def _graph_in(self, namespace: str) -> Any:
        """The graph that runs in a namespace."""
        graph = subgraph_at(self._graph, node_path(snapshots.parts(namespace)))
        if graph is None:
            raise Refused(GONE)
        return graph

    async def _graphs_at(self, thread: str, checkpoint: str) -> list[str]:
        """The namespaces of the graphs that have a state of their own at a checkpoint, outer ones first."""
        try:
            newest = await self._graph.aget_state(snapshots.config_at(thread), subgraphs=True)
        except ValueError:  # a subgraph that its engine does not find
            return [""]
        is_newest = checkpoint in ("", snapshots.id_of(newest.config))
        return ["", *(snapshots.inner(newest) if is_newest else ())]

    async def _snapshot(self, thread: str, checkpoint: str, namespace: str = "") -> Any:
        snapshot = await self._graph.aget_state(snapshots.config_at(thread, checkpoint, namespace))
        if snapshot.created_at is None and not snapshot.metadata:
            raise Refused(snapshots.gone(thread, checkpoint))
        return snapshot

    async def _all(self, thread: str, namespace: str) -> list[Any]:
        config = snapshots.config_at(thread, "", namespace)
        found = self._graph.aget_state_history(config, limit=MOST_CHECKPOINTS)
        async with contextlib.aclosing(found) as history:
            return [snapshot async for snapshot in history]
