"""Which Python is to run a file: all that were found, what each has, and what is wrong with it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from stepscope.panes.fonts import interface, scaled
from stepscope.session.interpreters import Interpreter
from stepscope.theme import Theme
from stepscope.window.dialogs import Question, ask, ask_program
from stepscope.window.pythons import Offers, Pythons

IN_USE = "✓ in use"
ROWS_SHOWN = 6


async def pick_python(pythons: Pythons, target: str, theme: Theme, parent: QWidget) -> bool:
    """Let the person choose the Python for a target, and remember it; False when nothing was chosen."""
    browsed = ""
    while True:
        offers = await pythons.offers(target, browsed)
        picker = InterpreterPicker(offers, browsed, theme, parent)
        match await ask(picker):
            case picker.USE:
                await pythons.remember(target, picker.chosen.path)
                return True
            case picker.AUTOMATIC:
                await pythons.forget(target)
                return True
            case picker.BROWSE:
                browsed = await ask_program(parent, "Choose a Python", str(offers.file.parent)) or browsed
            case _:
                return False


class InterpreterPicker(Question):
    """A list of Pythons. `selected` is the path of the one that the cursor is on at first."""

    USE, BROWSE, CANCEL, AUTOMATIC = 1, 2, 3, 4

    def __init__(self, offers: Offers, selected: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(
            f"Which Python runs {offers.file.name}?",
            _now(offers),
            ("Use This Python", "Browse…", "Cancel"),
            parent,
        )
        self._offers = offers
        self._list = QListWidget()
        self._list.setAccessibleName("Pythons")
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self._painter = _RowPainter(self._list, theme)
        self._list.setItemDelegate(self._painter)
        in_use = offers.choice.interpreter.path if offers.choice else ""
        for one in offers.found:
            self._list.addItem(_item(one, offers.lacks.get(one.path, ""), one.path == in_use))
        self._problem = QLabel()
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        self._problem.setWordWrap(True)
        self._problem.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._problem.setAccessibleName("What is wrong with the selected one")
        self.body.insertWidget(2, self._list, 1)
        self.body.insertWidget(3, self._problem)
        self._use = self.answers[self.USE - 1]
        if offers.is_chosen:
            automatic = QPushButton("Choose Automatically")
            automatic.setToolTip("Forget what was chosen for this folder, and take the one that fits best")
            automatic.clicked.connect(lambda: self.done(self.AUTOMATIC))
            self.buttons.insertWidget(0, automatic)
        self._list.currentRowChanged.connect(self._on_row_changed)
        self._list.itemActivated.connect(self._on_activated)
        paths = [one.path for one in offers.found]
        wanted = selected or in_use
        self._list.setCurrentRow(paths.index(wanted) if wanted in paths else 0)
        self._list.setMinimumHeight(self._painter.height * min(ROWS_SHOWN, max(3, len(paths))))
        self.setMinimumWidth(scaled(self, 640))
        self._list.setFocus()

    @property
    def chosen(self) -> Interpreter:
        """The one that the cursor is on."""
        return self._offers.found[self._list.currentRow()]

    def _on_row_changed(self, row: int) -> None:
        one = self._offers.found[row]
        self._problem.setText(one.problem or self._offers.lacks.get(one.path, ""))
        self._use.setEnabled(not one.problem)

    def _on_activated(self) -> None:
        if not self.chosen.problem:
            self.done(self.USE)


def _now(offers: Offers) -> str:
    if not offers.found:
        return "No Python was found. Browse for one."
    if offers.choice is None:
        return "None of those that were found can run a graph. Mend one of them, or browse for another."
    one = offers.choice.interpreter
    which = f"{one.kind}, Python {one.version}" if one.version else one.kind
    return f"In use: {which}. {offers.choice.reason} What you choose instead is kept for this folder."


def _item(one: Interpreter, lack: str, is_in_use: bool) -> QListWidgetItem:
    item = QListWidgetItem(", ".join(filter(None, (one.kind, facts(one), IN_USE if is_in_use else ""))))
    item.setData(Qt.ItemDataRole.UserRole, (one, lack, is_in_use))
    item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, f"{one.path} {one.problem or lack}".strip())
    item.setToolTip(one.path)
    return item


def facts(one: Interpreter) -> str:
    """``Python 3.12.1 · langgraph 1.2.22 · langchain 1.0.3``."""
    parts = [f"Python {one.version}" if one.version else ""]
    parts += [f"{name} {one.packages[name]}" for name in sorted(one.packages, reverse=True)]
    return " · ".join(filter(None, parts))


def _from(path: str, problem: str) -> str:
    """A sentence that begins with the path, told of "it"."""
    return f"It{problem.removeprefix(path)}" if problem.startswith(path) else problem


class _RowPainter(QStyledItemDelegate):
    """Paints where it comes from, what it has, whether it is in use; below that its path and its problem."""

    def __init__(self, view: QListWidget, theme: Theme) -> None:
        super().__init__(view)
        self._theme = theme
        self._name = interface(view, 1.0, bold=True)
        self._words = interface(view, 0.92)
        self._line = scaled(view, 19)
        self._edge = scaled(view, 10)
        self._gap = scaled(view, 10)
        self.height = 2 * self._line + self._edge

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        one, lack, _ = index.data(Qt.ItemDataRole.UserRole)
        return QSize(80, self.height + (self._line if one.problem or lack else 0))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        one, lack, is_in_use = index.data(Qt.ItemDataRole.UserRole)
        theme = self._theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.selection))
            painter.drawRoundedRect(option.rect.adjusted(1, 1, -1, -1), 4, 4)
        area = option.rect.adjusted(self._edge, self._edge // 2, -self._edge, 0)
        area.setHeight(self._line)
        first = QRect(area)
        if is_in_use:
            first.setRight(area.right() - self._put_right(painter, area, IN_USE, theme.accent) - self._gap)
        name_colour = theme.dim if one.problem else theme.text
        first.setLeft(self._put(painter, first, one.kind, self._name, name_colour) + self._gap)
        self._put(painter, first, facts(one), self._words, theme.dim)
        area.translate(0, self._line)
        self._put(painter, area, one.path, self._words, theme.dim, Qt.TextElideMode.ElideMiddle)
        if one.problem or lack:
            area.translate(0, self._line)
            # The path stands above already.
            words = f"✕  {_from(one.path, one.problem)}" if one.problem else f"!  {lack}"
            self._put(painter, area, words, self._words, theme.dim)
        painter.restore()

    def _put(
        self,
        painter: QPainter,
        area: QRect,
        text: str,
        font: QFont,
        colour: str,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> int:
        """Write into an area; returns where the text ends."""
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(text, elide, max(0, area.width()))
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)
        return area.left() + metrics.horizontalAdvance(shown)

    def _put_right(self, painter: QPainter, area: QRect, text: str, colour: str) -> int:
        """Write at an area's right end; returns how much room it takes."""
        painter.setFont(self._words)
        painter.setPen(QColor(colour))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextSingleLine
        painter.drawText(area, flags, text)
        return QFontMetrics(self._words).horizontalAdvance(text)
