"""Which layer every box stands in: below all that lead to it, and no further away than it must be."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from stepscope.model.layout.parts import Arrow, Box

_PULLS = 4
_MOST_TO_LOWER, _LOWERINGS, _MOST_OF_GROUP = 3_000, 6, 60
"""Boxes of graphs in which whole groups are lowered, how often that is tried, and how large groups are."""


def layers(boxes: Sequence[Box], arrows: Sequence[Arrow], back: Collection[int]) -> list[int]:
    """The layer of each box, 0 at the top; START has the first for itself, END the last."""
    import networkx

    graph: networkx.DiGraph[int] = networkx.DiGraph()
    graph.add_nodes_from(range(len(boxes)))
    above: list[list[int]] = [[] for _ in boxes]
    below: list[list[int]] = [[] for _ in boxes]
    for index, (source, target, *_) in enumerate(arrows):
        if source != target and index not in back:
            below[source].append(target)
            above[target].append(source)
            graph.add_edge(source, target)
    order = [box for generation in networkx.topological_generations(graph) for box in generation]
    first = 1 if any(box.kind == "start" for box in boxes) else 0
    layer = [0] * len(boxes)
    for box in order:
        floor = 0 if boxes[box].kind == "start" else first
        layer[box] = max((layer[other] + 1 for other in above[box]), default=floor)
    _pull(boxes, order, above, below, layer)
    if len(boxes) <= _MOST_TO_LOWER:
        _lower_groups(boxes, order, above, below, layer)
    last = max((layer[box] for box in order if boxes[box].kind != "end"), default=-1) + 1
    for box in order:
        if boxes[box].kind == "end":
            layer[box] = last
    return layer


def _pull(
    boxes: Sequence[Box],
    order: list[int],
    above: list[list[int]],
    below: list[list[int]],
    layer: list[int],
) -> None:
    """Shorten edges: a box with more edges below than above moves down, one with fewer moves back up."""
    lowest = max(layer, default=0)
    for _ in range(_PULLS):
        moved = False
        for box in reversed(order):
            if boxes[box].kind != "node" or not below[box] or len(below[box]) <= len(above[box]):
                continue
            # END has no layer yet: it is to stand below everything.
            floor = (
                min(layer[other] if boxes[other].kind != "end" else lowest + 1 for other in below[box]) - 1
            )
            if floor > layer[box]:
                layer[box], moved = floor, True
        for box in order:
            if boxes[box].kind != "node" or not above[box] or len(above[box]) < len(below[box]):
                continue
            ceiling = max(layer[other] for other in above[box]) + 1
            if ceiling < layer[box]:
                layer[box], moved = ceiling, True
        if not moved:
            return


def _lower_groups(
    boxes: Sequence[Box],
    order: list[int],
    above: list[list[int]],
    below: list[list[int]],
    layer: list[int],
) -> None:
    """Shorten edges once more: a box moves down with all that it would push, if more edges get shorter so."""
    is_node = [box.kind == "node" for box in boxes]
    is_end = [box.kind == "end" for box in boxes]
    movable = [box for box in order if is_node[box] and below[box]]
    for _ in range(_LOWERINGS):
        moved: set[int] = set()
        for box in movable:
            group = _pushed(box, is_node, is_end, below, layer)
            if not group:
                continue
            leaving, entering, room = 0, 0, len(layer)
            for at in group:
                here = layer[at] + 1
                for other in below[at]:
                    if other not in group:
                        leaving += 1
                        if not is_end[other] and layer[other] - here < room:
                            room = layer[other] - here
                for other in above[at]:
                    if other not in group:
                        entering += 1
            if leaving > entering and room < len(layer):
                for at in group:
                    layer[at] += room
                moved |= group
        near = moved.union(*(above[at] for at in moved), *(below[at] for at in moved))
        near.update(*(above[at] for at in near))
        movable = [box for box in movable if box in near]  # only there has anything changed
        if not movable:
            return


def _pushed(
    box: int, is_node: list[bool], is_end: list[bool], below: list[list[int]], layer: list[int]
) -> set[int]:
    """The box and all that stand right below it, and right below those; none if that is too much to move."""
    group, found = {box}, [box]
    for at in found:
        if len(found) > _MOST_OF_GROUP or not is_node[at]:
            return set()
        next_ = layer[at] + 1
        for other in below[at]:
            if layer[other] == next_ and other not in group and not is_end[other]:
                group.add(other)
                found.append(other)
    return group
