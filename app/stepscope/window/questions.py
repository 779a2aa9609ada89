"""What the graph asks, each question with a place to answer it; the run goes on with the answers."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from stepscope.model.events import Asked
from stepscope.run.run_model import RunModel
from stepscope.theme import Theme
from stepscope.window.question_box import Given, QuestionBox

EMPTY = "When the graph asks something with interrupt(), the question appears here, to be answered."
NOT_TAKEN = "The answer was not taken: {}"
TAKEN = "The answer was taken, and the run failed with it. To give another, let it be asked again."


class Questions(QScrollArea):
    """`answered(answers)` carries the answers by their questions' ids: all that were given, or one alone.

    `again_wanted`: the run is to go back to where the questions were asked.
    """

    answered = Signal(object)
    again_wanted = Signal()

    def __init__(self, model: RunModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme
        self._shown: Mapping[str, Asked] = {}
        self._given: dict[str, Given] = {}  # by question, until its answer is taken
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
        asked = {} if state.phase.is_live else dict(state.questions)
        if asked != self._shown:
            self._shown = asked
            self._replace(asked)

    def _replace(self, asked: Mapping[str, Asked]) -> None:
        for box in self._boxes.values():
            box.hide()
            box.deleteLater()
        self._boxes = {}
        open_ones = [question for question in asked.values() if not question.has_answer]
        for place, question in enumerate(asked.values()):
            before = self._given.get(question.id)
            box = QuestionBox(question, self._theme, len(open_ones) < 2, before, self._refusal_of(question))
            box.answer.connect(lambda given, id=question.id: self._answer({id: given}))
            box.again_wanted.connect(self.again_wanted)
            self._column.insertWidget(place, box)
            self._boxes[question.id] = box
        self._empty.setVisible(not asked)
        self._all.setVisible(len(open_ones) > 1)
        if self._boxes:
            next(iter(self._boxes.values())).editor.take_focus()

    def _refusal_of(self, question: Asked) -> str:
        if question.has_answer:
            return TAKEN
        failure = self._model.state.failure
        return NOT_TAKEN.format(failure.message) if failure is not None and question.id in self._given else ""

    def _answer_all(self) -> None:
        boxes = {id: box for id, box in self._boxes.items() if not box.question.has_answer}
        if all(box.is_fit() for box in boxes.values()):
            self._answer({id: box.given for id, box in boxes.items()})

    def _answer(self, answers: Mapping[str, Given]) -> None:
        self._given = dict(answers)
        self.answered.emit({id: given.value for id, given in answers.items()})
