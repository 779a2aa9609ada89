"""A thread: calls to one graph on one saver, one after the other, and what each of them gave."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.kit.engines import Engine
from tests.kit.relay import Relay
from tests.kit.scrub import Scrubber

THREAD_MODES = ["values", "updates", "custom", "debug", "tasks", "checkpoints"]


@dataclass(frozen=True)
class Way:
    """How a thread's runs are driven, so that one scenario tells of many."""

    awaited: bool = False
    """By `astream`, `aget_state` and so on."""
    streamed: bool = True
    """By `stream`, not by `invoke`."""
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def races(self) -> bool:
        """Whether parallel tasks end in any order.

        Elsewhere they are run one at a time. But where a sync run is streamed live, LangGraph waits for
        chunks in one of its `max_concurrency` threads, which with a single one is for ever.
        """
        return self.streamed and not self.awaited and "subgraphs" in self.options


EVERYTHING = {"stream_mode": THREAD_MODES, "subgraphs": True}
WAYS = {
    "sync-default": Way(),
    "sync-values": Way(options={"stream_mode": "values"}),
    "sync-all": Way(options=EVERYTHING),
    "sync-exit": Way(options={**EVERYTHING, "durability": "exit"}),
    "sync-invoke": Way(streamed=False),
    "async-all": Way(awaited=True, options=EVERYTHING),
    "async-exit": Way(awaited=True, options={**EVERYTHING, "durability": "exit"}),
}


class GraphThread:
    """Talks to a graph, and keeps in `said` what came of each call, scrubbed.

    Each run is followed by a look at the thread's state. With `racing` the chunks of a run have no order, and
    ids no number. The nodes `own` are subgraphs with threads of their own.
    """

    def __init__(
        self, engine: Engine | Relay, way: Way, racing: bool = False, own: Sequence[str] = ()
    ) -> None:
        self.engine = engine
        self.saver: Any = None
        self.way = way
        self.graph: Any = None
        self.config: dict[str, Any] = {"configurable": {"thread_id": "1"}}
        if not way.races:
            self.config["max_concurrency"] = 1
        self.said: list[Any] = []
        self.racing = racing
        self.scrub = Scrubber(numbered=not racing, own=own)
        self._loop = asyncio.new_event_loop() if way.awaited else None
        self._open: list[Any] = []

    def enter(self, context: Any) -> Any:
        """Enter an async context on the thread's loop, until the thread is closed."""
        self._open.append(context)
        return self.wait(context.__aenter__())

    def wait(self, awaitable: Any) -> Any:
        """Await on the thread's loop."""
        assert self._loop is not None
        return self._loop.run_until_complete(awaitable)

    def close(self) -> None:
        while self._open:
            self.wait(self._open.pop().__aexit__(None, None, None))
        if self._loop is not None:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()

    def opens(self, builder: Any, **options: Any) -> Any:
        """Compile the builder with the thread's saver; later calls are to this graph."""
        self.graph = builder.compile(checkpointer=self.saver, **options)
        return self.graph

    # -- calls

    def run(self, input: Any, config: Any = None, **options: Any) -> list[Any]:
        """Run the graph; its chunks, or its result as a list of one."""
        chunks: list[Any] = []
        with self._says("run") as say:
            try:
                self._run(chunks, input, config or self.config, options)
            finally:
                say(self._scrubbed(chunks))
        self.state()
        return chunks

    def _run(self, chunks: list[Any], input: Any, config: Any, options: dict[str, Any]) -> None:
        config = {**self.config, **config}
        options = {**self.way.options, **options}
        if not self.way.streamed:
            chunks.append(self._call("invoke", input, config, **options))
        elif self._loop is None:
            for chunk in self.graph.stream(input, config, **options):
                chunks.append(chunk)
        else:
            self._loop.run_until_complete(_gather(self.graph.astream(input, config, **options), chunks))

    def resume(self, answer: Any, **options: Any) -> list[Any]:
        """Run with `Command(resume=answer)`."""
        return self.run(self.engine.Command(resume=answer), **options)

    def take(self, count: int, input: Any, **options: Any) -> None:
        """Stream updates, and leave after so many chunks."""
        options = {"stream_mode": "updates", **options}
        chunks: list[Any] = []
        with self._says("take") as say:
            try:
                if self._loop is None:
                    stream = self.graph.stream(input, self.config, **options)
                    for _ in range(count):
                        chunks.append(next(stream))
                    stream.close()
                else:
                    astream = self.graph.astream(input, self.config, **options)
                    self._loop.run_until_complete(_take(astream, count, chunks))
            finally:
                say(self._scrubbed(chunks))
        self.state()

    def state(self, config: Any = None, subgraphs: bool = True) -> Any:
        """The thread's state, or that of a checkpoint."""
        with self._says("state") as say:
            snapshot = self._call("get_state", config or self.config, subgraphs=subgraphs)
            say(self.scrub(snapshot))
            return snapshot

    def history(self, config: Any = None, **options: Any) -> list[Any]:
        """The thread's checkpoints, the newest first."""
        with self._says("history") as say:
            config = config or self.config
            if self._loop is None:
                snapshots = list(self.graph.get_state_history(config, **options))
            else:
                snapshots = []
                found = self.graph.aget_state_history(config, **options)
                self._loop.run_until_complete(_gather(found, snapshots))
            say([self.scrub(snapshot) for snapshot in snapshots])
            return snapshots
        return []

    def update(self, values: Any, as_node: str | None = None, config: Any = None, **options: Any) -> Any:
        """Write to the thread; the config of the new checkpoint."""
        with self._says("update") as say:
            written = self._call("update_state", config or self.config, values, as_node=as_node, **options)
            say(self.scrub(written))
        self.state()
        return locals().get("written")

    def update_in_bulk(self, *supersteps: Sequence[tuple[Any, ...]], config: Any = None) -> Any:
        """Write several supersteps, each of `(values, as_node)` pairs."""
        updates = [[self.engine.StateUpdate(*each) for each in superstep] for superstep in supersteps]
        with self._says("bulk update") as say:
            written = self._call("bulk_update_state", config or self.config, updates)
            say(self.scrub(written))
        self.state()
        return locals().get("written")

    def notes(self, value: Any) -> None:
        """Keep something else that is to be the same."""
        self.said.append(("noted", self.scrub(value)))

    # -- beneath

    @contextmanager
    def _says(self, call: str) -> Iterator[Callable[[Any], None]]:
        """Keep what a call gave; an error is what it gave, too."""
        gave: list[Any] = []
        try:
            yield gave.append
        except Exception as error:
            gave.append(self.scrub.error(error))
        self.said.append((call, *gave))
        if isinstance(self.engine, Relay):
            self.engine.pass_on()

    def _scrubbed(self, chunks: list[Any]) -> list[Any]:
        scrubbed = [self.scrub(chunk) for chunk in chunks]
        return sorted(map(repr, scrubbed)) if self.racing else scrubbed

    def _call(self, method: str, *arguments: Any, **options: Any) -> Any:
        if self._loop is None:
            return getattr(self.graph, method)(*arguments, **options)
        return self.wait(getattr(self.graph, f"a{method}")(*arguments, **options))


async def _gather(stream: Any, chunks: list[Any]) -> None:
    async for chunk in stream:
        chunks.append(chunk)


async def _take(stream: Any, count: int, chunks: list[Any]) -> None:
    for _ in range(count):
        chunks.append(await stream.__anext__())
    await stream.aclose()
