"""What the steps of the layout hand to one another."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, NamedTuple

from stepscope.model.geometry import EdgePath, Rect

Direction = Literal["down", "right"]
"""Where the flow goes. All steps lay out downwards; what is to go to the right is turned when it is done."""


@dataclass(frozen=True)
class Options:
    """Distances in pixels, from how many twins on a fan is folded, and where the flow goes."""

    direction: Direction = "down"
    node_gap: float = 28.0
    """Between two nodes of a row."""
    edge_gap: float = 16.0
    """Between an edge and whatever stands beside it."""
    lane_gap: float = 26.0
    """Between a node and an edge that goes back up beside it: it takes an arrowhead."""
    row_gap: float = 40.0
    """Between two rows of nodes, at least."""
    label_row_gap: float = 18.0
    """Between a row of labels and the rows beside it, at least."""
    part_gap: float = 48.0
    """Between parts of a graph that no edge joins."""
    padding: float = 20.0
    """Between a subgraph's frame and what it holds."""
    title_height: float = 28.0
    """Room for the title at the top of a subgraph's frame."""
    fold_above: int = 8
    """More nodes than this with the same neighbours are stacked in a grid."""


class Box(NamedTuple):
    """A node of one graph, without a place yet. Both ends of a graph have a kind of their own.

    `before` is how far right its middle was in an earlier picture, which this one is to resemble. A box with
    a `door` is a grid of many: arrows come in so far from its left border, and leave so far from its right.
    """

    width: float
    height: float
    kind: Literal["start", "end", "node"] = "node"
    before: float | None = None
    door: float | None = None

    def turned(self) -> Box:
        return self._replace(width=self.height, height=self.width)


class Arrow(NamedTuple):
    """An edge between two boxes, given by their indices, and the size of its label.

    `before` is how far right the middle of its way was in an earlier picture.
    """

    source: int
    target: int
    label: tuple[float, float] | None = None
    before: float | None = None

    def turned(self) -> Arrow:
        return self._replace(label=self.label[::-1] if self.label else None)


class Route(NamedTuple):
    """The way an arrow takes, and the place of its label."""

    path: EdgePath
    label: Rect | None = None

    def moved(self, dx: float, dy: float) -> Route:
        return Route(self.path.moved(dx, dy), self.label.moved(dx, dy) if self.label else None)

    def turned(self) -> Route:
        return Route(self.path.turned(), self.label.turned() if self.label else None)


class Drawing(NamedTuple):
    """Boxes and arrows with places, in the order in which they were given."""

    rects: list[Rect]
    routes: list[Route]
    bounds: Rect

    def moved(self, dx: float, dy: float) -> Drawing:
        if dx == dy == 0:
            return self
        return Drawing(
            [rect.moved(dx, dy) for rect in self.rects],
            [route.moved(dx, dy) for route in self.routes],
            self.bounds.moved(dx, dy),
        )

    def turned(self) -> Drawing:
        """Mirrored at the diagonal."""
        return Drawing(
            [rect.turned() for rect in self.rects],
            [route.turned() for route in self.routes],
            self.bounds.turned(),
        )


class Cell(IntEnum):
    """What stands at a place of a row."""

    NODE = 0
    BEND = 1
    """An edge on its way down."""
    LANE = 2
    """An edge on its way back up."""
    LABEL = 3
    """An edge's label, with the edge through its middle."""
