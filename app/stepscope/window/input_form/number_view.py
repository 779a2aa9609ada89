"""A number, whole or not, as it is written in JSON."""

from __future__ import annotations

import json
import math
import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from stepscope.model.events import Plain
from stepscope.model.form import ABSENT, Absent
from stepscope.model.form_words import stand_in
from stepscope.window.input_form.place import Maker, Place
from stepscope.window.input_form.view import View, monospace

_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)


class NumberView(View):
    """Up and Down count. What is no number stays in the field, and the value as it was.

    An emptied field is not given, or null where it must be given and may be null.
    """

    def __init__(self, place: Place, maker: Maker, parent: QWidget | None = None) -> None:
        super().__init__(place, maker, parent)
        self._problem = ""
        self._blank: Absent | None = ABSENT  # what an empty field stands for
        self._edit = _NumberEdit(self)
        self._edit.setAccessibleName(place.name)
        self._edit.setProperty("field", True)
        self._edit.setFont(monospace(self.font().pointSizeF()))
        self._edit.textEdited.connect(self._on_edited)
        self.setFocusProxy(self._edit)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._edit)

    def show_value(self, value: Plain | Absent) -> None:
        self._problem = ""
        may_only_be_null = self.field.is_nullable and not self.place.can_lack
        self._blank = None if value is None or may_only_be_null else ABSENT
        text = json.dumps(value) if isinstance(value, int | float) else ""
        if text != self._edit.text():
            self._edit.setText(text)
        self._edit.setPlaceholderText(stand_in(self.field, value))

    def read(self) -> Plain | Absent:
        """Raises ValueError with words for what is wrong."""
        text = self._edit.text().strip()
        if not text and (self._blank is not ABSENT or self.place.can_lack):
            return self._blank
        if not _NUMBER.fullmatch(text):
            raise ValueError(f"{text} is no number." if text else "Write a number.")
        number = float(text)
        if math.isinf(number):
            raise ValueError("This number is too large.")
        return int(text) if re.fullmatch(r"[-+]?\d+", text) else number

    @property
    def entry(self) -> QWidget:
        return self._edit

    @property
    def problem(self) -> str:
        return self._problem

    def count(self, by: int) -> None:
        """Go to the next number up or down."""
        try:
            value = self.read()
        except ValueError:
            return
        start = value if isinstance(value, int | float) else 0
        self._edit.setText(json.dumps(start + by))
        self._on_edited()

    def _on_edited(self) -> None:
        try:
            value = self.read()
        except ValueError as error:
            self._problem = str(error)
            self.problem_changed.emit()
            return
        self._problem = ""
        self._edit.setPlaceholderText(stand_in(self.field, value))
        self.changed.emit(value)


class _NumberEdit(QLineEdit):
    def __init__(self, view: NumberView) -> None:
        super().__init__()
        self._view = view

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        if event.modifiers() == Qt.KeyboardModifier.NoModifier and event.key() in steps:
            self._view.count(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
