"""Uses the whole window as a person does: real keys, real clicks, and only what can be seen is read."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import PySide6
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QTabBar,
    QWidget,
)
from tests.kit import pane_probe
from tests.kit.canvas_probe import CanvasProbe

from stepscope.application import Workbench
from stepscope.panes.breakpoints import BreakpointsPane
from stepscope.panes.console import ConsolePane
from stepscope.panes.failure import FailurePane
from stepscope.panes.tables import CustomPane, DebugPane, TablePane, UpdatesPane
from stepscope.panes.tasks import TasksPane
from stepscope.run.settings import Settings
from stepscope.session.interpreters import Machine
from stepscope.session.local import LocalSession
from stepscope.session.session import Session
from stepscope.theme import Scheme
from stepscope.window.action_button import ActionButton

PATIENCE = 30.0
"""Seconds after which what was waited for will not come; nothing is measured with it."""

NO_KEY = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


# Qt 6.12 deprecates the whole pixels that are all that Qt knew before.
_place = QPointF if PySide6.__version_info__ >= (6, 12) else QPoint


class WindowProbe:
    """`canvas` is the probe of the graph in it."""

    def __init__(self, workbench: Workbench) -> None:
        self.workbench = workbench
        self.window = workbench.window
        self.canvas = CanvasProbe(workbench.canvas)

    # What a person does.

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO_KEY) -> None:
        """Press a key wherever the focus is."""
        front = next(iter(self._questions()), self.window)
        if not front.isActiveWindow():  # no window manager gives it back after a menu or a question
            front.activateWindow()
            QApplication.processEvents()
        QTest.keyClick(QApplication.focusWidget() or front, key, modifiers)

    async def choose(self, *path: str) -> None:
        """Click through the menus: ``choose("Examples", "Joke")`` takes the entry that begins so."""
        bar = self.window.menuBar()
        action = _entry(bar, path[0])
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.actionGeometry(action).center())
        for name in path[1:]:
            menu = action.menu()
            assert isinstance(menu, QMenu), f"{action.text()!r} has no entries"
            await self.until(menu.isVisible)
            action = _entry(menu, name)
            QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())

    async def choose_at(self, node: str, entry: str) -> None:
        """Open the menu of a node in the graph, and choose from it by the mouse."""
        view = self.workbench.canvas
        at = view.viewport().mapToGlobal(self.canvas.point_of(node))
        view.menu_wanted.emit(tuple(node.split("/")), at)
        await self.until(lambda: bool(self.menus()))
        menu = self.menus()[0]
        action = next(a for a in menu.actions() if a.text().partition("\t")[0].replace("&", "") == entry)
        QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())

    def menus(self) -> list[QMenu]:
        """The menus that are open."""
        return [menu for menu in self.window.findChildren(QMenu) if menu.isVisible()]

    def entries(self, menu: str) -> list[str]:
        """What stands in a menu."""
        found = next(m for m in self.window.findChildren(QMenu) if m.title().replace("&", "") == menu)
        return [action.text().replace("&", "") for action in found.actions() if not action.isSeparator()]

    def click(self, text: str) -> None:
        """Click a button of the window that shows this text."""
        QTest.mouseClick(self._button(text), Qt.MouseButton.LeftButton)

    def show_json(self) -> None:
        """Have the input shown as JSON."""
        if "JSON" in self._shown_buttons():
            self.click("JSON")

    def type_input(self, text: str) -> None:
        """Replace the input by typing JSON."""
        self.show_json()
        field = self._field()
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_A, CTRL)
        QTest.keyClick(field, Qt.Key.Key_Delete)
        for number, line in enumerate(text.split("\n")):
            if number:
                QTest.keyClick(field, Qt.Key.Key_Return)
            QTest.keyClicks(field, line)

    def answer(self, text: str) -> None:
        """Click a button of the question that is open."""
        buttons = {button.text(): button for button in self._question().findChildren(QPushButton)}
        QTest.mouseClick(buttons[text], Qt.MouseButton.LeftButton)

    def focus(self, text: str) -> None:
        """Go to a button of the window by the Tab key, as far as it takes."""
        button = self._button(text)
        for _ in range(100):
            if button.hasFocus():
                return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab does not lead to {text!r}")

    def pick(self, name: str) -> None:
        """Choose from the list of the question, by keys alone, and press Enter."""
        self.move_to(name)
        chooser = self._question().findChild(QListWidget)
        assert chooser is not None
        QTest.keyClick(chooser, Qt.Key.Key_Return)

    def move_to(self, name: str) -> None:
        """Go to a line of the question's list by keys."""
        chooser = self._question().findChild(QListWidget)
        assert chooser is not None
        QTest.keyClick(chooser, Qt.Key.Key_Home)
        for _ in range(chooser.count()):
            item = chooser.currentItem()
            if item is not None and item.text() == name:
                break
            QTest.keyClick(chooser, Qt.Key.Key_Down)

    def drop(self, path: Path) -> bool:
        """Drop a file onto the window; False when it would not take it."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(_place(9, 9), Qt.DropAction.CopyAction, data, left, none)
        enter.ignore()
        QApplication.sendEvent(self.window, enter)
        if enter.isAccepted():
            fall = QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, left, none)
            QApplication.sendEvent(self.window, fall)
        return enter.isAccepted()

    async def choose_file(self, path: Path) -> None:
        """Type a path into the dialog for files that opens, and press Enter."""
        await self.until(lambda: bool(self.window.findChildren(QFileDialog)))
        dialog = self.window.findChildren(QFileDialog)[0]
        name = dialog.findChild(QLineEdit, "fileNameEdit")
        assert name is not None
        name.setText(str(path))
        QTest.keyClick(name, Qt.Key.Key_Return)
        await self.until(lambda: not dialog.isVisible())

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something can be seen, looking once a frame. Fails when it never comes."""
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < deadline, (
                f"it never came; the window says {self.said!r} {self.banner!r}"
            )
            await asyncio.sleep(0.004)

    async def until_said(self, words: str) -> None:
        """Wait until the sentence beside the buttons holds these words."""
        await self.until(lambda: words in self.said)

    async def opened(self, name: str) -> None:
        """Wait until a file is open and its graph drawn."""
        await self.until(lambda: name in self.window.windowTitle() and not self.canvas.hint())

    # What a person sees.

    @property
    def said(self) -> str:
        """The sentence beside the run's buttons."""
        return str(self.window.run_bar.standing)

    @property
    def status(self) -> str:
        """The line at the foot."""
        return "  ".join(label.text() for label in self.window.statusBar().findChildren(QLabel))

    @property
    def title(self) -> str:
        return self.window.windowTitle()

    @property
    def banner(self) -> str:
        """What could not be done, above the graph."""
        banner = self.window.frame.banner
        return banner.text if banner.isVisible() else ""

    @property
    def problem(self) -> str:
        """What the Problem pane says, without the traceback."""
        pane = self.window.findChild(FailurePane)
        assert pane is not None
        return "\n".join(label.text() for label in pane.findChildren(QLabel) if label.isVisible())

    @property
    def place(self) -> str:
        """The line above the graph: the file, the graph, and what is selected in it."""
        return self.window.frame.crumbs.text

    @property
    def stale(self) -> str:
        """The mark of a picture that is of an earlier state of the file."""
        mark = self.window.findChild(QLabel, "staleMark")
        assert mark is not None
        return mark.text() if mark.isVisible() else ""

    @property
    def question(self) -> str:
        """The words of the question that is open, or nothing."""
        dialogs = self._questions()
        return " ".join(label.text() for label in dialogs[0].findChildren(QLabel)) if dialogs else ""

    @property
    def answers(self) -> list[str]:
        """The buttons of the question, from left to right."""
        return [button.text() for button in self._question().findChildren(QPushButton)]

    @property
    def choices(self) -> list[str]:
        """The list that the question offers."""
        chooser = self._question().findChild(QListWidget)
        assert chooser is not None
        return [chooser.item(row).text() for row in range(chooser.count())]

    @property
    def choice(self) -> str:
        """The line of the question's list that the cursor is on."""
        chooser = self._question().findChild(QListWidget)
        assert chooser is not None
        return chooser.currentItem().text()

    def can_answer(self, text: str) -> bool:
        """True when the question has a button of this text that can be pressed."""
        buttons = self._question().findChildren(QPushButton)
        return any(button.text() == text and button.isEnabled() for button in buttons)

    @property
    def buttons(self) -> list[str]:
        """The texts of the window's buttons."""
        return list(self._shown_buttons())

    @property
    def runs_with(self) -> str:
        """What the run bar says of the engine and its Python."""
        found = [text for text in self.buttons if " · Python " in text]
        return found[0] if found else ""

    @property
    def input(self) -> str:
        """The input as JSON."""
        self.show_json()
        return self._field().toPlainText()

    @property
    def input_words(self) -> str:
        """What stands under the input."""
        words = self.window.findChild(QLabel, "inputWords")
        assert words is not None
        return words.text() if words.isVisible() else ""

    @property
    def input_line(self) -> int | None:
        """The line that the cursor is on, from 1; None while the input has no focus."""
        field = self._field()
        return field.textCursor().blockNumber() + 1 if field.hasFocus() else None

    @property
    def tabs(self) -> list[str]:
        """The titles behind which the panes at the bottom lie on top of one another."""
        return self.tabs_beside("Updates")

    def tabs_beside(self, title: str) -> list[str]:
        """The titles of the panes that lie on top of one another with one that begins so."""
        bar = self._bar(title)
        return [bar.tabText(tab) for tab in range(bar.count())]

    @property
    def tab_in_front(self) -> str:
        """Of those at the bottom."""
        bar = self._bar("Updates")
        return bar.tabText(bar.currentIndex())

    def is_enabled(self, text: str) -> bool:
        return self._button(text).isEnabled()

    def tip_of(self, text: str) -> str:
        """What a button says when the mouse rests on it."""
        return self._button(text).toolTip()

    def rows(self, pane: str) -> list[str]:
        """The rows of Updates, Custom, Debug, Console, Breakpoints, or of the list of tasks ("Run")."""
        return pane_probe.rows(self._pane(pane))

    def click_row(self, pane: str, row: int) -> None:
        """Click one of these rows."""
        pane_probe.click_row(self._pane(pane), row)

    def show_tab(self, title: str) -> None:
        """Click the tab that begins so."""
        bar = self._bar(title)
        tab = next(t for t in range(bar.count()) if bar.tabText(t).startswith(title))
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(tab).center())

    def _bar(self, title: str) -> QTabBar:
        """The row of tabs with one that begins so."""
        bars = [bar for bar in self.window.findChildren(QTabBar) if bar.isVisible()]
        texts = {bar: [bar.tabText(tab) for tab in range(bar.count())] for bar in bars}
        return next(bar for bar in bars if any(text.startswith(title) for text in texts[bar]))

    def _pane(self, name: str) -> TablePane | ConsolePane | TasksPane | BreakpointsPane:
        kinds: dict[str, type[TablePane | ConsolePane | TasksPane | BreakpointsPane]] = {
            "Breakpoints": BreakpointsPane,
            "Updates": UpdatesPane,
            "Custom": CustomPane,
            "Debug": DebugPane,
            "Console": ConsolePane,
            "Run": TasksPane,
        }
        found = self.window.findChild(kinds[name])
        assert found is not None
        return found

    def _field(self) -> QPlainTextEdit:
        field = self.window.findChild(QPlainTextEdit, "inputText")
        assert field is not None
        return field

    def _button(self, text: str) -> QWidget:
        return self._shown_buttons()[text]

    def _shown_buttons(self) -> dict[str, QAbstractButton]:
        buttons = [*self.window.findChildren(ActionButton), *self.window.findChildren(QPushButton)]
        return {button.text(): button for button in buttons if button.isVisible()}

    def _questions(self) -> list[QDialog]:
        return [dialog for dialog in self.window.findChildren(QDialog) if dialog.isVisible()]

    def _question(self) -> QDialog:
        (dialog,) = self._questions()
        return dialog


def _entry(menu: QWidget, name: str) -> QAction:
    actions = {action.text().replace("&", ""): action for action in menu.actions()}
    found = [action for text, action in actions.items() if text.startswith(name)]
    assert found, f"{name!r} is not among {list(actions)}"
    return found[0]


@asynccontextmanager
async def a_window(
    folder: Path,
    session: Session | None = None,
    scheme: Scheme = Scheme.DARK,
    machine: Machine | None = None,
) -> AsyncIterator[WindowProbe]:
    """The whole window with settings of its own in `folder`; a real session unless one is given.

    `machine` tells where Pythons are looked for, besides the projects that are opened.
    """
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    settings = Settings(folder / "settings.ini")
    workbench = Workbench(app, session or LocalSession(), settings, scheme, machine)
    workbench.show()
    workbench.window.activateWindow()
    try:
        yield WindowProbe(workbench)
    finally:
        await workbench.close()
        workbench.window.deleteLater()
        app.setStyleSheet("")
