"""What the graph asks, each question with a place to answer it; the run goes on with the answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from stepscope.model import plain
from stepscope.model.editable import json_of
from stepscope.model.events import Asked, Plain
from stepscope.run.run_model import RunModel
from stepscope.theme import Theme
from stepscope.window.value_editor import Face, ValueEditor

EMPTY = "When the graph asks something with interrupt(), the question appears here, to be answered."


class Questions(QScrollArea):
    """`answered(answers)` carries the answers by their questions' ids: all that were given, or one alone."""

    answered = Signal(object)

    def __init__(self, model: RunModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme
        self._shown: tuple[str, ...] = ()
        self._boxes: dict[str, QuestionBox] = {}
        self._empty = QLabel(EMPTY)
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("words", "dim")
        self._all = QPushButton("Answer All")
        self._all.setToolTip("Give all answers, and let the run go on")
        self._all.clicked.connect(self._answer_all)
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(12, 8, 12, 12)
        self._column.setSpacing(12)
        self._column.addWidget(self._empty, 1)
        self._column.addWidget(self._all, 0, Qt.AlignmentFlag.AlignRight)
        self._column.addStretch()
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Questions of the graph")
        model.run_changed.connect(self._show)
        self._show()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for box in self._boxes.values():
            box.editor.set_theme(theme)

    @property
    def boxes(self) -> list[QuestionBox]:
        """The questions that wait, in the order in which they were asked."""
        return list(self._boxes.values())

    def _show(self) -> None:
        state = self._model.state
        asked = {} if state.phase.is_live else state.questions
        if tuple(asked) != self._shown:
            self._shown = tuple(asked)
            self._replace(asked)

    def _replace(self, asked: Mapping[str, Asked]) -> None:
        for box in self._boxes.values():
            box.hide()
            box.deleteLater()
        self._boxes = {}
        for place, question in enumerate(asked.values()):
            box = QuestionBox(question, self._theme)
            box.answer.connect(lambda value, id=question.id: self.answered.emit({id: value}))
            self._column.insertWidget(place, box)
            self._boxes[question.id] = box
        self._empty.setVisible(not asked)
        self._all.setVisible(len(asked) > 1)
        if self._boxes:
            next(iter(self._boxes.values())).editor.take_focus()

    def _answer_all(self) -> None:
        for box in self._boxes.values():
            if box.editor.problem:
                box.editor.show_problem()
                return
        self.answered.emit({id: box.editor.value for id, box in self._boxes.items()})


class QuestionBox(QFrame):
    """One question: what is asked, an answer in the making, and a button to give it."""

    answer = Signal(object)

    def __init__(self, question: Asked, theme: Theme) -> None:
        super().__init__()
        self.question = question
        self._words = QLabel(_words(question.value))
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._words.setWordWrap(True)
        schema, suggested = _answer_to(question)
        self.editor = ValueEditor("The answer", theme, face=Face.FORM, fewest_lines=2)
        self.editor.begin(suggested, schema)
        give = QPushButton("Answer")
        give.clicked.connect(self._give)
        buttons = QHBoxLayout()
        buttons.addStretch()
        if schema.get("type") == "boolean":
            for text, value in (("Reject", False), ("Approve", True)):
                button = QPushButton(text)
                button.clicked.connect(lambda _=False, value=value: self.answer.emit(value))
                buttons.addWidget(button)
            self.editor.hide()
        else:
            buttons.addWidget(give)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._words)
        layout.addWidget(self.editor)
        layout.addLayout(buttons)

    @property
    def words(self) -> str:
        return self._words.text()

    def _give(self) -> None:
        if self.editor.problem:
            self.editor.show_problem()
        else:
            self.answer.emit(self.editor.value)


def _words(value: Plain) -> str:
    said = plain.string(value)
    return said if said is not None else plain.text(value)


def _answer_to(question: Asked) -> tuple[Mapping[str, Any], Plain]:
    """A schema for the answer and what to begin with: as the graph says, else by the kind of its question.

    A question in words is most likely answered in words; one that shows a value, with that value edited.
    """
    if question.schema:
        return question.schema, {} if question.schema.get("type") == "object" else None
    if plain.string(question.value) is not None:
        return {"type": "string"}, ""
    return {}, json_of(question.value)
