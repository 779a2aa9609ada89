"""Where a run is to stop, and what it is to say there.

Breakpoints come as plain data::

    {"id": "1", "path": ["research", "search"], "when": "before", "condition": "len(state.log) > 2",
     "visits": 3, "log": "", "key": "", "unhandled": False, "enabled": True}

All but `path` and `when` may be missing. `when` says what stops the run:

    before, after   a task of the node at `path` begins, or has succeeded
    error           a task fails, of any node where `path` is empty; `unhandled`: unless the engine takes it
    custom          a custom message arrives, of any graph or of those in and below the node at `path`
    change          the value of `key` is another after a superstep, in the graph of the node at `path`

From the nth visit on when `visits` is given; only if the `condition` is true, over the names below. With a
`log` the run does not stop: that text, with expressions in braces, is told instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stepscope_host.debugging.debugger import Namespace, Task, node_path
from stepscope_host.debugging.expressions import NOTHING, PATIENCE, Expression, NoValue, guarded
from stepscope_host.debugging.handled import Fate, fate
from stepscope_host.debugging.states import States, keyed
from stepscope_host.debugging.templates import Template
from stepscope_host.debugging.visits import Visits
from stepscope_host.showing import values

Path = tuple[str, ...]

NAMES = frozenset(("state", "input", "update", "visit", "step", "node", "error", "message", "old", "new"))
"""What expressions may speak of: each where it makes sense."""

MOST_REMEMBERED = 50
"""Errors that have stopped a run, and pass through the graphs around on their way out."""


@dataclass(frozen=True)
class Breakpoint:
    """One breakpoint, its expressions compiled."""

    id: str
    path: Path
    when: str
    condition: Expression | None
    visits: int
    log: Template | None
    key: str
    only_unhandled: bool

    @staticmethod
    def from_plain(item: Mapping[str, Any], module: Mapping[str, Any]) -> Breakpoint:
        condition, log = item.get("condition") or "", item.get("log") or ""
        return Breakpoint(
            str(item.get("id", "")),
            tuple(item["path"]),
            item["when"],
            Expression(condition, module) if condition.strip() else None,
            int(item.get("visits") or 0),
            Template(log, NAMES, module) if log else None,
            str(item.get("key") or ""),
            bool(item.get("unhandled")),
        )

    @property
    def name(self) -> str:
        """What it is, in words: ``breakpoint on `writer` ``."""
        where = f"`{' › '.join(self.path)}`"
        match self.when:
            case "before":
                return f"breakpoint on {where}"
            case "after":
                return f"breakpoint after {where}"
            case "error":
                return f"breakpoint on errors of {where}" if self.path else "breakpoint on errors"
            case "custom":
                return f"breakpoint on custom messages{f' of {where}' if self.path else ''}"
        return f"breakpoint on changes of `{self.key}`{f' in {where}' if self.path else ''}"


class Breakpoints:
    """A run's breakpoints. `tell(event, **parts)` takes their news; they answer a reason to stop, or "".

    Their expressions know the names of `module`; `graph` tells what it does about errors. A task is to be
    counted in `visits` before they are asked about it. The counts go on from those of `before`.
    """

    def __init__(
        self,
        items: Sequence[Mapping[str, Any]],
        tell: Callable[..., None],
        states: States,
        graph: Any = None,
        module: Mapping[str, Any] = NOTHING,
        before: Breakpoints | None = None,
    ) -> None:
        self._tell = tell
        self._states = states
        self._graph = graph
        self._module = module
        self.visits: Visits = Visits(None if before is None else before.visits)
        self._once: Path | None = None
        self._stopped_for: dict[int, BaseException] = {}
        self._values: dict[tuple[str, Namespace], _Value] = {}
        # Of messages and changes, by breakpoint.
        self._arrivals: dict[str, int] = {} if before is None else before._arrivals
        self.set(items)

    def set(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Replace all of them."""
        found = [Breakpoint.from_plain(item, self._module) for item in items if item.get("enabled", True)]
        self._found = bool(found)
        self._before = _by_path(found, "before")
        self._after = _by_path(found, "after")
        self.minds_ends = any(each.when in ("after", "error") for each in found)
        """Whether `after` and `failed` are to be asked."""
        self._errors = [each for each in found if each.when == "error"]
        self._customs = [each for each in found if each.when == "custom"]
        self._changes = [each for each in found if each.when == "change" and each.key]
        self.hears_stream = bool(self._customs or self._changes)
        """Whether `heard` is to be told of the chunks."""
        self._values.clear()
        if self._changes:
            for namespace, state in self._states.all_newest():
                self._compare(namespace, state)

    @property
    def are_none(self) -> bool:
        """Whether there is nothing to stop for, anywhere."""
        return not self._found and self._once is None

    def lets_in(self, path: Path) -> bool:
        """Whether there is nothing to be done before a node begins."""
        return path not in self._before and self._once is None and not self.hears_stream

    def stop_once_at(self, path: Path) -> None:
        """Stop before a node the next time it is its turn."""
        self._once = path

    def waits_for_stream(self, path: Path) -> bool:
        """Whether the stream is to have told all there was before it is the turn of a task of this node."""
        return self.hears_stream or any(each.condition or each.log for each in self._before.get(path, ()))

    def before(self, task: Task, path: Path, input: Any) -> str:
        """Why a task is not to begin."""
        if self._once == path:
            self._once = None
            return f"reached `{' › '.join(path)}`"
        if path not in self._before:
            return ""
        return self._first(self._before[path], task, visit=self.visits.of(task), input=keyed(input))

    def after(self, task: Task, path: Path, input: Any, output: Any) -> str:
        """Why a task that has succeeded is not to end."""
        if path not in self._after or isinstance(output, BaseException):  # it has asked, or left its graph
            return ""
        names = {"visit": self.visits.of(task), "input": keyed(input), "update": keyed(output)}
        return self._first(self._after[path], task, **names)

    def failed(self, task: Task, path: Path, input: Any, error: BaseException) -> str:
        """Why a task that has failed is not to end."""
        # One error passes through all graphs around its node: who wants to be stopped by any has been.
        was_seen = self._stopped_for.get(id(error)) is error
        found = [each for each in self._errors if each.path == path or (not each.path and not was_seen)]
        if not found:
            return ""
        names = {"visit": self.visits.of(task), "input": keyed(input), "error": error}
        reason = self._first(found, task, **names)
        if reason:
            self._stopped_for[id(error)] = error
            while len(self._stopped_for) > MOST_REMEMBERED:
                del self._stopped_for[next(iter(self._stopped_for))]
        return reason

    def heard(self, namespace: Namespace, step: int, mode: str, data: Any) -> str:
        """Why the run is to stop after a chunk of `custom` or `values`."""
        if mode == "custom":
            path = node_path(namespace)
            found = [each for each in self._customs if path[: len(each.path)] == each.path]
            about = _Graph(namespace, step)
            return self._first(found, about, message=keyed(data)) if found else ""
        return self._compare(namespace, data, step)

    # --

    def _compare(self, namespace: Namespace, state: Any, step: int | None = None) -> str:
        """Remember the values that are watched; tells which has changed if there is a `step` to name."""
        path = node_path(namespace)
        reason = ""
        for each in self._changes:
            if each.path != path or not isinstance(state, Mapping):
                continue
            new = _Value(state.get(each.key))
            old = self._values.get((each.id, namespace))
            self._values[each.id, namespace] = new
            if old is not None and step is not None and new.differs_from(old):
                about = _Graph(namespace, step)
                reason = reason or self._first([each], about, old=old.value, new=new.value)
        return reason

    def _first(self, found: Sequence[Breakpoint], about: Task | _Graph, **names: Any) -> str:
        """The first reason to stop among breakpoints of one place. Logpoints speak up meanwhile."""
        needed = any(each.condition or each.log for each in found)
        if needed:
            names |= {"state": self._state(about, names), "step": about.step, "node": about.name}
        reason = ""
        for each in found:
            if not reason or each.log is not None:
                reason = self._hit(each, about, names) or reason
        return reason

    def _hit(self, each: Breakpoint, about: Task | _Graph, names: Mapping[str, Any]) -> str:
        """Why one breakpoint stops the run, if it does; one that is there to speak does that."""
        if "visit" not in names:
            self._arrivals[each.id] = self._arrivals.get(each.id, 0) + 1
        visit = names.get("visit") or self._arrivals[each.id]
        names = {**names, "visit": visit}
        if each.visits and visit < each.visits:
            return ""
        problem = doubt = ""
        if each.only_unhandled and isinstance(about, Task):
            what, doubt = fate(self._graph, about, names["error"], self.visits.attempts)
            if what is Fate.HANDLED:
                return ""
        if each.condition is not None:
            try:
                if not each.condition.is_true(names, lambda: self._complain(each)):
                    return ""
            except NoValue as no_value:
                problem = f"the condition {no_value} (`{each.condition.text}`, {each.name})"
        self._tell("breakpoint_hit", breakpoint=each.id, namespace=about.namespace, step=about.step)
        if problem or each.log is None:
            return problem or self._reason(each, about, names, visit, doubt)
        self._say("LOGPOINT", each.log.text(names), about.name)
        return ""

    def _reason(
        self, each: Breakpoint, about: Task | _Graph, names: Mapping[str, Any], visit: int, doubt: str
    ) -> str:
        code = f": `{each.condition.text}`" if each.condition is not None else ""
        match each.when:
            case "error":
                told = guarded_text(names["error"])
                more = f" ({doubt})" if doubt else ""
                return f"`{about.name}` raised {told}{more}{code}"
            case "custom":
                return f"{each.name}{code}"
            case "change":
                inside = f" of `{' › '.join(each.path)}`" if each.path else ""
                return f"`{each.key}`{inside} has changed in superstep {about.step}{code}"
        counted = f", visit {visit}" if visit > 1 or each.visits else ""
        return f"{each.name}{counted}{code}"

    def _state(self, about: Task | _Graph, names: Mapping[str, Any]) -> Any:
        try:
            return keyed(self._states.newest(about.namespace), names.get("input"))
        except LookupError:
            return names.get("input")

    def _complain(self, each: Breakpoint) -> None:
        assert each.condition is not None
        self._say(
            "ERROR",
            f"The condition `{each.condition.text}` of the {each.name} does not come back and cannot be "
            "interrupted. Stop the run, and change the condition.",
        )

    def _say(self, level: str, text: str, node: str = "") -> None:
        self._tell("printed", source="log", level=level, text=text, logger="", where=None, node=node)


@dataclass(frozen=True)
class _Graph:
    """A graph in one of its supersteps."""

    namespace: Namespace
    step: int
    name: str = ""


class _Value:
    """A state key's value, to be compared later: also with itself, which may have been changed in place."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self._plain = values.plain(value)

    def differs_from(self, old: _Value) -> bool:
        if self._plain != old._plain:
            return True
        # Plain values are cut: what lies beyond the cut is asked of the values themselves.
        if self.value is old.value or "'$size'" not in repr(self._plain):
            return False
        try:
            return guarded(lambda: (self.value == old.value) is False, PATIENCE)
        except NoValue:
            return False


def guarded_text(error: BaseException) -> str:
    """``ValueError: no luck``, or without its message when it has none to tell in time."""
    name = type(error).__name__
    try:
        text = guarded(lambda: str(error), PATIENCE)
    except NoValue:
        return name
    return f"{name}: {text}" if text else name


def _by_path(found: Sequence[Breakpoint], when: str) -> dict[Path, list[Breakpoint]]:
    result: dict[Path, list[Breakpoint]] = {}
    for each in found:
        if each.when == when:
            result.setdefault(each.path, []).append(each)
    return result
