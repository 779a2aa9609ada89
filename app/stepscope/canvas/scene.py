"""The picture of a graph: a layout's nodes, edges and groups as items, found by their keys."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

from stepscope.canvas.bands import Bands
from stepscope.canvas.edge_item import EdgeItem, LabelItem
from stepscope.canvas.flat import FlatShapes
from stepscope.canvas.group_item import GroupItem
from stepscope.canvas.ink import DIMMED, Ink
from stepscope.canvas.look_item import LookItem
from stepscope.canvas.looks import EdgeLook, NodeLook
from stepscope.canvas.measures import Lettering
from stepscope.canvas.neighbourhood import is_near, neighbourhood
from stepscope.canvas.node_item import NodeItem, count_inside
from stepscope.model.geometry import EdgePath, Rect
from stepscope.model.layout import EdgeRoute, Layout, detour
from stepscope.model.phase import Phase
from stepscope.model.topology import EMPTY, EdgeShape, NodeKey, Topology
from stepscope.run import garbage

_GROUP_Z, _EDGE_Z, _LABEL_Z, _NODE_Z = -100.0, 0.0, 10.0, 20.0
_AT_ONCE = 3_000
"""Up to so many nodes and edges, all items are made at once: some 100 ms."""
_EMPTY_LAYOUT = Layout({}, {}, (), Rect(0.0, 0.0, 0.0, 0.0))


class GraphScene(QGraphicsScene):
    """Holds one layout. The `show_...` methods change items and say which ones must be painted anew."""

    def __init__(self, ink: Ink, lettering: Lettering) -> None:
        super().__init__()
        self._ink, self._lettering = ink, lettering
        self.topology: Topology = EMPTY
        self.layout: Layout = _EMPTY_LAYOUT
        self.chosen: NodeKey | None = None
        self.focused: NodeKey | None = None
        self.is_growing = False
        self.lit: dict[NodeKey, NodeItem | GroupItem] = {}  # those that are not idle
        self.taken: dict[EdgeShape, None] = {}
        self.marked: list[LookItem] = []  # those with a breakpoint
        self._flat: FlatShapes | None = None
        self._nodes: dict[NodeKey, NodeItem | GroupItem] = {}
        self._edges: list[EdgeItem] = []
        self._by_shape: dict[EdgeShape, list[EdgeItem]] = {}
        self._label_of: dict[int, LabelItem] = {}
        self._learnt: dict[EdgeShape, EdgeItem] = {}
        self.clear_layout()

    def clear_layout(self) -> None:
        """Show nothing."""
        self.show_layout(EMPTY, _EMPTY_LAYOUT)

    def show_layout(self, topology: Topology, layout: Layout, flat: FlatShapes | None = None) -> None:
        """Replace the whole picture; every item is idle. That of a big graph has yet to `grow`."""
        self.clear()
        self.topology, self.layout, self.chosen = topology, layout, None
        self.focused = None
        self.lit, self.taken, self.marked = {}, {}, []
        self._flat = flat
        self._nodes, self._edges, self._by_shape, self._label_of, self._learnt = {}, [], {}, {}, {}
        self.bands = Bands(self, layout, self._ink, self._lettering)
        bounds = layout.bounds
        self._declared = {(edge.source, edge.target) for edge in topology.edges}
        self.setSceneRect(QRectF(bounds.x, bounds.y, bounds.width, bounds.height))
        self._growth = self._grown(topology, layout)
        self.is_growing = len(layout.nodes) + len(layout.edges) > _AT_ONCE
        if self.is_growing:
            self._growth = _set_aside(self._growth)
        else:
            deque(self._growth, maxlen=0)

    def grow(self, seconds: float) -> None:
        """Go on making items for so long, until there are all."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if next(self._growth, None) is None:
                self.is_growing = False
                return

    def _grown(self, topology: Topology, layout: Layout) -> Iterator[QGraphicsItem]:
        """Make item by item."""
        for key, rect in layout.groups.items():
            group = GroupItem(topology.nodes[key], rect, self._ink, self._lettering)
            group.setZValue(_GROUP_Z + len(key))  # an inner frame lies on the outer one
            self._add_node(key, group)
            yield group
        for key, rect in layout.nodes.items():
            node = NodeItem(topology.nodes[key], rect, self._ink, self._lettering)
            node.setZValue(_NODE_Z)
            self._add_node(key, node)
            yield node
        for index, route in enumerate(layout.edges):
            edge = EdgeItem(index, route, self._ink)
            self._add_edge(edge, route.label_rect)
            yield edge

    @property
    def flat_shapes(self) -> FlatShapes:
        """The picture from far away, which most graphs are never seen from."""
        if self._flat is None:
            self._flat = FlatShapes(self.layout)
        return self._flat

    @property
    def is_empty(self) -> bool:
        return not self.layout.nodes

    def node_item(self, key: NodeKey) -> NodeItem | GroupItem:
        """The item of a node or an open subgraph. Raises KeyError when the graph has no such node."""
        return self._nodes[key]

    def node_items(self) -> Iterator[NodeItem | GroupItem]:
        return iter(self._nodes.values())

    def edge_items(self) -> list[EdgeItem]:
        """In the order of the topology's edges."""
        return self._edges

    def items_of(self, edge: EdgeShape) -> Sequence[EdgeItem]:
        """All that is drawn for an edge."""
        return self._by_shape.get(edge, ())

    def learnt_items(self) -> Iterator[EdgeItem]:
        """The edges that no layout knows, drawn over it: they were seen to be taken."""
        return iter(self._learnt.values())

    def learn(self, edges: Iterable[EdgeShape]) -> None:
        """Draw edges that are not in the topology, where both their nodes are."""
        for edge in edges:
            is_drawn = edge in self._learnt or (edge.source, edge.target) in self._declared
            if is_drawn or self.is_growing or not {edge.source, edge.target} <= self._nodes.keys():
                continue
            path = self._way_of(edge)
            item = EdgeItem(len(self.layout.edges) + len(self._learnt), EdgeRoute(edge, path), self._ink)
            item.setZValue(_EDGE_Z)
            self._learnt[edge] = item
            self._by_shape[edge] = [item]
            self.addItem(item)

    def folded_words(self, key: NodeKey) -> str:
        """That a node is a folded subgraph, or nothing."""
        node = self.topology.nodes.get(key)
        return f"It is folded: {count_inside(node.inside)}." if node is not None and node.inside else ""

    def _way_of(self, edge: EdgeShape) -> EdgePath:
        """Round all nodes and labels that neither hold an end of the edge nor lie in one."""
        layout, ends = self.layout, (edge.source, edge.target)
        boxes = [
            rect
            for places in (layout.groups, layout.nodes)
            for key, rect in places.items()
            if not any(key[: len(end)] == end or end[: len(key)] == key for end in ends)
        ]
        labels = [route.label_rect for route in layout.edges if route.label_rect is not None]
        return detour(self.box_of(edge.source), self.box_of(edge.target), [*boxes, *labels], layout.direction)

    def label_items(self) -> Iterator[LabelItem]:
        return iter(self._label_of.values())

    def key_at(self, point: QPointF) -> NodeKey | None:
        """The node at a point of the scene, else the innermost open subgraph around it."""
        return next((item.node.key for item in self._look_items(point) if item.holds(point)), None)

    def chevron_at(self, point: QPointF) -> NodeKey | None:
        """The subgraph whose chevron is at a point of the scene."""
        for item in self._look_items(point):
            if item.chevron is not None and item.chevron.is_at(item.mapFromScene(point)):
                return item.node.key
        return None

    def edge_at(self, point: QPointF, reach: float) -> EdgeItem | None:
        """The edge whose label lies at a point, or else whose line runs closest to it within reach."""
        near = self.items(QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach))
        labels = (item for item in near if isinstance(item, LabelItem) and item.contains(point))
        label = next(labels, None)
        if label is not None:
            return label.edge_item
        edges = ((item.distance(point), item.index, item) for item in near if isinstance(item, EdgeItem))
        distance, _, edge = min(edges, default=(reach + 1, 0, None))
        return edge if distance <= reach else None

    def focus(self, key: NodeKey | None) -> None:
        """Dim all that does not belong to a node; None brightens everything."""
        key = key if key in self._nodes else None
        if key == self.focused:
            return
        self.focused = key
        near = neighbourhood(self.topology, key, tuple(self._learnt)) if key is not None else set()
        for each, item in self._nodes.items():
            item.setOpacity(1.0 if key is None or each in near else DIMMED)
        self.bands.focus(near if key is not None else None)
        edges = (*self._edges, *self._learnt.values())
        for edge in edges:
            is_bright = key is None or is_near(edge.edge, key)
            edge.setOpacity(1.0 if is_bright else DIMMED)
            if (label := self._label_of.get(edge.index)) is not None:
                label.setOpacity(edge.opacity())

    def handle_at(self, point: QPointF) -> NodeKey | None:
        """The subgraph that a double click at a point of the scene folds or opens."""
        for item in self._look_items(point):
            if item.holds(point):
                return item.node.key if item.handle.contains(item.mapFromScene(point)) else None
        return None

    def foldable(self, key: NodeKey) -> NodeKey | None:
        """The key itself if it is that of an open or folded subgraph that is drawn."""
        item = self._nodes.get(key)
        return key if item is not None and item.chevron is not None else None

    def box_of(self, key: NodeKey) -> Rect:
        """Where a node or an open subgraph stands. Raises KeyError when there is no such node."""
        rect = self.layout.nodes.get(key)
        return rect if rect is not None else self.layout.groups[key]

    def show_nodes(self, looks: Iterable[tuple[NodeKey, NodeLook]]) -> list[NodeItem | GroupItem]:
        """Give nodes their looks; the items whose picture changed."""
        changed = []
        for key, look in looks:
            item = self._nodes.get(key)
            if item is None or not item.show_look(look):
                continue
            changed.append(item)
            if look.phase is Phase.IDLE:
                self.lit.pop(key, None)
            else:
                self.lit[key] = item
        return changed

    def show_edges(self, looks: Iterable[tuple[EdgeShape, EdgeLook]]) -> list[EdgeItem | LabelItem]:
        """Give edges their looks; the items whose picture changed."""
        changed: list[EdgeItem] = []
        for shape, look in looks:
            changed += [item for item in self.items_of(shape) if item.show_look(look)]
            if look.taken:
                self.taken[shape] = None
            else:
                self.taken.pop(shape, None)
        return changed + [label for edge in changed if (label := self._label_of.get(edge.index)) is not None]

    def choose(self, key: NodeKey | None) -> None:
        """Mark one node as the selected one; of a graph that is not drawn, the node whose code calls it."""
        while key and key not in self.topology.nodes:
            key = key[:-1]
        key = key or None
        for old in (self.chosen, key):
            if old in self._nodes:
                self._nodes[old].choose(old == key)
        self.chosen = key

    def _look_items(self, point: QPointF) -> Iterator[NodeItem | GroupItem]:
        """Nodes and subgraphs around a point, topmost first."""
        return (item for item in self.items(point) if isinstance(item, NodeItem | GroupItem))

    def _add_node(self, key: NodeKey, item: NodeItem | GroupItem) -> None:
        self._nodes[key] = item
        self.addItem(item)

    def _add_edge(self, item: EdgeItem, label_rect: Rect | None) -> None:
        item.setZValue(_EDGE_Z)
        self._edges.append(item)
        self._by_shape.setdefault(item.edge, []).append(item)
        self.addItem(item)
        if label_rect is not None:
            label = LabelItem(item, label_rect, self._ink, self._lettering)
            label.setZValue(_LABEL_Z)
            self._label_of[item.index] = label
            self.addItem(label)


def _set_aside(growth: Iterator[QGraphicsItem]) -> Iterator[QGraphicsItem]:
    with garbage.set_aside():
        yield from growth
