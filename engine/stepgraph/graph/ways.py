"""Which ways lead where: a graph walked superstep by superstep, with nothing run.

Theory. Each node is walked as if it ran and led everywhere it says it may: along its edges, and the first
time also along what its paths and commands declare. So a way is found only where the walk gets: a barrier
must fill up, a deferred node waits until nothing else is due. A path function that does not say where it may
lead adds no way. A walk that would never end is broken off; where it stood is then drawn as a way to END.

Of two ways between the same nodes the plain one is kept, unless it was met only together with a declared one:
then that says more.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
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
        last = [Way(min(walk.tasks), END, conditional=True)]
    return ways + last


_NONE: Set[str] = frozenset()


@dataclass
class _Due:
    nodes: set[str] = field(default_factory=set)
    barriers: set[Barrier] = field(default_factory=set)


class _Walk:
    def __init__(self, builder: StateGraph[Any]) -> None:
        self.tasks = {START}
        self.visited: set[str] = set()
        self.ways: set[Way] = set()
        self._builder = builder
        self._deferred = {name for name, spec in builder.nodes.items() if spec.defer}
        self._successors: dict[str, set[str]] = {}
        self._deferred_successors: dict[str, set[str]] = {}
        self._barriers: dict[str, list[Barrier]] = {}
        self._waits: dict[str, list[Barrier]] = {}
        self._fresh: dict[str | Barrier, list[Way]] = {}
        """By node or barrier, the ways that have led there since it was last gone through."""
        self._later: dict[str, list[Way]] = {}
        """By node, the plain ways that are met when it is left again: declared ones have the same ends."""
        self._led: dict[str, set[str]] = {}
        """By deferred node, what has led there or into one of its barriers."""
        self._arrived: dict[Barrier, set[str]] = {}
        self._due = _Due()
        self._put_off = _Due()  # what is deferred
        for source, target in builder.edges:
            if target in builder.nodes:
                successors = self._deferred_successors if target in self._deferred else self._successors
                successors.setdefault(source, set()).add(target)
        for barrier in builder.barriers:
            if barrier.target != END:
                self._waits.setdefault(barrier.target, []).append(barrier)
                for source in set(barrier.sources):
                    self._barriers.setdefault(source, []).append(barrier)

    def reach(self) -> bool:
        """Find all ways without going through the supersteps; False where these would make a difference.

        They do where an edge and a declared way have the same ends, where a barrier never fills up whose node
        is come to all the same, where a deferred node gets its turn, and where nothing ends. A walk through a
        cycle meets thousands of nodes again and again, this meets each of them once.
        """
        found = [START]
        self.visited.add(START)
        is_put_off = False
        for name in found:
            plain = self._plain(name)
            declared = list(self._declared(name))
            if any(way.target in plain for way in declared):
                return False
            if any(way.target != END and way.target not in self._builder.nodes for way in declared):
                return False
            full = self._arrive(name)
            for barrier in full:
                del self._arrived[barrier]
            joined = [Way(source, barrier.target) for barrier in full for source in barrier.sources]
            for way in (*(Way(name, target) for target in plain), *declared, *joined):
                if way.target in self._deferred:
                    is_put_off = True
                    continue
                self.ways.add(way)
                if way.target != END and way.target not in self.visited:
                    self.visited.add(way.target)
                    found.append(way.target)
        if any(barrier.target in self.visited for barrier in self._arrived):
            return False
        if is_put_off and not self._goes_round():
            return False
        leading = {way.source for way in self.ways}
        return any(way.target == END for way in self.ways) or not self.visited - {START} <= leading

    def run(self) -> None:
        rounds = idle = 0
        while rounds < ROUNDS or idle < len(self._builder.nodes):
            known = len(self.ways)
            for name in self.tasks:
                self._leave(name)
            following = self._take(self._due) or self._finish()
            if not following:
                return
            for name in following:
                for door in (name, *self._waits.get(name, ())):
                    self.ways.update(self._fresh.pop(door, ()))
            self.tasks = following
            rounds += 1
            idle = 0 if len(self.ways) > known else idle + 1

    def _goes_round(self) -> bool:
        """Whether edges alone keep the walk going for ever: then what is deferred never gets its turn."""
        led = {name: self._successors.get(name, _NONE) & self.visited for name in self.visited}
        try:
            TopologicalSorter(led).prepare()
        except CycleError:
            return True
        return False

    def _leave(self, name: str) -> None:
        if name not in self.visited:
            self._leave_at_first(name)
        elif name in self._later:
            self._meet(*self._later.pop(name))
        self._due.nodes |= self._successors.get(name, _NONE)
        self._put_off.nodes |= self._deferred_successors.get(name, _NONE)
        for barrier in self._arrive(name):
            due = self._put_off if barrier.target in self._deferred else self._due
            due.barriers.add(barrier)

    def _leave_at_first(self, name: str) -> None:
        self.visited.add(name)
        plain = self._plain(name)
        declared = [way for way in self._declared(name) if way.target in self._builder.nodes]
        also = {way.target for way in declared}
        self.ways.update(way for way in self._declared(name) if way.target == END)
        self._meet(*declared, *(Way(name, target) for target in plain - also))
        if plain & also:
            self._later[name] = [Way(name, target) for target in plain & also]
        self._due.nodes |= also - self._deferred
        self._put_off.nodes |= also & self._deferred
        joined = {barrier: barrier.target for barrier in self._barriers.get(name, ())}
        for barrier, target in joined.items():
            self._fresh.setdefault(barrier, []).append(Way(name, target))
        for target in self._deferred & {*plain, *also, *joined.values()}:
            self._led.setdefault(target, set()).add(name)

    def _plain(self, name: str) -> Set[str]:
        return self._successors.get(name, _NONE) | self._deferred_successors.get(name, _NONE)

    def _meet(self, *ways: Way) -> None:
        for way in ways:
            self._fresh.setdefault(way.target, []).append(way)

    def _arrive(self, name: str) -> list[Barrier]:
        """The barriers that are full when a node has arrived."""
        full = []
        for barrier in self._barriers.get(name, ()):
            arrived = self._arrived.setdefault(barrier, set())
            arrived.add(name)
            if len(arrived) == barrier.size:
                full.append(barrier)
        return full

    def _take(self, due: _Due) -> set[str]:
        """The nodes that are due: something led there, or a barrier is full."""
        following = due.nodes | {barrier.target for barrier in due.barriers}
        for barrier in due.barriers:
            del self._arrived[barrier]
        due.nodes, due.barriers = set(), set()
        return following

    def _declared(self, name: str) -> Iterator[Way]:
        for branch in self._builder.branches.get(name, {}).values():
            for answer, target in (branch.ends or {}).items():
                yield Way(name, target, True, _label(answer, target))
        if name in self._builder.nodes:
            for target, label in (self._builder.nodes[name].ends or {}).items():
                yield Way(name, target, True, None if label is None else _label(label, target))

    def _finish(self) -> set[str]:
        """The deferred nodes that are due. What ran last leads to them, if none of it did already."""
        following = self._take(self._put_off)
        for name in following:
            if self._led.get(name, set()).isdisjoint(self.tasks):
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
