"""Who listens to a run, in which modes, and what a chunk looks like when it comes out.

An outlet is one caller of `stream()` or `astream()`. A graph that runs inside another one reports to its
own caller, if it has one, and to every outlet around it that asked for subgraphs.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, get_args

from stepgraph.channels import MISSING
from stepgraph.constants import ROOT
from stepgraph.errors import did_you_mean
from stepgraph.types import Namespace, StreamMode

if TYPE_CHECKING:
    from stepgraph.pregel.messages import MessageStream

OutputKeys = str | tuple[str, ...]
"""One key, whose value stands alone in a chunk, or several, which make a dict."""

MODES: Final[tuple[str, ...]] = get_args(StreamMode)


def read_modes(stream_mode: str | Iterable[str]) -> tuple[frozenset[str], bool]:
    """The modes asked for, and whether chunks are labelled with theirs. Raises ValueError."""
    labelled = not isinstance(stream_mode, str)
    modes = frozenset(stream_mode) if labelled else frozenset([str(stream_mode)])
    for mode in sorted(map(str, modes - set(MODES))):
        hint = did_you_mean(mode, MODES) or f"The modes are {', '.join(MODES)}."
        raise ValueError(f"stream_mode {mode!r} does not exist. {hint}")
    return modes, labelled


class Outlet:
    """One caller that takes chunks. `namespace` is the graph it called."""

    def __init__(
        self, stream_mode: str | Iterable[str], namespace: Namespace = (), *, subgraphs: bool = False
    ) -> None:
        self.modes, labelled = read_modes(stream_mode)
        self.namespace = namespace
        self.subgraphs = subgraphs
        self.messages: MessageStream | None = None
        self._shape = _SHAPES[labelled, subgraphs]

    @property
    def is_live(self) -> bool:
        """Whether chunks may come while a node runs, so that the caller must not wait for the node."""
        return self.subgraphs or "custom" in self.modes or "messages" in self.modes

    def push(self, namespace: Namespace, mode: str, data: Any) -> None:
        """Hand over a chunk; from any thread."""
        raise NotImplementedError


_SHAPES: Final[dict[tuple[bool, bool], Callable[[Namespace, str, Any], Any]]] = {
    (False, False): lambda namespace, mode, data: data,
    (True, False): lambda namespace, mode, data: (mode, data),
    (False, True): lambda namespace, mode, data: (namespace, data),
    (True, True): lambda namespace, mode, data: (namespace, mode, data),
}


class SyncOutlet(Outlet):
    """Chunks for a caller that may block."""

    def __init__(
        self, stream_mode: str | Iterable[str], namespace: Namespace = (), *, subgraphs: bool = False
    ) -> None:
        super().__init__(stream_mode, namespace, subgraphs=subgraphs)
        self.chunks: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def push(self, namespace: Namespace, mode: str, data: Any) -> None:
        self.chunks.put(self._shape(namespace, mode, data))


class Bell:
    """Wakes the one coroutine that sleeps at it."""

    def __init__(self) -> None:
        self.chunks: deque[Any] = deque()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._sleeper: asyncio.Future[None] | None = None

    async def wait(self) -> None:
        """Sleep until a chunk is there or `wake()` is called."""
        # The sleeper is in place before the look at the chunks: another thread sees one or we see its chunk.
        sleeper = self._sleeper = self._loop.create_future()
        try:
            if not self.chunks:
                await sleeper
        finally:
            self._sleeper = None

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

    def __init__(
        self, stream_mode: str | Iterable[str], namespace: Namespace = (), *, subgraphs: bool = False
    ) -> None:
        Outlet.__init__(self, stream_mode, namespace, subgraphs=subgraphs)
        Bell.__init__(self)

    def push(self, namespace: Namespace, mode: str, data: Any) -> None:
        self.chunks.append(self._shape(namespace, mode, data))
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


def updates_payload(writes: Sequence[tuple[str, Any]], keys: OutputKeys) -> Any:
    """One task's writes as mode `updates` shows them: None for none, a list where a key was written twice."""
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
        groups.setdefault(key, []).append(value)
    return {key: group[0] if len(group) == 1 else {"$writes": group} for key, group in groups.items()}


def all_keys(channels: Collection[str]) -> OutputKeys:
    """Every key of a state: the value alone for a state of one bare value."""
    return ROOT if ROOT in channels else tuple(channels)
