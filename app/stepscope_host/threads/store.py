"""A database of threads that is worked on in a thread of its own, one job after the other.

Whoever posts a job does not wait; whoever asks for an answer finds everything that was posted before. What is
posted is gathered for a moment, and then done and committed together: a thread that were woken for each job
would cost the run more than the jobs do. A disk that is full, read-only or broken is no reason for a run to
fail: from then on everything is kept in memory, and `trouble` says why.
"""

from __future__ import annotations

import contextlib
import hashlib
import queue
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, NamedTuple

from stepscope_host.descriptors import out_of_reach

Job = Callable[[sqlite3.Connection], Any]

BUSY_SECONDS = 10.0
"""How long another window that writes to the same file is waited for."""
GATHERING_SECONDS = 0.1
"""How long jobs wait for others: what is lost at most when the process is killed."""

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
        self._jobs = _Jobs()
        self._worker = _Worker(path, self._jobs)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        # The thread does not hold the store, so it ends with whoever used it.
        self._end = weakref.finalize(self, self._jobs.end)

    @property
    def trouble(self) -> str:
        """Why what is written now will not be kept, "" when it will."""
        return self._worker.trouble

    def post(self, job: Job) -> None:
        """Have something written, some time soon."""
        self._put(_Posted(job, None))

    def post_rows(self, how: str, rows: Sequence[Sequence[Any]]) -> None:
        """Have rows written by a statement, some time soon; in any order with those of other statements."""
        self._put(_Rows(how, rows))

    def ask(self, job: Job) -> Future[Any]:
        """Have something read."""
        future: Future[Any] = Future()
        self._put(_Posted(job, future))
        self._jobs.hurry()
        return future

    def hurry(self) -> None:
        """Have what is posted written now."""
        self._jobs.hurry()

    def close(self) -> None:
        """Write what is left, and let go of the file. Waits for that."""
        self._end()
        if self._thread is not None:
            self._thread.join()

    def _put(self, posted: _Posted | _Rows) -> None:
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(
                        target=self._worker.work, name="stepscope-store", daemon=True
                    )
                    self._thread.start()
        self._jobs.put(posted)


class _Posted(NamedTuple):
    """A job; one with a future only reads."""

    job: Job
    future: Future[Any] | None


class _Rows(NamedTuple):
    """Rows to be written by a statement."""

    how: str
    rows: Sequence[Sequence[Any]]


class _Jobs:
    """What stands in line: it is taken a moment after the first has come, or when somebody is in a hurry."""

    def __init__(self) -> None:
        self._line: queue.SimpleQueue[_Posted | _Rows | None] = queue.SimpleQueue()
        self._hurry = threading.Event()

    def put(self, posted: _Posted | _Rows) -> None:
        self._line.put(posted)

    def hurry(self) -> None:
        self._hurry.set()

    def end(self) -> None:
        """There will be no more."""
        self._line.put(None)
        self._hurry.set()

    def gathered(self) -> list[_Posted | _Rows | None]:
        """Wait for the next ones. None is the last."""
        found = [self._line.get()]
        self._hurry.wait(GATHERING_SECONDS)
        self._hurry.clear()
        with contextlib.suppress(queue.Empty):
            while True:
                found.append(self._line.get_nowait())
        return found


class _Worker:
    def __init__(self, path: str, jobs: _Jobs) -> None:
        self.trouble = ""
        self._path = path
        self._jobs = jobs
        self._connection: sqlite3.Connection | None = None
        self._unsaved: list[Job] = []

    def work(self) -> None:
        """Do the jobs until the store is closed, or nobody has it any more."""
        is_over = False
        while not is_over:
            gathered = self._jobs.gathered()
            is_over = None in gathered
            self._do(gathered)
            del gathered
        if self._connection is not None:
            self._connection.close()

    def _do(self, gathered: Iterable[_Posted | _Rows | None]) -> None:
        rows: dict[str, list[Sequence[Any]]] = {}
        for posted in gathered:
            match posted:
                case _Rows(how, more):
                    rows.setdefault(how, []).extend(more)
                case _Posted(job, future):
                    self._write_rows(rows)
                    if future is None:
                        self._write(job)
                    else:
                        self._save()
                        self._read(job, future)
        self._write_rows(rows)
        self._save()

    def _write_rows(self, rows: dict[str, list[Sequence[Any]]]) -> None:
        for how, each in rows.items():
            self._write(lambda connection, how=how, each=each: connection.executemany(how, each))  # type: ignore[misc]
        rows.clear()

    def _write(self, job: Job) -> None:
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
