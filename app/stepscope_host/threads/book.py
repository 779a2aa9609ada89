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
"""Characters of an input by which its thread is known."""
MOST_UNNAMED = 200


class Book:
    """The threads of one program that were begun here, or given a name.

    Every run begins a thread: so that they do not fill the disk, only the newest `most` are kept, and all
    that the person has named.
    """

    def __init__(self, store: Store, most: int = MOST_UNNAMED) -> None:
        self._store = store
        self._most = most

    def begin(self, thread: str, input: Any) -> None:
        """Note that a run in a thread begins, and with what the thread began."""
        row, most = (thread, words_of(input), time.time()), self._most

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO threads VALUES (?, '', ?, ?)"
                " ON CONFLICT (thread) DO UPDATE SET began = excluded.began",
                row,
            )
            old = "SELECT thread FROM threads WHERE title = '' ORDER BY began DESC LIMIT -1 OFFSET ?"
            for (other,) in connection.execute(old, (most,)).fetchall():
                forget(connection, other)

        self._store.post(write)

    def rename(self, thread: str, title: str) -> None:
        """Call a thread something; "" takes its name back. One that began elsewhere is no newer for that."""
        row = thread, title, 0.0
        self._store.post(
            lambda connection: connection.execute(
                "INSERT INTO threads VALUES (?, ?, '', ?)"
                " ON CONFLICT (thread) DO UPDATE SET title = excluded.title",
                row,
            )
        )

    def forget(self, thread: str) -> None:
        self._store.post(lambda connection: forget(connection, thread))

    def hurry(self) -> None:
        """Have what was done in threads written now; else that is a moment later."""
        self._store.hurry()

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
