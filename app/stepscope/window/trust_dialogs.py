"""Trust, asked for and taken back."""

from __future__ import annotations

import re
from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPushButton, QWidget

from stepscope.run.settings import Settings
from stepscope.window.dialogs import Question
from stepscope.window.trust import Source

LONGEST_NAME = 48
"""Characters of a folder's or a file's name; of a longer one, the beginning and the end are shown."""


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
            f"Opening {shown(source.what)} runs it, as Python would, and it can do all that you can. "
            "Open it only if you know where it comes from. Nothing of it has run yet."
        ]
        if Answer.TRUST in self._offered and kind == "folder":
            words.append("Trust is remembered, and covers all that lies in this folder.")
        if may_look:
            words.append("Only look draws what the source says, and runs nothing.")
        super().__init__(
            f"Run code in {shown(str(source.place or source.path))}?",
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
        for place in settings.trusted:
            item = QListWidgetItem(shown(place), self._list)
            item.setData(Qt.ItemDataRole.UserRole, place)
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
            self._settings.distrust(item.data(Qt.ItemDataRole.UserRole))
        self._remove.setEnabled(self._list.count() > 0)


def shown(path: str) -> str:
    """A path as a question shows it: a name may be meant to look like another, or like the question."""
    return re.sub(r"[^/\\]+", lambda name: _short(_printable(name[0])), path)


def _printable(name: str) -> str:
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in name)


def _short(name: str) -> str:
    half = LONGEST_NAME // 2
    return name if len(name) <= LONGEST_NAME else f"{name[:half]}…{name[-half:]}"
