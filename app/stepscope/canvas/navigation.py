"""Which node the keyboard goes to next: places and edges in, a key out."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from stepscope.model.geometry import Rect
from stepscope.model.layout import Direction as Flow
from stepscope.model.topology import NodeKey, Topology


class Direction(Enum):
    """Where an arrow key points: x to the right, y downwards."""

    LEFT = (-1, 0)
    RIGHT = (1, 0)
    UP = (0, -1)
    DOWN = (0, 1)


_SIDEWAYS = 2.5
"""How much worse a step aside is than a step ahead."""


def towards(
    topology: Topology,
    places: Mapping[NodeKey, Rect],
    start: NodeKey,
    direction: Direction,
    flow: Flow = "down",
) -> NodeKey | None:
    """The nearest node in a direction, or None: one of the same row, else one joined by an edge, else any."""
    joined = {edge.target for edge in topology.edges if edge.source == start}
    joined |= {edge.source for edge in topology.edges if edge.target == start}
    home = places[start]
    if flow == "down":
        is_aside = direction in (Direction.LEFT, Direction.RIGHT)
        row = {key for key, rect in places.items() if is_aside and _is_beside(rect, home)}
    else:
        is_aside = direction in (Direction.UP, Direction.DOWN)
        row = {key for key, rect in places.items() if is_aside and _is_beside(rect.turned(), home.turned())}
    for candidates in (row, joined & places.keys(), set(places)):
        found = _nearest(places, start, direction, candidates)
        if found is not None:
            return found
    return None


def in_turn(
    places: Mapping[NodeKey, Rect], start: NodeKey | None, forward: bool, flow: Flow = "down"
) -> NodeKey | None:
    """The next node in reading order, or the one before; None past the last, where the focus moves on."""
    order = reading_order(places, flow)
    if not order:
        return None
    if start is None or start not in places:
        return order[0 if forward else -1]
    at = order.index(start) + (1 if forward else -1)
    return order[at] if 0 <= at < len(order) else None


def reading_order(places: Mapping[NodeKey, Rect], flow: Flow = "down") -> list[NodeKey]:
    """All nodes along the flow, and across it: top to bottom, then left to right, where it goes down."""
    if flow == "down":
        return sorted(places, key=lambda key: (places[key].y, places[key].x))
    return sorted(places, key=lambda key: (places[key].x, places[key].y))


def _is_beside(rect: Rect, other: Rect) -> bool:
    return rect.top < other.bottom and other.top < rect.bottom


def _nearest(
    places: Mapping[NodeKey, Rect], start: NodeKey, direction: Direction, candidates: set[NodeKey]
) -> NodeKey | None:
    dx, dy = direction.value
    home = places[start]
    best, best_cost = None, float("inf")
    for key in candidates:
        rect = places[key]
        if key == start or rect.contains(home) or home.contains(rect):
            continue
        x, y = rect.centre.x - home.centre.x, rect.centre.y - home.centre.y
        ahead, aside = x * dx + y * dy, abs(x * dy) + abs(y * dx)
        if ahead <= 1.0 or aside > 2 * ahead + home.width:
            continue
        cost = ahead + _SIDEWAYS * aside
        if cost < best_cost or (cost == best_cost and best is not None and key < best):
            best, best_cost = key, cost
    return best
