"""Instruments: code of yours that the engine asks around every task of a run, at every depth.

A debugger is one. It may wait, and so hold a task; it may raise, and so fail it; and what it returns says
what to do instead: `WithInput`, `Supply`, `Skip`, `Retry`, `Route`. None means: go on as you would have.

    class Careful(Instrument):
        async def before_task(self, task):
            if task.name == "search":
                return Supply({"hits": []})  # the node does not run

        async def after_task(self, task, error):
            if error is not None and Retry() not in task.answers:
                return Retry()  # once

    async for chunk in graph.with_instrument(Careful()).astream(input):
        ...

Nothing is changed behind its back: an instrument alters a run by its answers alone, and every later question
about the task carries them all in `task.answers`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

from stepgraph.types import Namespace, Send

Target = str | Send

# -- answers


@dataclass(frozen=True, slots=True)
class WithInput:
    """Run the node with this input; after an error, run it again with this one."""

    input: Any


@dataclass(frozen=True, slots=True)
class Supply:
    """Do not run the node: this is what it returns. An update, a Command, or None.

    With `leads_to`, its paths are not asked and its edges not followed: the task leads there.
    """

    output: Any
    leads_to: Sequence[Target] | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """Do not run the node: it wrote nothing. Its edges are followed and its paths asked."""


@dataclass(frozen=True, slots=True)
class Retry:
    """After an error: run the node once more with the input it had."""


@dataclass(frozen=True, slots=True)
class Route:
    """The task leads to these nodes and Sends, and nowhere else. Nothing, or END alone: to no node."""

    leads_to: Sequence[Target]


Question = Literal["before_task", "before_route", "after_task"]
Beforehand = WithInput | Supply | Skip | None
Afterwards = WithInput | Supply | Skip | Retry | None
Answer = WithInput | Supply | Skip | Retry | Route

# -- questions


class TaskInfo(NamedTuple):
    """A task, as an instrument sees it.

    `namespace` is the graph that runs it, `()` for the root. `step` counts that graph's supersteps from 1.
    `input` is the very object the node gets. `answers` are what the instrument has answered about this task.
    `output`, in `after_task`, is what the node has returned; or the signal that it raised, where it asks a
    question or leaves for the parent graph.
    """

    id: str
    name: str
    namespace: Namespace
    step: int
    input: Any
    triggers: tuple[str, ...]
    answers: tuple[Answer, ...] = ()
    output: Any = None


class Passage(Protocol):
    """Lets tasks pass without a question, and at hardly any cost, while it is free.

    Whoever takes it away while they run knows them, and is asked again at their end.
    """

    is_free: bool

    def enter(self, id: str, name: str, namespace: Namespace, step: int) -> None:
        """In place of before_task: a task begins."""

    def leave(self, id: str) -> None:
        """In place of after_task: a task has ended, or failed."""


class Instrument:
    """Asked on the run's event loop, by `astream()` and `ainvoke()`. Override what you need.

    While it waits, the task waits and its siblings go on. An exception raised here fails the task, as if the
    node had raised it. A class of its own, not derived from this one, needs only the methods it wants asked.
    """

    passage: Passage | None = None
    """Nothing is asked while it is free, except about tasks that run in a thread."""

    def lets_pass(self, question: Question, task: TaskInfo) -> bool:
        """Asked at once before each question that would be awaited: True to leave that out, this time.

        It costs a tenth of a question. Here `task` is as it was before it began. Not asked about tasks that
        run in a thread.
        """
        return False

    def graph_called(self, graph: Any, namespace: Namespace, node: str) -> None:
        """A task of `node`, in the graph that runs in `namespace`, begins to run another graph.

        That is a subgraph that is the node, or one that its code calls. Told in the thread that calls it.
        """

    async def before_task(self, task: TaskInfo) -> Beforehand:
        """Before the node's function starts, and after the task was reported to have started."""
        return None

    async def before_route(self, task: TaskInfo, leads_to: tuple[Target, ...]) -> Route | None:
        """When the node and its paths have said where the task leads, before that is followed.

        `leads_to` has the nodes that its edges, paths, Commands and list edges lead to, then the Sends. An
        answer of just that changes nothing. Also asked of the input, as task `__start__`.
        """
        return None

    async def after_task(self, task: TaskInfo, error: BaseException | None) -> Afterwards:
        """When the task has ended. A Command that leaves for the parent graph is no `error`.

        A success was reported by then; a failure will be, unless the answer turns it into something else. To
        anything but an Exception, a cancellation for one, there is no answer but None.
        """
        return None


class SyncInstrument:
    """The same for `stream()` and `invoke()`: asked in the thread that runs the task, and may block it.

    Leaving such a `stream()` early waits for the tasks that run, and so for an instrument that holds one.
    With `astream()` it is asked on the event loop, where it must not block.
    """

    def graph_called(self, graph: Any, namespace: Namespace, node: str) -> None:
        """See Instrument."""

    def before_task(self, task: TaskInfo) -> Beforehand:
        """See Instrument."""
        return None

    def before_route(self, task: TaskInfo, leads_to: tuple[Target, ...]) -> Route | None:
        """See Instrument."""
        return None

    def after_task(self, task: TaskInfo, error: BaseException | None) -> Afterwards:
        """See Instrument."""
        return None


AnyInstrument = Instrument | SyncInstrument
