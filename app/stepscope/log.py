"""Where Qt's own messages go: through Python's logging, but for those that mean nothing to anybody."""

from __future__ import annotations

import logging

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

qt = logging.getLogger("stepscope.qt")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}

# Said by the platform that draws without a display, at every window and menu.
_HARMLESS = ("This plugin does not support ",)


def take_qt_messages() -> None:
    """Log what Qt says from now on; Python itself prints warnings and worse to stderr."""
    qInstallMessageHandler(_on_message)


def _on_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    if not text.startswith(_HARMLESS):
        qt.log(_LEVELS[kind], "%s", text)
