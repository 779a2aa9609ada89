"""The window: menus, the run bar, the graph in the middle, the docks around it and the line at the foot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from PySide6.QtCore import QByteArray, QMimeDatabase, QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QLabel, QMainWindow, QMenu, QStyle, QToolBar, QWidget

from stepscope.assets import Example
from stepscope.model.program import Program
from stepscope.session.interpreters import Choice
from stepscope.theme import Theme
from stepscope.window.actions import Actions
from stepscope.window.canvas_frame import CanvasFrame
from stepscope.window.docks import Docks
from stepscope.window.program_words import belongs, place_of, runs_with, why
from stepscope.window.run_bar import RunBar

SIZE = QSize(1440, 900)
MENUS = ("File", "Edit", "Run", "Breakpoints", "View", "Examples", "Help")
LAYOUT_VERSION = 7
"""To be raised when docks are added or renamed: a layout of another version is not restored."""


class MainWindow(QMainWindow):
    """Holds the parts together; what they show comes from elsewhere.

    Signals
        target_wanted(str): something was dropped, or chosen among the recent files or the examples.
        closing: the person closes the window.
    """

    target_wanted = Signal(str)
    closing = Signal()

    def __init__(
        self,
        actions: Actions,
        canvas: QWidget,
        panes: Mapping[str, QWidget],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Stepscope")
        self.setObjectName("window")
        self.setAcceptDrops(True)
        self._actions = actions
        self._choice: Choice | None = None
        self.frame = CanvasFrame(canvas, actions["open"], (actions["find"], actions["fit"]))
        self.setCentralWidget(self.frame)
        self.docks = Docks(self, panes, theme)
        self.run_bar = RunBar(actions, theme)
        self._add_bar()
        self._add_menus()
        self._add_status_bar()
        self.resize(self._first_size())

    def set_theme(self, theme: Theme) -> None:
        self.run_bar.set_theme(theme)
        self.docks.set_theme(theme)

    def show_program(self, program: Program, choice: Choice | None = None) -> None:
        """Say everywhere which graph is open; `choice` is the Python that was chosen for it."""
        self._choice = choice
        self.renew_program(program)

    def renew_program(self, program: Program) -> None:
        """Say which graph it is now that the same file was read again."""
        file = place_of(program)
        self.setWindowTitle(f"{file} : {program.name} — Stepscope")
        self.run_bar.show_program(
            f"{file} : {program.name}",
            belongs(program),
            len(program.choices) > 1,
            runs_with(program, self._choice),
            why(program, self._choice),
        )
        self.frame.show_graph(file, program.name)
        self.frame.banner.hide()

    def show_status(self, left: str, right: str) -> None:
        self._status.setText(left)
        self._events.setText(right)

    def show_recent(self, targets: Iterable[str]) -> None:
        self._fill(self._recent, [(_short(target), target, target) for target in targets])

    def show_examples(self, examples: Iterable[Example]) -> None:
        entries = [(_words(example.name), str(example.path), example.title) for example in examples]
        self._fill(self._examples, entries)

    def layout_now(self) -> tuple[QByteArray, QByteArray]:
        """What `restore_layout` takes back."""
        return self.saveGeometry(), self.saveState(LAYOUT_VERSION)

    def restore_layout(self, geometry: QByteArray, state: QByteArray) -> None:
        if not _is_offscreen():
            self.restoreGeometry(geometry)
        self.restoreState(state, LAYOUT_VERSION)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped_file(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if path := _dropped_file(event):
            event.acceptProposedAction()
            self.target_wanted.emit(path)

    def _add_bar(self) -> None:
        bar = QToolBar("Run")
        bar.setObjectName("bar.run")
        bar.setMovable(False)
        bar.setFloatable(False)
        # Without it, the bar's own menu could hide it for good.
        bar.toggleViewAction().setEnabled(False)
        bar.addWidget(self.run_bar)
        self.addToolBar(bar)

    def _add_menus(self) -> None:
        brand = QLabel("Stepscope", self)
        brand.setObjectName("brand")
        self.menuBar().setCornerWidget(brand, Qt.Corner.TopLeftCorner)
        menus = {name: self.menuBar().addMenu(f"&{name}") for name in MENUS}
        for name, menu in menus.items():
            for command, action in self._actions.of_menu(name):
                if command.starts_section:
                    menu.addSeparator()
                menu.addAction(action)
        self._recent = QMenu("Open &Recent", self)
        menus["File"].insertMenu(menus["File"].actions()[2], self._recent)
        self._examples = menus["Examples"]
        self._examples.setToolTipsVisible(True)
        panes = menus["View"].addMenu("&Panes")
        panes.addActions(self.docks.toggles())
        self.show_recent([])

    def _add_status_bar(self) -> None:
        self._status, self._events = QLabel(), QLabel()
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(8, 0, 8, 0)
        bar.addWidget(self._status, 1)
        bar.addPermanentWidget(self._events)

    def _fill(self, menu: QMenu, entries: Iterable[tuple[str, str, str]]) -> None:
        """Entries are a text, the target that it opens, and a tip."""
        menu.clear()
        for text, target, tip in entries:
            action = QAction(text.replace("&", "&&"), menu)
            action.setToolTip(tip)
            action.triggered.connect(lambda checked=False, target=target: self.target_wanted.emit(target))
            menu.addAction(action)
        menu.setEnabled(not menu.isEmpty())

    def _first_size(self) -> QSize:
        if _is_offscreen():
            return SIZE
        title = self.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
        return SIZE.boundedTo(self.screen().availableSize() - QSize(0, title))


def _is_offscreen() -> bool:
    """True without a display: the screen is small then, and means nothing."""
    return QGuiApplication.platformName() == "offscreen"


def _dropped_file(event: QDropEvent) -> str:
    """The path of the one Python file, langgraph.json or folder that is dropped, or ""."""
    paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
    if len(paths) != 1:
        return ""
    # Looking at the disk may take long. What is not called like a file of another kind may be a folder.
    kind = QMimeDatabase().mimeTypeForFile(paths[0], QMimeDatabase.MatchMode.MatchExtension)
    return paths[0] if kind.isDefault() or paths[0].endswith((".py", ".json")) else ""


def _words(name: str) -> str:
    """``joke_and_poem`` as ``Joke and poem``."""
    return name.replace("_", " ").capitalize()


def _short(target: str) -> str:
    """A path with the person's home as ``~``."""
    home = str(Path.home())
    return f"~{target[len(home) :]}" if target.startswith(home) else target
