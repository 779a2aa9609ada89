"""A database of threads that is worked on in a thread of its own, one job after the other.

Whoever posts a job does not wait; whoever asks for an answer finds everything that was posted before. Jobs
that stand in line are committed together. A disk that is full, read-only or broken is no reason for a run to
fail: from then on everything is kept in memory, and `trouble` says why.
"""

from __future__ import annotations

import contextlib
import hashlib
import queue
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from stepscope_host.descriptors import out_of_reach

Job = Callable[[sqlite3.Connection], Any]

BUSY_SECONDS = 10.0
"""How long another window that writes to the same file is waited for."""
UNSAVED_SECONDS = 0.2
"""How long jobs that follow each other without a gap may wait for being committed."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS threads (
    thread TEXT PRIMARY KEY, title TEXT NOT NULL, words TEXT NOT NULL, began REAL NOT NULL);
CREATE TABLE IF NOT EXISTS checkpoints (
    thread TEXT, namespace TEXT, id TEXT, parent TEXT, written TEXT, step INTEGER, kind TEXT, data BLOB,
    metadata_kind TEXT, metadata BLOB, PRIMARY KEY (thread, namespace, id));
CREATE TABLE IF NOT EXISTS channels (
    thread TEXT, namespace TEXT, channel TEXT, version TEXT, kind TEXT, data BLOB,
    PRIMARY KEY (thread, namespace, channel, version));
CREATE TABLE IF NOT EXISTS writes (
    thread TEXT, namespace TEXT, checkpoint TEXT, task TEXT, number INTEGER, path TEXT, channel TEXT,
    kind TEXT, data BLOB, PRIMARY KEY (thread, namespace, checkpoint, task, number));
"""


def file_of(folder: str, target: str) -> str:
    """The file in a folder for the threads of one program."""
    return str(Path(folder) / f"{hashlib.sha256(target.encode()).hexdigest()[:24]}.sqlite")


class Store:
    """The database at `path`, made with the first job that writes; with no path it is in memory."""

    def __init__(self, path: str = "") -> None:
        self.path = path
        self._jobs: queue.SimpleQueue[_Posted | None] = queue.SimpleQueue()
        self._worker = _Worker(path, self._jobs)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        # The thread does not hold the store, so it ends with whoever used it.
        self._end = weakref.finalize(self, self._jobs.put, None)

    @property
    def trouble(self) -> str:
        """Why what is written now will not be kept, "" when it will."""
        return self._worker.trouble

    def post(self, job: Job) -> None:
        """Have something written, some time soon."""
        self._put(_Posted(job, None))

    def ask(self, job: Job) -> Future[Any]:
        """Have something read."""
        future: Future[Any] = Future()
        self._put(_Posted(job, future))
        return future

    def close(self) -> None:
        """Write what is left, and let go of the file. Waits for that."""
        self._end()
        if self._thread is not None:
            self._thread.join()

    def _put(self, posted: _Posted) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._worker.work, name="stepscope-store", daemon=True)
                self._thread.start()
        self._jobs.put(posted)


class _Posted:
    """A job; one with a future only reads."""

    def __init__(self, job: Job, future: Future[Any] | None) -> None:
        self.job = job
        self.future = future


class _Worker:
    def __init__(self, path: str, jobs: queue.SimpleQueue[_Posted | None]) -> None:
        self.trouble = ""
        self._path = path
        self._jobs = jobs
        self._connection: sqlite3.Connection | None = None
        self._unsaved: list[Job] = []
        self._since = 0.0

    def work(self) -> None:
        """Do the jobs until the store is closed, or nobody has it any more."""
        while (posted := self._next()) is not None:
            if posted.future is None:
                self._write(posted.job)
            else:
                self._read(posted.job, posted.future)
            del posted
        self._save()
        if self._connection is not None:
            self._connection.close()

    def _next(self) -> _Posted | None:
        with contextlib.suppress(queue.Empty):
            posted = self._jobs.get_nowait()
            if self._unsaved and time.monotonic() > self._since + UNSAVED_SECONDS:
                self._save()
            return posted
        self._save()
        return self._jobs.get()

    def _write(self, job: Job) -> None:
        if not self._unsaved:
            self._since = time.monotonic()
        self._unsaved.append(job)
        try:
            if self._connection is None:
                self._connection = _opened(self._path)
            job(self._connection)
        except sqlite3.Error as error:
            self._go_to_memory(error)

    def _save(self) -> None:
        if not self._unsaved or self._connection is None:
            return
        try:
            self._connection.commit()
        except sqlite3.Error as error:
            self._go_to_memory(error)
        self._unsaved = []

    def _read(self, job: Job, future: Future[Any]) -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            if self._connection is not None:
                result = job(self._connection)
            elif self._path and Path(self._path).exists():
                self._connection = _opened(self._path)
                result = job(self._connection)
            else:
                result = _of_nothing(job)
        except sqlite3.Error as error:
            self._go_to_memory(error)
            try:
                assert self._connection is not None
                result = job(self._connection)
            except Exception as still:
                future.set_exception(still)
                return
        except Exception as error:
            future.set_exception(error)
            return
        future.set_result(result)

    def _go_to_memory(self, error: sqlite3.Error) -> None:
        """Keep what could be read of the file, and what could not be written to it."""
        memory = _opened("")
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.rollback()
                self._connection.backup(memory)
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
        self._connection = memory
        for job in self._unsaved:
            with contextlib.suppress(sqlite3.Error):
                job(memory)
        self.trouble = (
            f"Threads cannot be saved to {self._path}: {error}. They are kept until this process ends. "
            "See that there is room and that the folder may be written to, then load the file again."
        )
        self._path = ""


def _opened(path: str) -> sqlite3.Connection:
    with out_of_reach() if path else contextlib.nullcontext():  # what closes its files has it wait, or worse
        return _connected(path)


def _connected(path: str) -> sqlite3.Connection:
    try:
        if path:
            Path(path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        connection = sqlite3.connect(path or ":memory:", timeout=BUSY_SECONDS, check_same_thread=False)
    except OSError as error:
        raise sqlite3.OperationalError(str(error)) from error
    try:
        if path:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
        connection.executescript(SCHEMA)
    except BaseException:
        connection.close()
        raise
    return connection


def _of_nothing(job: Job) -> Any:
    connection = _opened("")
    try:
        return job(connection)
    finally:
        connection.close()
