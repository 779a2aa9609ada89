"""What a run reports, one frozen value an event, and how plain data becomes one.

The host sends dictionaries that JSON could carry. `parse` turns each into the class its ``"event"``
names. All values of the user's program inside them (`input`, `update`, `values`, ...) are *plain*:
None, bool, int, float, str, list, dict with string keys, or a *marked* dictionary for anything else:

    {"$type": "HumanMessage", "$fields": {"content": "hi", ...}}     an object with named parts
    {"$type": "set", "$items": [1, 2]}                               a sequence that is not a list
    {"$type": "dict", "$entries": [[key, value], ...]}               keys that are not strings
    {"$type": "bytes", "$text": "b'...'"}                            only a text can be shown
    any of these with "$size": n      how long or large the whole is, when something was cut
    any of these with "$handle": "7"  more of what was cut can be fetched by this name
    {"$type": "list", "$cycle": true}                                contains itself
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import Enum
from typing import Any, ClassVar

from stepscope.model.topology import Namespace, Topology

Plain = Any
"""A value of the user's program as bounded plain data (see the top of this file)."""


@dataclass(frozen=True, slots=True)
class Location:
    """A line of the user's own code."""

    file: str
    line: int
    function: str = ""
    source: str = ""

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> Location:
        function, source = plain.get("function", ""), plain.get("source", "")
        return Location(_text(plain["file"]), int(plain["line"]), _text(function), _text(source))


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as a person reads it: what, where in their code, and what to do next.

    `whole` is what the traceback was taken from, should that be more than a person wants to read.
    """

    type: str
    message: str
    remedy: str = ""
    where: Location | None = None
    traceback: str = ""
    whole: str = ""

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> Failure:
        """Raises KeyError, TypeError or ValueError when that is no failure."""
        where = plain.get("where")
        return Failure(
            _text(plain["type"]),
            _text(plain["message"]),
            _text(plain.get("remedy") or ""),
            Location.from_plain(where) if where else None,
            _text(plain.get("traceback") or ""),
        )

    @property
    def headline(self) -> str:
        """``ValueError: no such city`` in one line."""
        first_line = self.message.strip().split("\n", 1)[0]
        return f"{self.type}: {first_line}" if first_line else self.type


class Outcome(Enum):
    """How a run ended."""

    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Event:
    """`seq` counts the events of a run from 0; `time` is in seconds since the epoch."""

    seq: int
    time: float


@dataclass(frozen=True, slots=True)
class RunStarted(Event):
    engine: str
    input: Plain
    thread: str = ""


@dataclass(frozen=True, slots=True)
class TaskStarted(Event):
    """A task of a superstep begins (or is held at its gate: then a `TaskHeld` follows)."""

    namespace: Namespace
    step: int
    task: str
    node: str
    input: Plain
    triggers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaskHeld(Event):
    """A task waits at its gate and has not begun."""

    namespace: Namespace
    step: int
    task: str
    node: str


@dataclass(frozen=True, slots=True)
class TaskReleased(Event):
    """A held task begins now, or one that lingers goes on."""

    namespace: Namespace
    step: int
    task: str
    node: str


@dataclass(frozen=True, slots=True)
class TaskLingers(Event):
    """A task has ended, or failed, and is kept from going on until the person lets it."""

    namespace: Namespace
    step: int
    task: str
    node: str
    reason: str
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class GraphCalled(Event):
    """The code of a node, named by its path, begins to run a graph of this shape."""

    path: tuple[str, ...]
    topology: Topology


@dataclass(frozen=True, slots=True)
class Acted(Event):
    """Something that the person did to a task, and not the graph.

    `what` is ``"supplied"``, ``"skipped"``, ``"retried"``, ``"input changed"``, ``"failed"``, ``"pinned"`` or
    ``"rerouted"``; `value` is what they gave.
    """

    namespace: Namespace
    step: int
    task: str
    node: str
    what: str
    value: Plain


@dataclass(frozen=True, slots=True)
class Asked(Event):
    """A question that a node of a graph asks, and that a later run answers by its `id`.

    `schema` is the JSON schema of the answer, {} when it came with none. One that `has_answer` cannot be
    given another: its node has failed with the one that was given, so it has to be asked anew.
    """

    id: str
    value: Plain
    schema: Mapping[str, Any]
    namespace: Namespace = ()
    node: str = ""
    has_answer: bool = False


@dataclass(frozen=True, slots=True)
class Refused(Event):
    """Something that the person asked for and that could not be done."""

    order: str
    reason: str


@dataclass(frozen=True, slots=True)
class BreakpointHit(Event):
    """A breakpoint, by its id, stops the run; or a logpoint has spoken."""

    namespace: Namespace
    step: int
    breakpoint: str


@dataclass(frozen=True, slots=True)
class TaskFinished(Event):
    namespace: Namespace
    step: int
    task: str
    node: str
    result: Plain
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class Updated(Event):
    """One `updates` chunk: what one task wrote."""

    namespace: Namespace
    step: int
    node: str
    update: Plain
    is_cached: bool = False  # it was there from an earlier time, and no code ran for it


@dataclass(frozen=True, slots=True)
class Values(Event):
    """One `values` chunk: the whole state after a superstep (`step` 0: after the input was applied)."""

    namespace: Namespace
    step: int
    values: Plain


@dataclass(frozen=True, slots=True)
class Custom(Event):
    namespace: Namespace
    step: int
    data: Plain


@dataclass(frozen=True, slots=True)
class Token(Event):
    """One `messages` chunk. `message` tells messages apart; `whole` says that nothing will follow."""

    namespace: Namespace
    step: int
    node: str
    message: str
    kind: str  # "AIMessageChunk", "ToolMessage", ...
    text: str
    tool_calls: str  # the arguments' text as it arrives, "" when there are none
    tags: tuple[str, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Checkpoint(Event):
    """One `debug` chunk of type checkpoint, of a graph that has a checkpointer."""

    namespace: Namespace
    step: int
    payload: Plain


@dataclass(frozen=True, slots=True)
class Printed(Event):
    """Something that the program said beside its streams.

    `source` is ``"stdout"``, ``"stderr"``, ``"log"`` or ``"warning"``. The text of the first two comes as
    it was written, in pieces of any length; the others are whole, with a `level` such as ``"INFO"`` (or the
    warning's category), the `logger`'s name and, where known, the line and the node that said it.
    """

    source: str
    text: str
    level: str = ""
    logger: str = ""
    where: Location | None = None
    node: str = ""


@dataclass(frozen=True, slots=True)
class Lost(Event):
    """The process that held the program has ended between two runs; the next run begins in a new one."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class Paused(Event):
    """The run stands: `next` are the nodes whose tasks are held, `reason` says why in words."""

    step: int
    next: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Resumed(Event):
    pass


@dataclass(frozen=True, slots=True)
class RunFinished(Event):
    """The run is over. `still_running` names nodes whose code could not be stopped.

    `sources` are the files of the person's own code that were read until then, by nodes too.
    """

    outcome: Outcome
    failure: Failure | None
    reason: str
    still_running: tuple[str, ...]
    sources: tuple[str, ...] = ()


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} where a text should be")
    return value


