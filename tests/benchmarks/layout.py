"""How fast and how clear the layout is, against Graphviz: `python -m tests.benchmarks.layout`.

A row is a graph: the layout's time, the crossings of edges, their mean length, the pieces of edges inside a
foreign node, and the picture's size. Where `dot` is installed it draws the same graph turn about, with the
same sizes of nodes and distances, and ratios are ours to dot's: below 1 is better than dot. dot's time has
its process in it (some 10 ms).
"""

from __future__ import annotations

import argparse
import math
import random
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

from tests.app.layout_graphs import graph, size

from stepscope.model.geometry import Cubic, Line, Point, Rect, Segment
from stepscope.model.layout import layered
from stepscope.model.topology import Topology

Polyline = list[Point]


def supervisor(workers: int) -> Topology:
    names = [f"worker_{number}" for number in range(workers)]
    calls = [f"boss?{name}" for name in names]
    return graph(["S>boss", *calls, *(f"{name}>boss" for name in names), "boss?E"])


def program(nodes: int, seed: int = 7) -> Topology:
    """What people write: sequences, fans that join again, branches and loops, one inside the other."""
    rng = random.Random(seed)
    names = (f"n{number}" for number in range(10 * nodes))
    arrows: list[str] = []

    def grow(last: str, budget: int, depth: int) -> str:
        while budget > 0:
            choice = rng.random()
            if budget < 4 or choice < 0.35:
                arrows.append(f"{last}>{(last := next(names))}")
                budget -= 1
            elif choice < 0.6:
                fan = [next(names) for _ in range(min(rng.randint(2, 5), budget - 1))]
                join = next(names)
                arrows.extend(f"{last}>{name}" for name in fan)
                arrows.extend(f"{name}>{join}" for name in fan)
                last, budget = join, budget - len(fan) - 1
            elif choice < 0.8:
                inner = (budget - 3) // rng.randint(2, 5) if depth < 4 else 0
                yes, no, join = next(names), next(names), next(names)
                arrows.extend([f"{last}?{yes}", f"{last}?{no}"])
                ends = grow(yes, inner, depth + 1), grow(no, inner // 2, depth + 1)
                arrows.extend(f"{end}>{join}" for end in ends)
                last, budget = join, budget - 3 - inner - inner // 2
            else:
                first = last = _chain(arrows, names, last, 1)
                last = _chain(arrows, names, last, rng.randint(1, 2))
                arrows.append(f"{last}?{first}")
                budget -= 3
        return last

    arrows.append(f"{grow('S', nodes, 0)}>E")
    return graph(arrows)


def _chain(arrows: list[str], names: Iterator[str], last: str, length: int) -> str:
    for _ in range(length):
        arrows.append(f"{last}>{(last := next(names))}")
    return last


def web(nodes: int, width: int = 10, seed: int = 5) -> Topology:
    """Rows of nodes joined to their neighbours below, with some edges that go far and some that go back."""
    rng = random.Random(seed)
    rows: list[list[str]] = []
    while (count := sum(map(len, rows))) < nodes:
        rows.append([f"n{count + at}" for at in range(min(rng.randint(width // 3, width), nodes - count))])
    arrows: dict[str, None] = {f"S>{name}": None for name in rows[0]}
    for row, (above, here) in enumerate(pairwise(rows), start=1):
        for at, name in enumerate(here):
            parent = min(len(above) - 1, max(0, round(at * len(above) / len(here) + rng.uniform(-0.8, 0.8))))
            arrows[f"{above[parent]}>{name}"] = None
            if rng.random() < 0.15:
                arrows[f"{above[min(len(above) - 1, parent + 1)]}?{name}"] = None
            if row > 3 and rng.random() < 0.04:
                arrows[f"{rng.choice(rows[rng.randint(max(0, row - 6), row - 2)])}>{name}"] = None
            if row > 3 and rng.random() < 0.04:
                arrows[f"{name}?{rng.choice(rows[rng.randint(max(0, row - 5), row - 1)])}"] = None
    leaving = {arrow.replace("?", ">").split(">")[0] for arrow in arrows}
    for here, below in pairwise([*rows, ["E"]]):
        for at, name in enumerate(here):
            if name not in leaving:
                arrows[f"{name}>{below[min(len(below) - 1, round(at * len(below) / len(here)))]}"] = None
    return graph(arrows)


FAMILIES: dict[str, Callable[[], Topology]] = {
    "agent loop": lambda: graph(["S>agent", "agent?tools", "agent?E", "tools>agent"]),
    "supervisor of 5": lambda: supervisor(5),
    "supervisor of 20": lambda: supervisor(20),
    "program of 30": lambda: program(30),
    "program of 100": lambda: program(100),
    "program of 200": lambda: program(200),
    "program of 1,000": lambda: program(1_000),
    "web of 30": lambda: web(30, 5),
    "web of 100": lambda: web(100),
    "web of 200": lambda: web(200),
    "web of 1,000": lambda: web(1_000),
}
LARGE: dict[str, Callable[[], Topology]] = {
    "program of 10,000": lambda: program(10_000),
    "web of 10,000": lambda: web(10_000),
}


@dataclass(frozen=True)
class Picture:
    """What a tool drew, and how long it took."""

    milliseconds: float
    rects: list[Rect]
    ways: list[Polyline]
    width: float
    height: float

    @property
    def mean_length(self) -> float:
        return sum(math.dist(a, b) for way in self.ways for a, b in pairwise(way)) / len(self.ways)


def ours(topology: Topology) -> Picture:
    began = time.perf_counter()
    layout = layered(topology, size)
    took = 1000 * (time.perf_counter() - began)
    ways = [route.path.flattened(8) for route in layout.edges]
    rects = [layout.nodes[key] for key in topology.nodes]
    return Picture(took, rects, ways, layout.bounds.width, layout.bounds.height)


def dots(topology: Topology) -> Picture:
    """Graphviz measures in inches, of 72 pixels here, and upwards; its edges end where arrowheads begin."""
    number = {key: at for at, key in enumerate(topology.nodes)}
    lines = [
        'digraph { nodesep=0.39; ranksep=0.56; edge [dir=none]; node [shape=box fixedsize=true label=""];'
    ]
    for key, node in topology.nodes.items():
        width, height = size(node)
        lines.append(f"{number[key]} [width={width / 72} height={height / 72}];")
    lines.extend(f"{number[edge.source]} -> {number[edge.target]};" for edge in topology.edges)
    began = time.perf_counter()
    done = subprocess.run(
        ["dot", "-Tplain"], input="\n".join([*lines, "}"]), capture_output=True, text=True, check=True
    )
    took = 1000 * (time.perf_counter() - began)
    rects: dict[int, Rect] = {}
    ways = []
    total = Point(0, 0)
    for line in done.stdout.splitlines():
        kind, *words = line.split()
        if kind == "graph":
            total = Point(72 * float(words[1]), 72 * float(words[2]))
        elif kind == "node":
            x, y, width, height = (72 * float(word) for word in words[1:5])
            rects[int(words[0])] = Rect.around(Point(x, y), width, height)
        elif kind == "edge":
            numbers = [72 * float(word) for word in words[3 : 3 + 2 * int(words[2])]]
            points = [Point(x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
            ways.append(_flattened(points))
    return Picture(took, [rects[at] for at in range(len(rects))], ways, *total)


def _flattened(points: Polyline) -> Polyline:
    flat = [points[0]]
    for a, b, end in zip(points[1::3], points[2::3], points[3::3], strict=True):
        piece: Segment = Cubic(a, b, end)
        origin = flat[-1]
        flat.extend(piece.point_at(origin, step / 8) for step in range(1, 9))
    return flat


_TILE = 64.0


def _tiles(a: Point, b: Point) -> Iterator[tuple[int, int]]:
    for column in range(int(min(a.x, b.x) // _TILE), int(max(a.x, b.x) // _TILE) + 1):
        for row in range(int(min(a.y, b.y) // _TILE), int(max(a.y, b.y) // _TILE) + 1):
            yield column, row


def crossings(picture: Picture) -> int:
    """How often two edges cross (where they only touch, or run along each other, does not count)."""
    pieces = [(index, a, b) for index, way in enumerate(picture.ways) for a, b in pairwise(way) if a != b]
    tiles: dict[tuple[int, int], list[int]] = {}
    for number, (_, a, b) in enumerate(pieces):
        for tile in _tiles(a, b):
            tiles.setdefault(tile, []).append(number)
    found = set()
    for members in tiles.values():
        for first, second in combinations(members, 2):
            (way, a, b), (other, c, d) = pieces[first], pieces[second]
            if way != other and _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0:
                found.add((first, second))
    return len(found)


def _side(a: Point, b: Point, c: Point) -> float:
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)


def through_nodes(picture: Picture) -> int:
    """How many pairs of an edge and a node there are with the edge inside the node by a pixel or more."""
    tiles: dict[tuple[int, int], list[int]] = {}
    for number, rect in enumerate(picture.rects):
        for tile in _tiles(Point(rect.left, rect.top), Point(rect.right, rect.bottom)):
            tiles.setdefault(tile, []).append(number)
    found = set()
    for index, way in enumerate(picture.ways):
        for a, b in pairwise(way):
            steps = int(math.dist(a, b) / 8) + 1
            for step in range(steps + 1):
                point = Line(b).point_at(a, step / steps)
                for number in tiles.get((int(point.x // _TILE), int(point.y // _TILE)), ()):
                    if picture.rects[number].grown(-1).contains(point):
                        found.add((index, number))
    return len(found)


def _row(name: str, topology: Topology, rounds: int, with_dot: bool) -> str:
    mine, theirs = [], []
    for _ in range(rounds):
        mine.append(ours(topology))
        if with_dot:
            theirs.append(dots(topology))
    here = mine[0]
    took = statistics.median(picture.milliseconds for picture in mine)
    crossed = crossings(here)
    row = (
        f"{name:18} {len(topology.nodes):6} {len(topology.edges):6} {took:8.1f} {crossed:9} "
        f"{here.mean_length:7.0f} {through_nodes(here):8} {here.width:7.0f} x {here.height:<7.0f}"
    )
    if not theirs:
        return row
    there = theirs[0]
    their_time = statistics.median(picture.milliseconds for picture in theirs)
    return (
        f"{row} | {took / their_time:6.2f} {crossed:5}:{crossings(there):<5} "
        f"{here.mean_length / there.mean_length:6.2f} {here.width / there.width:6.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=3, help="how often each is drawn; times are medians")
    parser.add_argument("--large", action="store_true", help="also ten thousand nodes, without dot")
    arguments = parser.parse_args()
    with_dot = shutil.which("dot") is not None
    print(f"{'graph':18} {'nodes':>6} {'edges':>6} {'ms':>8} {'crossings':>9} {'length':>7} through", end="")
    print("    size            | ours to dot's: time, crossings, length, width" if with_dot else "    size")
    for name, family in FAMILIES.items():
        print(_row(name, family(), arguments.rounds, with_dot), flush=True)
    for name, family in LARGE.items() if arguments.large else ():
        print(_row(name, family(), 1, False), flush=True)


if __name__ == "__main__":
    main()
