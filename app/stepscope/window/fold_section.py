"""A part of a pane under a heading that folds it away; what it holds stands beside the heading then."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from stepscope.window.headings import heading
from stepscope.window.input_form.elided_label import ElidedLabel
from stepscope.window.sign_button import SignButton


class FoldSection(QWidget):
    """`clear_wanted` follows the button that empties it, which is there while `say` gives words.

    `when_empty` says above the body what it means that nothing is given.
    """

    clear_wanted = Signal()

    def __init__(
        self, name: str, tip: str, body: QWidget, when_empty: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._body = body
        self._sign = SignButton("folded", "")
        self._sign.clicked.connect(lambda: self.set_open(not self.is_open))
        self._heading = heading(name)
        self._heading.setToolTip(tip)
        self._words = ElidedLabel()
        self._words.setProperty("words", "faint")
        self._clear = QPushButton("Clear")
        self._clear.setProperty("flat", True)
        self._clear.setToolTip(f"Run without {name.lower()}")
        self._clear.setAccessibleName(f"Clear the {name.lower()}")
        self._clear.clicked.connect(self.clear_wanted)
        self._when_empty = QLabel(when_empty)
        self._when_empty.setObjectName(f"{name.lower()}WhenEmpty")
        self._when_empty.setWordWrap(True)
        self._when_empty.setIndent(self._sign.sizeHint().width() + 4)
        self._when_empty.setProperty("words", "dim")
        header = QHBoxLayout()
        header.setContentsMargins(0, 0, 0, 0)
        header.setSpacing(4)
        header.addWidget(self._sign)
        header.addWidget(self._heading)
        header.addWidget(self._words, 1)
        header.addWidget(self._clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(header)
        layout.addWidget(self._when_empty)
        layout.addWidget(body)
        self._is_empty = True
        self.set_open(False)
        self.say("")

    @property
    def is_open(self) -> bool:
        return not self._body.isHidden()

    def set_open(self, is_open: bool) -> None:
        self._body.setVisible(is_open)
        self._sign.set_sign("unfolded" if is_open else "folded")
        self._sign.set_name(f"{'Fold' if is_open else 'Unfold'} {self._name.lower()}")
        self._words.setVisible(not is_open)
        self._show_when_empty()

    def say(self, words: str) -> None:
        """What it holds, in a line; "" for nothing."""
        self._words.setText(words or "not given")
        self._clear.setVisible(bool(words))
        self._is_empty = not words
        self._show_when_empty()

    def _show_when_empty(self) -> None:
        self._when_empty.setVisible(self.is_open and self._is_empty and bool(self._when_empty.text()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        is_on_heading = event.position().y() <= self._sign.geometry().bottom()
        if event.button() == Qt.MouseButton.LeftButton and is_on_heading:
            self.set_open(not self.is_open)
