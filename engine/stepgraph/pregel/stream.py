"""Who listens to a run, and what the data of a chunk is.

An outlet is one caller of `stream()` or `astream()`. A graph that runs inside another one reports to its
own caller, if it has one, and to every outlet around it that asked for subgraphs.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any, Final

from stepgraph.channels import MISSING
from stepgraph.constants import PREVIOUS, RETURN, ROOT
from stepgraph.pregel.view import View, whole
from stepgraph.types import Namespace

if TYPE_CHECKING:
    from stepgraph.pregel.messages import MessageStream
    from stepgraph.pregel.tools import ToolStream

OutputKeys = str | tuple[str, ...]
"""One key, whose value stands alone in a chunk, or several, which make a dict."""


class Outlet:
    """One caller that takes chunks. `namespace` is the graph it called."""

    def __init__(self, view: View) -> None:
        self.modes = view.reported
        self.namespace: Namespace = ()
        self.subgraphs = view.subgraphs
        self.messages: MessageStream | None = None
        self.tools: ToolStream | None = None
        self.is_live = view.eager or view.subgraphs or not _WHILE_A_NODE_RUNS.isdisjoint(self.modes)
        """Whether chunks may come while a node runs, so that the caller must not wait for the node."""
        self._envelope = view.envelope if view.is_plain else whole

    def push(self, namespace: Namespace, mode: str, data: Any) -> None:
        """Hand over a chunk; from any thread."""
        raise NotImplementedError


_WHILE_A_NODE_RUNS: Final = frozenset(["custom", "messages", "tools"])


class SyncOutlet(Outlet):
    """Chunks for a caller that may block."""

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self.chunks: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def push(self, namespace: Namespace, mode: str, data: Any) -> None:
        self.chunks.put(self._envelope(namespace, mode, data))


class Bell:
    """Wakes the one coroutine that sleeps at it."""

    def __init__(self) -> None:
        self.chunks: deque[Any] = deque()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._sleeper: asyncio.Future[None] | None = None

    def wait(self) -> asyncio.Future[None]:
        """Sleep until a chunk is there or `wake()` is called, if this is awaited."""
        # The sleeper is in place before the look at the chunks: another thread sees one or we see its chunk.
        sleeper = self._sleeper = self._loop.create_future()
        if self.chunks:
            self.wake()
        return sleeper

    def wake(self) -> None:
        """End the sleep; from any thread."""
        sleeper, self._sleeper = self._sleeper, None
        if sleeper is None:
            return
        if threading.get_ident() == self._thread:
            _finish(sleeper)
        else:
            self._loop.call_soon_threadsafe(_finish, sleeper)


class AsyncOutlet(Outlet, Bell):
    """Chunks for a caller on an event loop, which sleeps until there are some."""

    def __init__(self, view: View) -> None:
        Outlet.__init__(self, view)
        Bell.__init__(self)

    def push(self, namespace: Namespace, mode: str, data: Any) -> None:
        self.chunks.append(self._envelope(namespace, mode, data))
        if self._sleeper is not None:
            self.wake()


def _finish(sleeper: asyncio.Future[None]) -> None:
    if not sleeper.done():
        sleeper.set_result(None)


# -- payloads


def values_payload(values: Mapping[str, Any], keys: OutputKeys) -> Any:
    """The state as mode `values` shows it: keys without a value are left out."""
    if isinstance(keys, str):
        value = values[keys]
        return None if value is MISSING else value
    return {key: value for key in keys if (value := values[key]) is not MISSING}


def updates_payload(writes: Sequence[tuple[str, Any]], keys: str | Set[str]) -> Any:
    """One task's writes as mode `updates` shows them: None for none, a list where a key was written twice.

    What a child task returns is shown as it is.
    """
    if writes and writes[0][0] == RETURN:
        return writes[0][1]
    if isinstance(keys, str):
        found = [value for key, value in writes if key == keys]
        return found if len(found) > 1 else found[0] if found else None
    kept = [write for write in writes if write[0] in keys]
    merged = dict(kept)
    if len(merged) < len(kept):
        return [{key: value} for key, value in kept]
    return merged or None


def result_payload(writes: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """One task's writes as modes `tasks` and `debug` show them: a key written twice has all its writes."""
    groups: dict[str, list[Any]] = {}
    for key, value in writes:
        if key != PREVIOUS:
            groups.setdefault(key, []).append(value)
    return {key: group[0] if len(group) == 1 else {"$writes": group} for key, group in groups.items()}


def all_keys(channels: Collection[str]) -> OutputKeys:
    """Every key of a state: the value alone for a state of one bare value."""
    return ROOT if ROOT in channels else tuple(channels)
