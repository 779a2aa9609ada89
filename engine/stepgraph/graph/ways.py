"""Which ways lead where: a graph walked superstep by superstep, with nothing run.

Theory. Each node is walked as if it ran and led everywhere it says it may: along its edges, and the first
time also along what its paths and commands declare. So a way is found only where the walk gets: a barrier
must fill up, a deferred node waits until nothing else is due. A path function that does not say where it may
lead adds no way. A walk that would never end is broken off; where it stood is then drawn as a way to END.

Of two ways between the same nodes the plain one is kept, unless it was met only together with a declared one:
then that says more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from stepgraph.constants import END, START

if TYPE_CHECKING:
    from stepgraph.graph.nodes import Barrier
    from stepgraph.graph.state_graph import StateGraph

ROUNDS: Final = 250
"""How many supersteps a walk takes that does not end; more only while it finds something new."""


@dataclass(frozen=True)
class Way:
    """A drawn edge. `label` is shown where it says more than the target's name."""

    source: str
    target: str
    conditional: bool = False
    label: str | None = None


def ways_of(builder: StateGraph[Any]) -> list[Way]:
    """The known ways, sorted by source and target; then those to END out of nodes that lead nowhere else."""
    walk = _Walk(builder)
    if not walk.reach():
        walk = _Walk(builder)
        walk.run()
    ways = _one_each(walk.ways)
    leading = {way.source for way in ways}
    last = [Way(name, END) for name in sorted(walk.visited - leading - {START})]
    if not last and len(walk.tasks) == 1 and all(way.target != END for way in ways):
        last = [Way(walk.tasks[0], END, conditional=True)]
    return ways + last


class _Walk:
    def __init__(self, builder: StateGraph[Any]) -> None:
        self.tasks = [START]
        self.visited: set[str] = set()
        self.ways: set[Way] = set()
        self._builder = builder
        self._successors: dict[str, list[str]] = {}
        self._barriers: dict[str, list[Barrier]] = {}
        self._waits: dict[str, list[Barrier]] = {}
        self._leading_in: dict[Any, set[Way]] = {}
        """By node or barrier, the ways that have led there so far."""
        self._due: set[str] = set()
        self._arrived: dict[Barrier, set[str]] = {}
        for source, target in sorted(builder.edges):
            if target != END:
                self._successors.setdefault(source, []).append(target)
        for barrier in builder.barriers:
            if barrier.target != END:
                self._waits.setdefault(barrier.target, []).append(barrier)
                for source in set(barrier.sources):
                    self._barriers.setdefault(source, []).append(barrier)

    def reach(self) -> bool:
        """Find all ways without going through the supersteps; False where these would make a difference.

        They do where something waits, where an edge and a declared way have the same ends, and where nothing
        ends. A walk through a cycle meets thousands of nodes again and again, this meets each of them once.
        """
        if self._waits or any(spec.defer for spec in self._builder.nodes.values()):
            return False
        found = [START]
        self.visited.add(START)
        for name in found:
            plain = self._successors.get(name, [])
            ways = [*(Way(name, target) for target in plain), *self._declared(name)]
            if any(way.target in plain for way in ways[len(plain) :]):
                return False
            if any(way.target != END and way.target not in self._builder.nodes for way in ways):
                return False
            self.ways.update(ways)
            for way in ways:
                if way.target != END and way.target not in self.visited:
                    self.visited.add(way.target)
                    found.append(way.target)
        leading = {way.source for way in self.ways}
        return any(way.target == END for way in self.ways) or not self.visited - {START} <= leading

    def run(self) -> None:
        rounds = idle = 0
        while rounds < ROUNDS or idle < len(self._builder.nodes):
            known = len(self.ways)
            for name in self.tasks:
                self._leave(name)
            following = self._next(deferred=False) or self._finish()
            if not following:
                return
            for name in following:
                for door in (name, *self._waits.get(name, ())):
                    self.ways |= self._leading_in.get(door, set())
            self.tasks = following
            rounds += 1
            idle = 0 if len(self.ways) > known else idle + 1

    def _leave(self, name: str) -> None:
        is_first = name not in self.visited
        self.visited.add(name)
        for target in self._successors.get(name, ()):
            self._go(Way(name, target))
        for way in self._declared(name) if is_first else ():
            if way.target == END:
                self.ways.add(way)
            else:
                self._go(way)
                self._leading_in[way.target].discard(Way(name, way.target))
        for barrier in self._barriers.get(name, ()):
            self._arrived.setdefault(barrier, set()).add(name)
            self._leading_in.setdefault(barrier, set()).add(Way(name, barrier.target))

    def _go(self, way: Way) -> None:
        self._due.add(way.target)
        self._leading_in.setdefault(way.target, set()).add(way)

    def _declared(self, name: str) -> Iterator[Way]:
        for branch in self._builder.branches.get(name, {}).values():
            for answer, target in (branch.ends or {}).items():
                yield Way(name, target, True, _label(answer, target))
        if name in self._builder.nodes:
            for target, label in (self._builder.nodes[name].ends or {}).items():
                yield Way(name, target, True, None if label is None else _label(label, target))

    def _next(self, *, deferred: bool) -> list[str]:
        """The nodes that are due: something led there, or a barrier is full."""
        due = []
        for name, spec in self._builder.nodes.items():
            if spec.defer is not deferred:
                continue
            full = [
                barrier
                for barrier in self._waits.get(name, ())
                if self._arrived.get(barrier, set()) == set(barrier.sources)
            ]
            for barrier in full:
                del self._arrived[barrier]
            if full or name in self._due:
                self._due.discard(name)
                due.append(name)
        return due

    def _finish(self) -> list[str]:
        """The deferred nodes that are due. What ran last leads to them, if none of it did already."""
        following = self._next(deferred=True)
        for name in following:
            doors = (name, *self._waits.get(name, ()))
            leading_in = {way.source for door in doors for way in self._leading_in.get(door, ())}
            if leading_in.isdisjoint(self.tasks):
                self.ways.update(Way(task, name, conditional=True) for task in self.tasks)
        return following


def _label(answer: Any, target: str) -> str | None:
    return None if str(answer) == target else str(answer)


def _one_each(ways: set[Way]) -> list[Way]:
    ordered = sorted(ways, key=lambda way: (way.source, way.target, way.conditional, way.label or ""))
    best: dict[tuple[str, str], Way] = {}
    for way in ordered:
        best.setdefault((way.source, way.target), way)
    return list(best.values())
