"""The rows of a plain value's tree: what stands below a row, what changed in it, what is still to come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from stepscope.model import cut, plain
from stepscope.model.events import Plain

LINE_LENGTH = 100
"""A text that is longer, or has several lines, can be opened; its lines are cut at this width."""

SHORTEST_LINE = 20

MOST_LINES = 2000
"""Lines of a text that are made at a time."""

RowPath = tuple[str, ...]
"""The keys from the root to a row."""


class Mark(Enum):
    """How a row differs from the same place in the value before: its glyph."""

    NONE = ""
    ADDED = "+"
    CHANGED = "~"
    REMOVED = "−"

    @property
    def word(self) -> str:
        return {"+": "added", "~": "changed", "−": "removed", "": ""}[self.value]


class Absent:
    """No value was here before, so that there is nothing to compare with."""


ABSENT = Absent()


class RowKind(Enum):
    """VALUE rows have a key and a value; LINE rows are one of a long text; NOTE rows say what was cut."""

    VALUE = "value"
    LINE = "line"
    NOTE = "note"


@dataclass(eq=False, slots=True)
class Row:
    """One row: `before` is the value that stood here earlier, ABSENT when there is none to compare.

    `told` is its mark where that needs no comparison. `writers` are the nodes that wrote a changed key of
    the state. Of a text, `shown` characters stand in lines below, or more than it has when that is all; of
    a LINE, `start` is where it begins in the text.
    """

    parent: Row | None
    place: int
    key: str
    value: Plain
    before: Plain | Absent = ABSENT
    told: Mark | None = None
    kind: RowKind = RowKind.VALUE
    writers: tuple[str, ...] = ()
    children: list[Row] | None = field(default=None)
    shown: int = 0
    start: int = 0

    @property
    def mark(self) -> Mark:
        # Compared when it is looked at: of a thousand rows twenty are in sight.
        if self.told is None:
            self.told = mark_of(self.value, self.before)
        return self.told

    @property
    def path(self) -> RowPath:
        keys: list[str] = []
        row = self
        while row.parent is not None:
            keys.append(row.key)
            row = row.parent
        return tuple(reversed(keys))

    @property
    def level(self) -> int:
        """0 for the invisible root."""
        level, row = 0, self
        while row.parent is not None:
            level, row = level + 1, row.parent
        return level

    @property
    def text(self) -> str:
        """The value in a few words."""
        return self.value if self.kind is not RowKind.VALUE else plain.summary(self.value)

    @property
    def type_name(self) -> str:
        return plain.type_name(self.value) if self.kind is RowKind.VALUE else ""

    @property
    def said_by(self) -> str:
        """Who wrote it: ``by fact_check``."""
        return f"by {', '.join(self.writers)}" if self.writers else ""

    def can_open(self, line_length: int) -> bool:
        """True when there is something below the row, or when its text needs more room than a line has."""
        if self.kind is not RowKind.VALUE:
            return False
        said = plain.spoken(self.value)
        if said is not None and (len(said) + len(self.key) > line_length - _QUOTES or "\n" in said):
            return True
        return plain.has_parts(self.value) or bool(cut.rest(self.value))

    @property
    def note(self) -> Row | None:
        """The row below that says what is still to come."""
        last = self.children[-1] if self.children else None
        return last if last is not None and last.kind is RowKind.NOTE else None

    @property
    def can_bring_more(self) -> bool:
        """True for a note in whose place more can be shown."""
        if self.kind is not RowKind.NOTE or self.parent is None:
            return False
        return self.parent.has_lines_to_show or bool(cut.handle(self.parent.value))

    @property
    def has_lines_to_show(self) -> bool:
        """True when not all of a text that is here stands in lines."""
        said = plain.spoken(self.value)
        return said is not None and self.children is not None and self.shown <= len(said)


_QUOTES = 6
"""Characters of a row that are neither its key nor its text."""


def rows_below(row: Row, line_length: int) -> list[Row]:
    """The rows of a value's parts or of a text's lines; a note at the end when that is not all."""
    said = plain.spoken(row.value)
    if said is None:
        rows = [
            Row(row, place, key, value, before, told)
            for place, (key, value, before, told) in enumerate(_compared(row))
        ]
    else:
        rows = lines_after(row, 0, 0, line_length)
    if note := note_of(row):
        rows.append(Row(row, len(rows), "…", note, kind=RowKind.NOTE))
    return rows


def note_of(row: Row) -> str:
    """What is still to come below a row, in words."""
    said = plain.spoken(row.value)
    if said is None or row.shown > len(said):
        return cut.rest(row.value)
    return f"… {max(plain.count(row.value), len(said)) - row.shown:,} more characters"


def lines_again(row: Row, line_length: int) -> list[Row]:
    """The lines of as much of a text as is shown, at another width."""
    shown, rows = row.shown, lines_after(row, 0, 0, line_length)
    while rows and row.shown < shown:
        rows += lines_after(row, row.shown, len(rows), line_length)
    return rows


def lines_after(row: Row, start: int, place: int, line_length: int) -> list[Row]:
    """The next lines of a text from `start` on; the row then knows how much is shown."""
    text = plain.spoken(row.value) or ""
    rows: list[Row] = []
    while start <= len(text) and len(rows) < MOST_LINES and text:
        end = text.find("\n", start, start + line_length + 1)
        if end < 0:
            end = start + line_length
            if end < len(text):  # after a word, where one ends in the second half of the line
                end = text.rfind(" ", start + line_length // 2, end) + 1 or end
        line = Row(row, place + len(rows), str(place + len(rows) + 1), text[start:end], kind=RowKind.LINE)
        line.start = start
        rows.append(line)
        is_broken = text[end : end + 1] == "\n"
        start = end + 1 if is_broken else end if end < len(text) else len(text) + 1
    row.shown = start if text else 1
    return rows


def _compared(row: Row) -> Iterator[tuple[str, Plain, Plain | Absent, Mark | None]]:
    """The parts of a row's value, then those that are gone since `before`."""
    now = plain.parts(row.value)
    if row.told in (Mark.ADDED, Mark.REMOVED) or not _comparable(row.value, row.before):
        yield from ((key, value, ABSENT, Mark.NONE) for key, value in now)
        return
    before = dict(plain.parts(row.before))
    for key, value in now:
        old = before.pop(key, ABSENT)
        yield key, value, old, Mark.ADDED if old is ABSENT else None
    for key, old in before.items():
        yield key, old, ABSENT, Mark.REMOVED


def mark_of(value: Plain, before: Plain | Absent) -> Mark:
    """How a value differs from the one before."""
    return Mark.NONE if before is ABSENT or cut.same(value, before) else Mark.CHANGED


def _comparable(value: Plain, before: Plain | Absent) -> bool:
    return before is not ABSENT and plain.type_name(value) == plain.type_name(before)
