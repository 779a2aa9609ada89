"""A value to run with, in a form or as JSON: both show the same, and only one of them at a time."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from stepscope.model.events import Plain
from stepscope.model.form import ABSENT, Absent, Field, Kind, Path, field_of
from stepscope.model.form_check import problems, written
from stepscope.theme import Theme
from stepscope.window.input_form.form import InputForm, Problems
from stepscope.window.json_editor import JSONEditor
from stepscope.window.json_input import JSONProblem, input_notes, parse_input, write_input
from stepscope.window.restyle import set_look

MOST_NOTES = 3


class Face(Enum):
    """How a value is shown."""

    FORM = "form"
    JSON = "json"


class ValueEditor(QWidget):
    """Holds the value as JSON text; `edited(text)` follows each change that the person made.

    The value of the last text that could be read is what the form shows; a change in the form writes the
    text anew. With `may_be_empty` no text is no value (ABSENT) instead of a problem. With `may_lack` no key
    is needed.
    """

    edited = Signal(str)

    def __init__(
        self,
        name: str,
        theme: Theme,
        *,
        face: Face = Face.JSON,
        may_be_empty: bool = False,
        may_lack: bool = False,
        fewest_lines: int = 3,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name = name.lower()
        self._may_be_empty = may_be_empty
        self._may_lack = may_lack
        self._field: Field = field_of({})
        self._suggested: Plain | Absent = ABSENT if may_be_empty else {}
        self._suggested_text = self._write(self._suggested)
        self._value = self._suggested
        self._face = face
        self._json_problem: JSONProblem | None = None
        self._text_ahead: str | None = None  # what the form has made of the text that is not shown
        self._build(name, theme, fewest_lines)
        self._json.textChanged.connect(self._on_text_changed)
        self._form.edited.connect(self._on_form_edited)

    def set_theme(self, theme: Theme) -> None:
        self._json.set_theme(theme)

    def begin(self, suggested: Plain | Absent, schema: Mapping[str, Any], text: str | None = None) -> None:
        """Begin with what a program suggests, or with a text that stands for it."""
        self._suggested, self._suggested_text = suggested, self._write(suggested)
        self._field = field_of(schema)
        self._form.set_field(self._field)
        self._json.begin_with(self._suggested_text if text is None else text)
        self._text_ahead = None
        self._value = suggested
        self._read_text()
        self.show_face(self._face)

    def renew(self, suggested: Plain | Absent, schema: Mapping[str, Any]) -> None:
        """Go by what a program suggests now that it was read again; what the person has typed stays."""
        if (suggested, schema) != (self._suggested, self._field.root):
            self.begin(suggested, schema, None if self.is_as_suggested else self.text)

    @property
    def text(self) -> str:
        return self._json.text if self._text_ahead is None else self._text_ahead

    @property
    def value(self) -> Plain | Absent:
        """What the last text that could be read stands for."""
        return self._value

    @property
    def is_as_suggested(self) -> bool:
        """True while the text is the one that the program came with."""
        return self.text == self._suggested_text

    @property
    def has_form(self) -> bool:
        """False when so little is known of the value that its form would be one field of JSON."""
        return self._field.kind is not Kind.JSON

    @property
    def problem(self) -> str:
        """Why the value cannot be run with; "" when it can, though it need not fit."""
        unreadable = self._form.unreadable if self._shows_form else None
        return str(self._json_problem or "") if unreadable is None else unreadable.problem

    @property
    def misfits(self) -> Problems:
        """What is wrong with the value by its schema, each with the path to it."""
        return list(problems(self._field, self._value, self._may_lack))

    def show_face(self, face: Face) -> None:
        """Show the form or the JSON; without a form there is only the JSON."""
        self._face = face
        if self._shows_form:
            self._form.show_value(self._value)
        else:
            self._write_text()
        self._json.setVisible(not self._shows_form)
        self._form.setVisible(self._shows_form)
        self._tell()

    def replace_by(self, text: str) -> None:
        """Take another text, as if the person had typed it."""
        self._write_text()
        self._json.replace_by(text)
        if self._shows_form:
            self._form.show_value(self._value)

    def reset(self) -> None:
        """Go back to what the program suggests."""
        self.replace_by(self._suggested_text)

    def show_problem(self) -> None:
        """Take the person to what cannot be read."""
        unreadable = self._form.unreadable if self._shows_form else None
        if unreadable is not None:
            self._form.reveal(unreadable)
            _focus(unreadable.entry)
        elif self._json_problem is not None:
            self.show_face(Face.JSON)
            _focus(self._json)
            self._json.go_to(self._json_problem)

    def show_problems(self, problems: Problems) -> None:
        """Say what somebody else found wrong with the value: at its fields as far as they are shown."""
        left = self._form.show_problems(problems) if self._shows_form else problems
        lines = [f"✕ {written(path)}: {words}" if path else f"✕ {words}" for path, words in left]
        self._words.setText("\n".join(lines))
        self._words.setVisible(bool(lines))
        set_look(self._words, "words", "failed")

    def take_focus(self) -> None:
        _focus(self._form.entry if self._shows_form else self._json)

    @property
    def face(self) -> Face:
        return Face.FORM if self._shows_form else Face.JSON

    @property
    def _shows_form(self) -> bool:
        return self._face is Face.FORM and self.has_form

    def _build(self, name: str, theme: Theme, fewest_lines: int) -> None:
        self._json = JSONEditor(name, fewest_lines, theme)
        self._json.setObjectName(f"{name.lower()}Text")
        self._form = InputForm(name.lower(), self._may_lack)
        self._form.hide()
        self._words = QLabel()
        self._words.setObjectName(f"{name.lower()}Words")
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._json)
        layout.addWidget(self._words)
        layout.addWidget(self._form)

    def _write(self, value: Plain | Absent) -> str:
        return "" if value is ABSENT else write_input(value)

    def _write_text(self) -> None:
        """Bring the text up to what the form has made of it."""
        if self._text_ahead is not None:
            self._json.blockSignals(True)
            self._json.replace_by(self._text_ahead)
            self._text_ahead = None
            self._json.blockSignals(False)
            self._json.fit_height()

    def _read_text(self) -> None:
        text = self._json.text
        try:
            self._json_problem = None
            self._value = ABSENT if self._may_be_empty and not text.strip() else parse_input(text)
        except JSONProblem as problem:
            self._json_problem = problem
        self._json.mark(self._json_problem)

    def _on_text_changed(self) -> None:
        self._read_text()
        self._tell()
        self.edited.emit(self.text)

    def _on_form_edited(self, value: Plain | Absent) -> None:
        self._value = value
        self._text_ahead = self._write(value)
        if self._json_problem is not None:
            self._json_problem = None
            self._json.mark(None)
            self._tell()
        self.edited.emit(self.text)

    def _tell(self) -> None:
        """Say under or above the value what is wrong with it, as far as no field says it."""
        problem, words = self._json_problem, ""
        if problem is not None:
            words = f"✕ {problem}"
            if self._shows_form:
                words = f"✕ The JSON cannot be read: {problem} The form shows what it was before that."
        elif not self._shows_form:
            words = "\n".join(self._notes())
        self._words.setText(words)
        self._words.setVisible(bool(words))
        set_look(self._words, "words", "dim" if problem is None else "failed")

    def _notes(self) -> list[str]:
        """What may be a slip, though the graph decides."""
        notes = input_notes(self._value, self._field.schema, self._suggested, self._name)
        found = problems(self._field, self._value, self._may_lack)
        told = [
            f"{written(path)}: {words}" if path else words
            for path, words in found
            if not _is_noted(path, words)
        ]
        more = len(told) - MOST_NOTES
        return [*notes, *told[:MOST_NOTES], *([f"… and {more} more."] if more > 0 else [])]


def _is_noted(path: Path, words: str) -> bool:
    """The outermost keys that are too many are told by `input_notes`."""
    return len(path) == 1 and words.startswith("Is no key")


def _focus(widget: QWidget | None) -> None:
    if widget is not None:
        widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
