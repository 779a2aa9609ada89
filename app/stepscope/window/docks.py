"""Which pane stands where, and how all of them come back to their places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QSizePolicy, QTabWidget, QWidget

from stepscope.theme import Theme

LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea


@dataclass(frozen=True)
class Place:
    """A dock's name, title and area. Docks of one `tabs` group lie behind one another."""

    name: str
    title: str
    area: Qt.DockWidgetArea
    tabs: str = ""


PLACES = (
    Place("run", "Run", LEFT, "begin"),
    Place("threads", "Threads", LEFT, "begin"),
    Place("stack", "Stack", LEFT, "stand"),
    Place("breakpoints", "Breakpoints", LEFT, "stand"),
    Place("watch", "Watch", LEFT, "stand"),
    Place("state", "State", RIGHT, "state"),
    Place("inspector", "Inspector", RIGHT, "state"),
    Place("messages", "Messages", RIGHT, "talk"),
    Place("questions", "Questions", RIGHT, "talk"),
    Place("updates", "Updates", BOTTOM, "logs"),
    Place("custom", "Custom", BOTTOM, "logs"),
    Place("debug", "Debug", BOTTOM, "logs"),
    Place("console", "Console", BOTTOM, "logs"),
    Place("problem", "Problem", BOTTOM, "logs"),
)
WIDTHS = {"run": 248, "state": 404}
HEIGHTS = {"run": 480, "stack": 180, "state": 360, "messages": 360, "updates": 190}


class Docks(QObject):
    """Puts each pane into a dock of the window. `panes` holds one widget for each of PLACES."""

    def __init__(self, window: QMainWindow, panes: Mapping[str, QWidget], theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._docks: dict[str, QDockWidget] = {}
        self._titles: list[DockTitle] = []
        self._counts: dict[str, int] = {}
        window.setDockOptions(
            QMainWindow.DockOption.AnimatedDocks
            | QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
        )
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        # The right side stands its full height; the bottom runs under the left side and the graph.
        window.setCorner(Qt.Corner.BottomRightCorner, RIGHT)
        window.setCorner(Qt.Corner.BottomLeftCorner, BOTTOM)
        for place in PLACES:
            self._add(place, panes[place.name], theme)
        self.arrange()

    def set_theme(self, theme: Theme) -> None:
        for title in self._titles:
            title.set_theme(theme)

    def arrange(self) -> None:
        """Put every dock where it belongs, and show it."""
        for dock in self._docks.values():
            self._window.removeDockWidget(dock)
        first_of: dict[str, QDockWidget] = {}
        for place in PLACES:
            dock = self._docks[place.name]
            dock.setFloating(False)
            self._window.addDockWidget(place.area, dock)
            if place.tabs and place.tabs in first_of:
                self._window.tabifyDockWidget(first_of[place.tabs], dock)
            elif place.tabs:
                first_of[place.tabs] = dock
            dock.show()
        for dock in first_of.values():
            dock.raise_()
        self.resize()

    def resize(self) -> None:
        """Give every dock its first size; Qt keeps to it once the window is shown."""
        for sizes, direction in ((WIDTHS, Qt.Orientation.Horizontal), (HEIGHTS, Qt.Orientation.Vertical)):
            self._window.resizeDocks([self._docks[name] for name in sizes], list(sizes.values()), direction)

    def show(self, name: str) -> None:
        """Bring a pane to the front, also one that was closed."""
        self._docks[name].show()
        self._docks[name].raise_()

    def put_behind(self, name: str, other: str) -> None:
        """Let another pane of the same tabs take the place of this one, if this is in front."""
        in_front, behind = self._docks[name], self._docks[other]
        is_in_front = in_front.isVisible() and not in_front.visibleRegion().isEmpty()
        if is_in_front and behind in self._window.tabifiedDockWidgets(in_front):
            behind.raise_()

    def set_count(self, name: str, count: int) -> None:
        """Show how much there is in a pane, behind its title."""
        if self._counts.get(name, 0) != count:
            self._counts[name] = count
            title = next(place.title for place in PLACES if place.name == name)
            self._docks[name].setWindowTitle(f"{title} {count:,}" if count else title)

    def toggles(self) -> list[QAction]:
        """One checkable action a dock: shown or not."""
        return [dock.toggleViewAction() for dock in self._docks.values()]

    def _add(self, place: Place, pane: QWidget, theme: Theme) -> None:
        dock = QDockWidget(place.title, self._window)
        dock.setObjectName(f"dock.{place.name}")
        dock.setWidget(pane)
        title = DockTitle(dock, theme)
        dock.setTitleBarWidget(title)
        dock.toggleViewAction().setText(place.title)
        # The title follows the counts; the menu's word does not.
        dock.windowTitleChanged.connect(lambda _text: dock.toggleViewAction().setText(place.title))
        for signal in (dock.dockLocationChanged, dock.topLevelChanged, dock.visibilityChanged):
            signal.connect(lambda _any: self._titles_soon.start())
        self._docks[place.name] = dock
        self._titles.append(title)

    @property
    def _titles_soon(self) -> QTimer:
        timer = self.findChild(QTimer)
        if timer is None:
            timer = QTimer(self, singleShot=True, interval=0)
            timer.timeout.connect(self._settle_titles)
        return timer

    def _settle_titles(self) -> None:
        """A dock behind a tab needs no title of its own."""
        for title in self._titles:
            title.set_shown(not self._window.tabifiedDockWidgets(title.dock) or title.dock.isFloating())


class DockTitle(QWidget):
    """The title of a dock that stands alone: looks like a chosen tab, and is the handle to drag it by."""

    def __init__(self, dock: QDockWidget, theme: Theme) -> None:
        super().__init__(dock)
        self.dock = dock
        self._theme = theme
        self._is_shown = True
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        dock.windowTitleChanged.connect(lambda _text: self.update())

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_shown(self, is_shown: bool) -> None:
        if is_shown != self._is_shown:
            self._is_shown = is_shown
            self.updateGeometry()
            self.dock.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(40, self.fontMetrics().height() + 15 if self._is_shown else 0)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._is_shown:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.panel))
        painter.setPen(QColor(self._theme.text))
        text = self.dock.windowTitle()
        left, width = 12, self.fontMetrics().horizontalAdvance(text)
        painter.drawText(self.rect().adjusted(left, 0, 0, -1), Qt.AlignmentFlag.AlignVCenter, text)
        line = QRectF(0, self.height() - 1, self.width(), 1)
        painter.fillRect(line, QColor(self._theme.line))
        mark = QRectF(0, self.height() - 2, width + 2 * left, 2)
        painter.fillRect(mark, QColor(self._theme.accent))
        painter.end()
