"""The rows of the console as Qt shows them: the oldest go, and a line may change while it has no end."""

from __future__ import annotations

import time
from bisect import bisect_left

from PySide6.QtCore import QModelIndex, QObject, Qt

from stepscope.model.console import DEBUG, ERROR, MARK, WARNING, Console, Line
from stepscope.run.event_table import Column, EventTable, Index, Log

GONE = Line(0.0, MARK, "")
"""Stands for a line that is gone, until the table hears of it."""


class ConsoleTable(EventTable):
    """Shows a `Console`, whose numbers of lines it uses throughout."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, parent)
        self._least = 0
        self._source = ""
        self._may_have_changed: list[int] = []  # lines that had no end when they were last looked at

    def choose(self, least: int = 0, source: str = "") -> None:
        """Keep the lines that are at least so grave and, if one is given, of this source."""
        if (least, source) != (self._least, self._source):
            self._least, self._source = least, source
            self._start_over(self._log, self._needle)

    @property
    def counted(self) -> str:
        console = self._console
        if console is None:
            return ""
        kept = console.printed - console.dropped
        shown = self.rowCount()
        words = f"{kept:,}" if self._rows is None else f"{shown:,} of {kept:,}"
        return f"{words}, {console.dropped:,} older dropped" if console.dropped else words

    def event_at(self, row: int) -> Line:
        """The line that a row shows."""
        number = self._number_at(row)
        return GONE if self._is_gone(number) else self._log[number]

    def copied(self, row: int) -> str:
        """A line as a terminal would have it."""
        line = self.event_at(row)
        words = [] if line.is_more else [word for word in (line.level, line.logger) if word]
        return ":".join([*words, line.text])

    def catch_up(self) -> None:
        self._let_go()
        self._look_again()
        super().catch_up()
        if self._console is not None:
            self._may_have_changed = [n for n in self._console.open_lines if n < self._seen]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == EventTable.EventRole:
            number = self._number_at(index.row())
            console = self._console
            return [] if console is None or self._is_gone(number) else console.record(number)
        return super().data(index, role)

    @property
    def _console(self) -> Console | None:
        return self._log if isinstance(self._log, Console) else None

    @property
    def _is_filtered(self) -> bool:
        return bool(self._needle or self._least or self._source)

    def _beginning(self, log: Log) -> int:
        return log.first if isinstance(log, Console) else 0

    def _number_at(self, row: int) -> int:
        return self._first + row if self._rows is None else self._rows[row]

    def _is_gone(self, number: int) -> bool:
        return number < self._beginning(self._log)

    def _passes(self, event: Line) -> bool:
        if event.source == MARK and not (self._needle or self._source):
            return True
        if event.grave < self._least or (self._source and event.source != self._source):
            return False
        return not self._needle or any(
            self._needle in text.casefold() for text in (event.text, event.logger, event.level, event.node)
        )

    def _let_go(self) -> None:
        """Take out the rows of lines that are gone."""
        first = self._beginning(self._log)
        gone = min(first, self._seen) - self._first if self._rows is None else bisect_left(self._rows, first)
        if gone > 0:
            self.beginRemoveRows(QModelIndex(), 0, gone - 1)
        if self._rows is not None:
            del self._rows[:gone]
        self._first = first
        self._seen = max(self._seen, first)
        if gone > 0:
            self.endRemoveRows()

    def _look_again(self) -> None:
        """See what has become of lines that had no end."""
        for number in self._may_have_changed:
            if (
                self._is_gone(number) or number >= self._seen
            ):  # the filter has begun anew, and comes to it yet
                continue
            row = number - self._first if self._rows is None else bisect_left(self._rows, number)
            if self._rows is None:
                self._tell_changed(row)
                continue
            is_shown = row < len(self._rows) and self._rows[row] == number
            passes = self._passes(self._log[number])
            if is_shown and passes:
                self._tell_changed(row)
            elif is_shown:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._rows[row]
                self.endRemoveRows()
            elif passes:
                self.beginInsertRows(QModelIndex(), row, row)
                self._rows.insert(row, number)
                self.endInsertRows()

    def _tell_changed(self, row: int) -> None:
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(self.columns) - 1))


def glyph(line: Line) -> str:
    """The sign of how grave a line is, or of where it was written."""
    if line.grave >= ERROR:
        return "✕"
    match line.source:
        case "stdout":
            return "›"
        case "stderr":
            return "»"
        case "log" if line.grave < WARNING:
            return "·" if line.grave <= DEBUG else "i"
        case _:
            return "!"


def _time(line: Line, room: int) -> str:
    if line.is_more or line is GONE:
        return ""
    return f"{time.strftime('%H:%M:%S', time.localtime(line.time))}.{int(line.time * 1000) % 1000:03}"


def _source(line: Line, room: int) -> str:
    if line.is_more:
        return ""
    if line.source == MARK:
        return "✕" if line.grave >= ERROR else ""
    word = line.level if line.source == "log" else line.source
    return f"{glyph(line)} {word}"[:room]


def _node(line: Line, room: int) -> str:
    return "" if line.is_more else line.node[:room]


def _logger(line: Line, room: int) -> str:
    if line.is_more:
        return ""
    return (line.level if line.source == "warning" else line.logger)[:room]


def _text(line: Line, room: int) -> str:
    return line.text[:room]


COLUMNS = (
    Column("Time", _time),
    Column("Source", _source),
    Column("Node", _node),
    Column("Logger", _logger),
    Column("Text", _text),
)
