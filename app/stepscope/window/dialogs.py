"""Questions to the person, asked without stopping the loop: a dialog opens, a coroutine waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

MOST_ROWS = 12
"""So many choices are shown before the list has to be scrolled."""

ROOM_AROUND_ROWS = 12

PROGRAMS = "Python files and projects (*.py langgraph.json);;All files (*)"


async def ask(dialog: QDialog) -> int:
    """Open a dialog and wait for its result; a cancelled wait takes the dialog away."""
    done = asyncio.get_running_loop().create_future()

    def finish(result: int) -> None:
        if not done.done():
            done.set_result(result)

    dialog.finished.connect(finish)
    QDialog.open(dialog)  # one of them, that for printing, has another `open` of its own
    try:
        return int(await done)
    finally:
        dialog.close()
        dialog.deleteLater()


async def ask_file(parent: QWidget, folder: str) -> str | None:
    """The path of a Python file or a langgraph.json to open, or None."""
    dialog = QFileDialog(parent, "Open a graph", folder, PROGRAMS)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return await _chosen(dialog)


async def ask_folder(parent: QWidget, folder: str) -> str | None:
    """The path of a project's folder to open, or None."""
    dialog = QFileDialog(parent, "Open a project", folder)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly, False)  # its langgraph.json tells it from others
    return await _chosen(dialog)


async def ask_program(parent: QWidget, title: str, folder: str) -> str | None:
    """The path of a program that exists, or None. A link is not followed: what it is called may matter."""
    dialog = QFileDialog(parent, title, folder)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setOption(QFileDialog.Option.DontResolveSymlinks)
    return await _chosen(dialog)


async def ask_where_to_save(parent: QWidget, title: str, suggestion: str, kinds: str) -> str | None:
    """The path of a file to write, or None; the suggestion's ending is added where none is typed."""
    dialog = QFileDialog(parent, title, str(Path(suggestion).parent), kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(suggestion).suffix.removeprefix("."))
    dialog.selectFile(Path(suggestion).name)
    return await _chosen(dialog)


async def _chosen(dialog: QFileDialog) -> str | None:
    if not await ask(dialog):
        return None
    chosen = dialog.selectedFiles()
    return chosen[0] if chosen else None


class Question(QDialog):
    """A title, a few words, and buttons; its result is the number of the button, from 1, or 0 for none.

    `answers` are the buttons in their order.
    """

    def __init__(self, title: str, words: str, buttons: tuple[str, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Stepscope")
        self.setAccessibleName(title)
        self.setAccessibleDescription(words)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(20, 18, 20, 16)
        self.body.setSpacing(8)
        self.body.addWidget(_label(title, "title"))
        self.body.addWidget(_label(words, "dim"))
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.buttons.addStretch()
        self.answers = [self._button(number, text) for number, text in enumerate(buttons, start=1)]
        for button in self.answers:
            self.buttons.addWidget(button)
        self.body.addSpacing(8)
        self.body.addLayout(self.buttons)
        self.setMinimumWidth(440)

    def _button(self, number: int, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(True)
        button.setDefault(number == 1)
        button.clicked.connect(lambda: self.done(number))
        return button


class ChoiceQuestion(Question):
    """Which of several graphs? `descriptions` say what some of them are; the cursor begins at `first`."""

    OPEN = 1

    def __init__(
        self,
        title: str,
        choices: tuple[str, ...],
        descriptions: Mapping[str, str],
        parent: QWidget,
        first: str = "",
    ) -> None:
        super().__init__(title, "Choose the one to open.", ("Open", "Cancel"), parent)
        self._list = QListWidget()
        self._list.setAccessibleName("Graphs")
        self.body.insertWidget(2, self._list)
        self._list.ensurePolished()  # else the rows are as high as they would be without the style
        self._choices = choices
        for choice in choices:
            words = " ".join(descriptions.get(choice, "").split())
            self._list.addItem(f"{choice} — {words}" if words else choice)
        self._list.setCurrentRow(choices.index(first) if first in choices else 0)
        rows = min(len(choices), MOST_ROWS) * self._list.sizeHintForRow(0)
        self._list.setMinimumHeight(rows + 2 * self._list.frameWidth() + ROOM_AROUND_ROWS)
        self._list.setMaximumHeight(max(self._list.minimumHeight(), self.fontMetrics().height() * 5))
        self._list.itemActivated.connect(lambda _item: self.done(self.OPEN))
        self._list.setFocus()

    @property
    def chosen(self) -> str:
        row = self._list.currentRow()
        return self._choices[row] if row >= 0 else ""


def _label(text: str, words: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setProperty("words", words)
    return label
