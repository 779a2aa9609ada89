"""The rest of what langchain-core expects of a Runnable, so that a graph can stand in a chain.

A graph is no subclass of Runnable, for that would import langchain-core with every graph; it is registered
as one as soon as both are there.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any


class RunnableMethods:
    """Mixed into a class that has `invoke`, `ainvoke`, `stream` and `astream`."""

    if TYPE_CHECKING:

        def invoke(self, *args: Any, **options: Any) -> Any: ...
        async def ainvoke(self, *args: Any, **options: Any) -> Any: ...
        def stream(self, *args: Any, **options: Any) -> Iterator[Any]: ...
        def astream(self, *args: Any, **options: Any) -> AsyncIterator[Any]: ...

    def __or__(self, other: Any) -> Any:
        from langchain_core.runnables import RunnableSequence

        register(type(self))
        return RunnableSequence(self, other)  # type: ignore[arg-type]

    def __ror__(self, other: Any) -> Any:
        from langchain_core.runnables import RunnableSequence

        register(type(self))
        return RunnableSequence(other, self)  # type: ignore[arg-type]

    def batch(self, inputs: Sequence[Any], config: Any = None, **options: Any) -> list[Any]:
        """`invoke()` for each input, side by side; `config` is one for all or one for each."""
        if not inputs:
            return []
        with ThreadPoolExecutor(min(32, len(inputs))) as pool:
            configs = _one_each(config, len(inputs))
            return list(pool.map(lambda input, own: self.invoke(input, own, **options), inputs, configs))

    async def abatch(self, inputs: Sequence[Any], config: Any = None, **options: Any) -> list[Any]:
        """`ainvoke()` for each input, side by side."""
        configs = _one_each(config, len(inputs))
        runs = (self.ainvoke(input, own, **options) for input, own in zip(inputs, configs, strict=True))
        return list(await asyncio.gather(*runs))

    def transform(self, input: Iterator[Any], config: Any = None, **options: Any) -> Iterator[Any]:
        """`stream()` for the sum of what comes in."""
        yield from self.stream(_sum(list(input)), config, **options)

    async def atransform(
        self, input: AsyncIterator[Any], config: Any = None, **options: Any
    ) -> AsyncIterator[Any]:
        """`astream()` for the sum of what comes in."""
        async for chunk in self.astream(_sum([part async for part in input]), config, **options):
            yield chunk


def register(graph_class: type) -> None:
    """Let `isinstance(graph, Runnable)` be true, if langchain-core's Runnables are imported."""
    base = sys.modules.get("langchain_core.runnables.base")
    if base is not None:
        base.Runnable.register(graph_class)


def _one_each(config: Any, count: int) -> Sequence[Any]:
    if config is None or isinstance(config, Mapping):
        return [config] * count
    return list(config)


def _sum(parts: list[Any]) -> Any:
    """Chunks of one value, put together; the last one where they cannot be added."""
    whole = parts[0] if parts else None
    for part in parts[1:]:
        try:
            whole = whole + part
        except TypeError:
            whole = part
    return whole
