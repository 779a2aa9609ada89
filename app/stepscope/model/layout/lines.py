"""Edges in few straight pieces, as they are seen from far away: one run of bytes for all of them."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from stepscope.model.geometry import EdgePath, Line

_MOVE, _LINE = 0, 1
_RECORD = struct.Struct(">idd")


class Lines(NamedTuple):
    """`records` are the points of all edges: move there (0) or draw a line there (1), and where it is.

    They are big-endian, as Qt reads its painter's paths from bytes: a hundred times sooner than a hundred
    thousand points are given to it one by one. `starts` has the number of each edge's first point, and at
    last how many points there are.
    """

    records: bytes
    starts: Sequence[int]

    def points(self, index: int) -> list[tuple[float, float]]:
        """The points of one edge."""
        begin, end = (self.starts[at] * _RECORD.size for at in (index, index + 1))
        return [(x, y) for _, x, y in _RECORD.iter_unpack(self.records[begin:end])]


def lines_of(paths: Iterable[EdgePath]) -> Lines:
    """Each Bézier piece of a path becomes two straight ones."""
    starts = array("l", [0])
    told: list[float] = []
    for path in paths:
        here = path.start
        told += (_MOVE, *here)
        for segment in path.segments:
            if not isinstance(segment, Line):
                told += (_LINE, *segment.point_at(here, 0.5))
            here = segment.end
            told += (_LINE, *here)
        starts.append(len(told) // 3)
    return Lines(struct.pack(">" + "idd" * starts[-1], *told), starts)
