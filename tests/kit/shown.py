"""Drives the windows that `stepscope.show()` opens in this process: waits for each, presses F5, closes it."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMainWindow

titles: list[str] = []
_timers: list[QTimer] = []


def run_and_close_each() -> None:
    """From now on, run each window's graph once and close it when the run has finished."""
    timer = QTimer(interval=20)
    timer.timeout.connect(_look)
    timer.start()
    _timers.append(timer)


def _look() -> None:
    for window in QApplication.topLevelWidgets():
        if not isinstance(window, QMainWindow) or not window.isVisible():
            continue
        restart, run = _action(window, "Restart"), _action(window, "Run")
        if window.property("was_run") and restart.isEnabled() and run.isEnabled():
            window.setProperty("was_run", False)
            titles.append(window.windowTitle())
            window.close()
        elif window.property("was_run") is None and run.isEnabled():
            window.setProperty("was_run", True)
            run.trigger()


def _action(window: QMainWindow, text: str) -> QAction:
    menus = [entry.menu() for entry in window.menuBar().actions()]
    actions = [action for menu in menus if menu is not None for action in menu.actions()]
    return next(action for action in actions if action.text().replace("&", "") == text)
