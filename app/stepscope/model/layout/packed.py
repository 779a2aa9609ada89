"""Graphs to lay out and layouts as bytes, for the way between the window and a process that lays out.

Numbers go as arrays: ten thousand nodes and their edges are half a million objects, which take longer to be
made and read than to be laid out. So the edges of a layout stay packed, until each is asked for.

The bytes are read by the program that wrote them, in the same version: `marshal` will do.
"""

from __future__ import annotations

import marshal
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, overload

from stepscope.model.geometry import Cubic, EdgePath, Line, Point, Rect, Segment
from stepscope.model.layout.lines import Lines
from stepscope.model.layout.nest import EdgeRoute, Layout, Size, layered
from stepscope.model.layout.parts import Direction, Options
from stepscope.model.topology import EdgeShape, NodeKey, NodeShape, Topology

_NUMBER, _PLACE = "l", "d"
_LINE, _CUBIC = b"\1\3"
"""A piece of a path is told by how many points it has."""


def pack_work(
    topology: Topology,
    sizes: Mapping[NodeKey, Size],
    label_sizes: Mapping[int, Size],
    direction: Direction,
    earlier: Layout | None,
) -> bytes:
    """What `layered` needs to know."""
    nodes = [(key, node.kind) for key, node in topology.nodes.items()]
    boxes = _array(_PLACE, (side for key, _ in nodes for side in sizes[key]))
    before = None if earlier is None else (_plain(earlier), _shapes(route.edge for route in earlier.edges))
    return marshal.dumps((nodes, boxes, _shapes(topology.edges), dict(label_sizes), direction, before))


def answer(work: bytes) -> bytes:
    """Lay out what was packed; the layout as `unpack_layout` reads it."""
    nodes, boxes, edges, label_sizes, direction, before = marshal.loads(work)
    shapes = {key: NodeShape(key, key[-1], kind) for key, kind in nodes}
    sides = iter(_numbers(_PLACE, boxes))
    sizes = dict(zip(shapes, zip(sides, sides, strict=True), strict=True))
    topology = Topology(shapes, tuple(EdgeShape(*edge) for edge in edges))
    earlier = None if before is None else _layout(before[0], [EdgeShape(*edge) for edge in before[1]])
    return pack_layout(layered(topology, sizes, label_sizes, Options(direction), earlier))


def pack_layout(layout: Layout) -> bytes:
    return marshal.dumps(_plain(layout))


def unpack_layout(packed: bytes, topology: Topology) -> Layout:
    """The layout of a graph."""
    return _layout(marshal.loads(packed), topology.edges)


def _shapes(edges: Iterable[EdgeShape]) -> list[tuple[Any, ...]]:
    return [(edge.source, edge.target, edge.conditional, edge.label, edge.kind) for edge in edges]


def _plain(layout: Layout) -> tuple[Any, ...]:
    routes, lines = layout.edges, layout.lines
    packed = routes.packed if isinstance(routes, PackedRoutes) else _Paths.of(routes).plain()
    return (
        *_plain_places(layout.nodes),
        *_plain_places(layout.groups),
        packed,
        (lines.records, _array(_NUMBER, lines.starts)),
        tuple(layout.bounds),
        layout.direction,
    )


def _layout(plain: tuple[Any, ...], edges: Sequence[EdgeShape]) -> Layout:
    node_keys, nodes, group_keys, groups, packed, (records, starts), bounds, direction = plain
    layout = Layout(
        _places(node_keys, nodes),
        _places(group_keys, groups),
        PackedRoutes(edges, packed),
        Rect(*bounds),
        direction,
    )
    layout.__dict__["lines"] = Lines(records, _numbers(_NUMBER, starts))  # what else it would find out itself
    return layout


def _plain_places(places: Mapping[NodeKey, Rect]) -> tuple[list[NodeKey], bytes]:
    return list(places), _array(_PLACE, (side for rect in places.values() for side in rect))


def _places(keys: list[NodeKey], packed: bytes) -> dict[NodeKey, Rect]:
    sides = iter(_numbers(_PLACE, packed))
    return dict(zip(keys, map(Rect._make, zip(sides, sides, sides, sides, strict=True)), strict=True))


@dataclass(frozen=True)
class _Paths:
    """`pieces` of all paths in turn, `ends` of each path among them, `points` of all, `labels` by index."""

    pieces: bytes
    ends: array[int]
    points: array[float]
    labels: dict[int, Rect]

    @staticmethod
    def of(routes: Sequence[EdgeRoute]) -> _Paths:
        pieces, ends = bytearray(), array(_NUMBER)
        places: list[float] = []
        for route in routes:
            places += route.path.start
            for piece in route.path.segments:
                if isinstance(piece, Line):
                    pieces.append(_LINE)
                else:
                    pieces.append(_CUBIC)
                    places += (*piece.control1, *piece.control2)
                places += piece.end
            ends.append(len(pieces))
        labels = {at: route.label_rect for at, route in enumerate(routes) if route.label_rect is not None}
        return _Paths(bytes(pieces), ends, array(_PLACE, places), labels)

    def plain(self) -> tuple[Any, ...]:
        labels = {at: tuple(rect) for at, rect in self.labels.items()}
        return self.pieces, self.ends.tobytes(), self.points.tobytes(), labels

    @staticmethod
    def from_plain(plain: tuple[Any, ...]) -> _Paths:
        pieces, ends, points, labels = plain
        found = {at: Rect(*rect) for at, rect in labels.items()}
        return _Paths(pieces, _numbers(_NUMBER, ends), _numbers(_PLACE, points), found)


class PackedRoutes(Sequence[EdgeRoute]):
    """The routes of these edges. Each is unpacked when it is first asked for."""

    def __init__(self, edges: Sequence[EdgeShape], packed: tuple[Any, ...]) -> None:
        self.packed = packed
        self._edges = edges
        self._paths = paths = _Paths.from_plain(packed)
        self._routes: list[EdgeRoute | None] = [None] * len(edges)
        # A path has one point more than its pieces have.
        self._begins = array(_NUMBER, [0])
        at = 0
        for index, (begin, end) in enumerate(pairwise((0, *paths.ends)), start=1):
            at += sum(paths.pieces[begin:end])
            self._begins.append(2 * (at + index))

    def __len__(self) -> int:
        return len(self._routes)

    @overload
    def __getitem__(self, index: int) -> EdgeRoute: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[EdgeRoute]: ...
    def __getitem__(self, index: int | slice) -> EdgeRoute | Sequence[EdgeRoute]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        route = self._routes[index]
        if route is None:
            index = range(len(self))[index]
            route = EdgeRoute(self._edges[index], self._path(index), self._paths.labels.get(index))
            self._routes[index] = route
        return route

    def _path(self, index: int) -> EdgePath:
        ends, places = self._paths.ends, self._paths.points[self._begins[index] : self._begins[index + 1]]
        points = map(Point._make, zip(places[::2], places[1::2], strict=True))
        start = next(points)
        pieces = self._paths.pieces[ends[index - 1] if index else 0 : ends[index]]
        return EdgePath(start, tuple(_pieces(pieces, points)))


def _pieces(pieces: bytes, points: Iterator[Point]) -> Iterator[Segment]:
    for piece in pieces:
        if piece == _LINE:
            yield Line(next(points))
        else:
            yield Cubic(next(points), next(points), next(points))


def _array(kind: str, numbers: Iterable[float]) -> bytes:
    return array(kind, numbers).tobytes()


def _numbers(kind: str, packed: bytes) -> array[Any]:
    numbers: array[Any] = array(kind)
    numbers.frombytes(packed)
    return numbers
