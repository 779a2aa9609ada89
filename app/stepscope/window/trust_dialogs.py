"""Trust, asked for and taken back."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QListWidget, QPushButton, QWidget

from stepscope.run.settings import Settings
from stepscope.window.dialogs import Question
from stepscope.window.trust import Source


class Answer(Enum):
    """What the code in a place may do: the words of the buttons, `{}` being the kind of place."""

    TRUST = "Trust this {}"
    ONCE = "Only this once"
    LOOK = "Only look"
    CANCEL = "Cancel"


class TrustQuestion(Question):
    """May the code in a place run? Opening a file runs it. `may_look` offers to see it without."""

    def __init__(self, source: Source, may_look: bool, parent: QWidget) -> None:
        self._offered = [
            answer
            for answer in Answer
            if (answer is not Answer.TRUST or source.place is not None)
            and (answer is not Answer.LOOK or may_look)
        ]
        kind = "file" if source.place == source.path and source.is_file else "folder"
        words = [
            f"Opening {source.what} runs it, as Python would, and it can do all that you can. "
            "Open it only if you know where it comes from. Nothing of it has run yet."
        ]
        if Answer.TRUST in self._offered and kind == "folder":
            words.append("Trust is remembered, and covers all that lies in this folder.")
        if may_look:
            words.append("Only look draws what the source says, and runs nothing.")
        super().__init__(
            f"Run code in {source.place or source.path}?",
            "\n\n".join(words),
            tuple(answer.value.format(kind) for answer in self._offered),
            parent,
        )

    @property
    def answer(self) -> Answer:
        """What was answered, once the question is closed."""
        number = self.result()
        return self._offered[number - 1] if number else Answer.CANCEL


class TrustedFolders(Question):
    """The places that are trusted; the Remove button and the Delete key take trust back at once."""

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(
            "Trusted folders",
            "What lies in them runs without a question. Opening a file in one that is removed asks again.",
            ("Close",),
            parent,
        )
        self._settings = settings
        self._list = QListWidget()
        self._list.setAccessibleName("Trusted folders")
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.insertWidget(2, self._list)
        self._list.ensurePolished()  # else the rows are as high as they would be without the style
        self._list.addItems(settings.trusted)
        self._list.setCurrentRow(0)
        self._remove = QPushButton("Remove")
        self._remove.setEnabled(self._list.count() > 0)
        self._remove.clicked.connect(self._remove_chosen)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self._list)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._remove_chosen)
        self.buttons.insertWidget(0, self._remove)
        self._list.setFocus()
        self.setMinimumWidth(560)

    def _remove_chosen(self) -> None:
        item = self._list.takeItem(self._list.currentRow())
        if item is not None:
            self._settings.distrust(item.text())
        self._remove.setEnabled(self._list.count() > 0)
