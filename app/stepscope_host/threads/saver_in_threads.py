"""A saver with only sync methods, made fit for async runs: `SqliteSaver` is one, and runs here are async."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

_base: Any = importlib.import_module("langgraph.checkpoint.base")  # an ImportError where there is none


class SaverInThreads(_base.BaseCheckpointSaver):
    """Asks the given saver in the usual way, and in a thread where it refuses to be awaited."""

    def __init__(self, saver: Any) -> None:
        super().__init__(serde=saver.serde)
        self.saver = saver

    @staticmethod
    def is_needed_for(saver: Any) -> bool:
        """True for a saver that may refuse to be awaited: one whose methods are not all in memory."""
        home = type(saver).__module__
        is_async = home.endswith(".aio") or home == "langgraph.checkpoint.memory"
        return isinstance(saver, _base.BaseCheckpointSaver) and not is_async

    @property
    def config_specs(self) -> Any:
        return self.saver.config_specs

    def get_next_version(self, current: Any, channel: Any = None) -> Any:
        return self.saver.get_next_version(current, channel)

    def get_tuple(self, config: Any) -> Any:
        return self.saver.get_tuple(config)

    def list(self, config: Any, **which: Any) -> Iterator[Any]:
        yield from self.saver.list(config, **which)

    def put(self, *given: Any) -> Any:
        return self.saver.put(*given)

    def put_writes(self, *given: Any) -> None:
        self.saver.put_writes(*given)

    def delete_thread(self, thread_id: str) -> None:
        self.saver.delete_thread(thread_id)

    async def aget_tuple(self, config: Any) -> Any:
        return await self._ask("get_tuple", config)

    async def alist(self, config: Any, **which: Any) -> AsyncIterator[Any]:
        try:
            async for found in self.saver.alist(config, **which):
                yield found
        except NotImplementedError:
            for found in await asyncio.to_thread(lambda: [*self.saver.list(config, **which)]):
                yield found

    async def aput(self, *given: Any) -> Any:
        return await self._ask("put", *given)

    async def aput_writes(self, *given: Any) -> None:
        await self._ask("put_writes", *given)

    async def adelete_thread(self, thread_id: str) -> None:
        await self._ask("delete_thread", thread_id)

    async def _ask(self, method: str, *given: Any) -> Any:
        try:
            return await getattr(self.saver, f"a{method}")(*given)
        except NotImplementedError:
            return await asyncio.to_thread(getattr(self.saver, method), *given)
