"""A plain value as a tree that Qt can show: rows are made when their parent is opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from stepscope.model import plain
from stepscope.model.events import Plain

Index = QModelIndex | QPersistentModelIndex

LONG_STRING = 100
"""A string longer than this, or of several lines, can be opened; its lines are cut at this width."""

MOST_LINES = 2000

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
    """VALUE rows have a key and a value; LINE rows are one of a long string; NOTE rows say what was cut."""

    VALUE = "value"
    LINE = "line"
    NOTE = "note"


@dataclass(eq=False, slots=True)
class Row:
    """One row: `before` is the value that stood here earlier, ABSENT when there is none to compare.

    `writers` are the nodes that wrote a changed key of the state.
    """

    parent: Row | None
    place: int
    key: str
    value: Plain
    before: Plain | Absent = ABSENT
    mark: Mark = Mark.NONE
    kind: RowKind = RowKind.VALUE
    writers: tuple[str, ...] = ()
    children: list[Row] | None = field(default=None)

    @property
    def path(self) -> RowPath:
        keys: list[str] = []
        row = self
        while row.parent is not None:
            keys.append(row.key)
            row = row.parent
        return tuple(reversed(keys))

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

    @property
    def can_open(self) -> bool:
        if self.kind is not RowKind.VALUE:
            return False
        said = plain.string(self.value)
        if said is not None:
            return len(said) > LONG_STRING or "\n" in said
        return plain.has_parts(self.value) or bool(plain.rest(self.value))


class StateTree(QAbstractItemModel):
    """Shows one value at a time; `show` replaces it. With `before`, rows tell what has changed since."""

    RowRole = Qt.ItemDataRole.UserRole

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = Row(None, 0, "", {})
        self._root.children = []

    def show(
        self,
        value: Plain,
        before: Plain | Absent = ABSENT,
        writers: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Replace the value; `before` is the one to compare it with, `writers` the nodes that wrote a key."""
        self.beginResetModel()
        self._root = Row(None, 0, "", value, before)
        if not plain.has_parts(value) and not plain.has_parts(None if before is ABSENT else before):
            # A graph whose state is one bare value has a single row for it.
            self._root.children = [Row(self._root, 0, "value", value, before, _mark(value, before))]
        for row in self._children(self._root) if writers else ():
            if row.mark is not Mark.NONE:
                row.writers = tuple(writers.get(row.key, ())) if writers else ()
        self.endResetModel()

    def clear(self) -> None:
        """Show nothing."""
        self.beginResetModel()
        self._root = Row(None, 0, "", {})
        self._root.children = []
        self.endResetModel()

    def row_at(self, index: Index) -> Row:
        """The row of an index; the invisible root for an invalid one."""
        return index.internalPointer() if index.isValid() else self._root

    def index_of(self, path: RowPath) -> QModelIndex:
        """Where a path leads, opening what it must; an invalid index when it leads nowhere."""
        row = self._root
        for key in path:
            found = next((child for child in self._children(row) if child.key == key), None)
            if found is None:
                return QModelIndex()
            row = found
        return QModelIndex() if row is self._root else self.createIndex(row.place, 0, row)

    # What Qt asks

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        children = self._children(self.row_at(parent))
        if column != 0 or not 0 <= row < len(children):
            return QModelIndex()
        return self.createIndex(row, 0, children[row])

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]
        row = self.row_at(index).parent
        if row is None or row.parent is None:
            return QModelIndex()
        return self.createIndex(row.place, 0, row)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(self._children(self.row_at(parent)))

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 1

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008
        row = self.row_at(parent)
        return bool(self._children(row)) if row is self._root else row.can_open

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.row_at(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{row.key} {row.text}" if row.kind is RowKind.VALUE else row.text
            case Qt.ItemDataRole.ToolTipRole:
                return _tooltip(row)
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(filter(None, (row.key, row.mark.word, row.said_by, row.text, row.type_name)))
            case StateTree.RowRole:
                return row
        return None

    def _children(self, row: Row) -> list[Row]:
        if row.children is None:
            is_open = row is self._root or row.can_open
            row.children = list(_rows_below(row)) if is_open else []
        return row.children


def _rows_below(row: Row) -> Iterator[Row]:
    said = plain.string(row.value)
    place = 0
    for place, (key, value, before, mark) in enumerate(_compared(row) if said is None else (), 1):
        yield Row(row, place - 1, key, value, before, mark)
    for place, text in enumerate(_lines(said) if said is not None else (), 1):
        yield Row(row, place - 1, str(place), text, kind=RowKind.LINE)
    if note := plain.rest(row.value):
        yield Row(row, place, "…", note, kind=RowKind.NOTE)


def _compared(row: Row) -> Iterator[tuple[str, Plain, Plain | Absent, Mark]]:
    """The parts of a row's value, then those that are gone since `before`."""
    now = plain.parts(row.value)
    if row.mark in (Mark.ADDED, Mark.REMOVED) or not _comparable(row.value, row.before):
        yield from ((key, value, ABSENT, Mark.NONE) for key, value in now)
        return
    before = dict(plain.parts(row.before))
    for key, value in now:
        old = before.pop(key, ABSENT)
        yield key, value, old, Mark.ADDED if old is ABSENT else _mark(value, old)
    for key, old in before.items():
        yield key, old, ABSENT, Mark.REMOVED


def _comparable(value: Plain, before: Plain | Absent) -> bool:
    return before is not ABSENT and plain.type_name(value) == plain.type_name(before)


def _mark(value: Plain, before: Plain | Absent) -> Mark:
    if before is ABSENT or (type(value) is type(before) and value == before):
        return Mark.NONE
    return Mark.CHANGED


def _lines(text: str) -> Iterator[str]:
    left = MOST_LINES
    for paragraph in text.split("\n"):
        for start in range(0, max(1, len(paragraph)), LONG_STRING):
            if left == 0:
                yield "…"
                return
            yield paragraph[start : start + LONG_STRING]
            left -= 1


def _tooltip(row: Row) -> str:
    """The beginning of a string that may not fit its row, or the path to the row."""
    said = plain.string(row.value)
    if said is None or row.kind is not RowKind.VALUE:
        return ""
    return said if len(said) <= 1500 else f"{said[:1500]}…"
