"""One graph without nesting: boxes and arrows in, places and ways out."""

from __future__ import annotations

import math
from collections.abc import Sequence

from stepscope.model.geometry import Point, Rect, union
from stepscope.model.layout.clearest import clearest
from stepscope.model.layout.columns import columns
from stepscope.model.layout.fans import Folding
from stepscope.model.layout.parts import Arrow, Box, Drawing, Options, Route
from stepscope.model.layout.routes import draw

_PAGE = 960.0


def flow(boxes: Sequence[Box], arrows: Sequence[Arrow], options: Options) -> Drawing:
    """Draw a graph from top to bottom. Parts that no arrow joins stand side by side, END's part below."""
    folding = Folding(boxes, arrows, options)
    return folding.unfold(_unfolded(folding.boxes, folding.arrows, options))


def _unfolded(boxes: Sequence[Box], arrows: Sequence[Arrow], options: Options) -> Drawing:
    parts = _parts(boxes, arrows)
    if len(parts) == 1:
        return _joined(boxes, arrows, options)
    rects: dict[int, Rect] = {}
    routes: dict[int, Route] = {}
    drawings = [_joined(*_renumbered(boxes, arrows, *part), options) for part in parts]
    places = _shelves(
        [drawing.bounds for drawing in drawings],
        [any(boxes[box].kind == "end" for box in part[0]) for part in parts],
        options.part_gap,
    )
    for (part_boxes, part_arrows), drawing, (x, y) in zip(parts, drawings, places, strict=True):
        drawing = drawing.moved(x - drawing.bounds.x, y - drawing.bounds.y)
        rects.update(zip(part_boxes, drawing.rects, strict=True))
        routes.update(zip(part_arrows, drawing.routes, strict=True))
    bounds = union(
        drawing.bounds.moved(x - drawing.bounds.x, y - drawing.bounds.y)
        for drawing, (x, y) in zip(drawings, places, strict=True)
    )
    return Drawing(
        [rects[box] for box in range(len(boxes))], [routes[at] for at in range(len(arrows))], bounds
    )


def _shelves(bounds: Sequence[Rect], is_last: Sequence[bool], gap: float) -> list[Point]:
    """The top left corner of each part: in lines no wider than makes a pleasant page."""
    area = sum((rect.width + gap) * (rect.height + gap) for rect in bounds)
    limit = max([_PAGE, 1.6 * math.sqrt(area), *(rect.width for rect in bounds)])
    places: list[Point] = []
    x = y = deepest = widest = 0.0
    for rect, is_at_end in zip(bounds, is_last, strict=True):
        own_line = is_at_end and bool(places)
        if places and (own_line or x + rect.width > limit):
            x, y = 0.0, deepest + gap
        if own_line:
            x = max(0.0, (widest - rect.width) / 2)
        places.append(Point(x, y))
        deepest = max(deepest, y + rect.height)
        x += rect.width + gap
        widest = max(widest, x - gap)
    return places


def _renumbered(
    boxes: Sequence[Box], arrows: Sequence[Arrow], part_boxes: list[int], part_arrows: list[int]
) -> tuple[list[Box], list[Arrow]]:
    number = {box: at for at, box in enumerate(part_boxes)}
    parted = [arrows[index] for index in part_arrows]
    return (
        [boxes[box] for box in part_boxes],
        [arrow._replace(source=number[arrow.source], target=number[arrow.target]) for arrow in parted],
    )


def _joined(boxes: Sequence[Box], arrows: Sequence[Arrow], options: Options) -> Drawing:
    cells = clearest(boxes, arrows)
    return draw(boxes, arrows, cells, columns(cells, options), options)


def _parts(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> list[tuple[list[int], list[int]]]:
    """Boxes and arrows by part: the part with START first, that with END last, else as declared."""
    import networkx

    graph: networkx.Graph[int] = networkx.Graph()
    graph.add_nodes_from(range(len(boxes)))
    graph.add_edges_from((arrow.source, arrow.target) for arrow in arrows)
    parts: list[tuple[list[int], list[int]]] = []
    part_of: dict[int, int] = {}
    for component in networkx.connected_components(graph):
        part_of.update(dict.fromkeys(component, len(parts)))
        parts.append((sorted(component), []))
    for index, arrow in enumerate(arrows):
        parts[part_of[arrow.source]][1].append(index)

    def order(part: tuple[list[int], list[int]]) -> int:
        kinds = {boxes[box].kind for box in part[0]}
        return 0 if "start" in kinds else 2 if "end" in kinds else 1

    return sorted(parts, key=order)
