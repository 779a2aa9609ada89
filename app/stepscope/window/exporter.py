"""Takes the graph along: into a file, onto paper, or onto the clipboard."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from PySide6.QtGui import QGuiApplication

from stepscope.canvas.dot import dot
from stepscope.canvas.drawing import Drawing, TooLarge
from stepscope.canvas.mermaid import mermaid
from stepscope.canvas.sketch import Sketch
from stepscope.canvas.view import GraphView
from stepscope.model.phase import RunPhase
from stepscope.run.run_model import RunModel
from stepscope.window.dialogs import ask, ask_where_to_save
from stepscope.window.export_question import ExportQuestion, Wish
from stepscope.window.main_window import MainWindow

COPY_SCALE = 2
"""Sharp where it is pasted, and small enough for a chat."""
SAID_FOR = 6_000
"""Milliseconds for which the foot of the window says where the file is."""

_FILTERS = {
    "svg": "SVG pictures (*.svg)",
    "png": "PNG pictures (*.png)",
    "pdf": "PDF documents (*.pdf)",
    "mmd": "Mermaid text (*.mmd *.mermaid)",
    "dot": "DOT text (*.dot *.gv)",
}


class Exporter:
    """What is written shows the moment at which it was asked for. Painting and writing hold nothing up."""

    def __init__(self, canvas: GraphView, model: RunModel, window: MainWindow) -> None:
        self._canvas, self._model, self._window = canvas, model, window
        self._wish = Wish("svg")
        self._folder = ""

    async def export(self) -> None:
        """Ask what and where to, and write it."""
        program = self._model.program
        if program is None:
            return
        bare = self._canvas.drawing(with_run=False)
        question = ExportQuestion(bare.pixels(1.0), bare.most_scale, self._has_run, self._wish, self._window)
        if await ask(question) != question.OK:
            return
        self._wish = wish = question.wish
        drawing, sketch = self._canvas.drawing(wish.with_run), self._sketch(wish.with_run)
        name = re.sub(r"[^\w.-]+", "_", program.name) or "graph"
        suggestion = str(Path(self._folder or Path.home()) / f"{name}.{wish.format}")
        path = await ask_where_to_save(self._window, "Export the graph", suggestion, _FILTERS[wish.format])
        if path is None:
            return
        self._folder = str(Path(path).parent)
        try:
            await asyncio.to_thread(_write, Path(path), wish, drawing, sketch, program.name)
        except (OSError, TooLarge) as problem:
            self._remark(f"Could not write {path}. {_reason(problem)}")
        else:
            self._window.statusBar().showMessage(f"Exported to {path}", SAID_FOR)

    async def print(self) -> None:
        """Ask for a printer, and put the whole graph onto one page, as the run has it now."""
        from PySide6.QtGui import QPageLayout  # only who prints needs all that
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        program = self._model.program
        if program is None:
            return
        drawing = self._canvas.drawing(with_run=True).on_paper()
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(program.name)
        is_wide = drawing.area.width() > drawing.area.height()
        orientation = QPageLayout.Orientation
        printer.setPageOrientation(orientation.Landscape if is_wide else orientation.Portrait)
        if await ask(QPrintDialog(printer, self._window)) != QPrintDialog.DialogCode.Accepted:
            return
        is_printed = await asyncio.to_thread(drawing.put_on, printer)
        if is_printed:
            self._window.statusBar().showMessage(f"Printed {program.name}", SAID_FOR)
        else:
            self._remark("Could not print the graph: the printer took nothing. Choose another one.")

    async def copy_image(self) -> None:
        """Put the picture onto the clipboard, as the run has it now."""
        drawing = self._canvas.drawing(with_run=True)
        try:
            image = await asyncio.to_thread(drawing.image, COPY_SCALE)
        except TooLarge as problem:
            self._remark(f"Could not copy the graph. {problem}")
            return
        QGuiApplication.clipboard().setImage(image)
        self._window.statusBar().showMessage("Copied the graph as an image", SAID_FOR)

    async def copy_mermaid(self) -> None:
        """Put Mermaid's text onto the clipboard, as the run has it now."""
        text = await asyncio.to_thread(mermaid, self._sketch(with_run=True))
        QGuiApplication.clipboard().setText(text)
        self._window.statusBar().showMessage("Copied the graph as Mermaid", SAID_FOR)

    @property
    def _has_run(self) -> bool:
        return self._model.state.phase is not RunPhase.IDLE

    def _sketch(self, with_run: bool) -> Sketch:
        direction = self._canvas.direction
        if not with_run:
            return Sketch(self._model.state.topology, direction=direction)
        return Sketch.of(self._model.state, direction)

    def _remark(self, words: str) -> None:
        self._window.frame.banner.remark(words)


def _reason(problem: OSError | TooLarge) -> str:
    if isinstance(problem, OSError):
        return f"{problem.strerror or problem}: choose another place for it."
    return str(problem)


def _write(path: Path, wish: Wish, drawing: Drawing, sketch: Sketch, title: str) -> None:
    if wish.format == "svg":
        content = drawing.svg(title)
    elif wish.format == "png":
        content = drawing.png(wish.scale)
    elif wish.format == "pdf":
        content = drawing.on_paper().pdf(title)
    else:
        content = (mermaid(sketch) if wish.format == "mmd" else dot(sketch)).encode()
    _replace(path, content)


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: what was there before stays when the disk is full."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
