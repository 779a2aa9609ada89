"""One of a few values."""

from __future__ import annotations

import json

from PySide6.QtWidgets import QHBoxLayout, QWidget

from stepscope.model.events import Plain
from stepscope.model.form import ABSENT, Absent, same
from stepscope.model.form_words import stand_in
from stepscope.window.input_form.combo import Combo
from stepscope.window.input_form.place import Maker, Place
from stepscope.window.input_form.view import View, monospace


class ChoiceView(View):
    """A value that is none of the choices is listed too, so that it can be seen."""

    def __init__(self, place: Place, maker: Maker, parent: QWidget | None = None) -> None:
        super().__init__(place, maker, parent)
        self._choices: list[Plain] = []
        self._blank: Plain | Absent = ABSENT  # what no choice stands for
        self._combo = Combo(place.name)
        self._combo.setFont(monospace(self.font().pointSizeF()))
        self._combo.activated.connect(lambda index: self.changed.emit(self._choices[index]))
        self.setFocusProxy(self._combo)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._combo)
        self._offer(list(self.field.choices))

    def show_value(self, value: Plain | Absent) -> None:
        choices = list(self.field.choices)
        is_given = value is not ABSENT and value is not None
        self._blank = ABSENT if is_given else value
        if is_given and not any(same(choice, value) for choice in choices):
            choices.append(value)
        if len(choices) != len(self._choices) or not all(map(same, choices, self._choices)):
            self._offer(choices)
        index = next((i for i, choice in enumerate(choices) if same(choice, value)), -1)
        self._combo.setPlaceholderText(stand_in(self.field, value))
        self._combo.setCurrentIndex(index)

    def read(self) -> Plain | Absent:
        index = self._combo.currentIndex()
        return self._choices[index] if index >= 0 else self._blank

    @property
    def entry(self) -> QWidget:
        return self._combo

    def _offer(self, choices: list[Plain]) -> None:
        self._choices = choices
        self._combo.clear()
        texts = [choice if isinstance(choice, str) else json.dumps(choice) for choice in choices]
        self._combo.addItems([text or '""' for text in texts])
        self._combo.setCurrentIndex(-1)
