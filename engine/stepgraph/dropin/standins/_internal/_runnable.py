"""RunnableCallable: a function, and perhaps its async twin, as a Runnable that may be a node or a path."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.config import ensure_config, merge_configs

from stepgraph.runtime import get_runtime

FROM_RUNTIME: Final[Mapping[str, Callable[[Any], Any]]] = {
    "runtime": lambda runtime: runtime,
    "store": lambda runtime: runtime.store,
    "writer": lambda runtime: runtime.stream_writer,
    "previous": lambda runtime: runtime.previous,
}
"""From the parameters that a run fills in, to where their values come from."""


BY_NAME: Final = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class RunnableCallable(Runnable[Any, Any]):
    """Calls `func`, or `afunc` where one can wait, with the input and what its parameters ask for.

    `kwargs` are passed on. A result that is a Runnable is called in its turn, unless `recurse` is false.
    With `trace`, callbacks hear of it as a chain of its own, with `tags`. `explode_args`: the input is
    `(args, kwargs)`. Without an `afunc`, an async caller calls `func`, on its event loop.
    """

    def __init__(
        self,
        func: Callable[..., Any] | None,
        afunc: Callable[..., Awaitable[Any]] | None = None,
        *,
        name: str | None = None,
        tags: Sequence[str] | None = None,
        trace: bool = True,
        recurse: bool = True,
        explode_args: bool = False,
        **kwargs: Any,
    ) -> None:
        if func is None and afunc is None:
            raise ValueError("A RunnableCallable needs func, afunc, or both.")
        self.func = func
        self.afunc = afunc
        self.name = name or _name_of(func or afunc)
        self.tags = tags
        self.trace = trace
        self.recurse = recurse
        self.explode_args = explode_args
        self.kwargs = kwargs

    def __repr__(self) -> str:
        return f"{self.get_name()}(tags={self.tags}, recurse={self.recurse})"

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        """Call `func`. Raises TypeError when there is only an `afunc`."""
        if self.func is None:
            raise TypeError(
                f"No synchronous function provided to {self.name!r}: it is async. Run it with ainvoke() or "
                "astream()."
            )
        if self.trace:
            call: Any = self._call  # whose config is passed by name, which langchain-core sees to
            return self._call_with_config(call, input, self._own(config), **kwargs)
        return self._call(input, ensure_config(config), **kwargs)

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        """Await `afunc`, or call `func` where there is none."""
        if self.afunc is None:
            return self.invoke(input, config, **kwargs)
        if self.trace:
            call: Any = self._acall
            return await self._acall_with_config(call, input, self._own(config), **kwargs)
        return await self._acall(input, ensure_config(config), **kwargs)

    def _call(self, input: Any, config: RunnableConfig, **kwargs: Any) -> Any:
        assert self.func is not None
        args, given = self._arguments(self.func, input, config, kwargs)
        result = self.func(*args, **given)
        return result.invoke(input, config) if self._goes_on_with(result) else result

    async def _acall(self, input: Any, config: RunnableConfig, **kwargs: Any) -> Any:
        assert self.afunc is not None
        args, given = self._arguments(self.afunc, input, config, kwargs)
        result = await self.afunc(*args, **given)
        return await result.ainvoke(input, config) if self._goes_on_with(result) else result

    def _goes_on_with(self, result: Any) -> bool:
        return self.recurse and isinstance(result, Runnable)

    def _own(self, config: RunnableConfig | None) -> RunnableConfig:
        return merge_configs(config, {"tags": list(self.tags)} if self.tags else {})

    def _arguments(
        self, function: Callable[..., Any], input: Any, config: RunnableConfig, more: Mapping[str, Any]
    ) -> tuple[Sequence[Any], dict[str, Any]]:
        args: Sequence[Any] = [input]
        given = {**self.kwargs, **more}
        if self.explode_args:
            args, exploded = input
            given = {**exploded, **given}
        for name in _asked_for(function) - given.keys():
            given[name] = config if name == "config" else FROM_RUNTIME[name](get_runtime())
        return args, given


def _name_of(function: Any) -> str | None:
    name = getattr(function, "__name__", None)
    return None if name == "<lambda>" else name


def _asked_for(function: Callable[..., Any]) -> set[str]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # Some builtins have no signature.
        return set()
    return {p.name for p in parameters if p.kind in BY_NAME} & {"config", *FROM_RUNTIME}
