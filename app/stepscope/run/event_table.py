"""The rows of a growing log as Qt shows them, filtered by an array of row numbers."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer

Index = QModelIndex | QPersistentModelIndex

SLICE = 0.004
"""Seconds that filtering may take before the window gets its turn."""

_CHUNK = 512


@dataclass(frozen=True)
class Column:
    """One column: its title, and the text of an event in it, at most `room` characters long."""

    title: str
    text: Callable[[Any, int], str]


SHOWN = 400
"""Characters of a cell's text that are shown."""

COPIED = 100_000
"""Characters of a cell's text that are copied."""

SEARCHED = 4000
"""Characters of a cell's text that the filter looks at."""


class Log(Protocol):
    """What is numbered from 0 as it comes; the length counts all that has come."""

    def __len__(self) -> int: ...

    def __getitem__(self, number: int, /) -> Any: ...


class EventTable(QAbstractTableModel):
    """Shows a list of events that only ever grows at its end.

    `catch_up` takes in what has come since. With a filter each row is looked at once, in slices that
    leave the window alive; without one, a row costs nothing until it is painted.
    """

    EventRole = Qt.ItemDataRole.UserRole

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._log: Log = ()
        self._first = 0  # the event of the first row, when no filter is set
        self._seen = 0  # events of the log that have been looked at
        self._needle = ""
        self._rows: array[int] | None = None  # numbers of those that pass; None: all do
        self._more = QTimer(self)
        self._more.setSingleShot(True)
        self._more.setInterval(0)
        self._more.timeout.connect(self.catch_up)

    def show(self, log: Log) -> None:
        """Show another log, from its beginning."""
        self._start_over(log, self._needle)

    def set_filter(self, text: str) -> None:
        """Keep the rows that have this text in any column, whatever its case; an empty text keeps all."""
        needle = text.strip().casefold()
        if needle != self._needle:
            self._start_over(self._log, needle)

    @property
    def total(self) -> int:
        """How many events there are, filtered or not."""
        return len(self._log)

    @property
    def counted(self) -> str:
        """How many rows are shown, and of how many, in words."""
        shown, total = self.rowCount(), self.total
        return f"{total:,}" if shown == total else f"{shown:,} of {total:,}"

    @property
    def is_behind(self) -> bool:
        """True while events wait to be looked at."""
        return self._seen < len(self._log)

    def event_at(self, row: int) -> Any:
        """The event that a row shows."""
        return self._log[self._first + row if self._rows is None else self._rows[row]]

    def text_at(self, row: int, column: int, room: int = SHOWN) -> str:
        """A cell's text."""
        return self.columns[column].text(self.event_at(row), room)

    def copied(self, row: int) -> str:
        """A row as it is copied: its cells apart by tabs."""
        return "\t".join(self.text_at(row, column, COPIED) for column in range(len(self.columns)))

    def catch_up(self) -> None:
        """Take in the events that have come since the last time, or as many as a slice allows."""
        if self._rows is None:
            new = len(self._log) - self._seen
            if new:
                rows = self.rowCount()
                self.beginInsertRows(QModelIndex(), rows, rows + new - 1)
                self._seen += new
                self.endInsertRows()
            return
        passed = self._filter_slice()
        if passed:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(passed) - 1)
            self._rows.extend(passed)
            self.endInsertRows()
        if self.is_behind:
            self._more.start()

    def _filter_slice(self) -> list[int]:
        deadline = time.perf_counter() + SLICE
        passed: list[int] = []
        while self.is_behind and time.perf_counter() < deadline:
            end = min(len(self._log), self._seen + _CHUNK)
            passed += [row for row in range(self._seen, end) if self._passes(self._log[row])]
            self._seen = end
        return passed

    def _passes(self, event: Any) -> bool:
        return any(self._needle in column.text(event, SEARCHED).casefold() for column in self.columns)

    @property
    def _is_filtered(self) -> bool:
        return bool(self._needle)

    def _beginning(self, log: Log) -> int:
        """The number of the first event that there is."""
        return 0

    def _start_over(self, log: Log, needle: str) -> None:
        self.beginResetModel()
        self._log, self._needle = log, needle
        self._first = self._seen = self._beginning(log)
        self._rows = array("Q") if self._is_filtered else None
        self.endResetModel()
        self.catch_up()

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        if parent.isValid():
            return 0
        return self._seen - self._first if self._rows is None else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text_at(index.row(), index.column())
            case EventTable.EventRole:
                return self.event_at(index.row())
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return self.columns[section].title
        return None
