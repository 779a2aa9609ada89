"""The supersteps of each graph: the state that one began with, what was written, and what came of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter

from stepscope.model.events import Updated, Values
from stepscope.model.topology import Namespace


class History:
    """Answers for one run. The states of a graph come in the order of its supersteps."""

    def __init__(self) -> None:
        self._graphs: dict[Namespace, list[Values]] = {}
        self._writes: dict[tuple[Namespace, int], list[Updated]] = {}

    def add(self, event: Values) -> None:
        """Take in the state after a superstep."""
        self._graphs.setdefault(event.namespace, []).append(event)

    def add_write(self, event: Updated) -> None:
        """Take in what one task wrote."""
        self._writes.setdefault((event.namespace, event.step), []).append(event)

    def writes(self, namespace: Namespace, step: int) -> Sequence[Updated]:
        """What the tasks of a superstep have written."""
        return self._writes.get((namespace, step), ())

    def newest(self, namespace: Namespace) -> Values | None:
        """The state of a graph as it was told last."""
        states = self._graphs.get(namespace)
        return states[-1] if states else None

    def before(self, namespace: Namespace, step: int) -> Values | None:
        """The state that a superstep began with."""
        states, place = self._find(namespace, step)
        return states[place - 1] if place else None

    def after(self, namespace: Namespace, step: int) -> Values | None:
        """The state that a superstep has left, None as long as it goes on."""
        states, place = self._find(namespace, step)
        return states[place] if place < len(states) and states[place].step == step else None

    def _find(self, namespace: Namespace, step: int) -> tuple[list[Values], int]:
        states = self._graphs.get(namespace, [])
        return states, bisect_left(states, step, key=attrgetter("step"))
