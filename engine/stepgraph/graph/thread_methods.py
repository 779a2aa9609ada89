"""The methods of a compiled graph that look at its threads and change them, between runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stepgraph.config import merge_configs
from stepgraph.constants import NAMESPACE_END, NAMESPACE_SEPARATOR
from stepgraph.errors import listing
from stepgraph.pregel.hands import acarry_out, carry_out
from stepgraph.snapshots import StateSnapshot, StateUpdate

if TYPE_CHECKING:
    from stepgraph.graph.compiled import CompiledStateGraph
    from stepgraph.pregel.checkpoints import Checkpoints

Config = Mapping[str, Any]


class ThreadMethods:
    """Mixed into a graph that may have a `checkpointer`.

    All raise ValueError for a graph that has none, and KeyError for a config without a `thread_id`. A config
    with a `checkpoint_ns` means the subgraph that keeps its state there.
    """

    if TYPE_CHECKING:
        checkpointer: Any
        config: Mapping[str, Any]

        def get_subgraphs(
            self, *, namespace: str | None = None, recurse: bool = False
        ) -> Iterator[tuple[str, CompiledStateGraph]]: ...

    def get_state(self, config: Config, *, subgraphs: bool = False) -> StateSnapshot:
        """What is known of a thread: at the checkpoint that `config` names, or else where it stands.

        `subgraphs` puts the snapshots of subgraphs into their tasks. A thread that does not exist is empty.
        """
        from stepgraph.pregel.thread_state import read_state

        graph, saver, address = self._whose(config)
        return carry_out(read_state(graph, saver, address, subgraphs=subgraphs))

    async def aget_state(self, config: Config, *, subgraphs: bool = False) -> StateSnapshot:
        """`get_state()`, on an event loop."""
        from stepgraph.pregel.thread_state import read_state

        graph, saver, address = self._whose(config)
        return await acarry_out(read_state(graph, saver, address, subgraphs=subgraphs))

    def get_state_history(
        self,
        config: Config,
        *,
        filter: dict[str, Any] | None = None,
        before: Config | None = None,
        limit: int | None = None,
    ) -> Iterator[StateSnapshot]:
        """What is known at each of a thread's checkpoints, the newest first.

        `filter` is on their metadata; `before` is the config of a checkpoint that all are to be older than.
        """
        from stepgraph.pregel.thread_state import snapshot

        graph, saver, address = self._whose(config)
        address["configurable"].setdefault("checkpoint_ns", "")
        for saved in list(saver.list(address, filter=filter, before=before, limit=limit)):
            yield carry_out(snapshot(graph, saver, saved, is_newest=False, subgraphs=False))

    async def aget_state_history(
        self,
        config: Config,
        *,
        filter: dict[str, Any] | None = None,
        before: Config | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[StateSnapshot]:
        """`get_state_history()`, on an event loop."""
        from stepgraph.pregel.thread_state import snapshot

        graph, saver, address = self._whose(config)
        address["configurable"].setdefault("checkpoint_ns", "")
        found = [saved async for saved in saver.alist(address, filter=filter, before=before, limit=limit)]
        for saved in found:
            yield await acarry_out(snapshot(graph, saver, saved, is_newest=False, subgraphs=False))

    def update_state(
        self,
        config: Config,
        values: Any,
        as_node: str | None = None,
        task_id: str | None = None,
    ) -> dict[str, Any]:
        """Write to a thread as if node `as_node` had returned `values`, and return the new checkpoint's
        config.

        Reducers, edges and paths count. Without `as_node`, it is the node that ran last. END drops what is
        due, `"__input__"` is a new input, `"__copy__"` only copies the checkpoint.

        Raises InvalidUpdateError when no node, or none that is known, can have returned this.
        """
        return self.bulk_update_state(config, [[StateUpdate(values, as_node, task_id)]])

    async def aupdate_state(
        self,
        config: Config,
        values: Any,
        as_node: str | None = None,
        task_id: str | None = None,
    ) -> dict[str, Any]:
        """`update_state()`, on an event loop."""
        return await self.abulk_update_state(config, [[StateUpdate(values, as_node, task_id)]])

    def bulk_update_state(
        self, config: Config, supersteps: Sequence[Sequence[StateUpdate]]
    ) -> dict[str, Any]:
        """Many updates, each list of them as one superstep. Returns the config of the last checkpoint."""
        from stepgraph.pregel.updates import update_thread

        graph, thread = self._thread(config)
        return carry_out(update_thread(graph, thread, config, supersteps))

    async def abulk_update_state(
        self, config: Config, supersteps: Sequence[Sequence[StateUpdate]]
    ) -> dict[str, Any]:
        """`bulk_update_state()`, on an event loop."""
        from stepgraph.pregel.updates import update_thread

        graph, thread = self._thread(config)
        return await acarry_out(update_thread(graph, thread, config, supersteps))

    def _thread(self, config: Config) -> tuple[CompiledStateGraph, Checkpoints]:
        from stepgraph.pregel.checkpoints import Checkpoints

        graph, saver, address = self._whose(config)
        about = {"configurable": address["configurable"], "metadata": address.get("metadata", {})}
        return graph, Checkpoints.at(saver, address["configurable"], about)

    def _whose(self, config: Config) -> tuple[CompiledStateGraph, Any, dict[str, Any]]:
        """The graph, the saver and the address that a config means."""
        graph: Any = self
        if self.checkpointer is None or isinstance(self.checkpointer, bool):
            raise ValueError(
                f"No checkpointer set: graph {graph.name!r} keeps no threads. Compile it with one: "
                "compile(checkpointer=InMemorySaver())."
            )
        merged = merge_configs(self.config, config)
        configurable = merged.get("configurable", {})
        if "thread_id" not in configurable:
            raise KeyError("thread_id", "Name the thread: config={'configurable': {'thread_id': ...}}.")
        path = _node_path(configurable.get("checkpoint_ns") or "")
        if path:
            graph = dict(graph.get_subgraphs(namespace=path, recurse=True)).get(path, graph)
            if graph is self:
                known = [name for name, _ in self.get_subgraphs(recurse=True)]
                raise ValueError(f"Subgraph {path} not found. {listing('Subgraphs', known)}")
        address = {**configurable, "thread_id": str(configurable["thread_id"])}
        return graph, self.checkpointer, {**merged, "configurable": address}


def _node_path(namespace: str) -> str:
    """`node:task_id|1|inner:task_id` as `node|inner`."""
    names = (segment.partition(NAMESPACE_END)[0] for segment in namespace.split(NAMESPACE_SEPARATOR))
    return NAMESPACE_SEPARATOR.join(name for name in names if not name.isdigit())
