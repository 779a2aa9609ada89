"""Gates: every task of a graph asks before it begins, when it has failed, and before it ends.

One gate serves both engines: `instrument` fits stepgraph, which awaits an instrument around every
task; `langgraph_gates` wraps each node of a copy of a LangGraph graph.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from stepscope_host.debugging import langgraph_gates
from stepscope_host.debugging.debugger import Namespace, Task, node_path
from stepscope_host.debugging.decisions import Decision, Fail, Retry, Skip, Supply, WithInput


class Passage(Protocol):
    """Tasks go through it unasked while it is free."""

    is_free: bool

    def enter(self, id: str, name: str, namespace: Namespace, step: int) -> None:
        """A task begins."""

    def leave(self, id: str) -> None:
        """It has ended."""

    def enter_in_thread(self, task: Task) -> bool:
        """A task begins in another thread than the loop's: False where it has to ask."""

    def leave_in_thread(self, id: str) -> bool:
        """It has ended: False where it has to ask."""


class Gate(Protocol):
    """Who decides: awaited by the engine around every task that does not find the passage free."""

    @property
    def passage(self) -> Passage | None:
        """What tasks go through unasked while it is free."""

    def lets_in(self, task: Task) -> bool:
        """True when the task may begin at once, as it would by itself; then `enter` is not awaited."""

    def lets_out(self, task_id: str) -> bool:
        """True when the task may end at once, as it would by itself; then `leave` is not awaited."""

    @property
    def reroutes(self) -> bool:
        """False while `route` need not be awaited, of any task."""

    async def enter(self, task: Task, input: Any) -> Decision | None:
        """Return when the task may begin, and how; None as it would by itself."""

    async def leave(
        self, task: Task, input: Any, output: Any, error: BaseException | None
    ) -> Decision | None:
        """The node was given `input` and has returned `output`, or raised `error`.

        The `output` of one that asks a question or leaves for the parent graph is what it raises for that.
        Return when the task may end, and with what instead.
        """

    async def route(self, task: Task, leads_to: tuple[str, ...]) -> Sequence[str] | None:
        """The task's conditional edges lead to these nodes, or to others that are returned here.

        No node is named where they lead to Sends alone; where none is returned they lead nowhere.
        """

    def drop(self, task: Task) -> None:
        """The task is over without an end: it was cancelled."""

    def called(self, path: tuple[str, ...], graph: Any) -> None:
        """The node that lies there begins to run a graph, in whatever thread."""


@dataclass(frozen=True)
class Gated:
    """A graph whose tasks pass a gate. `covers` tells which tasks do, by namespace and node name.

    `release` lets go of whoever waits there in a thread, now and from now on.
    """

    graph: Any
    covers: Callable[[Namespace, str], bool]
    release: Callable[[], None]


class Instrument:
    """The gate as stepgraph calls it."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.passage = gate.passage

    def lets_pass(self, question: str, task: Any) -> bool:
        match question:
            case "before_task":
                return self.gate.lets_in(_task(task))
            case "after_task":
                return self.gate.lets_out(task.id)
        return not self.gate.reroutes

    async def before_task(self, task: Any) -> Any:
        return _answer(await self.gate.enter(_task(task), task.input))

    async def before_route(self, task: Any, leads_to: tuple[Any, ...]) -> Any:
        nodes = tuple(target for target in leads_to if isinstance(target, str))
        if task.name == "__start__":
            return None
        chosen = await self.gate.route(_task(task), nodes)
        if not chosen:  # where it leads was said when its output was given
            return None
        sends = [target for target in leads_to if not isinstance(target, str)]
        return _answers().Route([*chosen, *sends])

    async def after_task(self, task: Any, error: BaseException | None) -> Any:
        if error is not None and not isinstance(error, Exception):
            self.gate.drop(_task(task))
            return None
        return _answer(await self.gate.leave(_task(task), task.input, task.output, error))

    def graph_called(self, graph: Any, namespace: Namespace, node: str) -> None:
        self.gate.called((*node_path(namespace), node), graph)


def gated(graph: Any, gate: Gate) -> Gated:
    """A graph like this one whose tasks pass the gate; the given one is left as it is.

    Raises whatever an unusual graph raises when it is copied or wrapped.
    """
    if hasattr(graph, "with_instrument"):
        # Its runs let go of their threads themselves.
        return Gated(graph.with_instrument(Instrument(gate)), lambda namespace, name: True, lambda: None)
    copy, paths, calls = langgraph_gates.gated(graph, gate)
    return Gated(copy, lambda namespace, name: (*node_path(namespace), name) in paths, calls.end)


def refusal(graph: Any) -> str:
    """Why a graph's tasks cannot be made to pass a gate, or "" when they can."""
    try:
        gated(graph, OpenGate())
    except Exception as error:
        return f"wrapping its nodes raises {type(error).__name__}: {error}"
    return ""


def with_context(graph: Any) -> Any:
    """A graph whose sync nodes find their config in an async run.

    Before Python 3.11 LangGraph's do so only behind a gate.
    """
    if sys.version_info >= (3, 11) or hasattr(graph, "with_instrument") or refusal(graph):
        return graph
    return gated(graph, OpenGate()).graph


class OpenGate:
    """A gate that lets everything be as it is."""

    passage = None
    reroutes = False

    def lets_in(self, task: Task) -> bool:
        """Every task may begin."""
        return True

    def lets_out(self, task_id: str) -> bool:
        """And end as it does."""
        return True

    async def enter(self, task: Task, input: Any) -> None:
        """Nobody is asked."""

    async def leave(self, task: Task, input: Any, output: Any, error: BaseException | None) -> None:
        """Nobody is asked."""

    async def route(self, task: Task, leads_to: tuple[str, ...]) -> None:
        """Nobody is asked."""

    def drop(self, task: Task) -> None:
        """Nobody has to know."""

    def called(self, path: tuple[str, ...], graph: Any) -> None:
        """Nor of that."""


def _task(task: Any) -> Task:
    return Task(task.id, task.name, task.namespace, task.step)


def _answers() -> Any:
    """stepgraph's own words, from the one that the user's graph was made with."""
    return sys.modules["stepgraph.pregel.instruments"]


def _answer(decision: Decision | None) -> Any:
    match decision:
        case None:
            return None
        case WithInput(input):
            return _answers().WithInput(input)
        case Supply(output, leads_to):
            return _answers().Supply(output, leads_to or None)
        case Skip():
            return _answers().Skip()
        case Retry():
            return _answers().Retry()
        case Fail(error):
            raise error
