"""Rows under one another, made as they are needed: a form of a thousand fields is there at once."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFocusEvent, QPaintEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from stepscope.model.events import Plain
from stepscope.model.form import ABSENT, Absent
from stepscope.model.form_words import rows
from stepscope.window.input_form.place import Maker, Place
from stepscope.window.input_form.row import Row
from stepscope.window.input_form.view import View

CHUNK = 12
"""How many rows are made at a time."""

MOST_AT_ONCE = 60
"""How many rows the things in one list or object may have for all of them to be open at first."""


class Rows(View):
    """Holds a row for each part of its value, and is closed until it is opened.

    A subclass says what the parts are. Those before and after the rows that were made stand behind buttons.
    """

    is_block = True

    def __init__(self, place: Place, maker: Maker, parent: QWidget | None = None) -> None:
        super().__init__(place, maker, parent)
        self._value: Plain | Absent = ABSENT
        self._first = 0
        self._rows: list[Row] = []
        self._is_open = False
        self._before, self._after = _Further(), _Further(is_eager=True)
        self._before.wanted.connect(lambda: self._fill(max(0, self._first - CHUNK), len(self._rows) + CHUNK))
        self._after.wanted.connect(lambda: self._fill(self._first, len(self._rows) + CHUNK))
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._layout.addWidget(self._before)
        self._layout.addWidget(self._after)
        self.hide()

    # What a subclass says.

    def length(self) -> int:
        """How many parts there are."""
        raise NotImplementedError

    def part(self, index: int) -> tuple[Place, Plain | Absent, str]:
        """A part's place, its value, and what is wrong with its being there."""
        raise NotImplementedError

    def on_changed(self, row: Row, value: Plain | Absent) -> None:
        """The person changed what a row shows."""
        raise NotImplementedError

    def on_asked(self, row: Row, word: str) -> None:
        """The person asked to move a row, or to take it away."""

    # What is asked of every view.

    def show_value(self, value: Plain | Absent) -> None:
        self._value = value
        if self._is_open:
            self._fill(self._first, max(CHUNK, len(self._rows)))

    @property
    def unreadable(self) -> View | None:
        return next((found for row in self._rows if (found := row.view.unreadable)), None)

    @property
    def can_fold(self) -> bool:
        return True

    def set_open(self, is_open: bool) -> None:
        self.setVisible(is_open)
        if is_open and not self._is_open:
            self._fill(self._first, CHUNK)
        self._is_open = is_open

    @property
    def entry(self) -> QWidget | None:
        return self._rows[0].entry if self._rows else None

    @property
    def made_rows(self) -> list[Row]:
        return list(self._rows)

    def index_of(self, key: str | int) -> int | None:
        """Where a part stands; None for none of that key."""
        return next((index for index in range(self.length()) if self.part(index)[0].key == key), None)

    def row(self, index: int) -> Row:
        """The row of a part, which is made if it was not yet, and those around it."""
        if not self._first <= index < self._first + len(self._rows):
            self._fill(max(0, index - CHUNK // 2), CHUNK)
        return self._rows[index - self._first]

    def _fill(self, first: int, wanted: int) -> None:
        """Show so many parts from the first one on, in the rows that are there as far as they go."""
        length = self.length()
        self._first = min(first, max(0, length - CHUNK))
        shown = range(self._first, min(self._first + wanted, length))
        most_each = MOST_AT_ONCE // max(1, length)
        for number, (place, value, note) in enumerate([self.part(index) for index in shown]):
            row = self._rows[number] if number < len(self._rows) else None
            if row is None or row.place != place:
                row = self._put(number, place)
            is_small = 0 < rows(place.field, value, most_each + 1) <= most_each
            row.show_value(value, note, is_open=is_small)
        while len(self._rows) > len(shown):
            self._take_away(self._rows.pop())
        self._before.say(shown.start)
        self._after.say(length - shown.stop)
        self._align()

    def _put(self, number: int, place: Place) -> Row:
        row = Row(place, self.maker)
        row.changed.connect(lambda value: self.on_changed(row, value))
        row.asked.connect(lambda word: self.on_asked(row, word))
        if number < len(self._rows):
            self._take_away(self._rows[number])
            self._rows[number] = row
        else:
            self._rows.append(row)
        self._layout.insertWidget(number + 1, row)
        return row

    def _take_away(self, row: Row) -> None:
        row.hide()
        self._layout.removeWidget(row)
        row.deleteLater()

    def _align(self) -> None:
        """Let the fields begin below one another, a third into the form at most."""
        most = max(self.width() // 3, self.fontMetrics().averageCharWidth() * 9)
        width = min(max((row.label_width for row in self._rows), default=0), most)
        for row in self._rows:
            row.set_label_width(width)


class _Further(QPushButton):
    """Stands for rows that have not been made. An eager one asks for them when it is seen or reached."""

    wanted = Signal()

    def __init__(self, is_eager: bool = False) -> None:
        super().__init__()
        self._is_eager = is_eager
        self.setProperty("flat", True)
        self.clicked.connect(self.wanted)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._ask)
        self.hide()

    def say(self, how_many: int) -> None:
        self.setText(f"{how_many:,} {'more' if self._is_eager else 'before'}")
        self.setVisible(how_many > 0)

    def _ask(self) -> None:
        # It may have been painted before those above it had found their places.
        if self.hasFocus() or not self.visibleRegion().isEmpty():
            self.wanted.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._is_eager:
            self._soon.start()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._is_eager:
            self._soon.start()
