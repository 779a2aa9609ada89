"""A text: one line that grows."""

from __future__ import annotations

import re

from PySide6.QtWidgets import QVBoxLayout, QWidget

from stepscope.model.events import Plain
from stepscope.model.form import ABSENT, Absent
from stepscope.model.form_words import stand_in
from stepscope.window.input_form.growing_text import GrowingText
from stepscope.window.input_form.place import Maker, Place
from stepscope.window.input_form.view import View, monospace

_UNSHOWN = re.compile("[\r\x00\u2029\ufdd0\ufdd1\ud800-\udfff]")


class TextView(View):
    """Once something was typed the text is given, also when it is all deleted again."""

    def __init__(self, place: Place, maker: Maker, parent: QWidget | None = None) -> None:
        super().__init__(place, maker, parent)
        self._blank: Plain | Absent = ABSENT  # what an empty field stands for
        self._text = GrowingText(place.name)
        self._text.setFont(monospace(self.font().pointSizeF()))
        self._text.textChanged.connect(self._on_text_changed)
        self.setFocusProxy(self._text)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._text)

    @staticmethod
    def can_show(text: str) -> bool:
        """False for a text with signs that Qt's fields would change."""
        return not _UNSHOWN.search(text)

    def show_value(self, value: Plain | Absent) -> None:
        self._blank = "" if isinstance(value, str) else value
        self._text.set_text(value if isinstance(value, str) else "")
        self._text.setPlaceholderText(stand_in(self.field, self._blank) or "empty text")

    def read(self) -> Plain | Absent:
        return self._text.text or self._blank

    @property
    def entry(self) -> QWidget:
        return self._text

    def _on_text_changed(self) -> None:
        self._blank = ""
        self._text.setPlaceholderText("empty text")
        self.changed.emit(self.read())
