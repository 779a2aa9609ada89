"""Orders of the cells in their rows to begin with, made in one walk through the graph."""

from __future__ import annotations

from stepscope.model.layout.rows import Rows


def depth_first(cells: Rows, mirrored: bool = False) -> list[list[int]]:
    """Every cell's descendants stand together, the first declared on the left or, mirrored, on the right.

    A lane stands right of all that hangs from its box.
    """
    lanes: dict[int, list[int]] = {}
    for chain_end, box in cells.lane_side.items():
        if not cells.up[chain_end]:
            lanes.setdefault(box, []).append(chain_end)
    order: list[list[int]] = [[] for _ in cells.order]
    seen = [False] * len(cells.row)
    roots = sorted(
        (cell for cell in range(len(cells.row)) if not cells.up[cell] and cell not in cells.lane_side),
        key=lambda cell: cells.row[cell],
    )
    for root in roots:
        stack = [root]
        while stack:
            cell = stack.pop()
            if seen[cell]:
                continue
            seen[cell] = True
            order[cells.row[cell]].append(cell)
            stack.extend(reversed(lanes.get(cell, ())))
            stack.extend(cells.down[cell] if mirrored else reversed(cells.down[cell]))
    return order


def breadth_first(cells: Rows) -> list[list[int]]:
    """Row by row, each below what leads to it."""
    order: list[list[int]] = [[] for _ in cells.order]
    place = [0.0] * len(cells.row)
    by_row: list[list[int]] = [[] for _ in cells.order]
    for cell, row in enumerate(cells.row):
        by_row[row].append(cell)
    for row, members in enumerate(by_row):
        key = {}
        for cell in members:
            above = cells.up[cell]
            key[cell] = sum(place[other] for other in above) / len(above) if above else -1.0
        for cell in members:
            if cell in cells.lane_side and not cells.up[cell]:
                key[cell] = key.get(cells.lane_side[cell], 0.0) + 0.5
        order[row] = sorted(members, key=key.__getitem__)
        for at, cell in enumerate(order[row]):
            place[cell] = at
    return order
