"""About Stepscope: its version, whose work it is made of, and a report on the system to copy."""

from __future__ import annotations

import platform
import sys

import PySide6
from PySide6.QtCore import QSysInfo, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QWidget

from stepscope import __version__, notices
from stepscope.model.program import Program
from stepscope.window.dialogs import Question


class About(Question):
    """`licences` is shown when it is asked for; `program` is what is open."""

    def __init__(self, licences: str, program: Program | None, parent: QWidget) -> None:
        words = (
            "A desktop debugger for graphs. MIT licence.\n\n"
            f"Python {platform.python_version()}, Qt for Python {PySide6.__version__}\n\n"
            f"{notices.QT.format(version=PySide6.__version__)}"
        )
        super().__init__(f"Stepscope {__version__}", words, ("Close",), parent)
        self._report = report(program)
        self._licences = QPlainTextEdit(licences)
        self._licences.setReadOnly(True)
        self._licences.setAccessibleName("Licences")
        self._licences.setMinimumHeight(240)
        self._licences.hide()
        self.body.insertWidget(2, self._licences)
        self._copy = self._more("Copy System Report", self._copy_report)
        self._show = self._more("Licences", self._show_licences)
        self.setMinimumWidth(560)

    def _more(self, text: str, do: object) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(do)
        self.buttons.insertWidget(self.buttons.count() - 2, button)
        return button

    def _copy_report(self) -> None:
        QGuiApplication.clipboard().setText(self._report)
        self._copy.setText("Copied")

    def _show_licences(self) -> None:
        self._licences.show()
        self.adjustSize()
        self._show.setEnabled(False)
        self._licences.setFocus()


def report(program: Program | None) -> str:
    """What somebody who is to find a fault has to know of the system; no paths, no names of files."""
    screens = ", ".join(
        f"{screen.size().width()}×{screen.size().height()} at {screen.devicePixelRatio():g}"
        for screen in QGuiApplication.screens()
    )
    origin = "packaged" if getattr(sys, "frozen", False) else "from Python packages"
    lines = {
        "Stepscope": f"{__version__}, {origin}",
        "System": f"{QSysInfo.prettyProductName()}, {QSysInfo.kernelType()} {QSysInfo.kernelVersion()}, "
        f"{QSysInfo.currentCpuArchitecture()}",
        "Python": f"{platform.python_version()} ({platform.python_implementation()})",
        "Qt": f"{qVersion()}, Qt for Python {PySide6.__version__}",
        "Display": f"{QGuiApplication.platformName()}; {screens}",
    }
    if program is not None:
        versions = ", ".join(f"{name} {version}" for name, version in program.versions.items())
        lines["Graph"] = f"{program.engine}; {versions}" if versions else program.engine
    return "\n".join(f"{name}: {value}" for name, value in lines.items()) + "\n"
