"""One question of the graph: who asks what, an answer in the making, and buttons to give it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from stepscope.model.answers import YES_NO, Way, asked_words, ways
from stepscope.model.events import Asked, Plain
from stepscope.model.topology import node_key, path_text
from stepscope.theme import Theme
from stepscope.window.face_switch import FaceSwitch
from stepscope.window.input_form.combo import Combo
from stepscope.window.value_editor import Face, ValueEditor

UNDECIDED = "Approve or reject it first."


@dataclass(frozen=True)
class Given:
    """An answer as it was given: in which way, and the value."""

    way: str
    value: Plain


class QuestionBox(QFrame):
    """`answer(Given)` carries an answer alone; `again_wanted`: the question is to be asked anew.

    `before` is what was answered and not taken, and `refusal` says why. Yes or no needs no field: of a
    question that `is_alone` a button gives the answer, of others it chooses it.
    """

    answer = Signal(object)
    again_wanted = Signal()

    def __init__(
        self, question: Asked, theme: Theme, is_alone: bool, before: Given | None = None, refusal: str = ""
    ) -> None:
        super().__init__()
        self.question = question
        self._is_alone = is_alone
        self._ways = {way.words: way for way in ways(question)}
        self._quick: list[QPushButton] = []
        self._chosen: bool | None = None
        self._asker = _words(f"{path_text(node_key(question.namespace, question.node))} asks", "dim")
        self._words = _words(asked_words(question.value), "")
        self._refusal = _words("", "failed")
        self._way = Combo("How to answer")
        for words in self._ways:
            self._way.addItem(words, words)
        self._switch = FaceSwitch()
        self.editor = ValueEditor("The answer", theme, face=Face.FORM, fewest_lines=2)
        self._give = QPushButton("Ask Again" if question.has_answer else "Answer")
        self._build()
        self._asker.setVisible(bool(question.node))
        self._show_refusal(refusal)
        self._way.currentIndexChanged.connect(lambda _: self._begin())
        self._switch.chosen.connect(self._on_face_chosen)
        if before is not None and before.way in self._ways:
            self._way.setCurrentIndex(self._way.findData(before.way))
            self._begin(before.value)
        else:
            self._begin()

    @property
    def words(self) -> str:
        """What is asked, as it reads."""
        return self._words.text()

    @property
    def asker(self) -> str:
        """Who asks, as it reads."""
        return self._asker.text()

    @property
    def refusal(self) -> str:
        """Why the answer before was not taken, as it reads."""
        return self._refusal.text() if self._refusal.isVisible() else ""

    @property
    def given(self) -> Given:
        """The answer as it stands."""
        way = self._now
        return Given(way.words, self._chosen if way.words == YES_NO.words else self.editor.value)

    def is_fit(self) -> bool:
        """True when the answer can be given; else it is shown why not. JSON is taken as it is."""
        if self._now.words == YES_NO.words:
            self._show_refusal("" if self._chosen is not None else UNDECIDED)
            return self._chosen is not None
        if self.editor.problem:
            self.editor.show_problem()
            return False
        misfits = self.editor.misfits if self.editor.face is Face.FORM else []
        if misfits:
            self.editor.show_problems(misfits)
        return not misfits

    @property
    def _now(self) -> Way:
        return self._ways[str(self._way.currentData())]

    def _begin(self, *value: Plain) -> None:
        """Begin the answer in the way that is chosen."""
        way, self._chosen = self._now, None
        self.editor.begin(value[0] if value else way.suggested, way.schema)
        self.editor.show_face(Face.FORM)
        self._switch.show_face(self.editor.face)
        for button in self._quick:
            self._buttons.removeWidget(button)
            button.deleteLater()
        self._quick = [self._quick_button(way, text, answer) for text, answer in way.quick]
        can_be_answered = not self.question.has_answer
        needs_field = can_be_answered and way.words != YES_NO.words
        self.editor.setVisible(needs_field)
        self._switch.setVisible(needs_field and self.editor.has_form)
        self._give.setVisible(needs_field or not can_be_answered or not self._is_alone)

    def _quick_button(self, way: Way, text: str, answer: Any) -> QPushButton:
        button = QPushButton(text)
        if way.words == YES_NO.words and not self._is_alone:
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.clicked.connect(lambda: self._choose(answer))
        else:
            button.clicked.connect(lambda: self.answer.emit(Given(way.words, answer)))
        self._buttons.insertWidget(self._buttons.indexOf(self._give), button)
        button.setVisible(not self.question.has_answer)
        return button

    def _choose(self, answer: bool) -> None:
        self._chosen = answer
        self._show_refusal("")

    def _show_refusal(self, words: str) -> None:
        self._refusal.setText(f"✕ {words}")
        self._refusal.setVisible(bool(words))

    def _on_given(self) -> None:
        if self.question.has_answer:
            self.again_wanted.emit()
        elif self.is_fit():
            self.answer.emit(self.given)

    def _on_face_chosen(self, face: Face) -> None:
        self.editor.show_face(face)
        self._switch.show_face(self.editor.face)

    def _build(self) -> None:
        head = QHBoxLayout()
        how = QLabel("Answer with")
        how.setBuddy(self._way)
        head.addWidget(how)
        head.addWidget(self._way, 3)
        head.addStretch(1)
        head.addWidget(self._switch)
        self._give.clicked.connect(self._on_given)
        self._buttons = QHBoxLayout()
        self._buttons.addStretch()
        self._buttons.addWidget(self._give)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for label in (self._asker, self._words, self._refusal):
            layout.addWidget(label)
        layout.addLayout(head)
        layout.addWidget(self.editor)
        layout.addLayout(self._buttons)
        has_choice = len(self._ways) > 1 and not self.question.has_answer
        how.setVisible(has_choice)
        self._way.setVisible(has_choice)


def _words(text: str, look: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setWordWrap(True)
    if look:
        label.setProperty("words", look)
    return label
