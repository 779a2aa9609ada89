"""A line above the graph that says what is wrong or odd; it stays until it is dismissed or mended."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget


class Banner(QFrame):
    """`details_wanted` asks to see the whole problem, `interpreter_wanted` for another Python."""

    details_wanted = Signal()
    interpreter_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(  # there may be a command in it
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._details = QPushButton("Show Problem")
        self._details.clicked.connect(self.details_wanted)
        self._interpreters = QPushButton("Choose Interpreter…")
        self._interpreters.clicked.connect(self.interpreter_wanted)
        dismiss = QPushButton("Dismiss")
        dismiss.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 6, 12, 6)
        layout.setSpacing(8)
        layout.addWidget(self._words, 1)
        for button in (self._interpreters, self._details, dismiss):
            button.setProperty("flat", True)
            layout.addWidget(button)
        self.hide()

    @property
    def text(self) -> str:
        return self._words.text()

    def complain(self, words: str, offers_interpreters: bool = False) -> None:
        """Say what could not be done; the rest of it stands in Problem."""
        self._say("✕", words, has_details=True, offers_interpreters=offers_interpreters)

    def remark(self, words: str, offers_interpreters: bool = False) -> None:
        """Say what is odd about something that was done all the same."""
        self._say("!", words, has_details=False, offers_interpreters=offers_interpreters)

    def _say(self, glyph: str, words: str, has_details: bool, offers_interpreters: bool) -> None:
        self._words.setText(f"{glyph}  {words}")
        self._details.setVisible(has_details)
        self._interpreters.setVisible(offers_interpreters)
        self.setAccessibleName(words)
        self.show()
