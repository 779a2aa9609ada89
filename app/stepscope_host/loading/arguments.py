"""What a graph's factory asks for by its parameters: a run's config, and LangGraph's server runtime.

Annotations tell; where there are none, or loose ones, names do.
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stepscope_host.loading.server_runtime import ServerRuntime

_CONFIG_NAMES = {"", "config", "cfg", "runnable_config"}
_RUNTIME_NAMES = {"runtime"}
_LOOSE = re.compile(r"\b(Any|dict|Dict|Mapping|object)\b")


@dataclass(frozen=True)
class Arguments:
    """What to call a factory with; `unknown` are the parameters that nobody knows a value for."""

    positional: tuple[Any, ...] = ()
    by_name: Mapping[str, Any] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    has_config: bool = False


def arguments(function: Any) -> Arguments:
    """The arguments of a factory; the config is empty, as no run has begun."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # written in C: it may take nothing
        return Arguments()
    hints = _hints(function)
    positional, by_name, unknown, has_config = [], {}, [], False
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        annotation = hints.get(parameter.name, parameter.annotation)
        what = _meant(parameter.name, annotation)
        if what == "":
            if parameter.default is parameter.empty:
                unknown.append(parameter.name)
            continue
        has_config = has_config or what == "config"
        value = _config() if what == "config" else ServerRuntime(*typing.get_args(annotation)[:1])
        if parameter.kind is parameter.POSITIONAL_ONLY:
            positional.append(value)
        else:
            by_name[parameter.name] = value
    return Arguments(tuple(positional), by_name, tuple(unknown), has_config)


def _meant(name: str, annotation: Any) -> str:
    text = annotation if isinstance(annotation, str) else repr(annotation)
    if re.search(r"\bRunnableConfig\b", text):
        return "config"
    if re.search(r"\b\w*Runtime\b", text):
        return "runtime"
    if annotation is inspect.Parameter.empty or _LOOSE.search(text):
        plain = name.strip("_")
        return "config" if plain in _CONFIG_NAMES else "runtime" if plain in _RUNTIME_NAMES else ""
    return ""


def _hints(function: Any) -> Mapping[str, Any]:
    """A function's annotations as objects, where they can be had: `from __future__` makes them texts."""
    try:
        return typing.get_type_hints(inspect.unwrap(function))
    except Exception:  # a name that is imported for type checkers only
        return {}


def _config() -> dict[str, Any]:
    return {"tags": [], "metadata": {}, "configurable": {}}
