"""What can go wrong, and whose fault it is.

The graph's author, while building and at the latest at compile(): `InvalidGraph`, `UnknownNode`. A node, or
an input: `InvalidUpdateError`. The caller: `EmptyInputError`, `NotSupportedYet`. The run:
`GraphRecursionError`, `NodeTimeoutError`, `NodeCancelledError`. No errors, but signals on their way out of a
graph: `GraphBubbleUp` and what is derived from it. All are `StepgraphError`s, and also the built-in errors
that LangGraph makes of them.

An exception of a node is raised unchanged, with a note that names the node and the task.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from stepgraph.pregel.interrupts import Interrupt
    from stepgraph.types import Command


class StepgraphError(Exception):
    """The base of every error the engine raises on its own behalf."""


class InvalidGraph(StepgraphError, ValueError):
    """The graph cannot work as it was built."""


class UnknownNode(InvalidGraph):
    """Something names a node that the graph does not have.

    `.name` is what was asked for, `.known` what there is.
    """

    def __init__(self, where: str, name: str, known: Iterable[str], todo: str = "") -> None:
        self.name = name
        self.known = tuple(known)
        hint = did_you_mean(name, self.known) or todo or listing("Nodes", self.known)
        super().__init__(f"{where} names {name!r}, but there is no such node. {hint}")


class InvalidUpdateError(StepgraphError):
    """A value that the state cannot take: of the wrong shape, or one of several where one is allowed."""


class EmptyInputError(StepgraphError):
    """A run was asked for with nothing to start from."""


class EmptyChannelError(StepgraphError):
    """A channel without a value was read: raised by LangGraph alone, whose channels hold their values."""


class TaskNotFound(StepgraphError):
    """A task was asked for that does not exist. Raised by LangGraph's servers alone."""


class UnknownInterruptError(StepgraphError):
    """An answer is to no question that a thread waits with. Raised by LangGraph's servers alone."""

    def __init__(
        self,
        message: str,
        *,
        reason: Literal["not_pending", "empty_map", "ambiguous"],
        interrupt_ids: Sequence[str] = (),
        pending_ids: Sequence[str] = (),
    ) -> None:
        self.reason = reason
        self.interrupt_ids = tuple(interrupt_ids)
        self.pending_ids = tuple(pending_ids)
        super().__init__(message)


class GraphRecursionError(StepgraphError, RecursionError):
    """The run did not end within its `recursion_limit`."""


class NodeTimeoutError(StepgraphError):
    """A node took longer than its `timeout` allows.

    `kind` is `run` when that was too long altogether, `idle` when it showed no progress; `timeout` is the
    limit, `elapsed` the time that the attempt had taken. Both are seconds.
    """

    def __init__(
        self,
        node: str,
        elapsed: float,
        *,
        kind: Literal["idle", "run"],
        idle_timeout: float | None = None,
        run_timeout: float | None = None,
    ) -> None:
        self.node = node
        self.elapsed = elapsed
        self.kind = kind
        self.idle_timeout = idle_timeout
        self.run_timeout = run_timeout
        limit = idle_timeout if kind == "idle" else run_timeout
        self.timeout = 0.0 if limit is None else limit
        spent = "without progress" if kind == "idle" else "altogether"
        super().__init__(
            f"Node {node!r} may take {self.timeout:g} s {spent}, and was stopped after {elapsed:.3f} s. "
            "Raise its timeout, or let it call runtime.heartbeat() if it only looked idle."
        )

    def __reduce__(self) -> Any:
        make = partial(
            type(self), kind=self.kind, idle_timeout=self.idle_timeout, run_timeout=self.run_timeout
        )
        return make, (self.node, self.elapsed)


class NodeCancelledError(StepgraphError):
    """A node raised CancelledError by itself, when nobody had cancelled the run."""

    def __init__(self, node: str, message: str | None = None) -> None:
        self.node = node
        super().__init__(
            message
            or f"Node {node!r} raised asyncio.CancelledError, though the run was not cancelled: something "
            "that it waited for was. Catch it there, and return or raise what it means."
        )

    def __reduce__(self) -> Any:
        return type(self), (self.node, str(self))


@dataclass(frozen=True)
class NodeError:
    """What an error handler is told: which node failed, and with what."""

    node: str
    error: BaseException


class NotSupportedYet(StepgraphError, NotImplementedError):
    """An option that this version of stepgraph refuses, rather than ignores."""

    def __init__(self, what: str, instead: str = "Leave it out.") -> None:
        super().__init__(f"{what} is not supported by this version of stepgraph. {instead}")


class GraphBubbleUp(StepgraphError):
    """A signal that leaves a graph as an exception."""


class ParentCommand(GraphBubbleUp):
    """Carries a `Command(graph=Command.PARENT)` to the graph outside; reaches the caller if there is none."""

    def __init__(self, command: Command[Any]) -> None:
        self.command = command
        super().__init__(command)


class GraphInterrupt(GraphBubbleUp):
    """Carries what a node asks to the run; never leaves the outermost graph."""

    def __init__(self, interrupts: Sequence[Interrupt] = ()) -> None:
        self.interrupts = tuple(interrupts)
        super().__init__(interrupts)


class NodeInterrupt(GraphInterrupt):
    """Raised by a node that wants its run to stop. Deprecated by LangGraph: call `types.interrupt()`.

    There is no answer to it: whatever the run goes on with, the node runs again.
    """

    def __init__(self, value: Any, id: str | None = None) -> None:
        from stepgraph.pregel.interrupts import Interrupt
        from stepgraph.warnings import LangGraphDeprecatedSinceV10

        told = "NodeInterrupt is deprecated: call interrupt(), which returns the answer"
        warnings.warn(told, LangGraphDeprecatedSinceV10, stacklevel=2)
        super().__init__([Interrupt(value) if id is None else Interrupt(value, id)])


class GraphDrained(GraphBubbleUp):
    """A run has ended early because `RunControl.request_drain()` asked it to. With a saver it can go on."""

    def __init__(self, reason: str = "shutdown") -> None:
        self.reason = reason
        super().__init__(f"Graph drained: {reason}")

    def __reduce__(self) -> Any:
        return type(self), (self.reason,)


def is_invalid_resume(error: BaseException) -> bool:
    """Whether an error says that the answer to an `interrupt()` did not fit its `response_schema`."""
    return getattr(error, INVALID_RESUME, False) is True


INVALID_RESUME: Final = "_is_invalid_resume"
"""The attribute by which such an error is known."""


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """A sentence that offers the nearest known name, or nothing when none is near."""
    import difflib  # Not needed before something is wrong.

    close = difflib.get_close_matches(str(name), list(known), n=1, cutoff=0.6)
    return f"Did you mean {close[0]!r}?" if close else ""


def listing(what: str, known: Iterable[str], limit: int = 12) -> str:
    """A sentence that lists what there is, cut short when there is much."""
    names = [repr(name) for name in known]
    if not names:
        return f"{what}: none so far."
    shown = ", ".join(names[:limit])
    return f"{what}: {shown}, ... ({len(names)} in all)." if len(names) > limit else f"{what}: {shown}."


def add_note(error: BaseException, note: str) -> None:
    """`BaseException.add_note`, also on Python 3.10."""
    if sys.version_info >= (3, 11):
        error.add_note(note)
    else:
        setattr(error, "__notes__", [*getattr(error, "__notes__", ()), note])  # noqa: B010
