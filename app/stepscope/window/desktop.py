"""The program as the desktop knows it: macOS tells it which file to open, rather than naming it at start."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QFileOpenEvent, QIcon
from PySide6.QtWidgets import QApplication

from stepscope import assets


class DesktopApplication(QApplication):
    """A double-click on a file may arrive before there is a window to open it in; it waits for one."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__(list(words))
        self._early: list[str] = []
        self._open: Callable[[str], None] = self._early.append

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent):
            self._open(event.file())
            return True
        return super().event(event)

    def open_files_by(self, open_file: Callable[[str], None]) -> None:
        """What opens the files that the desktop names, those that it has named already among them."""
        self._open = open_file
        while self._early:
            open_file(self._early.pop(0))


def application(words: Sequence[str]) -> QApplication:
    """This process's application, with the name and the icon that the desktop shows."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = DesktopApplication(words)
    app.setApplicationName("Stepscope")
    app.setDesktopFileName("stepscope")
    app.setWindowIcon(QIcon(str(assets.icon())))
    return app
