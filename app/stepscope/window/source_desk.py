"""The person's code: read for the Inspector, and opened in their editor."""

from __future__ import annotations

import asyncio
import os
import shutil
from itertools import islice
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLineEdit

from stepscope.model import editor_command
from stepscope.model.topology import NodeKey, NodeShape, Source
from stepscope.panes.inspector import InspectorPane
from stepscope.run.jobs import Jobs
from stepscope.run.run_model import RunModel
from stepscope.run.settings import Settings
from stepscope.window.dialogs import Question, ask
from stepscope.window.main_window import MainWindow

MOST_LINES = 14
"""Lines of a function that are shown; an editor has the rest."""

LONGEST_LINE = 400


class SourceDesk(QObject):
    """Reads files away from the loop, and starts the editor without waiting for it."""

    def __init__(
        self, inspector: InspectorPane, model: RunModel, settings: Settings, jobs: Jobs, window: MainWindow
    ) -> None:
        super().__init__(window)
        self._inspector = inspector
        self._model = model
        self._settings = settings
        self._jobs = jobs
        self._window = window
        inspector.source_wanted.connect(lambda node: jobs.start(self._read(node)))
        inspector.editor_wanted.connect(self.open)

    def open_node(self, key: NodeKey | None) -> None:
        """Open the code of a node in the editor."""
        node = self._model.state.topology.nodes.get(key or ())
        if node is None or node.source is None:
            self._window.frame.banner.remark("This node has no Python function of its own to open.")
        else:
            self.open(node.source)

    def open(self, source: Source) -> None:
        """Open a place in the editor."""
        self._jobs.start(self._open(source))

    async def choose_editor(self) -> None:
        """Ask for the command, and remember it."""
        found = await asyncio.to_thread(_default)
        question = EditorQuestion(self._settings.editor, found, self._window)
        if await ask(question) == question.OK:
            self._settings.editor = question.command

    async def _read(self, node: NodeShape) -> None:
        assert node.source is not None
        self._inspector.show_code(node, await asyncio.to_thread(_lines, node.source))

    async def _open(self, source: Source) -> None:
        command = self._settings.editor or await asyncio.to_thread(_default)
        if not command:
            # No editor is known: what the desktop opens such files with cannot be told the line.
            QDesktopServices.openUrl(QUrl.fromLocalFile(source.file))
            return
        try:
            program, *arguments = editor_command.arguments(command, source.file, source.line)
        except editor_command.BadCommand as problem:
            self._complain(str(problem))
            return
        if await asyncio.to_thread(shutil.which, program) is None:
            self._complain(f"The editor `{program}` was not found.")
            return
        if not QProcess.startDetached(program, arguments)[0]:
            self._complain(f"The editor `{program}` could not be started.")

    def _complain(self, words: str) -> None:
        self._window.frame.banner.remark(f"{words} Choose another one: Editor Command… in the File menu.")


class EditorQuestion(Question):
    """Which command opens a file in the editor?"""

    OK = 1

    def __init__(self, command: str, found: str, window: MainWindow) -> None:
        words = "{file} and {line} stand for the place. Leave it empty for the editor that is found."
        super().__init__("Which command opens a file in your editor?", words, ("OK", "Cancel"), window)
        self._line = QLineEdit(command)
        self._line.setObjectName("editorCommand")
        self._line.setAccessibleName("Editor command")
        self._line.setPlaceholderText(found or "none is found: the desktop decides")
        self.body.insertWidget(2, self._line)
        self._line.setFocus()

    @property
    def command(self) -> str:
        return self._line.text().strip()


def _default() -> str:
    return editor_command.default(os.environ, lambda name: shutil.which(name) is not None)


def _lines(source: Source) -> str:
    """The first lines of a function, "" when they cannot be read."""
    last = min(source.last, source.line + MOST_LINES - 1)
    try:
        with Path(source.file).open(encoding="utf-8", errors="replace") as file:
            lines = [line.rstrip()[:LONGEST_LINE] for line in islice(file, source.line - 1, last)]
    except OSError:
        return ""
    if last < source.last:
        lines.append(f"… {source.last - last} more line{'' if source.last - last == 1 else 's'}")
    return "\n".join(lines)
