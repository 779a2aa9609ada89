"""Tool arguments that the model must not choose: the state, the store and the runtime, filled in at the call.

Which arguments these are is read once for each tool, from its schema and from its function's annotations.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, Union, get_args, get_origin, get_type_hints

# pydantic reads the annotations of ToolRuntime, as part of a tool's schema.
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, InjectedToolArg

# There is no public name for what makes an argument of such a class need no Annotated.
from langchain_core.tools.base import _DirectlyInjectedToolArg, get_all_basemodel_annotations

from stepgraph.pregel.tools import emit_delta
from stepgraph.runtime import ExecutionInfo
from stepgraph.types import StreamWriter
from stepgraph.typing import ContextT, StateT


class InjectedState(InjectedToolArg):
    """Marks a tool's argument as the graph's state, or with `field` as that key of it.

    `Annotated[dict, InjectedState]`, `Annotated[str, InjectedState("user")]`. When the state lacks the key,
    the argument's default is used, and without one the call fails with a KeyError.
    """

    def __init__(self, field: str | None = None) -> None:
        self.field = field


class InjectedStore(InjectedToolArg):
    """Marks a tool's argument as the store that the graph was compiled with."""


@dataclass
class ToolRuntime(_DirectlyInjectedToolArg, Generic[ContextT, StateT]):
    """What a tool can know of the run it is called in; an argument annotated with it, or named `runtime`.

    `tools` are those of the node that calls. `context`, `store`, `stream_writer`, `execution_info` and
    `server_info` are a node's own, see `stepgraph.runtime.Runtime`.
    """

    state: StateT
    context: ContextT
    config: RunnableConfig
    stream_writer: StreamWriter
    tool_call_id: str | None
    store: Any
    tools: list[BaseTool] = field(default_factory=list)
    execution_info: ExecutionInfo | None = None
    server_info: Any = None

    def emit_output_delta(self, delta: Any) -> None:
        """Send out a part of the tool's output while it works, in mode `tools`."""
        emit_delta(self.tool_call_id, delta)


@dataclass(frozen=True)
class InjectedArguments:
    """Which of a tool's arguments are filled in, by name.

    `states` gives the key of the state, None for all of it. `hidden` are all arguments that no model may
    give, also those that are someone else's to fill in. `optional` have a default.
    """

    states: Mapping[str, str | None]
    stores: tuple[str, ...]
    runtimes: tuple[str, ...]
    hidden: frozenset[str]
    optional: frozenset[str]

    @property
    def names(self) -> frozenset[str]:
        """The arguments that come from here, so that no model can be told to mend them."""
        return frozenset([*self.states, *self.stores, *self.runtimes])


def injected_arguments(tool: BaseTool) -> InjectedArguments:
    """Read a tool's arguments."""
    states: dict[str, str | None] = {}
    stores: list[str] = []
    runtimes: list[str] = []
    hidden: set[str] = set()
    for name, annotation in _annotations(tool).items():
        for marker in _markers(annotation):
            hidden.add(name)
            if _is_a(marker, InjectedState):
                states[name] = getattr(marker, "field", None)
            elif _is_a(marker, InjectedStore):
                stores.append(name)
            elif _is_a(marker, ToolRuntime):
                runtimes.append(name)
        if name == "runtime" and name not in hidden:
            hidden.add(name)
            runtimes.append(name)
    return InjectedArguments(
        states, tuple(stores), tuple(runtimes), frozenset(hidden), frozenset(_optional(tool))
    )


def fill_in(
    given: Mapping[str, Any], wanted: InjectedArguments, runtime: ToolRuntime[Any, Any], tool: str, key: str
) -> dict[str, Any]:
    """The arguments that a model gave, without those it must not give, and with those filled in.

    A state that is a list of messages counts as a state with just that, under `key`. Raises KeyError or
    AttributeError for a key that the state lacks, ValueError for a store that is not there.
    """
    arguments = {name: value for name, value in given.items() if name not in wanted.hidden}
    for name, field_name in wanted.states.items():
        found = _from_state(runtime.state, field_name, tool, key)
        if found is not _ABSENT:
            arguments[name] = found
        elif name not in wanted.optional:
            assert field_name is not None
            raise _no_such_key(runtime.state, field_name, tool)
    for name in wanted.stores:
        if runtime.store is None:
            raise ValueError(
                f"Tool {tool!r} wants the store in {name!r}, but the graph has none. Compile it with one: "
                "compile(store=InMemoryStore())."
            )
        arguments[name] = runtime.store
    arguments.update(dict.fromkeys(wanted.runtimes, runtime))
    return arguments


_ABSENT: Any = object()


def _from_state(state: Any, field_name: str | None, tool: str, key: str) -> Any:
    if isinstance(state, list):
        if field_name not in (None, key):
            raise ValueError(
                f"Tool {tool!r} wants {field_name!r} of the state, but the state is a list of messages. Give "
                "the graph a state with that key."
            )
        state = {key: state}
    if field_name is None:
        return state
    if isinstance(state, Mapping):
        return state.get(field_name, _ABSENT)
    return getattr(state, field_name, _ABSENT)


def _no_such_key(state: Any, field_name: str, tool: str) -> Exception:
    kind = KeyError if isinstance(state, (Mapping, list)) else AttributeError
    return kind(
        f"Tool {tool!r} wants {field_name!r} of the state, where nothing was written yet. Write it before, "
        "or give the tool's argument a default."
    )


# -- reading a tool


def _annotations(tool: BaseTool) -> dict[str, Any]:
    """The tool's arguments: those of its schema, and those that only its function has."""
    found: dict[str, Any] = {}
    function = _function_of(tool)
    try:
        hints = get_type_hints(function, include_extras=True)
    except Exception:  # A name that cannot be resolved here: the schema has to do.
        hints = dict(getattr(function, "__annotations__", {}))
    for parameter in _parameters(function):
        found[parameter.name] = hints.get(parameter.name, Any)
    found.update(get_all_basemodel_annotations(tool.get_input_schema()))
    return found


def _optional(tool: BaseTool) -> Iterator[str]:
    for parameter in _parameters(_function_of(tool)):
        if parameter.default is not parameter.empty:
            yield parameter.name
    fields: Mapping[str, Any] = getattr(tool.get_input_schema(), "model_fields", {})
    for name, info in fields.items():
        if not info.is_required():
            yield name


def _parameters(function: Any) -> list[inspect.Parameter]:
    return [p for p in inspect.signature(function).parameters.values() if p.name != "self"]


def _function_of(tool: BaseTool) -> Any:
    return getattr(tool, "func", None) or getattr(tool, "coroutine", None) or type(tool)._run


def _markers(annotation: Any) -> Iterator[Any]:
    """What in an annotation says that the argument is not for the model."""
    if get_origin(annotation) is Annotated:
        inner, *extras = get_args(annotation)
        yield from (extra for extra in extras if _is_a(extra, InjectedToolArg))
        yield from _markers(inner)
    elif get_origin(annotation) is Union or type(annotation).__name__ == "UnionType":
        for part in get_args(annotation):
            yield from _markers(part)
    elif _is_a(get_origin(annotation) or annotation, _DirectlyInjectedToolArg):
        yield get_origin(annotation) or annotation


def _is_a(marker: Any, kind: type) -> bool:
    return isinstance(marker, kind) or (isinstance(marker, type) and issubclass(marker, kind))
