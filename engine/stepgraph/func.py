"""Graphs written as plain functions: an `@entrypoint` is the graph, the `@task`s that it calls are its tasks.

    @task
    async def fetch(url: str) -> str: ...

    @entrypoint(checkpointer=InMemorySaver())
    async def compare(urls: list[str]) -> bool:
        pages = await asyncio.gather(*[fetch(url) for url in urls])
        return len(set(pages)) == 1

A task runs as soon as it is called, beside its caller, and the call returns a future of its result.
"""

from __future__ import annotations

import concurrent.futures
import functools
import inspect
from collections.abc import Awaitable, Callable, Generator, Sequence
from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    Generic,
    ParamSpec,
    Protocol,
    TypeVar,
    cast,
    get_args,
    get_origin,
    overload,
)

from stepgraph.constants import END, PREVIOUS, RETURN
from stepgraph.deprecated import Renames, renamed
from stepgraph.graph.calls import first_parameter_type, read_task, return_type
from stepgraph.graph.entry import CompiledEntrypoint, EntrypointBuilder
from stepgraph.graph.node_policies import check_timeout, read_policies
from stepgraph.graph.nodes import Node
from stepgraph.policies import CachePolicy, Policies, RetryPolicy, Timeout, TimeoutPolicy
from stepgraph.pregel.cache import function_namespace
from stepgraph.pregel.children import call
from stepgraph.runtime import running_task
from stepgraph.warnings import LangGraphDeprecatedSinceV05, LangGraphDeprecatedSinceV10

if TYPE_CHECKING:
    from langgraph.cache.base import BaseCache

__all__ = ["entrypoint", "task"]

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S")

_RENAMED: Final[Renames] = {
    "retry": ("retry_policy", LangGraphDeprecatedSinceV05),
    "config_schema": ("context_schema", LangGraphDeprecatedSinceV10),
}


if TYPE_CHECKING:

    class ResultOf(concurrent.futures.Future[T]):
        """What a call of a task gives: in async code to be awaited, else asked for its `result()`."""

        def __await__(self) -> Generator[Any, Any, T]: ...


class TaskFunction(Generic[P, T]):
    """A function whose calls, within a run, are tasks. Made by `@task`."""

    def __init__(self, function: Callable[..., Any], name: str, policies: Policies | None) -> None:
        functools.update_wrapper(self, function)
        self.func = function
        self.name = name
        self._node = Node(
            name,
            read_task(function, name),
            _no_state,
            action=function,
            writes=_write_return,
            policies=policies,
        )
        check_timeout(f"Task {name!r}", function, self._node.call, policies)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> ResultOf[T]:
        """Start the task. Its result comes by a future: await it in async code, else ask for `result()`.

        Raises RuntimeError outside of a run.
        """
        found: Any = call(running_task(f"task {self.name!r}"), self._node, args, kwargs)
        return cast("ResultOf[T]", found)

    @property
    def retry_policy(self) -> Sequence[RetryPolicy]:
        """How often it is tried."""
        return self._policies.retry

    @property
    def cache_policy(self) -> CachePolicy | None:
        """How its results are kept."""
        return self._policies.cache

    @property
    def timeout(self) -> TimeoutPolicy | None:
        """How long it may take."""
        return self._policies.timeout

    @property
    def _policies(self) -> Policies:
        return self._node.policies or Policies()

    def clear_cache(self, cache: BaseCache[Any]) -> None:
        """Forget what a cache knows of this task."""
        cache.clear([function_namespace(self._node)])

    async def aclear_cache(self, cache: BaseCache[Any]) -> None:
        """Forget what a cache knows of this task."""
        await cache.aclear([function_namespace(self._node)])


class _Decorator(Protocol):
    @overload
    def __call__(self, function: Callable[P, Awaitable[T]]) -> TaskFunction[P, T]: ...
    @overload
    def __call__(self, function: Callable[P, T]) -> TaskFunction[P, T]: ...


@overload
def task(function: Callable[P, Awaitable[T]], /) -> TaskFunction[P, T]: ...


@overload
def task(function: Callable[P, T], /) -> TaskFunction[P, T]: ...


@overload
def task(
    *,
    name: str | None = None,
    retry_policy: RetryPolicy | Sequence[RetryPolicy] | None = None,
    cache_policy: CachePolicy | None = None,
    timeout: Timeout = None,
    **deprecated: Any,
) -> _Decorator: ...


