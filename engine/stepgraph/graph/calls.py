"""How a function of the user's is called: sync or async, with what injected besides its input."""

from __future__ import annotations

import functools
import inspect
import sys
import warnings
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Union, get_args, get_origin, get_type_hints

from stepgraph.types import StreamWriter

if TYPE_CHECKING:
    from stepgraph.pregel.tasks import Task

_PLAIN: Final = frozenset([dict, str, bool, list, type(None)])
"""What nodes and paths mostly return; to ask an abstract class about one of these takes a microsecond."""

SyncCall = Callable[[Any, "Task"], Any]
AsyncCall = Callable[[Any, "Task"], Awaitable[Any]]


@dataclass(frozen=True)
class Call:
    """A callable with its signature read once. At least one of `sync` and `awaits` is there.

    `awaits` alone: an async function. Both: a Runnable or a graph, which has an async way of its own. `steps`
    are the Runnables that it calls, one after another.
    """

    name: str
    sync: SyncCall | None = None
    awaits: AsyncCall | None = None
    steps: tuple[Any, ...] = ()


def read_call(action: Any, name: str) -> Call:
    """Read anything that may be a node or a path. Raises TypeError for what cannot be called."""
    from stepgraph.graph.compiled import CompiledStateGraph

    if isinstance(action, CompiledStateGraph):
        graph = action
        return Call(name, lambda value, task: graph.invoke(value), lambda value, task: graph.ainvoke(value))
    if isinstance(action, Mapping):
        action = parallel(action)
    if is_runnable(action):
        return _runnable_call(action, name)
    if not callable(action):
        raise TypeError(
            f"Node {name!r} is a {type(action).__name__}, which cannot be called. Give a function, a "
            "Runnable, a compiled graph, or a dict of Runnables."
        )
    return _function_call(action, name)


def is_runnable(value: Any) -> bool:
    """Whether `value` is a langchain-core Runnable, without importing langchain-core."""
    if type(value) in _PLAIN:
        return False
    base = sys.modules.get("langchain_core.runnables.base")
    return base is not None and isinstance(value, base.Runnable)


def first_parameter_type(action: Any) -> Any:
    """What the first parameter of a callable is annotated with, or None when that is unknown."""
    function = _function_of(action)
    try:
        hints = get_type_hints(_annotated_part(function))
        if not hints:
            return None  # as for most lambdas: a signature takes five times as long to read
        first = next(iter(inspect.signature(function).parameters.values()))
    except Exception:  # A name that cannot be resolved here only means that nothing is known.
        return None
    return hints.get(first.name)


def return_type(action: Any) -> Any:
    """What a callable says it returns, or None when that is unknown."""
    try:
        return get_type_hints(_annotated_part(_function_of(action))).get("return")
    except Exception:  # See first_parameter_type.
        return None


def _function_call(action: Any, name: str) -> Call:
    inject = _injected(action)
    function = _function_of(action)
    if inspect.isasyncgenfunction(function):
        return Call(name, awaits=_with_injection(_last_of_async(action), inject))
    if inspect.iscoroutinefunction(function):
        return Call(name, awaits=_with_injection(action, inject))
    if inspect.isgeneratorfunction(function):
        return Call(name, _with_injection(_last_of(action), inject))
    return Call(name, _with_injection(action, inject))


def read_task(function: Any, name: str) -> Call:
    """Read a function that is called with arguments of its own: its input is `(args, kwargs)`."""
    inject = tuple(_injected(function, first=0).items())

    def called(value: Any, task: Task) -> Any:
        args, kwargs = value
        given = {name: give(task) for name, give in inject if name not in kwargs}
        return function(*args, **given, **kwargs)

    if inspect.iscoroutinefunction(_function_of(function)):
        return Call(name, awaits=called)
    return Call(name, called)


def _with_injection(
    action: Callable[..., Any], inject: Mapping[str, Callable[[Task], Any]]
) -> Callable[[Any, Task], Any]:
    if not inject:
        return lambda value, task: action(value)
    names = tuple(inject.items())
    return lambda value, task: action(value, **{name: give(task) for name, give in names})


