"""A plain value as a tree that Qt can show: rows are made when their parent is opened, or when they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from stepscope.model import cut, plain
from stepscope.model.events import Plain
from stepscope.run.state_rows import (
    ABSENT,
    LINE_LENGTH,
    SHORTEST_LINE,
    Absent,
    Mark,
    Row,
    RowKind,
    RowPath,
    lines_after,
    lines_again,
    note_of,
    rows_below,
)

Index = QModelIndex | QPersistentModelIndex

FETCHING = "fetching…"


class StateTree(QAbstractItemModel):
    """Shows one value at a time; `show` replaces it. With `before`, rows tell what has changed since.

    Signals
        more_wanted(handle): more of a value is to be asked for; `take` or `refuse` brings the answer.
    """

    RowRole = Qt.ItemDataRole.UserRole

    more_wanted = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = Row(None, 0, "", {})
        self._root.children = []
        self._waiting: dict[str, list[Row]] = {}  # the rows that asked for more, by handle
        self._texts: list[Row] = []  # the rows with lines below them
        self._line_length = LINE_LENGTH, 0.0

    def show(
        self,
        value: Plain,
        before: Plain | Absent = ABSENT,
        writers: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Replace the value; `before` is the one to compare it with, `writers` the nodes that wrote a key."""
        self.beginResetModel()
        self._forget()
        self._root = Row(None, 0, "", value, before)
        if not plain.has_parts(value) and not plain.has_parts(None if before is ABSENT else before):
            # A graph whose state is one bare value has a single row for it.
            self._root.children = [Row(self._root, 0, "value", value, before)]
        for row in self._children(self._root) if writers else ():
            if row.mark is not Mark.NONE:
                row.writers = tuple(writers.get(row.key, ())) if writers else ()
        self.endResetModel()

    def clear(self) -> None:
        """Show nothing."""
        self.beginResetModel()
        self._forget()
        self._root = Row(None, 0, "", {})
        self._root.children = []
        self.endResetModel()

    def set_line_length(self, characters: int, a_level: float) -> None:
        """Cut the lines of texts at this width, less so much for each level; those that are shown, too."""
        if (characters, a_level) == self._line_length:
            return
        self._line_length = characters, a_level
        waiting = [row for rows in self._waiting.values() for row in rows]
        for row in filter(_is_there, self._texts):
            self._remove(row, 0, self._lines_below(row))
            self._insert(row, 0, lines_again(row, self._length(row)))
            if row not in waiting:
                self._end_with_note(row)

    def want(self, index: Index) -> None:
        """Show more below a row, or in place of a note; what is not here is asked for."""
        asked = self.row_at(index)
        row = asked.parent if asked.kind is RowKind.NOTE and asked.parent is not None else asked
        self._children(row)
        if row.has_lines_to_show:
            self._add_lines(row)
        elif (handle := cut.handle(row.value)) and row not in self._waiting.get(handle, ()):
            self._waiting.setdefault(handle, []).append(row)
            self._say(row, FETCHING)
            self.more_wanted.emit(handle)

    def take(self, handle: str, more: Plain) -> None:
        """Fill in what was asked for."""
        for row in filter(_is_there, self._waiting.pop(handle, ())):
            self._fill(row, more)

    def refuse(self, handle: str, words: str) -> None:
        """Say where more was asked for why it does not come; it can be asked for again."""
        for row in filter(_is_there, self._waiting.pop(handle, ())):
            self._say(row, words)

    def row_at(self, index: Index) -> Row:
        """The row of an index; the invisible root for an invalid one."""
        return index.internalPointer() if index.isValid() else self._root

    def index_of(self, path: RowPath) -> QModelIndex:
        """Where a path leads, opening what it must; an invalid index when it leads nowhere."""
        row = self._root
        for key in path:
            found = _child(self._children(row), key)
            if found is None:
                return QModelIndex()
            row = found
        return self._index(row)

    # What Qt asks

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        children = self._children(self.row_at(parent))
        if column != 0 or not 0 <= row < len(children):
            return QModelIndex()
        return self.createIndex(row, 0, children[row])

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]
        row = self.row_at(index).parent
        return QModelIndex() if row is None else self._index(row)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(self._children(self.row_at(parent)))

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 1

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008
        row = self.row_at(parent)
        if row.children is None and row is not self._root:
            return row.can_open(self._length(row))
        return bool(self._children(row))

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

    def _index(self, row: Row) -> QModelIndex:
        return QModelIndex() if row.parent is None else self.createIndex(row.place, 0, row)

    def _children(self, row: Row) -> list[Row]:
        if row.children is None:
            if row is not self._root and not row.can_open(self._length(row)):
                return []  # a text that fits its row may not fit it later
            row.children = rows_below(row, self._length(row))
            if row.children and row.children[0].kind is RowKind.LINE:
                self._texts.append(row)
        return row.children

    def _length(self, row: Row) -> int:
        characters, a_level = self._line_length
        return max(SHORTEST_LINE, int(characters - a_level * row.level))

    def _forget(self) -> None:
        self._waiting.clear()
        self._texts.clear()

    # What comes later

    def _fill(self, row: Row, more: Plain) -> None:
        was_text = plain.spoken(row.value) is not None
        row.value = cut.joined(row.value, more)
        if plain.spoken(row.value) is None:
            self._add_parts(row)
        elif was_text:
            self._go_on_with_lines(row)
        else:
            self._add_lines(row)
        self._end_with_note(row)
        self._changed(row)

    def _add_parts(self, row: Row) -> None:
        """Rows for the parts that have none yet; those of other parts go."""
        children = self._children(row)
        had = len(children)
        while had and (children[had - 1].kind is RowKind.NOTE or children[had - 1].told is Mark.REMOVED):
            had -= 1
        kept = had if had and _is_row_of(children[had - 1], plain.parts(row.value, had - 1)) else 0
        self._remove(row, kept, had)
        self._insert(row, kept, [Row(row, kept, key, value) for key, value in plain.parts(row.value, kept)])

    def _add_lines(self, row: Row) -> None:
        """The next lines of a text."""
        count = self._lines_below(row)
        if count == 0:
            self._texts.append(row)
        self._insert(row, count, lines_after(row, row.shown if count else 0, count, self._length(row)))
        self._end_with_note(row)

    def _go_on_with_lines(self, row: Row) -> None:
        """The lines of what has come of a text; the last one may go on in it."""
        count = self._lines_below(row)
        if count == 0:
            return self._add_lines(row)
        line = self._children(row)[count - 1]
        whole, *new = lines_after(row, line.start, count - 1, self._length(row))
        line.value = whole.value
        self._changed(line)
        self._insert(row, count, new)

    def _lines_below(self, row: Row) -> int:
        return len(self._children(row)) - (row.note is not None)

    def _end_with_note(self, row: Row) -> None:
        children, words = self._children(row), note_of(row)
        if row.note is None and words:
            self._insert(row, len(children), [Row(row, len(children), "…", words, kind=RowKind.NOTE)])
        elif row.note is not None and not words:
            self._remove(row, len(children) - 1, len(children))
        elif row.note is not None:
            self._say(row, words)

    def _say(self, row: Row, words: str) -> None:
        if row.note is not None:
            row.note.value = words
            self._changed(row.note)

    def _changed(self, row: Row) -> None:
        index = self._index(row)
        if index.isValid():
            self.dataChanged.emit(index, index)

    def _insert(self, row: Row, place: int, rows: Sequence[Row]) -> None:
        if rows:
            children = self._children(row)
            self.beginInsertRows(self._index(row), place, place + len(rows) - 1)
            children[place:place] = rows
            _number(children, place)
            self.endInsertRows()

    def _remove(self, row: Row, start: int, end: int) -> None:
        if start < end:
            children = self._children(row)
            self.beginRemoveRows(self._index(row), start, end - 1)
            gone = children[start:end]  # until the views have let go of them
            del children[start:end]
            _number(children, start)
            self.endRemoveRows()
            del gone


def _is_there(row: Row) -> bool:
    """False for a row that others have replaced, or one above it."""
    while row.parent is not None:
        siblings = row.parent.children or ()
        if row.place >= len(siblings) or siblings[row.place] is not row:
            return False
        row = row.parent
    return True


def _number(rows: Sequence[Row], start: int) -> None:
    for place in range(start, len(rows)):
        rows[place].place = place


def _child(rows: Sequence[Row], key: str) -> Row | None:
    # Most keys of a long container are the places of its parts.
    place = int(key) if key.isdecimal() and key.isascii() and len(key) < 8 else -1
    if 0 <= place < len(rows) and rows[place].key == key:
        return rows[place]
    return next((row for row in rows if row.key == key), None)


def _is_row_of(row: Row, parts: Sequence[tuple[str, Plain]]) -> bool:
    """True when a row is that of the first part; then those before it are of the parts before that."""
    return bool(parts) and (row.key, row.value) == parts[0]


def _tooltip(row: Row) -> str:
    """The beginning of a text that may not fit its row, or how to see more."""
    if row.can_bring_more:
        return "Enter or a double click shows more."
    said = plain.spoken(row.value) if row.kind is RowKind.VALUE else None
    return said[:1500] + "…" * (len(said) > 1500) if said else ""
