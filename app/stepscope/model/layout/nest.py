"""A graph in a graph: inner ones are laid out first, and each is one box of the graph around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from stepscope.model.geometry import EdgePath, Rect
from stepscope.model.layout.flow import flow
from stepscope.model.layout.lines import Lines, lines_of
from stepscope.model.layout.parts import Arrow, Box, Direction, Drawing, Options
from stepscope.model.topology import EdgeShape, NodeKey, NodeShape, Topology

Size = tuple[float, float]


@dataclass(frozen=True)
class EdgeRoute:
    """The way of an edge from its source's border to its target's, and the room kept for its label."""

    edge: EdgeShape
    path: EdgePath
    label_rect: Rect | None = None


@dataclass(frozen=True)
class Layout:
    """A picture in scene coordinates: the top left corner of everything is (0, 0)."""

    nodes: dict[NodeKey, Rect]
    """Every node that is not an open subgraph."""
    groups: dict[NodeKey, Rect]
    """The frames of open subgraphs, with room for a title at the top; outer ones before inner ones."""
    edges: Sequence[EdgeRoute]
    """In the order of the topology's edges."""
    bounds: Rect
    direction: Direction = "down"

    @cached_property
    def lines(self) -> Lines:
        """The edges as they are seen from far away."""
        return lines_of(route.path for route in self.edges)


def layered(
    topology: Topology,
    sizes: Callable[[NodeShape], Size] | Mapping[NodeKey, Size],
    label_sizes: Mapping[int, Size] | None = None,
    options: Options | None = None,
    earlier: Layout | None = None,
) -> Layout:
    """Lay out a graph in rows from top to bottom, or in columns to the right, START first and END last.

    A node that has children is an open subgraph: it becomes a frame around them, laid out on its own, and
    `sizes` gives the least size of its frame (its title's). `label_sizes` is by index in the topology's
    edges. What was in an `earlier` picture of the graph stays in its order as far as that is no worse. The
    same input gives the same picture, in this process and in every other.
    """
    size_of = sizes if callable(sizes) else lambda node: sizes[node.key]
    return _Nest(topology, size_of, label_sizes or {}, options or Options(), earlier).layout()


class _Nest:
    """Lays out inner graphs first: each is one box of the graph around it."""

    def __init__(
        self,
        topology: Topology,
        size_of: Callable[[NodeShape], Size],
        label_sizes: Mapping[int, Size],
        options: Options,
        earlier: Layout | None,
    ) -> None:
        self._topology, self._size_of = topology, size_of
        self._label_sizes, self._options = label_sizes, options
        self._before = _Before(earlier) if earlier is not None else None
        self._edges: dict[NodeKey, list[int]] = {}
        self._drawings: dict[NodeKey, Drawing] = {}
        self._nodes: dict[NodeKey, Rect] = {}
        self._groups: dict[NodeKey, Rect] = {}
        self._routes: list[EdgeRoute | None] = [None] * len(topology.edges)

    def layout(self) -> Layout:
        self._arrange(())
        bounds = self._drawings[()].bounds
        self._settle((), -bounds.x, -bounds.y)
        routes = tuple(route for route in self._routes if route is not None)
        return Layout(
            self._nodes, self._groups, routes, bounds.moved(-bounds.x, -bounds.y), self._options.direction
        )

    def _arrange(self, prefix: NodeKey) -> Size:
        """Draw one graph by itself, those inside it first; the size that it needs."""
        children, edges = self._topology.children(prefix), self._topology.edges_in(prefix)
        number = {node.key: at for at, node in enumerate(children)}
        boxes = [self._box(node) for node in children]
        arrows = [
            Arrow(number[edge.source], number[edge.target], self._label_sizes.get(index))
            for index, edge in edges
        ]
        self._edges[prefix] = [index for index, _ in edges]
        if (before := self._before) is not None:
            pairs = zip(children, boxes, strict=True), zip(edges, arrows, strict=True)
            boxes = [box._replace(before=before.box(node.key)) for node, box in pairs[0]]
            arrows = [arrow._replace(before=before.arrow(edge)) for (_, edge), arrow in pairs[1]]
        if self._options.direction == "down":
            drawing = flow(boxes, arrows, self._options)
        else:
            boxes, arrows = [box.turned() for box in boxes], [arrow.turned() for arrow in arrows]
            drawing = flow(boxes, arrows, self._options).turned()
        self._drawings[prefix] = drawing
        return drawing.bounds.width, drawing.bounds.height

    def _box(self, node: NodeShape) -> Box:
        width, height = self._size_of(node)
        if self._topology.children(node.key):
            inner_width, inner_height = self._arrange(node.key)
            padding = 2 * self._options.padding
            return Box(
                max(width, inner_width + padding),
                max(height, inner_height + padding + self._options.title_height),
            )
        return Box(width, height, node.kind if node.kind in ("start", "end") else "node")

    def _settle(self, prefix: NodeKey, dx: float, dy: float) -> None:
        """Move a graph, and all that is inside it, to its place in the scene."""
        drawing = self._drawings[prefix].moved(dx, dy)
        for node, rect in zip(self._topology.children(prefix), drawing.rects, strict=True):
            if node.key not in self._drawings:
                self._nodes[node.key] = rect
                continue
            self._groups[node.key] = rect
            inner = self._drawings[node.key].bounds
            top = rect.top + self._options.title_height + self._options.padding
            left = rect.left + (rect.width - inner.width) / 2
            self._settle(node.key, left - inner.x, top - inner.y)
        for index, route in zip(self._edges[prefix], drawing.routes, strict=True):
            self._routes[index] = EdgeRoute(self._topology.edges[index], route.path, route.label)


class _Before:
    """How far right everything was in an earlier picture; how far down, where that flows to the right."""

    def __init__(self, earlier: Layout) -> None:
        self._at = 0 if earlier.direction == "down" else 1
        self._places = {**earlier.groups, **earlier.nodes}
        self._ways = {route.edge: route.path for route in earlier.edges}

    def box(self, key: NodeKey) -> float | None:
        rect = self._places.get(key)
        return None if rect is None else rect.centre[self._at]

    def arrow(self, edge: EdgeShape) -> float | None:
        path = self._ways.get(edge)
        return None if path is None else path.point_at(0.5)[self._at]
