"""How a history with forks is drawn as rows, with the histories of subgraphs that are unfolded in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from stepscope.model.thread import Beneath, Checkpoint

Unfolded = Mapping[Beneath, Sequence[Checkpoint]]
NOTHING: Unfolded = {}


@dataclass(frozen=True)
class HistoryRow:
    """One row of a history: in which lane its dot is, and which lines go through, join it and leave it.

    With a `title` it has no dot: it stands for a subgraph's history beneath the checkpoint.
    """

    checkpoint: Checkpoint
    lane: int
    is_led_to: bool = False  # a line comes from above, in its own lane
    through: tuple[int, ...] = ()
    joins: tuple[int, ...] = ()  # lanes of forks that began here, and end in its dot
    leads_down: bool = False  # its line goes on to the checkpoint that it came of
    title: str = ""
    fold: Beneath | None = None  # what is unfolded beneath it, or can be
    is_open: bool = False

    @property
    def lanes(self) -> int:
        """How many lanes there must be room for."""
        return max(self.lane, *self.through, *self.joins, 0) + 1

    @property
    def key(self) -> tuple[str, str, str]:
        """The same for the row that stands for the same thing in another list."""
        return (*self.checkpoint.place, self.fold.namespace if self.title and self.fold else self.title)


def history_rows(checkpoints: Iterable[Checkpoint], unfolded: Unfolded = NOTHING) -> list[HistoryRow]:
    """Checkpoints, the newest first, each in a lane: those of the newest line are in the first one."""
    return list(_rows(tuple(checkpoints), unfolded, 0, ()))


def _rows(
    listed: Sequence[Checkpoint], unfolded: Unfolded, first: int, around: tuple[int, ...]
) -> Iterator[HistoryRow]:
    """The rows of one graph's checkpoints, from a `first` lane on, in the lines of those `around`."""
    known = {each.id for each in listed}
    awaited: list[str] = []  # by lane, the checkpoint that its line leads to; "" for a lane that is free
    for each in listed:
        mine = [lane for lane, id in enumerate(awaited) if id == each.id]
        lane = mine[0] if mine else next((free for free, id in enumerate(awaited) if not id), len(awaited))
        if lane == len(awaited):
            awaited.append("")
        for other in mine:
            awaited[other] = ""
        through = tuple(first + other for other, id in enumerate(awaited) if id and other != lane)
        awaited[lane] = each.parent if each.parent in known else ""
        joins = tuple(first + other for other in mine[1:])
        row = HistoryRow(each, first + lane, bool(mine), around + through, joins, bool(awaited[lane]))
        yield from _with_beneath(row, unfolded)


def _with_beneath(row: HistoryRow, unfolded: Unfolded) -> Iterator[HistoryRow]:
    """A checkpoint's row, and what is unfolded beneath it."""
    each = row.checkpoint
    fold = each.beneath
    is_open = fold in unfolded
    yield HistoryRow(**{**vars(row), "fold": fold, "is_open": is_open})
    if fold is None or not is_open:
        return
    lines = (*row.through, row.lane) if row.leads_down else row.through
    inner = max(row.lane, *lines, 0) + 1
    if len(each.inside) == 1:
        yield from _inside(each, fold, unfolded, inner, lines)
        return
    for subgraph in each.inside:
        is_open = subgraph in unfolded
        yield HistoryRow(each, inner, through=lines, title=subgraph.name, fold=subgraph, is_open=is_open)
        if is_open:
            yield from _inside(each, subgraph, unfolded, inner, lines)


def _inside(
    checkpoint: Checkpoint, subgraph: Beneath, unfolded: Unfolded, lane: int, lines: tuple[int, ...]
) -> Iterator[HistoryRow]:
    if unfolded[subgraph]:
        yield from _rows(unfolded[subgraph], unfolded, lane, lines)
    else:
        yield HistoryRow(checkpoint, lane, through=lines, title=f"{subgraph.name} has saved nothing here")
