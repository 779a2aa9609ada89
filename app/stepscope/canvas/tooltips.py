"""What the canvas tells of what lies under the mouse."""

from __future__ import annotations

import html
import re

from PySide6.QtCore import QPointF

from stepscope.canvas.gutter import Gutter
from stepscope.canvas.scene import GraphScene
from stepscope.model.topology import EdgeShape, NodeKey, name_text, path_text

_LONG = re.compile(r"\S{40}")
"""So much of a word fits into a line; there it may be parted."""
_REACH = 5.0
"""How many pixels the mouse may be beside an edge."""


def tooltip(scene: GraphScene, gutter: Gutter, point: QPointF, zoom: float) -> str:
    """The words for a point of the scene, as rich text that shows whatever is in them as it is."""
    # An error's text may look like HTML. Only rich text is wrapped, also when it is one long line or word.
    words = _LONG.sub("\\g<0>\u200b", _words(scene, gutter, point, zoom))
    words = html.escape(words).replace("\n", "<br>")
    return f"<qt>{words}</qt>" if words else ""


def _words(scene: GraphScene, gutter: Gutter, point: QPointF, zoom: float) -> str:
    margin = gutter.at(point, zoom)
    if margin is not None:
        return gutter.words(margin) or f"Click to stop before {margin[-1]}"
    key = scene.key_at(point)
    is_frame = key is not None and key in scene.layout.groups
    edge = scene.edge_at(point, _REACH / zoom) if key is None or is_frame else None
    if edge is not None:
        return _of_edge(edge.edge, edge.look.taken)
    return "" if key is None else "\n".join(filter(None, (_of_node(scene, key), gutter.words(key))))


def _of_node(scene: GraphScene, key: NodeKey) -> str:
    """How a node stands, what it is for, and what it is given."""
    item = scene.node_item(key)
    node = item.node
    told = [item.look.story or path_text(key), node.doc, node.reads and f"Reads {node.reads}"]
    if node.is_caller:
        told.append("Its code calls the graph inside, as a run has shown.")
    if node.kind == "task":
        told.append("A task that a node's code calls, as a run has shown.")
    if node.is_open:
        told.append("It may lead where it does not declare.")
    return "\n".join(filter(None, told))


def _of_edge(edge: EdgeShape, taken: int) -> str:
    label = f": {' '.join(edge.label.split())}" if edge.label else ""
    times = {0: "", 1: "Taken in this run."}.get(taken, f"Taken {taken:,} times in this run.")
    kind = edge_words(edge)
    return "\n".join(
        filter(None, (f"{name_text(edge.source[-1])} → {name_text(edge.target[-1])}{label}", kind, times))
    )


def edge_words(edge: EdgeShape) -> str:
    """What a line of its kind means."""
    if edge.kind == "undeclared":
        return "a guess: the node does not declare where it leads"
    if edge.kind == "learnt":
        return "not declared, but a run went that way"
    return "may lead there: one of several choices" if edge.conditional else "always leads on"
