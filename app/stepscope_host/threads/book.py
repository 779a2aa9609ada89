"""What a store knows of each thread besides its checkpoints: what it is called, and how it began."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from stepscope_host.threads.store import Store

LONGEST_WORDS = 120


class Book:
    """The threads of one program that were begun here, or given a name."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, thread: str, input: Any) -> None:
        """Note when a thread began, and with what."""
        row = thread, words_of(input), time.time()
        self._store.post(
            lambda connection: connection.execute(
                "INSERT INTO threads VALUES (?, '', ?, ?) ON CONFLICT (thread) DO NOTHING", row
            )
        )

    def rename(self, thread: str, title: str) -> None:
        """Call a thread something; "" takes its name back."""
        row = thread, title, time.time()
        self._store.post(
            lambda connection: connection.execute(
                "INSERT INTO threads VALUES (?, ?, '', ?)"
                " ON CONFLICT (thread) DO UPDATE SET title = excluded.title",
                row,
            )
        )

    def forget(self, thread: str) -> None:
        self._store.post(lambda connection: forget(connection, thread))

    @property
    def trouble(self) -> str:
        """Why threads are not kept for long, or ""."""
        return self._store.trouble

    async def entries(self) -> dict[str, dict[str, Any]]:
        """All that is known, by thread. Checkpoints count only where they are kept in this store."""
        return await asyncio.wrap_future(self._store.ask(_entries))


def forget(connection: sqlite3.Connection, thread: str) -> None:
    """Take everything of a thread out of the database."""
    for table in ("threads", "checkpoints", "channels", "writes"):
        connection.execute(f"DELETE FROM {table} WHERE thread = ?", (thread,))


def words_of(value: Any) -> str:
    """The text in an input that tells it from others best: the last thing said, or the first text."""
    for part in _texts(value, 4):
        return " ".join(part.split())[:LONGEST_WORDS]
    return ""


def _texts(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str) and value.strip():
        yield value[: 4 * LONGEST_WORDS]
    elif depth and isinstance(value, Mapping):
        # Of a message, what it says; its role would tell nothing.
        parts = [value["content"]] if "content" in value else list(value.values())[:50]
        for part in parts:
            yield from _texts(part, depth - 1)
    elif depth and isinstance(value, list):
        for part in reversed(value[-50:]):
            yield from _texts(part, depth - 1)


def _entries(connection: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    found = {
        thread: {"title": title, "words": words, "when": began, "steps": 0, "is_saved": False}
        for thread, title, words, began in connection.execute("SELECT * FROM threads")
    }
    newest = connection.execute(
        "SELECT thread, max(written), max(step) FROM checkpoints WHERE namespace = '' GROUP BY thread"
    )
    for thread, written, step in newest:
        entry = found.setdefault(thread, {"title": "", "words": "", "when": 0.0})
        written = datetime.fromisoformat(written).timestamp()
        entry |= {"when": written, "steps": max(step, 0), "is_saved": True}
    return found
