"""A line above the graph that says what is wrong, odd or new; it stays until it is dismissed or mended."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from stepscope.theme import LOOKING_GLYPH
from stepscope.window.restyle import set_look


class Banner(QFrame):
    """`details_wanted` asks to see the whole problem, `interpreter_wanted` for another Python.

    `trust_wanted` asks to load what is only looked at.
    """

    details_wanted = Signal()
    interpreter_wanted = Signal()
    trust_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(  # there may be a command in it
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._do: Callable[[], object] = self.hide
        self._action = QPushButton()
        self._action.setObjectName("bannerAction")
        self._action.clicked.connect(lambda: self._do())
        self._details = QPushButton("Show Problem")
        self._details.clicked.connect(self.details_wanted)
        self._interpreters = QPushButton("Choose Interpreter…")
        self._interpreters.clicked.connect(self.interpreter_wanted)
        self._trust = QPushButton("Trust and Load…")
        self._trust.clicked.connect(self.trust_wanted)
        dismiss = QPushButton("Dismiss")
        dismiss.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 6, 12, 6)
        layout.setSpacing(8)
        layout.addWidget(self._words, 1)
        for button in (self._trust, self._action, self._interpreters, self._details, dismiss):
            button.setProperty("flat", True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus to the person's work
            layout.addWidget(button)
        self.hide()

    @property
    def text(self) -> str:
        return self._words.text()

    @property
    def words(self) -> str:
        """The sentence alone, without its glyph."""
        return self.accessibleName()

    def complain(self, words: str, offers_interpreters: bool = False) -> None:
        """Say what could not be done; the rest of it stands in Problem."""
        buttons = (self._interpreters, self._details) if offers_interpreters else (self._details,)
        self._say("✕", words, "failed", *buttons)

    def remark(self, words: str, offers_interpreters: bool = False) -> None:
        """Say what is odd about something that was done all the same."""
        self._say("!", words, "remark", *([self._interpreters] if offers_interpreters else []))

    def look(self, words: str) -> None:
        """Say what the source of a program tells that is only looked at."""
        self._say(LOOKING_GLYPH, words, "news", self._trust)

    def offer(self, words: str, action: str, do: Callable[[], object]) -> None:
        """Say what is new, with a button that does something about it."""
        self._action.setText(action)
        self._do = do
        self._say("↻", words, "news", self._action)

    def withdraw(self, words: str) -> None:
        """Say this no longer; anything else stays."""
        if self.words == words:
            self.hide()

    def _say(self, glyph: str, words: str, tone: str, *buttons: QPushButton) -> None:
        self._words.setText(f"{glyph}  {words}")
        for button in (self._trust, self._action, self._interpreters, self._details):
            button.setVisible(button in buttons)
        self.setAccessibleName(words)
        set_look(self, "tone", tone)
        self.show()
