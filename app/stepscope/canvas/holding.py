"""Keeping one's place in a picture: one node stays where it is while the rest is laid out anew.

Its upper left corner does: where a subgraph is folded or opened, that is what both have in common.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF

from stepscope.canvas.zoom_view import ZoomView
from stepscope.model.geometry import Rect
from stepscope.model.topology import NodeKey


@dataclass(frozen=True)
class Held:
    """A node, and where in the view its upper left corner stands."""

    key: NodeKey
    place: QPoint


def hold(
    view: ZoomView, before: Mapping[NodeKey, Rect], after: Mapping[NodeKey, Rect], selected: NodeKey | None
) -> Held | None:
    """The node to keep in its place: the selected one if it is in view, else the one nearest to the middle.

    None when the whole graph is to be shown anyway, or nothing that is in view will be there afterwards.
    """
    if view.is_fitted:
        return None
    seen = view.viewport().rect()
    places = {key: _place(view, rect) for key, rect in before.items() if key in after}
    places = {key: place for key, place in places.items() if seen.contains(place)}
    if not places:
        return None
    far = {key: (place - seen.center()).manhattanLength() for key, place in places.items()}
    key = min(places, key=lambda key: (key != selected, far[key]))
    return Held(key, places[key])


def put_back(view: ZoomView, held: Held, after: Mapping[NodeKey, Rect]) -> None:
    """Move the picture so that the node stands where it did, as large as before."""
    view.give_room()
    moved = held.place - _place(view, after[held.key])
    view.pan(moved.x(), moved.y())


def _place(view: ZoomView, rect: Rect) -> QPoint:
    return view.mapFromScene(QPointF(rect.x, rect.y))
