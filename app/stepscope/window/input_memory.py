"""What the person gives to runs, kept for each target from one start to the next, and what was run of it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from stepscope.model.program import Program
from stepscope.run.settings import Settings
from stepscope.window.json_input import write_input
from stepscope.window.run_inputs import PARTS, RunInputs
from stepscope.window.value_editor import Face


class InputMemory(QObject):
    """Joins the editors of what a run starts from to the settings."""

    def __init__(self, inputs: RunInputs, settings: Settings) -> None:
        super().__init__(inputs)
        self._inputs = inputs
        self._settings = settings
        self._target = ""
        inputs.edited.connect(self._on_edited)
        inputs.face_chosen.connect(self._on_face_chosen)

    def begin(self, program: Program, input: str | None) -> None:
        """Show a program's inputs as they were left; `input` is a text in place of what is remembered."""
        self._target = program.target
        texts = {part: self._settings.input_of(program.target, part) for part in PARTS}
        self._inputs.show_program(program, texts if input is None else {**texts, "input": input})
        self._offer_earlier()

    def keep_run(self) -> None:
        """What stands there is being run: let it be chosen again."""
        text = write_input(self._inputs.given_input, indent=None)
        self._settings.add_earlier_input(self._target, text)
        self._offer_earlier()

    def _offer_earlier(self) -> None:
        self._inputs.offer_earlier(self._settings.earlier_inputs(self._target))

    def _on_edited(self, part: str, text: str) -> None:
        if not self._target:
            return
        if self._inputs.is_as_suggested(part):
            self._settings.forget_input(self._target, part)
        else:
            self._settings.remember_input(self._target, text, part)

    def _on_face_chosen(self, face: Face) -> None:
        self._settings.input_face = face.value
