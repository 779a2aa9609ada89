"""A small JSON field, for what the form has no better one for."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from stepscope.model.events import Plain
from stepscope.model.form import ABSENT, Absent
from stepscope.model.form_words import stand_in
from stepscope.window.input_form.growing_text import GrowingText
from stepscope.window.input_form.place import Maker, Place
from stepscope.window.input_form.view import View, monospace
from stepscope.window.json_input import JSONProblem, parse_input, write_input

_SHORT = 20
"""Characters that fit into a field beside its label."""


class JSONView(View):
    """Text that is not JSON stays in the field, and the value as it was.

    An emptied field is not given, where that is possible.
    """

    def __init__(self, place: Place, maker: Maker, parent: QWidget | None = None) -> None:
        super().__init__(place, maker, parent)
        self._problem = ""
        self._text = GrowingText(f"{place.name}, as JSON")
        self._text.setFont(monospace(self.font().pointSizeF()))
        self._text.textChanged.connect(self._on_text_changed)
        self.setFocusProxy(self._text)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._text)

    def show_value(self, value: Plain | Absent) -> None:
        self._set_problem("")
        text = "" if value is ABSENT else _written(value)
        self.is_block = "\n" in text
        self._text.set_text(text)
        self._text.setPlaceholderText(stand_in(self.field, ABSENT))

    def read(self) -> Plain | Absent:
        """Raises JSONProblem."""
        text = self._text.text
        return ABSENT if self.place.can_lack and not text.strip() else parse_input(text)

    @property
    def entry(self) -> QWidget:
        return self._text

    @property
    def problem(self) -> str:
        return self._problem

    def _on_text_changed(self) -> None:
        try:
            value = self.read()
        except JSONProblem as problem:
            is_one_line = self._text.blockCount() == 1
            message = problem.message[:1].upper() + problem.message[1:]
            self._set_problem(message if is_one_line else str(problem))
            self.problem_changed.emit()
            return
        self._set_problem("")
        self.changed.emit(value)

    def _set_problem(self, problem: str) -> None:
        self._problem = problem


def _written(value: Plain) -> str:
    """In one line if it is short."""
    short = write_input(value, indent=None)
    return short if len(short) <= _SHORT else write_input(value)
