"""Reads panes as a person does, and uses them with real keys and clicks."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from stepscope.panes.breakpoints import BreakpointsPane
from stepscope.panes.choices import ChoiceBox
from stepscope.panes.console import ConsolePane
from stepscope.panes.messages import MessagesPane, ShownMessage
from stepscope.panes.pane import Pane
from stepscope.panes.plain_tree import PlainTree
from stepscope.panes.tables import TablePane
from stepscope.panes.tasks import TasksPane
from stepscope.panes.values import ValuesPane
from stepscope.run.state_rows import Row
from stepscope.run.state_tree import StateTree

Table = TablePane | ConsolePane


def rows(pane: Table | TasksPane | BreakpointsPane) -> list[str]:
    """The rows of a table or of a list, each as one line; cells stand two spaces apart."""
    if isinstance(pane, TasksPane | BreakpointsPane):
        tasks = pane.rows.model()
        return [str(tasks.index(row, 0).data()) for row in range(tasks.rowCount())]
    model = pane.events.view.model()
    columns = range(model.columnCount())
    return [
        "  ".join(str(model.index(row, column).data()) for column in columns)
        for row in range(model.rowCount())
    ]


def bubbles(pane: MessagesPane) -> list[ShownMessage]:
    """The messages that are shown, in order."""
    return pane.shown


def tree(view: ValuesPane | PlainTree) -> list[str]:
    """The rows in sight of a tree, indented; each with its mark, key, value, who wrote it, and type."""
    plain_tree = view.tree if isinstance(view, ValuesPane) else view
    shown: list[str] = []

    def read(parent: QModelIndex, depth: int) -> None:
        for place in range(plain_tree.tree.rowCount(parent)):
            index = plain_tree.tree.index(place, 0, parent)
            row: Row = index.data(StateTree.RowRole)
            words = filter(None, (row.mark.value, row.key, row.text, row.said_by, row.type_name))
            shown.append("  " * depth + " ".join(words))
            if plain_tree.isExpanded(index):
                read(index, depth + 1)

    read(QModelIndex(), 0)
    return shown


def open_row(view: ValuesPane | PlainTree, *path: str) -> None:
    """Click a row of a tree and press the key that opens it."""
    plain_tree = view.tree if isinstance(view, ValuesPane) else view
    index = plain_tree.tree.index_of(path)
    assert index.isValid(), f"no row {' > '.join(path)}"
    plain_tree.scrollTo(index)
    QTest.mouseClick(
        plain_tree.viewport(), Qt.MouseButton.LeftButton, pos=plain_tree.visualRect(index).center()
    )
    QTest.keyClick(plain_tree, Qt.Key.Key_Right)


def click_row(pane: Table | TasksPane | BreakpointsPane, row: int) -> None:
    """Click a row of a table or of a list."""
    view = pane.rows if isinstance(pane, TasksPane | BreakpointsPane) else pane.events.view
    index = view.model().index(row, 0)
    view.scrollTo(index)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())


def type_filter(pane: Table, text: str) -> None:
    """Type into a table's filter, and let it look at every row."""
    pane.events.filter.selectAll()
    QTest.keyClick(pane.events.filter, Qt.Key.Key_Delete)
    QTest.keyClicks(pane.events.filter, text)
    settle(pane)


def settle(pane: Table) -> None:
    """Let a filter finish."""
    for _ in range(10_000):
        if not pane.events.table.is_behind:
            return
        QApplication.processEvents()
    raise AssertionError("the filter never came to its end")


def filter_by_node(pane: MessagesPane, text: str) -> None:
    """Choose in the box of nodes: ``all`` or a path."""
    choose(pane.nodes, text)


def filter_by_tag(pane: MessagesPane, text: str) -> None:
    """Choose in the box of tags: ``all`` or a tag."""
    choose(pane.tags, text)


def choose(box: ChoiceBox, text: str) -> None:
    """Open a box with the mouse and pick an entry with the keys."""
    texts = choices(box)
    assert text in texts, f"{text!r} is not offered, only {texts}"
    for _ in range(box.count()):
        if box.currentText() == text:
            return
        key = Qt.Key.Key_Down if texts.index(text) > box.currentIndex() else Qt.Key.Key_Up
        QTest.keyClick(box, key)
    assert box.currentText() == text


def choices(box: ChoiceBox) -> list[str]:
    """What a box offers."""
    return [box.itemText(place) for place in range(box.count())]


def drag_over(pane: MessagesPane, start: QPoint, end: QPoint) -> None:
    """Select text in the bubbles with the mouse."""
    viewport = pane.view.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(viewport, end)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)


def empty_text(pane: Pane) -> str:
    """The line that stands in an empty pane; empty when there is content."""
    return pane.empty_text if pane.shows_empty_text else ""
