"""The classes that a checkpoint names.

A checkpoint names the classes of its Sends, timeouts and Interrupts by the names that they have in LangGraph,
so that both engines can read it. Those here stand for the engine's own when one is written.
"""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass, fields
from typing import Any

from stepgraph.constants import INTERRUPT, TASKS
from stepgraph.policies import TimeoutPolicy
from stepgraph.pregel.interrupts import Interrupt
from stepgraph.types import Send


@dataclass
class _Send:
    node: str
    arg: Any
    timeout: Any


@dataclass
class _Interrupt:
    value: Any
    id: str
    response_schema: Any


@dataclass
class _Timeout:
    run_timeout: Any
    idle_timeout: Any
    refresh_on: Any


for _class, _name in ((_Send, "Send"), (_Interrupt, "Interrupt"), (_Timeout, "TimeoutPolicy")):
    _class.__module__, _class.__name__, _class.__qualname__ = "langgraph.types", _name, _name


def foreign(channel: str, value: Any) -> Any:
    """A write in the form in which a checkpoint has it."""
    if channel == TASKS:
        timeout = value.timeout
        kept = None if timeout is None else _Timeout(**_fields(timeout, _Timeout))
        return _Send(value.node, value.arg, kept)
    if channel == INTERRUPT:
        return tuple(_Interrupt(**_fields(asked, _Interrupt)) for asked in value)
    return value


def own(channel: str, value: Any) -> Any:
    """A write as the engine has it, whoever wrote the checkpoint."""
    if channel == TASKS and type(value) is not Send:
        timeout = getattr(value, "timeout", None)
        if timeout is not None and type(timeout) is not TimeoutPolicy:
            timeout = TimeoutPolicy(**_fields(timeout, _Timeout))
        return Send(value.node, value.arg, timeout=timeout)
    if channel == INTERRUPT:
        asked = value if isinstance(value, (tuple, list)) else (value,)
        return tuple(Interrupt(**_fields(one, _Interrupt)) for one in asked)
    return value


def _fields(value: Any, kind: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name, None) for field in fields(kind)}


def name_classes() -> None:
    """Where LangGraph is not installed, its name for these classes leads here."""
    if "langgraph.types" not in sys.modules and importlib.util.find_spec("langgraph.types") is None:
        import stepgraph.types

        sys.modules["langgraph.types"] = stepgraph.types