def task(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    retry_policy: RetryPolicy | Sequence[RetryPolicy] | None = None,
    cache_policy: CachePolicy | None = None,
    timeout: Timeout = None,
    **deprecated: Any,
) -> Any:
    """Make a function a task: `@task`, or `@task(name=..., retry_policy=...)`.

    It may be called in an entrypoint, in another task, or in a node of any graph. Its parameters `config`,
    `writer`, `store` and `runtime` are filled in when the call leaves them out.

    Raises TypeError for what cannot be called.
    """
    if deprecated:
        retry_policy = renamed("task()", deprecated, _RENAMED).get("retry_policy", retry_policy)
    policies = read_policies(retry_policy, cache_policy, timeout)

    def decorate(function: Callable[..., Any]) -> TaskFunction[..., Any]:
        if not callable(function):
            raise TypeError(f"task({function!r}): a {type(function).__name__} cannot be called.")
        return TaskFunction(function, name or _name_of(function), policies)

    return decorate if function is None else decorate(function)


class entrypoint:
    """Make a function a graph: `@entrypoint(checkpointer=...)`.

    The function takes the input, and also `previous`, `config`, `writer`, `store` and `runtime` if it has
    such parameters. What it returns is the result, and with a checkpointer it is `previous` for the next run
    of the thread, unless an `entrypoint.final` says otherwise.
    """

    @dataclass(kw_only=True)
    class final(Generic[R, S]):
        """Return this from an entrypoint: `value` is the result, `save` what is `previous` next time."""

        value: R
        save: S

    def __init__(
        self,
        checkpointer: Any = None,
        store: Any = None,
        cache: Any = None,
        context_schema: type | None = None,
        cache_policy: CachePolicy | None = None,
        retry_policy: RetryPolicy | Sequence[RetryPolicy] | None = None,
        timeout: Timeout = None,
        **deprecated: Any,
    ) -> None:
        if deprecated:
            old = renamed("entrypoint()", deprecated, _RENAMED)
            context_schema = old.get("context_schema", context_schema)
            retry_policy = old.get("retry_policy", retry_policy)
        self.policies = read_policies(retry_policy, cache_policy, timeout)
        self.checkpointer = checkpointer
        self.store = store
        self.cache = cache
        self.context_schema = context_schema

    def __call__(self, function: Callable[..., Any]) -> CompiledEntrypoint:
        """Raises ValueError for a function without a parameter, NotImplementedError for a generator."""
        if not callable(function):
            raise TypeError(f"entrypoint()({function!r}): a {type(function).__name__} cannot be called.")
        name = _name_of(function)
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise NotImplementedError(
                f"Entrypoint {name!r} is a generator, and an entrypoint has one result. Return it; what "
                "comes before goes out by the stream writer."
            )
        if not inspect.signature(function).parameters:
            raise ValueError(
                f"Entrypoint {name!r} needs at least one parameter, for the input: def {name}(input): ..."
            )
        builder = EntrypointBuilder(
            function, name, _write_result, _types_of(function), self.context_schema, self.policies
        )
        return CompiledEntrypoint(
            builder,
            builder.topology(),
            "LangGraph",
            checkpointer=self.checkpointer,
            store=self.store,
            cache=self.cache,
        )


def _name_of(function: Any) -> str:
    while isinstance(function, functools.partial):
        function = function.func
    return getattr(function, "__name__", None) or type(function).__name__


def _types_of(function: Callable[..., Any]) -> tuple[Any, Any, Any]:
    """What goes in, what comes out, and what is saved, as far as annotations say."""
    input, output = first_parameter_type(function) or Any, return_type(function) or Any
    if output is entrypoint.final:
        return input, Any, Any
    if get_origin(output) is entrypoint.final:
        return input, *get_args(output)
    return input, output, output


def _write_result(result: Any) -> list[tuple[str, Any]]:
    if isinstance(result, entrypoint.final):
        return [(END, result.value), (PREVIOUS, result.save)]
    return [(END, result), (PREVIOUS, result)]


def _write_return(result: Any) -> list[tuple[str, Any]]:
    return [(RETURN, result)]


def _no_state(values: Any, remaining: int) -> Any:
    raise AssertionError("A child task is called with arguments: it reads no state.")