def _number(value: Any) -> Any:
    if not isinstance(value, (int, float)):
        raise TypeError(f"{type(value).__name__} where a number should be")
    return value


def _names(value: Any) -> tuple[str, ...]:
    return tuple(map(_text, value))


def _failure(value: Any) -> Failure | None:
    return None if value is None else Failure.from_plain(value)


def _location(value: Any) -> Location | None:
    return None if value is None else Location.from_plain(value)


class _Reader:
    """Builds one class of event from a dictionary, and looks at what its fields are.

    A field that has a default may be missing.
    """

    CONVERTERS: ClassVar[dict[str, Callable[[Any], Any]]] = {
        "int": _number,
        "float": _number,
        "str": _text,
        "bool": bool,
        "Namespace": _names,
        "tuple[str, ...]": _names,
        "Failure | None": _failure,
        "Location | None": _location,
        "Outcome": Outcome,
        "Topology": Topology.from_plain,
    }
    """By the annotation; the others, the user's values, are taken as they are."""

    def __init__(self, cls: type[Event]) -> None:
        self._cls = cls
        needed = [f for f in fields(cls) if f.default is MISSING]
        self._fields = [(f.name, self.CONVERTERS.get(str(f.type))) for f in needed]
        self._others = [(f.name, self.CONVERTERS.get(str(f.type))) for f in fields(cls) if f not in needed]

    def __call__(self, plain: Mapping[str, Any]) -> Event:
        given = [plain[name] if convert is None else convert(plain[name]) for name, convert in self._fields]
        if not self._others:
            return self._cls(*given)
        present = ((name, convert) for name, convert in self._others if name in plain)
        more = {name: plain[name] if convert is None else convert(plain[name]) for name, convert in present}
        return self._cls(*given, **more)


_READERS: dict[str, _Reader] = {
    "run_started": _Reader(RunStarted),
    "task_started": _Reader(TaskStarted),
    "task_held": _Reader(TaskHeld),
    "task_released": _Reader(TaskReleased),
    "task_lingers": _Reader(TaskLingers),
    "graph_called": _Reader(GraphCalled),
    "acted": _Reader(Acted),
    "refused": _Reader(Refused),
    "asked": _Reader(Asked),
    "breakpoint_hit": _Reader(BreakpointHit),
    "task_finished": _Reader(TaskFinished),
    "updated": _Reader(Updated),
    "values": _Reader(Values),
    "custom": _Reader(Custom),
    "token": _Reader(Token),
    "checkpoint": _Reader(Checkpoint),
    "printed": _Reader(Printed),
    "paused": _Reader(Paused),
    "resumed": _Reader(Resumed),
    "run_finished": _Reader(RunFinished),
}


def parse(plain: Mapping[str, Any]) -> Event:
    """The event that a dictionary of the host stands for.

    Raises KeyError when the kind or one of its fields is not known here, and TypeError or ValueError when a
    field is not what it should be.
    """
    return _READERS[plain["event"]](plain)
