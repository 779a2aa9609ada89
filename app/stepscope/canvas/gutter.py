"""The margin left of each node: a click there sets a breakpoint, and one that is set shows its mark there."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF

from stepscope.canvas.distance import HANDLES_FROM
from stepscope.canvas.group_item import GroupItem
from stepscope.canvas.look_item import LookItem
from stepscope.canvas.looks import BreakLook
from stepscope.canvas.node_item import NodeItem
from stepscope.canvas.scene import GraphScene
from stepscope.model.topology import NodeKey, NodeShape, path_text


class Gutter:
    """The margins of a scene's nodes. What changes returns the items that must be painted anew."""

    def __init__(self, scene: GraphScene) -> None:
        self._scene = scene
        self._looks: Mapping[NodeKey, BreakLook] = {}
        self._hovered: NodeKey | None = None

    def show(self, looks: Mapping[NodeKey, BreakLook]) -> list[LookItem]:
        """Mark these nodes and no others."""
        self._looks = looks
        return self.refresh()

    def refresh(self) -> list[LookItem]:
        """Mark the nodes of another layout."""
        items: list[LookItem] = list(self._scene.node_items())
        changed = [item for item in items if item.show_break(self._look(item.node))]
        self._scene.marked = [item for item in items if item.break_look is not None]
        return changed

    def _look(self, node: NodeShape) -> BreakLook | None:
        """The breakpoints of a node; for a folded subgraph that has none itself, those inside it."""
        found = self._looks.get(node.key)
        if found is not None or not node.inside:
            return found
        inside = {key: look for key, look in self._looks.items() if key[: len(node.key)] == node.key}
        if not inside:
            return None
        words = " ".join(f"In {path_text(key)}: {look.words}" for key, look in inside.items())
        return BreakLook(next(iter(inside.values())).sign, words)

    def at(self, point: QPointF, zoom: float) -> NodeKey | None:
        """The node whose margin is at a point of the scene; from far away none can be hit."""
        if zoom < HANDLES_FROM:
            return None
        for item in self._scene.items(point):
            if isinstance(item, NodeItem | GroupItem) and item.gutter.contains(item.mapFromScene(point)):
                return item.node.key if item.node.kind not in ("start", "end") else None
        return None

    def hover(self, key: NodeKey | None) -> list[LookItem]:
        """The mouse is over the margin of this node."""
        if key == self._hovered:
            return []
        before, self._hovered = self._hovered, key
        items = {item.node.key: item for item in self._scene.node_items() if item.node.key in (before, key)}
        return [item for each, item in items.items() if item.offer_break(each == key)]

    def words(self, key: NodeKey) -> str:
        """What the breakpoints of a node do; nothing when it has none."""
        shape = self._scene.topology.nodes.get(key)
        look = self._look(shape) if shape is not None else None
        return look.words if look is not None else ""
