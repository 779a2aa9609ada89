"""Two engines that take turns on one thread: every builder and graph is there twice, and one of them acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.kit.engines import ORACLE, OURS, Engine


class Relay:
    """Stands where an Engine stands. Its names are those of the engine whose turn it is.

    Which engine has which turn is a sequence without repetition (Thue and Morse's), so that sooner or later
    each follows each, whatever calls a session makes.
    """

    def __init__(self, *engines: Engine) -> None:
        self.engines = engines or (ORACLE, OURS)
        self._turn = 0

    @property
    def current(self) -> int:
        return bin(self._turn).count("1") % 2

    def pass_on(self) -> None:
        """The turn is over."""
        self._turn += 1

    def __getattr__(self, name: str) -> Any:
        if name == "StateGraph":
            return lambda *arguments, **options: RelayBuilder(
                self, [engine.StateGraph(*arguments, **options) for engine in self.engines]
            )
        return getattr(self.engines[self.current], name)


class RelayBuilder:
    """The same builder for each engine: what is done to it is done to both."""

    def __init__(self, relay: Relay, builders: list[Any]) -> None:
        self._relay = relay
        self._builders = builders

    def compile(self, *arguments: Any, **options: Any) -> RelayGraph:
        return RelayGraph(self._relay, [builder.compile(*arguments, **options) for builder in self._builders])

    def __getattr__(self, name: str) -> Callable[..., RelayBuilder]:
        def on_both(*arguments: Any, **options: Any) -> RelayBuilder:
            for index, builder in enumerate(self._builders):
                getattr(builder, name)(*(_own(each, index) for each in arguments), **options)
            return self

        return on_both


class RelayGraph:
    """The same graph on each engine; calls go to the one whose turn it is."""

    def __init__(self, relay: Relay, graphs: list[Any]) -> None:
        self._relay = relay
        self.graphs = graphs

    def with_config(self, *arguments: Any) -> RelayGraph:
        return RelayGraph(self._relay, [graph.with_config(*arguments) for graph in self.graphs])

    def __getattr__(self, name: str) -> Any:
        return getattr(self.graphs[self._relay.current], name)


def _own(argument: Any, index: int) -> Any:
    """An argument as the builder of this index takes it."""
    if isinstance(argument, RelayGraph):
        return argument.graphs[index]
    if isinstance(argument, list):
        return [_own(item, index) for item in argument]
    if isinstance(argument, tuple):
        return tuple(_own(item, index) for item in argument)
    return argument
