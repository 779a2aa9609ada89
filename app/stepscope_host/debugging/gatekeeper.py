"""Who waits at the gates of a run: joins what the debugger decides to the tasks that the engine brings.

All its methods belong to the run's loop. What the person does to a task is told as an `acted` event, so that
the log says for ever what was their doing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from stepscope_host import forks
from stepscope_host.debugging import standing
from stepscope_host.debugging.breakpoints import Breakpoints
from stepscope_host.debugging.called import CalledGraphs
from stepscope_host.debugging.debugger import Debugger, Namespace, Start, Task, path_of
from stepscope_host.debugging.decisions import (
    Decision,
    Fail,
    PinDoesNotFit,
    RaisedByHand,
    Retry,
    Skip,
    Supply,
    WithInput,
)
from stepscope_host.debugging.lull import Lull
from stepscope_host.failures import from_exception
from stepscope_host.showing.values import Plain
from stepscope_host.threads import commanded, given
from stepscope_host.threads.given import Place
from stepscope_host.threads.reconciling import ABSENT
from stepscope_host.threads.state_edit import Edit

Path = tuple[str, ...]

NOWHERE: list[str] = []
"""Where the conditional edges of a task lead whose output says itself where it goes."""

NOT_HELD = "This task is not held any more."
MOMENT = 2.0
"""Seconds after which a task that is told of will not come to its gate any more: its result was cached."""


class Gatekeeper:
    """The gate of one run. `tell(event, **parts)` takes its news, values made plain by `show`.

    `told` has the tasks whose start the stream has told, which it may do after their gate, and not their end;
    `has_started` knows one of them. `breakpoints` are asked whether to stop; `graph` has the types of what a
    person gives a task.

    While there is nothing to stop for, nothing to hold and nothing to change, the `passage` is free: tasks
    are noted and no more, until an order comes.
    """

    def __init__(
        self,
        tell: Callable[..., None],
        show: Callable[[Any], Plain],
        has_started: Callable[[Task], bool],
        told: Callable[[], Iterable[Task]],
        breakpoints: Breakpoints,
        request: Mapping[str, Any],
        graph: Any = None,
    ) -> None:
        self._tell = tell
        self._show = show
        self._has_started = has_started
        self._loop = asyncio.get_running_loop()
        self.debugger = Debugger(Start(request.get("start") or "free"), tuple(request.get("inside") or ()))
        self._breakpoints = breakpoints
        self._graph = graph
        if request.get("run_to"):
            self._breakpoints.stop_once_at(tuple(request["run_to"]))
        self._decisions: dict[str, Decision] = {}
        self._leads_to: dict[str, list[str]] = {}  # by task, for once
        self._pins: dict[Path, Any] = {}
        self._routes: dict[Path, list[str]] = {}
        self.set_pins(request.get("pins") or ())
        self._inputs: dict[str, Any] = {}  # of the tasks at closed gates
        self._knowing: dict[str, asyncio.Future[None]] = {}  # waits for one of these
        self._held: dict[str, Task] = {}  # told as held
        self._leaving: set[str] = set()  # of those, the ones that have run
        self._failed: set[str] = set()  # of those, the ones that have raised
        self._openings: dict[str, asyncio.Future[None]] = {}  # what each task waits for at its closed gate
        self._announcements: dict[str, asyncio.Future[None]] = {}  # the same, for the stream to tell of it
        self._reasons: list[str] = []  # why the run comes to a stand
        self._stands_at: tuple[str, ...] | None = None
        self._lull = Lull(self._loop, self._all_have_come, self._look)
        self._told = told
        self._called = CalledGraphs(graph, tell)
        self.passage = self._visits = breakpoints.visits
        forks.close_in_copies(self.passage)
        self._free_the_passage()

    # -- the gate, as the engine finds it

    def lets_in(self, task: Task) -> bool:
        """True for a task about which nobody has anything to say: it has begun."""
        if not self._visits.is_free:
            if self._pins or self._decisions:
                return False
            if not self._breakpoints.lets_in(path_of(task)) or not self.debugger.admits(task):
                return False
        self._visits.enter(*task)
        return True

    def lets_out(self, task_id: str) -> bool:
        """True for a task about which nobody has anything to say: it has ended."""
        if forks.is_copy() or self._decisions or self._breakpoints.minds_ends:
            return False
        self.ended(task_id)
        return True

    @property
    def reroutes(self) -> bool:
        """Whether any task is to lead elsewhere."""
        return bool(self._routes or self._leads_to)

    async def enter(self, task: Task, input: Any) -> Decision | None:
        """Return when the task may begin, and how."""
        if self._visits.is_free:
            self._visits.enter(*task)
            return None
        path = path_of(task)
        if self._breakpoints.waits_for_stream(path) and not self._is_told(task):
            await self._announcement(task)
        self._visits.enter(*task)
        reason = self._breakpoints.before(task, path, input)
        if reason:
            self.debugger.stop(self._with_others(reason), task.id)
        self._note_input(task, input)
        while not self.debugger.admits(task):
            await self._opening(task)
        self._inputs.pop(task.id, None)
        decision = self._decisions.pop(task.id, None)
        if decision is None and path in self._pins:
            decision = self._pinned(task, path)
        return decision

    async def leave(
        self, task: Task, input: Any, output: Any, error: BaseException | None
    ) -> Decision | None:
        """Return when the task may end, and with what instead of its own result or error."""
        if forks.is_copy():
            forks.end(error)
        if self._visits.is_free:
            self.ended(task.id)
            return None
        path = path_of(task)
        if error is None:
            reason = self._breakpoints.after(task, path, input, output)
        else:
            reason = self._breakpoints.failed(task, path, input, error)
        if reason:
            self.debugger.linger(task, self._with_others(reason))
            self._leaving.add(task.id)
            if error is not None:
                self._failed.add(task.id)
            failure = None if error is None else from_exception(error)
            self._tell("task_lingers", **_about(task), reason=reason, failure=failure)
            self._note_input(task, input)
            while self.debugger.lingers(task.id):
                await self._opening(task)
            self._inputs.pop(task.id, None)
            self._leaving.discard(task.id)
            self._failed.discard(task.id)
        decision = self._decisions.pop(task.id, None)
        if decision is None or isinstance(decision, Fail):
            self.ended(task.id)
        else:
            self.debugger.again(task)
        return decision

    async def route(self, task: Task, leads_to: tuple[str, ...]) -> Sequence[str] | None:
        """Where the task's conditional edges lead by the person's will; None as they do."""
        chosen = self._leads_to.pop(task.id, None)
        if chosen == NOWHERE:
            return chosen
        chosen = chosen or self._routes.get(path_of(task))
        if chosen is None or not leads_to or tuple(chosen) == leads_to:
            return None
        self._tell_act(task, "rerouted", {"from": list(leads_to), "to": chosen})
        return chosen

    def drop(self, task: Task) -> None:
        """The task was cancelled."""
        self.ended(task.id)

    def called(self, path: Path, graph: Any) -> None:
        """A node begins to run a graph, in whatever thread."""
        self._called.hear(path, graph)

    # -- the stream's news of tasks

    def announce(self, task: Task) -> None:
        """The stream tells that a task has begun, or waits at its gate, or even has passed it."""
        if self.debugger.runs(task.id) or self._visits.has_left(task.id):
            return
        self.debugger.announce(task)
        announcement = self._announcements.get(task.id)
        if announcement is not None and not announcement.done():
            announcement.set_result(None)
        if not self.debugger.may_begin(task):
            self._hold(task)

    @property
    def hears_stream(self) -> bool:
        """Whether `heard` is to be told of the stream's chunks."""
        return self._breakpoints.hears_stream

    def heard(self, namespace: Namespace, step: int, mode: str, data: Any) -> None:
        """The stream tells a custom message, or a graph's values: the run may be to stop for that."""
        reason = self._breakpoints.heard(namespace, step, mode, data)
        if reason:
            self.debugger.stop(self._with_others(reason))
            self._look_soon()

    def reported(self, task: Task) -> None:
        """The stream tells that a task has ended; its gate has told that already, if it passed one."""
        self._visits.reported(task.id)
        if self._visits.is_free:
            return
        self._leads_to.pop(task.id, None)  # it has led there, or has failed before
        if task.id not in self._leaving:
            self._forget(task.id)

    def ended(self, task_id: str) -> None:
        """A task has left its gate for good, or goes to be tried once more by its engine."""
        self._visits.leave(task_id)
        if not self._visits.is_free:
            self._forget(task_id)

    @property
    def waits(self) -> bool:
        """Whether any task waits at its gate."""
        return bool(self._openings)

    def _forget(self, task_id: str) -> None:
        self._held.pop(task_id, None)
        self._inputs.pop(task_id, None)
        self._leaving.discard(task_id)
        self.debugger.ended(task_id)
        self._free_the_passage()
        self._look_soon()

    @property
    def running(self) -> list[Task]:
        """The tasks whose code has begun and not ended."""
        return self._visits.inside if self._visits.is_free else self.debugger.running

    # -- minding, or not

    def _mind_all(self) -> None:
        """From now on every task counts; the debugger is told of those that it has not heard of so far."""
        if not self._visits.is_free:
            return
        with self._visits.in_threads:
            self._visits.is_free = False
        for task in self._told():
            if not self._visits.knows(task.id):
                self.debugger.announce(task)
        for task in self._visits.inside:
            self.debugger.again(task)

    def _free_the_passage(self) -> None:
        """Leave the passage free where there is nothing to stop for, nothing held and nothing decided."""
        waits = self._held or self._openings or self._announcements
        decided = self._pins or self._decisions or self.reroutes
        if self._breakpoints.are_none and self.debugger.is_needless and not (waits or decided):
            self._visits.is_free = True
            self.debugger.forget()

    # -- what the person asks for

    def order(self, kind: str, parts: Mapping[str, Any]) -> None:
        """Do what the window asks for; an order that makes no sense any more is answered by `refused`."""
        self._mind_all()
        debugger = self.debugger
        match kind:
            case "step":
                self._steer(debugger.step)
            case "into":
                self._steer(lambda: debugger.into(parts.get("task")))
            case "out":
                self._steer(debugger.out)
            case "resume":
                self._steer(debugger.resume)
            case "pause":
                self._steer(debugger.pause)
            case "run_to":
                self._breakpoints.stop_once_at(tuple(parts["path"]))
                self._steer(debugger.resume)
            case "keep":
                self._steer(lambda: debugger.keep(parts["task"]))
            case "release":
                self._steer(lambda: debugger.release(parts["task"]))
            case "act":
                self._act(parts)
            case "pins":
                self.set_pins(parts["pins"])
            case "breakpoints":
                self._breakpoints.set(parts["breakpoints"])
        self._free_the_passage()

    def set_pins(self, pins: Sequence[Mapping[str, Any]]) -> None:
        """Fix the output of nodes, or where they lead: ``{"path", "output"}`` or ``{"path", "to"}``."""
        self._pins = {tuple(pin["path"]): pin["output"] for pin in pins if "output" in pin}
        self._routes = {tuple(pin["path"]): list(pin["to"]) for pin in pins if "to" in pin}

    def why_not_edit(self, namespace: Namespace, arrived: Iterable[str]) -> str:
        """Why a graph's state cannot be edited where the run stands: see `standing`."""
        return standing.why_not_edit(self.debugger, self._failed, arrived, namespace)

    async def input_of(self, task_id: str) -> Any:
        """What a held task is given. Raises LookupError in words.

        A task may be told of, and held, a moment before it has reached its gate.
        """
        if task_id in self._held and task_id not in self._inputs:
            known = self._knowing.setdefault(task_id, self._loop.create_future())
            await asyncio.wait([known], timeout=MOMENT)
        if task_id not in self._held or task_id not in self._inputs:
            raise LookupError(NOT_HELD)
        return self._inputs[task_id]

    def _note_input(self, task: Task, input: Any) -> None:
        self._inputs[task.id] = input
        known = self._knowing.pop(task.id, None)
        if known is not None and not known.done():
            known.set_result(None)

    def _act(self, parts: Mapping[str, Any]) -> None:
        task = self._held.get(parts["task"])
        what = parts["what"]
        if task is None:
            self._tell("refused", order=what, reason=NOT_HELD)
            return
        is_leaving = task.id in self._leaving
        place = Place.at(self._graph, path_of(task))
        match what:
            case "supply":
                edit = given.output(place, parts["output"])
                self._decide_on(task, lambda output: self._supply(task, output), edit, "supplied")
            case "skip":
                self._decide(task, Skip(), "skipped", None)
            case "retry":
                if "input" in parts:
                    edit = given.input(place, parts["input"], self._inputs.get(task.id, ABSENT))
                    self._decide_on(task, WithInput, edit, "input changed")
                elif is_leaving:
                    self._decide(task, Retry(), "retried", None)
            case "fail":
                message = parts.get("message") or "made to fail by hand"
                self._decide(task, Fail(RaisedByHand(message)), "failed", message)
            case "route":
                self._leads_to[task.id] = list(parts["to"])

    def _decide_on(self, task: Task, kind: Callable[[Any], Decision], edit: Edit, what: str) -> None:
        """Take a value that the person gives, unless it does not fit."""
        if edit.errors:
            self._tell("refused", order=what, reason=edit.told)
        else:
            self._decide(task, kind(edit.update), what, edit.update)

    def _supply(self, task: Task, output: Any) -> Supply:
        """Ask no conditional edge of a task whose output says itself where it goes."""
        if not commanded.leads(output):
            return Supply(output)
        self._leads_to[task.id] = NOWHERE
        place = Place.at(self._graph, path_of(task))
        return Supply(output, (*commanded.followed(place.graph, place.node), *output.goto))

    def _pinned(self, task: Task, path: Path) -> Decision:
        """The pinned output, made anew at each visit: what nodes change in it is not in the next one."""
        edit = given.output(Place.at(self._graph, path), self._pins[path])
        self._tell_act(task, "pinned", self._pins[path] if edit.errors else edit.update)
        return Fail(PinDoesNotFit(edit.told)) if edit.errors else self._supply(task, edit.update)

    def _decide(self, task: Task, decision: Decision, what: str, value: Any) -> None:
        self._decisions[task.id] = decision
        self._tell_act(task, what, value)
        self._steer(lambda: self.debugger.release(task.id))

    def _steer(self, how: Callable[[], None]) -> None:
        """Change what the debugger admits, and open the gates that it now opens."""
        self._reasons.clear()
        how()
        released = [task for task in self._held.values() if self._is_free(task)]
        if released and self._stands_at is not None:
            self._tell("resumed")
            self._stands_at = None
        for task in released:
            del self._held[task.id]
            self._tell("task_released", **_about(task))
        for task_id, opening in list(self._openings.items()):
            if not opening.done() and task_id not in self._held:
                opening.set_result(None)
        self._look_soon()

    def _is_free(self, task: Task) -> bool:
        return not self.debugger.lingers(task.id) if task.id in self._leaving else self.debugger.admits(task)

    def _with_others(self, reason: str) -> str:
        """One more reason to stop, with those since the run last went on: tasks come to a stop together."""
        self._reasons.append(reason)
        more = len(self._reasons) - 1
        return f"{self._reasons[0]} (and {more} more)" if more else reason

    # -- waiting and standing

    async def _announcement(self, task: Task) -> None:
        """Wait until the stream has told of a task's start, and so all that came before it."""
        announcement = self._announcements[task.id] = self._loop.create_future()
        try:
            await announcement
        finally:
            del self._announcements[task.id]

    async def _opening(self, task: Task) -> None:
        """Wait at a closed gate until it opens."""
        opening = self._openings[task.id] = self._loop.create_future()
        if task.id in self._leaving:
            self._held[task.id] = task
            self._look_soon()
        elif self._is_told(task):
            self._hold(task)
        try:
            await opening
        finally:
            del self._openings[task.id]

    def _is_told(self, task: Task) -> bool:
        """True when the stream has told of a task's start, or never will: so it is with error handlers."""
        return self._has_started(task) or task.name.startswith("__")

    def _hold(self, task: Task) -> None:
        """Tell that a task is held: not before its start, which the stream may bring after its gate."""
        if task.id not in self._held:
            self._held[task.id] = task
            self._tell("task_held", **_about(task))
        self._look_soon()

    def _look_soon(self) -> None:
        """See whether the run stands, once the tasks that are just beginning have reached their gates."""
        if self._held:
            self._lull.expect()

    def _all_have_come(self) -> bool:
        return self._held.keys() == self._openings.keys()

    def _look(self) -> None:
        if not self._held or not self.debugger.stands or any(id not in self._held for id in self._openings):
            return
        held = tuple(self._held)
        if held != self._stands_at:
            self._stands_at = held
            step, names, reason = self.debugger.why()
            self._tell("paused", step=step, next=list(names), reason=reason)

    def _tell_act(self, task: Task, what: str, value: Any) -> None:
        self._tell("acted", **_about(task), what=what, value=self._show(value))


def _about(task: Task) -> dict[str, Any]:
    return {"namespace": task.namespace, "step": task.step, "task": task.id, "node": task.name}
