"""What a node returned, as writes to channels and as places to go to."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stepgraph.constants import END, ROOT
from stepgraph.errors import InvalidUpdateError, ParentCommand
from stepgraph.graph.schema import read_fields
from stepgraph.types import Command, Send

Write = tuple[str, Any]
Target = str | Send


@dataclass(slots=True)
class Returned:
    """What was returned, read. `unknown` are the keys that there is no channel for."""

    writes: list[Write] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    unknown: Sequence[str] = ()


def read_returned(value: Any, channels: Container[str], where: str) -> Returned:
    """Read a node's return value, or an input.

    `where` names it for errors. Raises InvalidUpdateError for what cannot be an update, ParentCommand for a
    Command to the graph outside.
    """
    if value is None:
        return Returned()
    if type(value) is dict and ROOT not in channels:
        # Nearly all are: to ask here what else it might be would take longer than to read it.
        return _read_mapping(value, channels)
    if isinstance(value, Command):
        return _read_command(value, channels, where)
    if isinstance(value, Send):
        return Returned(targets=[value])
    if isinstance(value, (list, tuple)) and any(isinstance(item, Command) for item in value):
        return _read_list(value, channels, where)
    if ROOT in channels:
        return Returned([(ROOT, value)])
    if isinstance(value, Mapping):
        return _read_mapping(value, channels)
    return Returned(_fields_of(value, channels, where))


def _read_mapping(update: Mapping[str, Any], channels: Container[str]) -> Returned:
    writes = [write for write in update.items() if write[0] in channels]
    if len(writes) == len(update):
        return Returned(writes)
    return Returned(writes, unknown=[key for key in update if key not in channels])


def _read_command(command: Command[Any], channels: Container[str], where: str) -> Returned:
    if command.graph == Command.PARENT:
        raise ParentCommand(command)
    read = _read_update(command.update, channels, where)
    read.targets = _targets_of(command, where)
    return read


def _read_list(items: list[Any] | tuple[Any, ...], channels: Container[str], where: str) -> Returned:
    whole = Returned()
    for item in items:
        # Beside Commands, a list holds updates; a bare Send in it has no meaning.
        if isinstance(item, Send):
            continue
        part = read_returned(item, channels, where)
        whole.writes += part.writes
        whole.targets += part.targets
        whole.unknown = [*whole.unknown, *part.unknown]
    return whole


def _read_update(update: Any, channels: Container[str], where: str) -> Returned:
    if update is None:
        return Returned()
    if ROOT in channels:
        return Returned([(ROOT, update)])
    if isinstance(update, Mapping):
        return _read_mapping(update, channels)
    if _is_pairs(update):
        writes = [(key, value) for key, value in update if key in channels]
        return Returned(writes, unknown=[key for key, _ in update if key not in channels])
    return Returned(_fields_of(update, channels, where))


def _fields_of(value: Any, channels: Container[str], where: str) -> list[Write]:
    fields = read_fields(value)
    if fields is None:
        raise InvalidUpdateError(f"Expected dict, got {_shown(value)}: {where}. {_advice(value)}")
    return [write for write in fields if write[0] in channels]


def _is_pairs(update: Any) -> bool:
    return isinstance(update, (list, tuple)) and all(
        isinstance(item, (list, tuple)) and len(item) == 2 and isinstance(item[0], str) for item in update
    )


def _targets_of(command: Command[Any], where: str) -> list[Target]:
    goto = command.goto
    goals = [goto] if isinstance(goto, (str, Send)) else list(goto)
    for goal in goals:
        if isinstance(goal, Send):
            if goal.node == END:
                raise InvalidUpdateError(
                    f"{goal!r}: {where}, but nothing can be sent to END. Go to END itself to stop."
                )
        elif not isinstance(goal, str):
            raise TypeError(
                f"Command.goto holds {goal!r}: {where}. Give names of nodes, Sends, or a list of these."
            )
    return [goal for goal in goals if goal != END]


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else text[:200] + "..."


def _advice(value: Any) -> str:
    if hasattr(value, "__await__"):
        if hasattr(value, "close"):
            value.close()  # Python would warn later that it was never awaited, far from here.
        return "It was not awaited: make the function async, or await it."
    return "Return a dict of the keys to update, a Command, or None for no update."
