"""The thread that looks at files: what it tells the window, and that it ends."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.kit.editors import WAYS, Save

from stepscope.run.sightings import Difference
from stepscope.run.watcher import Watcher


@pytest.fixture
async def watcher() -> AsyncIterator[Watcher]:
    watcher = Watcher()
    yield watcher
    await watcher.close()
    assert "watch-files" not in [thread.name for thread in threading.enumerate()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "graph.py"
    path.write_text("x = 1\n")
    return path


class Heard:
    """What a watcher tells; `next()` waits for it."""

    def __init__(self, watcher: Watcher) -> None:
        self.all: list[tuple[Difference, ...]] = []
        self._queue: asyncio.Queue[tuple[Difference, ...]] = asyncio.Queue()
        watcher.changed.connect(self._on_changed)

    def _on_changed(self, differences: tuple[Difference, ...]) -> None:
        self.all.append(differences)
        self._queue.put_nowait(differences)

    async def next(self) -> tuple[Difference, ...]:
        return await self._queue.get()


@pytest.fixture
def looks_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow machine may take as long over a save as the thread waits for it to end."""
    monkeypatch.setattr("stepscope.run.watcher.LOOK_SECONDS", 3600)


@pytest.mark.usefixtures("looks_when_asked")
@pytest.mark.parametrize("save", WAYS, ids=lambda save: save.__name__)
async def test_a_save_is_told_once(watcher: Watcher, path: Path, save: Save) -> None:
    heard = Heard(watcher)
    await watcher.watch([str(path)])

    save(path, "x = 2\n")
    for _ in range(3):
        await watcher.look()

    assert heard.all == [(Difference(str(path)),)]


@pytest.mark.usefixtures("looks_when_asked")
async def test_a_checkout_of_two_hundred_files_is_told_in_one_piece(watcher: Watcher, tmp_path: Path) -> None:
    paths = [tmp_path / f"module_{number}.py" for number in range(200)]
    for path in paths:
        path.write_text("x = 1\n")
    heard = Heard(watcher)
    await watcher.watch(map(str, paths))

    for path in paths:
        path.unlink()
        path.write_text("x = 2\n")

    assert len(await watcher.look()) == 200
    assert [len(differences) for differences in heard.all] == [200]


async def test_a_touch_is_not_told(watcher: Watcher, path: Path) -> None:
    heard = Heard(watcher)
    await watcher.watch([str(path)])

    path.touch()

    assert await watcher.look() == ()
    assert heard.all == []


async def test_a_change_is_noticed_without_being_looked_for(watcher: Watcher, path: Path) -> None:
    heard = Heard(watcher)
    await watcher.watch([str(path)])

    path.write_text("x = 2\n")

    assert await heard.next() == (Difference(str(path)),)


async def test_that_a_change_is_taken_back_is_told(watcher: Watcher, path: Path) -> None:
    heard = Heard(watcher)
    await watcher.watch([str(path)])

    path.write_text("x = 2\n")
    assert await heard.next() == (Difference(str(path)),)
    path.write_text("x = 1\n")
    assert await heard.next() == ()


async def test_a_file_that_is_deleted_and_made_again_is_still_watched(watcher: Watcher, path: Path) -> None:
    heard = Heard(watcher)
    await watcher.watch([str(path)])

    path.unlink()
    assert await heard.next() == (Difference(str(path), is_gone=True),)
    path.write_text("x = 1\n")
    assert await heard.next() == ()
    path.write_text("x = 3\n")
    assert await heard.next() == (Difference(str(path)),)


async def test_files_that_are_not_watched_any_more_are_not_told_of(watcher: Watcher, path: Path) -> None:
    heard = Heard(watcher)
    other = path.with_name("other.py")
    await watcher.watch([str(path)])
    await watcher.watch([str(other)])

    path.write_text("x = 2\n")

    assert await watcher.look() == ()
    assert heard.all == []


async def test_a_look_answers_at_once_what_has_just_been_written(watcher: Watcher, path: Path) -> None:
    await watcher.watch([str(path)])

    path.write_text("x = 2\n")

    assert await watcher.look() == (Difference(str(path)),)


async def test_what_is_written_while_it_is_loaded_is_told_when_that_is_done(
    watcher: Watcher, path: Path
) -> None:
    watcher.expect(lambda: path)
    await watcher.look()
    path.write_text("x = 2\n")

    assert await watcher.watch([str(path)]) == (Difference(str(path)),)


async def test_a_change_before_a_load_that_fails_is_still_told(watcher: Watcher, path: Path) -> None:
    heard = Heard(watcher)
    await watcher.watch([str(path)])

    path.write_text("x = 2\n")
    watcher.expect(lambda: path.with_name("other.py"))

    assert await heard.next() == (Difference(str(path)),)


async def test_a_watcher_that_never_watched_has_no_thread_to_end(watcher: Watcher) -> None:
    assert "watch-files" not in [thread.name for thread in threading.enumerate()]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a file that hangs when it is read")
async def test_a_file_that_does_not_answer_keeps_nobody_waiting(path: Path) -> None:
    pipe = path.with_name("pipe.py")
    os.mkfifo(pipe)
    watcher = Watcher()
    watching = watcher.watch([str(pipe)])

    assert await watcher.look() == ()
    await watcher.close()
    assert not watching.done()

    os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))  # now it answers, and the thread can end
    await watching
    for thread in threading.enumerate():
        if thread.name == "watch-files":
            await asyncio.to_thread(thread.join)
