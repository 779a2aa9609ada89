"""A saver of langgraph-checkpoint's kind over a `Store`.

A channel's value is saved once for each version of it, not with each checkpoint. What is saved is made into
bytes at once, as the graph may change it afterwards; it is written to disk later.
"""

from __future__ import annotations

import asyncio
import importlib
import itertools
import random
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from stepscope_host.threads import book
from stepscope_host.threads.store import Job, Store

_base: Any = importlib.import_module("langgraph.checkpoint.base")  # an ImportError where there is none

Place = tuple[str, str, str]
"""A thread, a namespace in it and a checkpoint, "" for the newest."""


_chance = random.Random()  # asking the system each time takes as long as all else about a version


class KeepingSaver(_base.BaseCheckpointSaver):
    """Keeps checkpoints in a store."""

    def __init__(self, store: Store, serde: Any) -> None:
        super().__init__(serde=serde)
        self.store = store

    def get_next_version(self, current: Any, channel: Any = None) -> str:
        """Versions that grow, and differ between two forks of one checkpoint."""
        number = int(str(current).partition(".")[0]) if current else 0
        return f"{number + 1:032}.{_chance.getrandbits(64):016x}"

    def put(self, config: Any, checkpoint: Any, metadata: Any, new_versions: Any) -> Any:
        """Save a checkpoint, and those channels that have a new version."""
        thread, namespace, parent = place_of(config)
        values = checkpoint["channel_values"]
        rest = {key: value for key, value in checkpoint.items() if key != "channel_values"}
        told = _base.get_checkpoint_metadata(config, metadata)
        row = (
            *(thread, namespace, checkpoint["id"], parent, checkpoint["ts"], metadata.get("step", -1)),
            *self.serde.dumps_typed(rest),
            *self.serde.dumps_typed(told),
        )
        channels = [
            (thread, namespace, channel, str(version), *self.serde.dumps_typed(values[channel]))
            for channel, version in new_versions.items()
            if channel in values
        ]
        self.store.post_rows("INSERT OR REPLACE INTO channels VALUES (?,?,?,?,?,?)", channels)
        self.store.post_rows("INSERT OR REPLACE INTO checkpoints VALUES (?,?,?,?,?,?,?,?,?,?)", [row])
        return _config(thread, namespace, checkpoint["id"])

    def put_writes(self, config: Any, writes: Any, task_id: str, task_path: str = "") -> None:
        """Save what a task wrote, beside the checkpoint that it began from."""
        place, dump = place_of(config), self.serde.dumps_typed
        rows = [
            (*place, task_id, _base.WRITES_IDX_MAP.get(channel, number), task_path, channel, *dump(value))
            for number, (channel, value) in enumerate(writes)
        ]
        # An error or an answer is replaced by a newer one; what a task wrote, it wrote once.
        is_special = all(channel in _base.WRITES_IDX_MAP for channel, _ in writes)
        how = f"INSERT OR {'REPLACE' if is_special else 'IGNORE'} INTO writes VALUES (?,?,?,?,?,?,?,?,?)"
        self.store.post_rows(how, rows)

    def get_tuple(self, config: Any) -> Any:
        """The checkpoint that a config names, or the newest of its thread."""
        return self._tuple(self.store.ask(_newest(place_of(config), self.serde.loads_typed)).result())

    async def aget_tuple(self, config: Any) -> Any:
        """The checkpoint that a config names, or the newest of its thread."""
        return self._tuple(
            await asyncio.wrap_future(self.store.ask(_newest(place_of(config), self.serde.loads_typed)))
        )

    def list(
        self, config: Any, *, filter: Any = None, before: Any = None, limit: int | None = None
    ) -> Iterator[Any]:
        """Checkpoints, the newest first."""
        rows = self.store.ask(_rows(config, before)).result()
        for row in itertools.islice(self._fitting(rows, filter), limit):
            yield self._tuple(self.store.ask(_whole(row, self.serde.loads_typed)).result())

    async def alist(
        self, config: Any, *, filter: Any = None, before: Any = None, limit: int | None = None
    ) -> AsyncIterator[Any]:
        """Checkpoints, the newest first."""
        rows = await asyncio.wrap_future(self.store.ask(_rows(config, before)))
        for row in itertools.islice(self._fitting(rows, filter), limit):
            yield self._tuple(await asyncio.wrap_future(self.store.ask(_whole(row, self.serde.loads_typed))))

    def delete_thread(self, thread_id: str) -> None:
        """Forget a thread."""
        self.store.post(lambda connection: book.forget(connection, thread_id))

    async def aput(self, config: Any, checkpoint: Any, metadata: Any, new_versions: Any) -> Any:
        """As `put`, which waits for nothing."""
        return self.put(config, checkpoint, metadata, new_versions)

    async def aput_writes(self, config: Any, writes: Any, task_id: str, task_path: str = "") -> None:
        """As `put_writes`, which waits for nothing."""
        self.put_writes(config, writes, task_id, task_path)

    async def adelete_thread(self, thread_id: str) -> None:
        """As `delete_thread`, which waits for nothing."""
        self.delete_thread(thread_id)

    def _fitting(self, rows: Iterable[_Row], filter: Mapping[str, Any] | None) -> Iterator[_Row]:
        for row in rows:
            metadata = self.serde.loads_typed(row.metadata) if filter else {}
            if all(metadata.get(key) == value for key, value in (filter or {}).items()):
                yield row

    def _tuple(self, whole: _Whole | None) -> Any:
        if whole is None:
            return None
        row, checkpoint, channels, writes = whole
        load = self.serde.loads_typed
        checkpoint["channel_values"] = {channel: load(saved) for channel, saved in channels.items()}
        return _base.CheckpointTuple(
            _config(row.thread, row.namespace, row.id),
            checkpoint,
            load(row.metadata),
            _config(row.thread, row.namespace, row.parent) if row.parent else None,
            [(task, channel, load((kind, data))) for task, channel, kind, data in writes],
        )