def _runnable_call(runnable: Any, name: str) -> Call:
    return Call(
        name,
        lambda value, task: runnable.invoke(value, task.config),
        lambda value, task: runnable.ainvoke(value, task.config),
        (runnable,),
    )


def parallel(mapping: Mapping[str, Any]) -> Any:
    """A dict of Runnables, as the one that runs them side by side."""
    from langchain_core.runnables import RunnableParallel

    return RunnableParallel(dict(mapping))


def _last_of(action: Callable[..., Any]) -> Callable[..., Any]:
    """A generator's updates cannot be summed: the last one counts."""

    @functools.wraps(action)
    def run(*args: Any, **kwargs: Any) -> Any:
        last = None
        for update in action(*args, **kwargs):
            last = update
        return last

    return run


def _last_of_async(action: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(action)
    async def run(*args: Any, **kwargs: Any) -> Any:
        last = None
        async for update in action(*args, **kwargs):
            last = update
        return last

    return run


def _function_of(action: Any) -> Any:
    while isinstance(action, functools.partial):
        action = action.func
    if inspect.isroutine(action) or isinstance(action, type):
        return action
    return getattr(action, "__call__", action)  # noqa: B004 - the method is wanted, not whether it is there


def _annotated_part(function: Any) -> Any:
    return getattr(function, "__init__") if isinstance(function, type) else function  # noqa: B009


# -- injection


def _injected(action: Any, first: int = 1) -> dict[str, Callable[[Task], Any]]:
    """From the names of the parameters to fill in, to where their values come from. `first` may be one."""
    try:
        parameters = list(inspect.signature(action).parameters.values())
    except (TypeError, ValueError):  # Some builtins have no signature: they get their input and nothing else.
        return {}
    return {
        parameter.name: _GIVES[parameter.name]
        for parameter in parameters[first:]
        if parameter.name in _GIVES
        and parameter.kind in (parameter.KEYWORD_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        and _accepts(action, parameter)
    }


_GIVES: Final[dict[str, Callable[[Any], Any]]] = {
    "config": lambda task: task.config,
    "writer": lambda task: task.writer,
    "store": lambda task: task.run.store,
    "runtime": lambda task: task.runtime,
    "previous": lambda task: task.previous,
    "error": lambda task: task.error,
}


def _accepts(action: Any, parameter: inspect.Parameter) -> bool:
    annotation = parameter.annotation
    if parameter.name in ("runtime", "previous") or (
        annotation is parameter.empty and parameter.name != "error"
    ):
        return True
    if parameter.name == "error":
        return _last_word(annotation) == "NodeError"
    if parameter.name == "writer":
        return annotation == StreamWriter or _last_word(annotation) == "StreamWriter"
    wanted = "RunnableConfig" if parameter.name == "config" else "BaseStore"
    if _names(annotation) == {wanted}:
        return True
    if parameter.name == "config":
        where = getattr(action, "__qualname__", type(action).__name__)
        warnings.warn(
            f"The 'config' parameter of {where} is annotated with {annotation!r}, so it is not filled in. "
            "Annotate it with RunnableConfig, or with nothing.",
            UserWarning,
            stacklevel=2,
        )
    return False


def _names(annotation: Any) -> set[str]:
    """The names in an annotation, or in a union of them, without None."""
    if isinstance(annotation, str):
        text = annotation.strip()
        if text.startswith(("Optional[", "typing.Optional[")):
            text = text[text.index("[") + 1 : -1]
        parts: list[Any] = text.split("|")
    elif get_origin(annotation) is Union or type(annotation).__name__ == "UnionType":
        parts = list(get_args(annotation))
    else:
        parts = [annotation]
    return {_last_word(part) for part in parts} - {"None", "NoneType"}


def _last_word(annotation: Any) -> str:
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))
    return text.strip().strip("'\"").rpartition(".")[2]
