"""The bands on the canvas: one for each graph that is in a superstep, behind the nodes of its tasks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Set

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QGraphicsScene

from stepscope.canvas.band_item import BandItem, CaptionItem
from stepscope.canvas.band_place import Surroundings, place
from stepscope.canvas.barrier import BandLook
from stepscope.canvas.edge_item import EdgeItem
from stepscope.canvas.group_item import GroupItem
from stepscope.canvas.ink import DIMMED, Ink
from stepscope.canvas.measures import GROUP_TITLE_HEIGHT, Lettering
from stepscope.canvas.node_item import NodeItem
from stepscope.model.geometry import Rect, union
from stepscope.model.layout import Layout
from stepscope.model.topology import NodeKey

_BAND_Z, _CAPTION_Z = -1000.0, 10.0
_NEAR = 420.0
"""How far around the tasks of a superstep a band and its caption can reach."""
_TIME_ROOM = 24.0
"""What a caption may grow by while a time in it grows, without moving."""


class Bands:
    """The bands of one layout. A band stays where it is as long as its tasks are the same."""

    def __init__(self, scene: QGraphicsScene, layout: Layout, ink: Ink, lettering: Lettering) -> None:
        self._scene, self._layout = scene, layout
        self._ink, self._lettering = ink, lettering
        self._places = {**layout.groups, **layout.nodes}
        self._items: dict[NodeKey, tuple[BandItem, CaptionItem]] = {}
        self._shown: dict[NodeKey, BandLook] = {}
        self._bright: Collection[NodeKey] | None = None

    @property
    def captions(self) -> Mapping[NodeKey, str]:
        """What the bands say that are drawn, by the key of their graph."""
        return {key: caption.text for key, (_, caption) in self._items.items() if caption.isVisible()}

    def plate(self, graph: NodeKey) -> QRectF | None:
        """Where the caption of a graph's band is drawn, or None when it has none."""
        caption = self._items[graph][1] if graph in self._items else None
        return caption.boundingRect() if caption is not None and caption.isVisible() else None

    def box(self, graph: NodeKey) -> QRectF | None:
        """The band of a graph, or None when it has none."""
        band = self._items[graph][0] if graph in self._items else None
        return band.box if band is not None and band.isVisible() else None

    def focus(self, near: Collection[NodeKey] | None) -> None:
        """Dim the bands in which none of these nodes has a task; None brightens all."""
        self._bright = near
        for graph, look in self._shown.items():
            self._shade(graph, look)

    def show(self, looks: Iterable[BandLook], visible: Rect) -> None:
        """Draw each band where its tasks stand together, and nowhere when they do not.

        A caption goes where it can be seen: within `visible` if there is room.
        """
        wanted = {look.graph: look for look in looks}
        for graph in self._shown.keys() - wanted.keys():
            self._draw(graph, None, visible)
        for graph, look in wanted.items():
            before = self._shown.get(graph)
            if before == look:
                continue
            caption = self._items[graph][1] if graph in self._items else None
            has_room = caption is not None and caption.holds(look.caption)
            if before is not None and before.nodes == look.nodes and caption is not None and has_room:
                caption.say(look.caption)
            else:
                self._draw(graph, look, visible)
                self._shade(graph, look)
        self._shown = wanted

    def _draw(self, graph: NodeKey, look: BandLook | None, visible: Rect) -> None:
        band, caption = self._items.get(graph) or self._made(graph)
        found = None
        if look is not None and self._places.keys() >= set(look.nodes):
            tasks = [self._places[key] for key in look.nodes]
            width, height = self._lettering.caption_size(look.caption)
            if not self._is_parted(look, tasks):
                found = place(tasks, (width + _TIME_ROOM, height), self._around(look, tasks, visible))
        band.show_place(found)
        caption.show_caption(found, look.caption if look is not None else "")

    def _shade(self, graph: NodeKey, look: BandLook) -> None:
        is_bright = self._bright is None or any(key in self._bright for key in look.nodes)
        for item in self._items[graph]:
            item.setOpacity(1.0 if is_bright else DIMMED)

    def _made(self, graph: NodeKey) -> tuple[BandItem, CaptionItem]:
        band, caption = BandItem(self._ink, len(graph)), CaptionItem(self._ink, self._lettering, len(graph))
        band.setZValue(_BAND_Z + len(graph))  # an inner one lies on the outer one
        caption.setZValue(_CAPTION_Z)
        self._scene.addItem(band)
        self._scene.addItem(caption)
        self._items[graph] = band, caption
        return band, caption

    def _around(self, look: BandLook, tasks: list[Rect], visible: Rect) -> Surroundings:
        """What is near enough to matter, found by the scene's own index."""
        near = union(tasks).grown(_NEAR)
        items = self._scene.items(QRectF(near.x, near.y, near.width, near.height))
        own = set(look.nodes)
        boxes, labels, edges = [], [], []
        for item in items:
            if isinstance(item, NodeItem | GroupItem):
                if _is_foreign(item.node.key, own, look.graph):
                    boxes.append(self._places[item.node.key])
            elif isinstance(item, EdgeItem) and item.index < len(self._layout.edges):
                route = self._layout.edges[item.index]
                edges.append(route.path.flattened())
                if route.label_rect is not None:
                    labels.append(route.label_rect)
        return Surroundings(boxes, labels, edges, visible, self._frame_of(look.graph))

    def _is_parted(self, look: BandLook, tasks: list[Rect]) -> bool:
        """Whether something stands between the tasks: far cheaper to see than to look for a place in vain."""
        core, own = union(tasks), set(look.nodes)
        return any(
            core.intersects(box) and _is_foreign(key, own, look.graph) for key, box in self._places.items()
        )

    def _frame_of(self, graph: NodeKey) -> Rect | None:
        """Where the band of a subgraph must stay: in its frame, below the title."""
        frame = self._layout.groups.get(graph)
        if frame is None:
            return None
        return Rect(frame.x, frame.y + GROUP_TITLE_HEIGHT, frame.width, frame.height - GROUP_TITLE_HEIGHT)


def _is_foreign(key: NodeKey, own: Set[NodeKey], graph: NodeKey) -> bool:
    """Whether a node is none of a band's own, nor in one of them, nor a frame around its graph."""
    is_inside = any(key[:length] in own for length in range(1, len(key) + 1))
    return not is_inside and key != graph[: len(key)]
