"""A menu of what was run before."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from stepscope.window.sign_button import SignButton

LONGEST_LINE = 60


class EarlierButton(SignButton):
    """`chosen(text)` follows what the person picked from the menu; hidden while there is nothing to pick."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("earlier", "Earlier inputs", parent)
        self._texts: Sequence[str] = ()
        self.clicked.connect(self._show_menu)
        self.hide()

    def offer(self, texts: Sequence[str]) -> None:
        """Offer these texts of JSON, each in a line of the menu."""
        self._texts = texts
        self.setVisible(bool(texts))

    def _show_menu(self) -> None:
        menu = QMenu("Earlier inputs", self)
        menu.aboutToHide.connect(menu.deleteLater)
        for text in self._texts:
            line = text if len(text) <= LONGEST_LINE else text[: LONGEST_LINE - 1] + "…"
            menu.addAction(line.replace("&", "&&")).triggered.connect(partial(self.chosen.emit, text))
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
