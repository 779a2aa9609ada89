"""Where the superstep's band goes: the boxes of its tasks in, its own and its caption's place out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import dist, log2

from stepscope.canvas.measures import ARROW_LENGTH, BAND_PADDING, Size
from stepscope.model.geometry import Point, Rect, union

_CAPTION_GAP = 3.0
_LABEL_COST, _ARROW_COST, _EDGE_COST = 10.0, 3.0, 1.0
_ACROSS = 1.5
"""By how many heights of the caption an edge is hidden at most that runs across it."""
_OUTSIDE_COST = 0.05  # a pixel
_GROWTH_COST = 0.02  # a pixel by which the band is wider than its tasks


@dataclass(frozen=True)
class Surroundings:
    """What stands near the band: boxes it may not touch, and labels and edges that its caption should not."""

    boxes: Sequence[Rect]
    labels: Sequence[Rect]
    edges: Sequence[Sequence[Point]]
    """Each edge as a polyline that ends at its arrow."""
    visible: Rect
    """What a person sees of the scene."""
    frame: Rect | None = None
    """What the band must stay in, if anything."""


@dataclass(frozen=True)
class BandPlace:
    """The band's rectangle, its caption's, and that of its tasks.

    The caption is in the band, or hangs out of it where only that leaves the neighbours free.
    """

    rect: Rect
    caption: Rect
    core: Rect


def place(tasks: Sequence[Rect], caption: Size, around: Surroundings) -> BandPlace | None:
    """The best place for a band, or None when it would run through a box that is not of the superstep."""
    if not tasks:
        return None
    core = union(tasks).grown(BAND_PADDING)
    for candidates in (_candidates(core, caption), _hanging(core, caption)):
        free = [candidate for candidate in candidates if _is_free(candidate, around)]
        if free:
            return min(free, key=lambda candidate: _cost(candidate, around))
    return None


def _is_free(candidate: BandPlace, around: Surroundings) -> bool:
    parts = (candidate.rect, candidate.caption)
    if around.frame is not None and not all(around.frame.contains(part) for part in parts):
        return False
    return not any(part.intersects(box) for part in parts for box in around.boxes)


def _hanging(core: Rect, caption: Size) -> Iterator[BandPlace]:
    """Caption at the lower or upper border and wider than the band: neighbours stand left and right of it."""
    width, height = caption
    for top in (core.bottom - BAND_PADDING + _CAPTION_GAP, core.top + BAND_PADDING - _CAPTION_GAP - height):
        for left in (core.centre.x - width / 2, core.left, core.right - width):
            yield BandPlace(core, Rect(left, top, width, height), core)


def _candidates(core: Rect, caption: Size) -> Iterator[BandPlace]:
    """Caption below, above or beside the tasks; the earlier one wins where they cost the same."""
    width, height = caption
    needed = width + 2 * _CAPTION_GAP
    # Within the tasks' own padding, or a little off, where edges run along the tasks.
    extras = (max(0.0, height + 2 * _CAPTION_GAP - BAND_PADDING), height + _CAPTION_GAP)
    lefts = (core.centre.x - needed / 2, core.left, core.right - needed)
    for is_below, extra, left in product((True, False), extras, lefts):
        x, right = min(core.left, left), max(core.right, left + needed)
        band = Rect(x, core.y if is_below else core.y - extra, right - x, core.height + extra)
        top = band.bottom - _CAPTION_GAP - height if is_below else band.top + _CAPTION_GAP
        yield BandPlace(band, Rect(left + _CAPTION_GAP, top, width, height), core)
    middle = core.centre.y - height / 2
    yield BandPlace(
        Rect(core.x, core.y, core.width + width + _CAPTION_GAP, core.height),
        Rect(core.right, middle, width, height),
        core,
    )
    yield BandPlace(
        Rect(core.x - width - _CAPTION_GAP, core.y, core.width + width + _CAPTION_GAP, core.height),
        Rect(core.x - width, middle, width, height),
        core,
    )


def _cost(candidate: BandPlace, around: Surroundings) -> float:
    caption = candidate.caption
    labels = sum(caption.intersects(label) for label in around.labels)
    hidden = [_hidden_length(edge, caption) / caption.height for edge in around.edges]
    edges = log2(1 + sum(hidden))  # one straight across costs 1, a bundle of twenty 4.4
    # An edge that runs along the caption seems to end there.
    edges += sum(max(0.0, each - _ACROSS) for each in hidden)
    # The plate behind the caption would hide an arrow that ends just below or above it.
    arrows = sum(caption.grown(ARROW_LENGTH).contains(edge[-1]) for edge in around.edges)
    seen = around.visible
    outside = max(0.0, seen.left - caption.left, caption.right - seen.right)
    outside += max(0.0, seen.top - caption.top, caption.bottom - seen.bottom)
    growth = candidate.rect.width - candidate.core.width
    drawn_over = labels * _LABEL_COST + arrows * _ARROW_COST + edges * _EDGE_COST
    return drawn_over + outside * _OUTSIDE_COST + growth * _GROWTH_COST


def _hidden_length(edge: Sequence[Point], rect: Rect) -> float:
    return sum(dist(a, b) * _share_within(a, b, rect) for a, b in pairwise(edge))


def _share_within(a: Point, b: Point, rect: Rect) -> float:
    """Which part of a straight piece lies in a rectangle: what its ranges across and down have in common."""
    enter, leave = 0.0, 1.0
    for start, delta, low, high in (
        (a.x, b.x - a.x, rect.left, rect.right),
        (a.y, b.y - a.y, rect.top, rect.bottom),
    ):
        if abs(delta) < 1e-9:
            if not low <= start <= high:
                return 0.0
            continue
        first, second = sorted(((low - start) / delta, (high - start) / delta))
        enter, leave = max(enter, first), min(leave, second)
    return max(0.0, leave - enter)
