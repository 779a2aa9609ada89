"""What the next run starts from: its input, and folded away the context and the config to run with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from stepscope.model.events import Plain
from stepscope.model.form import ABSENT, Absent
from stepscope.model.form_words import one_line
from stepscope.model.program import Program
from stepscope.theme import Theme
from stepscope.window.earlier_button import EarlierButton
from stepscope.window.face_switch import FaceSwitch
from stepscope.window.fold_section import FoldSection
from stepscope.window.headings import heading
from stepscope.window.json_input import parse_input, write_input
from stepscope.window.tab_order import ReadingOrder
from stepscope.window.value_editor import Face, ValueEditor

PARTS = ("input", "context", "config")
CONFIG_SCHEMA: Mapping[str, Any] = {
    "title": "the config",
    "type": "object",
    "properties": {
        "configurable": {"type": "object", "additionalProperties": True},
        "tags": {"type": "array", "items": {"type": "string"}},
        "metadata": {"type": "object", "additionalProperties": True},
        "recursion_limit": {"type": "integer", "minimum": 1},
        "max_concurrency": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]},
        "run_name": {"type": "string"},
        "run_id": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
}
"""What both engines take of a config that can be written as JSON."""

NO_CONTEXT = "None is given: runtime.context is None. With one field, the others have their defaults."


class RunInputs(QScrollArea):
    """Three editors under one another, as high as what is in them as long as there is room.

    Signals
        edited(part, text): the person changed one of PARTS.
        face_chosen(Face): the person wants a form, or JSON.
    """

    edited = Signal(str, str)
    face_chosen = Signal(object)

    def __init__(self, theme: Theme, face: Face = Face.FORM, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._face = face
        self.input = ValueEditor("Input", theme, face=face, may_lack=True, fewest_lines=5)
        self.context = ValueEditor("Context", theme, face=face, may_be_empty=True)
        self.config = ValueEditor("Config", theme, may_be_empty=True)
        self._editors = dict(zip(PARTS, (self.input, self.context, self.config), strict=True))
        self._sections = {
            "context": FoldSection(
                "Context", "What the nodes find in runtime.context", self.context, NO_CONTEXT
            ),
            "config": FoldSection("Config", "configurable, tags, recursion_limit and the like", self.config),
        }
        self._build()
        for part, editor in self._editors.items():
            editor.edited.connect(lambda text, part=part: self._on_edited(part, text))
        for part, section in self._sections.items():
            section.clear_wanted.connect(self._editors[part].reset)
        self.config.begin(ABSENT, CONFIG_SCHEMA)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)

    def set_theme(self, theme: Theme) -> None:
        for editor in self._editors.values():
            editor.set_theme(theme)

    def show_program(self, program: Program, texts: Mapping[str, str | None]) -> None:
        """Begin with what a program suggests, or with the texts that stand for its parts."""
        self.input.begin(program.input, program.input_schema, texts.get("input"))
        self.context.begin(ABSENT, program.context_schema, texts.get("context"))
        self.config.begin(ABSENT, CONFIG_SCHEMA, texts.get("config"))
        self._sections["context"].setVisible(bool(program.context_schema))
        for part, section in self._sections.items():
            section.set_open(self._editors[part].value is not ABSENT)
            self._say(part)
        self._switch.setVisible(self.input.has_form or self.context.has_form)
        self._reset.setVisible(not self.input.is_as_suggested)

    def renew_program(self, program: Program) -> None:
        """Go by what a program asks for now that it was read again; what the person has typed stays."""
        self.input.renew(program.input, program.input_schema)
        self.context.renew(ABSENT, program.context_schema)
        self._sections["context"].setVisible(bool(program.context_schema))
        self._say("context")
        self._switch.setVisible(self.input.has_form or self.context.has_form)
        self._reset.setVisible(not self.input.is_as_suggested)

    def offer_earlier(self, texts: Sequence[str]) -> None:
        """Let the person go back to one of these inputs, the newest first."""
        self._earlier.offer(texts)

    def choose_face(self, face: Face) -> None:
        """Show forms, or JSON; the focus goes along if it is in one of them."""
        focus = QApplication.focusWidget()
        left = next((e for e in self._editors.values() if focus is not None and e.isAncestorOf(focus)), None)
        self._face = face
        self._switch.show_face(face)
        self.input.show_face(face)
        self.context.show_face(face)
        if left is not None:
            left.take_focus()
        self.face_chosen.emit(face)

    def is_as_suggested(self, part: str) -> bool:
        """True while a part is what the program came with."""
        return self._editors[part].is_as_suggested

    @property
    def face(self) -> Face:
        return self._face

    @property
    def given_input(self) -> Plain:
        return None if self.input.value is ABSENT else self.input.value

    @property
    def given_context(self) -> Plain:
        """None for no context."""
        return None if self.context.value is ABSENT else self.context.value

    @property
    def given_config(self) -> Plain:
        return {} if self.config.value is ABSENT else self.config.value

    @property
    def problem(self) -> str:
        """Why no run can begin with what stands there; "" when one can."""
        return next((editor.problem for editor in self._editors.values() if editor.problem), "")

    def show_problem(self) -> None:
        """Take the person to what cannot be read."""
        part = next(part for part, editor in self._editors.items() if editor.problem)
        if part in self._sections:
            self._sections[part].set_open(True)
        self._editors[part].show_problem()

    def take_focus(self) -> None:
        self.input.take_focus()

    def sizeHint(self) -> QSize:
        layout = self._inside.layout()
        assert layout is not None
        width = self.viewport().width()
        # Only words that are wrapped make the height depend on the width.
        height = layout.heightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height()
        return QSize(200, height)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.fontMetrics().height() * 8)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        self._earlier = EarlierButton()
        self._earlier.chosen.connect(lambda text: self.input.replace_by(write_input(parse_input(text))))
        self._reset = QPushButton("Reset")
        self._reset.setProperty("flat", True)
        self._reset.setToolTip("Start again from the input that the file suggests")
        self._reset.clicked.connect(self.input.reset)
        self._reset.hide()
        self._switch = FaceSwitch()
        self._switch.show_face(self._face)
        self._switch.chosen.connect(self.choose_face)
        self._switch.hide()
        self._sections["context"].hide()
        header = QHBoxLayout()
        header.setContentsMargins(8, 0, 0, 0)
        header.setSpacing(2)
        header.addWidget(heading("Input"))
        header.addStretch()
        for widget in (self._reset, self._earlier, self._switch):
            header.addWidget(widget)
        self._inside = QWidget()
        layout = QVBoxLayout(self._inside)
        layout.setContentsMargins(4, 6, 6, 4)
        layout.setSpacing(4)
        layout.addLayout(header)
        layout.addWidget(self.input)
        for section in self._sections.values():
            layout.addWidget(section)
        layout.addStretch()
        self.setWidget(self._inside)
        self._inside.installEventFilter(self)
        ReadingOrder(self._inside)

    def _on_edited(self, part: str, text: str) -> None:
        if part == "input":
            self._reset.setVisible(not self.input.is_as_suggested)
        else:
            self._say(part)
        self.edited.emit(part, text)

    def _say(self, part: str) -> None:
        value: Plain | Absent = self._editors[part].value
        self._sections[part].say("" if value is ABSENT else one_line(value, 60))

    def _on_focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self._inside.isAncestorOf(now):
            self.ensureWidgetVisible(now, 0, 8)
