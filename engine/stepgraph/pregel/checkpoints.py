"""A run's thread in a saver: what is read when the run begins, and what is written while it goes on.

The only file that talks to a saver. The formats are langgraph-checkpoint's, version 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final, Literal

from stepgraph.constants import ANSWERED, NAMESPACE_SEPARATOR, TASKS
from stepgraph.errors import add_note
from stepgraph.pregel.foreign import foreign, name_classes, own
from stepgraph.pregel.ledger import Ledger, read_checkpoint
from stepgraph.pregel.pending import NULL_TASK, Write, split
from stepgraph.pregel.saving import AsyncSaving, Saving, is_in_memory
from stepgraph.pregel.superstep import Board, Topology, apply_put_in, new_board
from stepgraph.pregel.task_ids import path_text
from stepgraph.types import Durability, Namespace

if TYPE_CHECKING:
    from langgraph.checkpoint.base import CheckpointTuple

Source = Literal["input", "loop", "update", "fork"]

FORMAT: Final = 4


@dataclass(frozen=True)
class Branch:
    """A future begun anew: it has the past up to the checkpoint `left`, and what came after `begun`.

    Ids of checkpoints sort by their time. `chosen` are those that the graphs inside begin at, by namespace,
    where the caller has named them.
    """

    left: str
    begun: str
    chosen: Mapping[str, str]

    def has(self, saved: CheckpointTuple) -> bool:
        """Whether a checkpoint belongs to it."""
        id: str = saved.checkpoint["id"]
        return id < self.left or id > self.begun

    def start(self, namespace: str) -> dict[str, str]:
        """Where a graph inside begins, as a part of its address."""
        return {"checkpoint_id": self.chosen[namespace]} if namespace in self.chosen else {}


class Checkpoints:
    """One graph's part of a thread: its namespace in a saver.

    `id` is the checkpoint that the run stands at, `parents` the ids of those around it, by namespace.
    `exists` says whether the thread had one when the run began. `step` is the superstep that it tells of, -2
    before the first. `pending` is what tasks have left there. `is_past` says whether the caller has named a
    checkpoint that others have followed.
    """

    def __init__(
        self,
        saver: Any,
        address: Mapping[str, Any],
        namespace: Namespace,
        parents: Mapping[str, str],
        durability: Durability,
        about: Mapping[str, Any],
        branch: Branch | None = None,
    ) -> None:
        name_classes()
        self.saver = saver
        self.namespace = NAMESPACE_SEPARATOR.join(namespace)
        self.parents = parents
        self.durability = durability
        self.branch = branch
        self.id: str | None = None
        self.exists = False
        self.step = -2
        self.metadata: Mapping[str, Any] = {}
        self.pending: Sequence[tuple[str, str, Any]] = ()
        self.board: Board
        self.ledger: Ledger
        self.thread_id = str(address["thread_id"])
        self._asked_id = address.get("checkpoint_id")
        self._inside: Mapping[str, str] = address.get("inside") or {}
        self.is_past = False
        self._about = about
        self._parent: dict[str, Any] | None = None
        self._saved_id: str | None = None
        self._unsaved: tuple[dict[str, Any], dict[str, Any]] | None = None
        self._unsaved_writes: list[tuple[Any, ...]] = []
        self._saving: Saving | AsyncSaving

    @classmethod
    def at(
        cls, saver: Any, address: Mapping[str, Any], about: Mapping[str, Any] | None = None
    ) -> Checkpoints:
        """A thread that is read or changed between its runs."""
        namespace = tuple(filter(None, str(address.get("checkpoint_ns", "")).split(NAMESPACE_SEPARATOR)))
        around = (address.get("checkpoint_map") or {}).items()
        parents = {name: id for name, id in around if name != address.get("checkpoint_ns")}
        about = about or {"configurable": {}, "metadata": {}}
        return cls(saver, address, namespace, parents, "sync", about)

    # -- reading

    def open(self, topology: Topology) -> None:
        """Read the thread, for a run."""
        self._saving = Saving(is_beside=self.durability != "sync" and not is_in_memory(self.saver))
        if self.branch is None or self._asked_id is not None:
            saved = self.saver.get_tuple(self.asked)
            if self._asked_id is not None:
                self._compare(self.saver.get_tuple(self.address(None)))
        else:
            saved = next(filter(self.branch.has, self.saver.list(self.asked)), None)
        self.read(topology, saved)

    async def aopen(self, topology: Topology) -> None:
        """`open()`, on an event loop."""
        self._saving = Saving(is_beside=False) if is_in_memory(self.saver) else AsyncSaving()
        if self.branch is None or self._asked_id is not None:
            saved = await self.saver.aget_tuple(self.asked)
            if self._asked_id is not None:
                self._compare(await self.saver.aget_tuple(self.address(None)))
        else:
            listed = [one async for one in self.saver.alist(self.asked)]
            saved = next(filter(self.branch.has, listed), None)
        self.read(topology, saved)

    def _compare(self, newest: CheckpointTuple | None) -> None:
        self.is_past = newest is not None and newest.checkpoint["id"] != self._asked_id

    def read(self, topology: Topology, saved: CheckpointTuple | None) -> None:
        """Stand at this checkpoint, or at the beginning of a thread that has none."""
        count = self._counter()
        if saved is None:
            self.board = new_board(topology)
            self.ledger = Ledger(topology, count)
            self._saved_id = self._asked_id
            return
        self.exists = True
        self.board, self.ledger = read_checkpoint(topology, loaded(saved.checkpoint), count)
        self.id = self._saved_id = saved.checkpoint["id"]
        self.metadata = saved.metadata
        self.step = saved.metadata.get("step", -2)
        self.parents = self.parents or saved.metadata.get("parents") or {}
        self._parent = None
        if saved.parent_config is not None:
            self._parent = self.named(saved.parent_config["configurable"]["checkpoint_id"])
        self.pending = [
            (task, channel, own(channel, value)) for task, channel, value in saved.pending_writes or ()
        ]

    @property
    def was_left_here(self) -> bool:
        """Whether the thread was left while the graphs around stood at the checkpoints that they stand at."""
        return self.metadata.get("parents") == self.parents

    @property
    def source(self) -> str | None:
        """How the present checkpoint came about."""
        return self.metadata.get("source")

    def config(self) -> dict[str, Any]:
        """The config that names the present checkpoint, as mode `checkpoints` shows it."""
        return self._config(self.id)

    def _config(self, id: str | None) -> dict[str, Any]:
        around = self._map(id) if self.parents else {}
        about, named = self._about["configurable"], self.address(id)["configurable"]
        # People compare what is printed, so the keys stand in the order that they have in LangGraph.
        return {"configurable": {"checkpoint_ns": self.namespace, **about, **around, **named}}

    def map(self) -> dict[str, Any]:
        """What a config says of this checkpoint and of those around it."""
        return self._map(self.id)

    def _map(self, id: str | None) -> dict[str, Any]:
        return {"checkpoint_map": {**self.parents, self.namespace: id}}

    def named(self, id: str | None = None) -> dict[str, Any]:
        """The config that names a checkpoint, the present one if no other, with those around it."""
        configurable = self.address(id or self.id)["configurable"]
        return {"configurable": {**configurable, **(self._map(id or self.id) if self.parents else {})}}

    def parent_config(self) -> dict[str, Any] | None:
        """The config that names the checkpoint before."""
        return self._parent

    def put_in(self, writes: Iterable[Write]) -> None:
        """Apply what comes from the caller, and from no task."""
        state, targets = split(write for write in writes if write[0] != ANSWERED)
        if not state and not targets:
            return
        topology = self.ledger.topology
        before = self.ledger.signals(self.board)
        known = [write for write in state if write[0] in topology.channels]
        written = apply_put_in(topology, self.board, known, targets)
        reached = [name for name in targets if isinstance(name, str)]
        self.ledger.put_in(self.board, before, written, reached)

    @property
    def asked(self) -> dict[str, Any]:
        """The config of the checkpoint that the caller has named, or of the newest."""
        return self.address(self._asked_id)

    def stand_beside(self) -> None:
        """The next checkpoint comes after the one before the present, and not after the present."""
        self._saved_id = None if self._parent is None else self._parent["configurable"]["checkpoint_id"]

    def follow(self) -> None:
        """From here on, the newest checkpoint is meant."""
        self._asked_id = None

    def begin_branch(self, around: Branch | None) -> Branch:
        """The future that begins here, at a copy of the checkpoint that the caller has named."""
        assert self._asked_id is not None
        assert self.id is not None
        return Branch(self._asked_id, self.id, self._inside if around is None else around.chosen)

    @property
    def is_replay(self) -> bool:
        """Whether the caller has named the checkpoint to start from."""
        return self._asked_id is not None and self.exists

    def _counter(self) -> Callable[[Any], Any]:
        saver = self.saver
        return lambda version: saver.get_next_version(version, None)

    # -- writing

    def put(self, source: Source, step: int) -> None:
        """The board as it is now is the thread's next checkpoint."""
        self._saving.check()
        checkpoint, metadata = self.turn(source, step)
        if self.durability == "exit":
            self._unsaved = checkpoint, metadata
            self._unsaved_writes.clear()
            return
        self._put(checkpoint, metadata)

    def turn(self, source: Source, step: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """Stand at a new checkpoint, of the board as it is now. Returns it and its metadata, to be saved."""
        if self.durability != "exit":
            self._parent = None if self._saved_id is None else self._config(self._saved_id)
        self.id, checkpoint = self._checkpoint(step)
        self.step, self.metadata = step, {"source": source, "step": step, "parents": dict(self.parents)}
        return checkpoint, self.metadata

    def put_writes(self, task_id: str, path: tuple[Any, ...], writes: Sequence[Write]) -> None:
        """What a task has left; on the event loop, or from any thread of a sync run."""
        if self.durability == "exit":
            self._unsaved_writes.append((task_id, path, writes))
            return
        self._put_writes(task_id, path, writes)

    def close(self, failure: Exception | None = None) -> None:
        """The run is over: save what is still to be saved, and wait for it.

        Raises what the saver has raised, unless the run has failed before: then it is a note on that
        `failure`.
        """
        self._save_rest()
        assert isinstance(self._saving, Saving)
        self._saving.wait()
        self._check(failure)

    async def aclose(self, failure: Exception | None = None) -> None:
        """`close()`, on an event loop."""
        self._save_rest()
        if isinstance(self._saving, AsyncSaving):
            await self._saving.wait()
        self._check(failure)

    def _check(self, failure: Exception | None) -> None:
        try:
            self._saving.check()
        except Exception as error:
            if failure is None:
                raise
            if error is not failure:
                add_note(failure, f"What had happened until then could not all be saved: {error!r}")

    def settle(self) -> None:
        """A superstep is over: with durability `sync`, wait until it is saved."""
        if self.durability == "sync":
            self._saving.check()

    async def asettle(self) -> None:
        """`settle()`, on an event loop."""
        if self.durability == "sync" and isinstance(self._saving, AsyncSaving):
            await self._saving.wait()
            self._saving.check()

    def forget(self) -> None:
        """Nobody goes on from here: what was to be saved at the end of the run is not."""
        self._unsaved = None
        self._unsaved_writes.clear()

    def _save_rest(self) -> None:
        if self._unsaved is not None:
            self._put(*self._unsaved)
            self._unsaved = None
        for write in self._unsaved_writes:
            self._put_writes(*write)
        self._unsaved_writes.clear()

    def _put(self, checkpoint: dict[str, Any], metadata: dict[str, Any]) -> None:
        parent = self.saved_address()
        self._saved_id = checkpoint["id"]
        put: Any = self.saver.put if isinstance(self._saving, Saving) else self.saver.aput
        self._saving.call(put, parent, checkpoint, metadata, self.ledger.take_changed())

    def _put_writes(self, task_id: str, path: tuple[Any, ...], writes: Sequence[Write]) -> None:
        put: Any = self.saver.put_writes if isinstance(self._saving, Saving) else self.saver.aput_writes
        self._saving.call(put, self.address(self._saved_id), kept(writes), task_id, path_text(path))

    def saved_address(self) -> dict[str, Any]:
        """The config of the newest checkpoint that is saved, with what a saver is to know of the run."""
        configurable = {**self._about["configurable"], **self.address(self._saved_id)["configurable"]}
        if self._saved_id is None:  # Not even after the one that the caller has named.
            configurable.pop("checkpoint_id", None)
        return {"configurable": configurable, "metadata": self._about["metadata"]}

    def _checkpoint(self, step: int) -> tuple[str, dict[str, Any]]:
        from langgraph.checkpoint.base.id import uuid6

        ledger = self.ledger
        id = str(uuid6(clock_seq=step))
        values = ledger.channel_values(self.board)
        if TASKS in values:
            values[TASKS] = [foreign(TASKS, send) for send in values[TASKS]]
        return id, {
            "v": FORMAT,
            "ts": datetime.now(timezone.utc).isoformat(),
            "id": id,
            "channel_values": values,
            "channel_versions": dict(ledger.versions),
            "versions_seen": {name: dict(seen) for name, seen in ledger.seen.items()},
            "updated_channels": ledger.updated,
        }

    def address(self, checkpoint_id: str | None) -> dict[str, Any]:
        """The config that names a checkpoint of this namespace, or its newest."""
        configurable = {"thread_id": self.thread_id, "checkpoint_ns": self.namespace}
        if checkpoint_id is not None:
            configurable["checkpoint_id"] = checkpoint_id
        return {"configurable": configurable}


def loaded(checkpoint: Any) -> Mapping[str, Any]:
    """A checkpoint with the engine's own classes in it."""
    values = checkpoint["channel_values"]
    if TASKS not in values:
        return dict(checkpoint)
    return {**checkpoint, "channel_values": {**values, TASKS: [own(TASKS, send) for send in values[TASKS]]}}


def kept(writes: Iterable[Write]) -> list[Write]:
    """Writes in the form that a saver keeps."""
    return [(channel, foreign(channel, value)) for channel, value in writes]


def null_writes(pending: Iterable[tuple[str, str, Any]]) -> list[Write]:
    """What the caller has written into the checkpoint that the thread stands at."""
    return [(channel, value) for task_id, channel, value in pending if task_id == NULL_TASK]
