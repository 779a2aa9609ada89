"""Where threads are kept: two windows at once, broken files, and an end to what is kept."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stepscope_host.threads.attached import saver
from stepscope_host.threads.book import Book, words_of
from stepscope_host.threads.store import Store


def put(store: Store, thread: str, number: int = 0) -> None:
    """Save a checkpoint of one channel."""
    keeping = saver(store)
    version = keeping.get_next_version(None)
    checkpoint: dict[str, Any] = {
        "v": 1,
        "id": f"{number:08}",
        "ts": "2026-05-04T15:00:00+00:00",
        "channel_values": {"log": [number]},
        "channel_versions": {"log": version},
        "versions_seen": {},
        "updated_channels": None,
    }
    config = {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}
    keeping.put(config, checkpoint, {"source": "loop", "step": number, "parents": {}}, {"log": version})


def logs(store: Store, thread: str) -> list[Any]:
    config = {"configurable": {"thread_id": thread}}
    return [saved.checkpoint["channel_values"]["log"] for saved in saver(store).list(config)]


def test_two_windows_write_to_one_file(tmp_path: Path) -> None:
    path = str(tmp_path / "threads.sqlite")
    one, other = Store(path), Store(path)
    for number in range(50):
        put(one, "one", number)
        put(other, "other", number)
    assert len(logs(one, "one")) == len(logs(other, "other")) == 50
    one.close()
    assert len(logs(other, "one")) == 50
    assert one.trouble == other.trouble == ""
    other.close()


KILLED = """
import os, signal, sys, threading
from tests.host.test_store import Store, put

store = Store(sys.argv[1])
put(store, "one", 1)
for _ in range(2):  # what is posted during a round of writing waits for the next one
    written = threading.Event()
    store.post(lambda connection: written.set())
    written.wait()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name != "posix", reason="kills itself by a signal")
def test_what_was_written_a_moment_ago_outlives_a_killed_process(tmp_path: Path) -> None:
    path = str(tmp_path / "threads.sqlite")
    killed = subprocess.run([sys.executable, "-c", KILLED, path], timeout=60, cwd=Path(__file__).parents[2])
    assert killed.returncode == -signal.SIGKILL
    store = Store(path)
    assert logs(store, "one") == [[1]]
    store.close()


def test_nothing_is_written_for_who_only_reads(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "threads.sqlite"))
    assert logs(store, "any") == []
    store.close()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_left_as_it_is_and_told(tmp_path: Path) -> None:
    path = tmp_path / "threads.sqlite"
    path.write_text("this is something else\n" * 100)
    store = Store(str(path))
    put(store, "one", 1)
    put(store, "one", 2)
    assert logs(store, "one") == [[2], [1]]
    assert "Threads cannot be saved" in store.trouble
    store.close()
    assert path.read_text().startswith("this is something else")


def test_what_was_saved_is_still_there_when_the_disk_has_become_full(tmp_path: Path) -> None:
    path = tmp_path / "threads.sqlite"
    store = Store(str(path))
    put(store, "one", 1)
    assert logs(store, "one") == [[1]]

    def fill(connection: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    store.ask(fill).result()
    for number in range(2, 200):
        put(store, "one", number)
    assert len(logs(store, "one")) == 199
    assert "full" in store.trouble
    store.close()


async def test_only_the_newest_threads_and_those_with_a_name_are_kept() -> None:
    store = Store()
    book = Book(store, most=3)
    for number in range(8):
        book.begin(f"thread {number}", {"topic": f"owls {number}"})
        put(store, f"thread {number}", number)
        if number == 1:
            book.rename("thread 1", "Mine")
    book.begin("thread 5", None)  # goes on, so it is the newest
    book.begin("thread 8", None)
    kept = await book.entries()
    assert sorted(kept) == ["thread 1", "thread 5", "thread 7", "thread 8"]
    assert kept["thread 5"]["words"] == "owls 5"
    assert await asyncio.to_thread(logs, store, "thread 0") == []
    store.close()


@pytest.mark.parametrize(
    ("input", "words"),
    [
        ({"topic": " some\n owls "}, "some owls"),
        ({"n": 3, "messages": [{"role": "user", "content": "hi"}]}, "hi"),
        ({"messages": [["user", "first"], ["user", "last"]]}, "last"),
        ([1, 2], ""),
        (None, ""),
        ("x" * 500, "x" * 120),
    ],
)
def test_a_thread_is_known_by_what_was_said_last_or_by_its_first_text(input: Any, words: str) -> None:
    assert words_of(input) == words
