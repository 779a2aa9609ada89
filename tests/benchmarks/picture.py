"""What a tool drew, measured: crossings, lengths, area, and what lies on something else."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from tests.app.layout_graphs import label_sizes, size

from stepscope.model.geometry import Line, Point, Rect
from stepscope.model.layout import Options, layered
from stepscope.model.topology import NodeKey, Topology

Polyline = list[Point]


@dataclass(frozen=True)
class Picture:
    """Where a tool has put everything, and how long it took. Ways are in the order of the graph's edges."""

    milliseconds: float
    nodes: Mapping[NodeKey, Rect]
    frames: Mapping[NodeKey, Rect]
    ways: Sequence[Polyline]
    labels: Mapping[int, Rect]
    width: float
    height: float

    @property
    def length(self) -> float:
        """Of all edges together."""
        return sum(math.dist(a, b) for way in self.ways for a, b in pairwise(way))

    @property
    def area(self) -> float:
        return self.width * self.height


def ours(topology: Topology, options: Options | None = None) -> Picture:
    """Stepscope's picture."""
    began = time.perf_counter()
    layout = layered(topology, size, label_sizes(topology), options)
    took = 1000 * (time.perf_counter() - began)
    ways = [route.path.flattened(8) for route in layout.edges]
    labels = {
        index: route.label_rect for index, route in enumerate(layout.edges) if route.label_rect is not None
    }
    bounds = layout.bounds
    return Picture(took, layout.nodes, layout.groups, ways, labels, bounds.width, bounds.height)


_TILE = 64.0


def _tiles(a: Point, b: Point) -> Iterator[tuple[int, int]]:
    for column in range(int(min(a.x, b.x) // _TILE), int(max(a.x, b.x) // _TILE) + 1):
        for row in range(int(min(a.y, b.y) // _TILE), int(max(a.y, b.y) // _TILE) + 1):
            yield column, row


def _by_tile(rects: Sequence[Rect]) -> dict[tuple[int, int], list[int]]:
    tiles: dict[tuple[int, int], list[int]] = {}
    for number, rect in enumerate(rects):
        for tile in _tiles(Point(rect.left, rect.top), Point(rect.right, rect.bottom)):
            tiles.setdefault(tile, []).append(number)
    return tiles


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


def overlaps(picture: Picture, topology: Topology) -> int:
    """How many pairs lie on one another: nodes, labels and frames, and edges with foreign ones of these."""
    keys = [*picture.nodes]
    boxes = [*picture.nodes.values(), *picture.labels.values()]
    tiles = _by_tile(boxes)
    found: set[tuple[str, int, int]] = set()
    for members in tiles.values():
        for a, b in combinations(members, 2):
            if boxes[a].grown(-1).intersects(boxes[b].grown(-1)):
                found.add(("boxes", min(a, b), max(a, b)))
    label_of = [*picture.labels]
    for index, way in enumerate(picture.ways):
        edge = topology.edges[index]
        for a, b in pairwise(way):
            steps = int(math.dist(a, b) / 8) + 1
            for step in range(steps + 1):
                point = Line(b).point_at(a, step / steps)
                for number in tiles.get((int(point.x // _TILE), int(point.y // _TILE)), ()):
                    if not boxes[number].grown(-1).contains(point):
                        continue
                    if number < len(keys):
                        is_own = keys[number] in (edge.source, edge.target)
                    else:
                        is_own = label_of[number - len(keys)] == index
                    if not is_own:
                        found.add(("edge", index, number))
    return len(found)