def place_of(config: Mapping[str, Any]) -> Place:
    """Which checkpoint a config names."""
    given = config["configurable"]
    return str(given["thread_id"]), given.get("checkpoint_ns") or "", given.get("checkpoint_id") or ""


class _Row(NamedTuple):
    thread: str
    namespace: str
    id: str
    parent: str
    checkpoint: tuple[str, bytes]
    metadata: tuple[str, bytes]


_Whole = tuple[_Row, dict[str, Any], dict[str, tuple[str, bytes]], Sequence[Any]]
Load = Callable[[tuple[str, bytes]], Any]

_CHANNEL = (
    "SELECT kind, data FROM channels WHERE thread = ? AND namespace = ? AND channel = ? AND version = ?"
)
_SELECT = "SELECT thread, namespace, id, parent, kind, data, metadata_kind, metadata FROM checkpoints"


def _config(thread: str, namespace: str, checkpoint: str) -> dict[str, Any]:
    return {"configurable": {"thread_id": thread, "checkpoint_ns": namespace, "checkpoint_id": checkpoint}}


def _newest(place: Place, load: Load) -> Job:
    thread, namespace, checkpoint = place
    where = " WHERE thread = ? AND namespace = ?" + (" AND id = ?" if checkpoint else "")

    def read(connection: sqlite3.Connection) -> _Whole | None:
        given = (thread, namespace, checkpoint) if checkpoint else (thread, namespace)
        found = connection.execute(f"{_SELECT}{where} ORDER BY id DESC LIMIT 1", given).fetchone()
        return None if found is None else _whole(_row(found), load)(connection)

    return read


def _rows(config: Mapping[str, Any] | None, before: Mapping[str, Any] | None) -> Job:
    given = (config or {}).get("configurable") or {}
    names = {"thread_id": "thread", "checkpoint_ns": "namespace", "checkpoint_id": "id"}
    terms = {f"{names[key]} = ?": str(given[key]) for key in names if given.get(key) is not None}
    if (
        before is not None
        and (place := place_of({"configurable": {"thread_id": "", **before["configurable"]}}))[2]
    ):
        terms["id < ?"] = place[2]
    where = f" WHERE {' AND '.join(terms)}" if terms else ""

    def read(connection: sqlite3.Connection) -> Sequence[_Row]:
        found = connection.execute(f"{_SELECT}{where} ORDER BY id DESC", tuple(terms.values()))
        return [_row(row) for row in found]

    return read


def _whole(row: _Row, load: Load) -> Job:
    place = row.thread, row.namespace

    def read(connection: sqlite3.Connection) -> _Whole:
        checkpoint = load(row.checkpoint)
        channels = {
            channel: found
            for channel, version in checkpoint["channel_versions"].items()
            if (found := connection.execute(_CHANNEL, (*place, channel, str(version))).fetchone())
        }
        writes = connection.execute(
            "SELECT task, channel, kind, data FROM writes"
            " WHERE thread = ? AND namespace = ? AND checkpoint = ? ORDER BY path, task, number",
            (*place, row.id),
        ).fetchall()
        return row, checkpoint, channels, writes

    return read


def _row(found: Sequence[Any]) -> _Row:
    thread, namespace, id, parent, kind, data, metadata_kind, metadata = found
    return _Row(thread, namespace, id, parent, (kind, data), (metadata_kind, metadata))
