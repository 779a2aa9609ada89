"""True or false."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from stepscope.model.events import Plain
from stepscope.model.form import ABSENT, Absent
from stepscope.model.form_words import stand_in
from stepscope.window.input_form.place import Maker, Place
from stepscope.window.input_form.tick_box import TickBox
from stepscope.window.input_form.view import View, monospace

_STATES = {True: Qt.CheckState.Checked, False: Qt.CheckState.Unchecked}


class SwitchView(View):
    """A box to tick, and the word for how it stands; half ticked while there is neither."""

    def __init__(self, place: Place, maker: Maker, parent: QWidget | None = None) -> None:
        super().__init__(place, maker, parent)
        self._blank: Plain | Absent = ABSENT  # what half a tick stands for
        self._box = TickBox(place.name)
        self._box.setFont(monospace(self.font().pointSizeF()))
        self._box.clicked.connect(self._on_clicked)
        self.setFocusProxy(self._box)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._box)
        layout.addStretch()

    def show_value(self, value: Plain | Absent) -> None:
        is_given = isinstance(value, bool)
        self._blank = ABSENT if is_given else value
        self._box.setTristate(not is_given)
        self._box.setCheckState(_STATES[value] if isinstance(value, bool) else Qt.CheckState.PartiallyChecked)
        self._box.setText(str(value).lower() if is_given else stand_in(self.field, value))

    def read(self) -> Plain | Absent:
        state = self._box.checkState()
        return self._blank if state is Qt.CheckState.PartiallyChecked else state is Qt.CheckState.Checked

    @property
    def entry(self) -> QWidget:
        return self._box

    def _on_clicked(self) -> None:
        # From half ticked Qt goes to ticked.
        value = self._box.checkState() is not Qt.CheckState.Unchecked
        self.show_value(value)
        self.changed.emit(value)
