"""The states of each graph by superstep: what a state was when a superstep began, and what it made of it."""

from __future__ import annotations

from bisect import bisect_left
from operator import attrgetter

from stepscope.model.events import Values
from stepscope.model.topology import Namespace


class History:
    """Answers for one run. The states of a graph come in the order of its supersteps."""

    def __init__(self) -> None:
        self._graphs: dict[Namespace, list[Values]] = {}

    def add(self, event: Values) -> None:
        """Take in the state after a superstep."""
        self._graphs.setdefault(event.namespace, []).append(event)

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
