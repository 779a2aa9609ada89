"""A column of message bubbles: lays out and paints those in sight, and follows the tail."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate, islice

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QMenu, QWidget

from stepscope.model.message import Message
from stepscope.model.run_state import RunState
from stepscope.model.topology import NodeKey
from stepscope.panes.bubble import Bubble, Look
from stepscope.theme import Theme

KEPT = 200
"""Bubbles that keep their layout; beyond that, those out of sight let go of it."""

Place = tuple[int, int, int]
"""A bubble's row, a paragraph's number, a position in its text."""


class MessageView(QAbstractScrollArea):
    """Shows messages one below the other. `node_chosen` carries the key of a bubble that was clicked."""

    node_chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bubbles: dict[str, Bubble] = {}
        self._shown: list[Bubble] = []
        self._tops: list[float] = [0.0]
        self._passes: Callable[[Message], bool] = lambda message: True
        self._follows = True
        self._is_arranging = False
        self._current: int | None = None
        self._node: NodeKey | None = None
        self._anchor: Place | None = None
        self._head: Place | None = None
        self._look = Look(self, theme)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A bar that comes and goes would change the width, and so the layout of every message.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        # So it stays, and shows no handle while there is nothing to scroll.
        bar = self.verticalScrollBar()
        bar.setEnabled(False)
        bar.rangeChanged.connect(lambda _least, most: bar.setEnabled(most > 0))
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self._copy = QAction("Copy", self)
        self._copy.setShortcut(QKeySequence.StandardKey.Copy)
        self._copy.triggered.connect(self.copy)
        self._select_all = QAction("Select all", self)
        self._select_all.setShortcut(QKeySequence.StandardKey.SelectAll)
        self._select_all.triggered.connect(self.select_all)

    # What it shows

    @property
    def bubbles(self) -> list[Bubble]:
        """The bubbles that pass the filter, in the order in which their messages began."""
        return list(self._shown)

    def take_in(self, state: RunState, changed: set[str]) -> None:
        """Show the messages that are new, and those that have grown: their ids are in `changed`."""
        for message in islice(state.messages.values(), len(self._bubbles), None):
            step = state.step_text(message.namespace, message.step)
            bubble = self._bubbles[message.id] = Bubble(message, step)
            bubble.estimate(self._look, self._width)
            if self._passes(message):
                self._shown.append(bubble)
        for message_id in changed:
            if message_id in self._bubbles:
                self._bubbles[message_id].mark_stale()
                self._bubbles[message_id].estimate(self._look, self._width)
        self._arrange()

    def set_filter(self, passes: Callable[[Message], bool]) -> None:
        """Show only the messages that pass."""
        self._passes = passes
        self._shown = [bubble for bubble in self._bubbles.values() if passes(bubble.message)]
        self._anchor = self._head = self._current = None
        self._follows = True
        self._arrange()

    def mark_node(self, node: NodeKey | None) -> None:
        """Let the messages of a node stand out."""
        self._node = node
        self.viewport().update()

    def clear(self) -> None:
        """Forget all messages."""
        self._bubbles.clear()
        self._shown.clear()
        self._anchor = self._head = self._current = None
        self._follows = True
        self._arrange()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours, and the font that the widget has now."""
        self._look = Look(self, theme)
        for bubble in self._bubbles.values():
            bubble.drop()
        self._estimate_all()
        self._arrange()

    # Selection

    @property
    def selected_text(self) -> str:
        """The text that is selected; empty when none is."""
        chosen = self._selection()
        if chosen is None:
            return ""
        first, last = chosen
        texts = []
        for row in range(first[0], last[0] + 1):
            bubble = self._shown[row]
            bubble.fill(self._look, self._width)
            start = first[1:] if row == first[0] else (0, 0)
            end = last[1:] if row == last[0] else bubble.end
            texts.append(bubble.copied(start, end))
        return "\n\n".join(texts)

    def select_all(self) -> None:
        """Select the text of all messages that are shown."""
        if self._shown:
            self._shown[-1].fill(self._look, self._width)
            self._anchor = (0, 0, 0)
            self._head = (len(self._shown) - 1, *self._shown[-1].end)
            self.viewport().update()

    def copy(self) -> None:
        """Put the selected text, or else the current message, on the clipboard."""
        text = self.selected_text
        if not text and self._current is not None:
            message = self._shown[self._current].message
            text = "\n".join(filter(None, (message.text, message.tool_calls)))
        if text:
            QGuiApplication.clipboard().setText(text)

    def _selection(self) -> tuple[Place, Place] | None:
        if self._anchor is None or self._head is None or self._anchor == self._head:
            return None
        return min(self._anchor, self._head), max(self._anchor, self._head)

    def _selection_in(self, row: int) -> tuple[tuple[int, int], tuple[int, int]] | None:
        chosen = self._selection()
        if chosen is None or not chosen[0][0] <= row <= chosen[1][0]:
            return None
        first, last = chosen
        start = first[1:] if row == first[0] else (0, 0)
        return start, last[1:] if row == last[0] else self._shown[row].end

    # Where things are

    def bubble_rect(self, row: int) -> QRectF:
        """Where a bubble stands in the viewport."""
        look = self._look
        top = self._tops[row] - self.verticalScrollBar().value()
        return QRectF(look.edge, top, self._width, self._shown[row].height)

    @property
    def _width(self) -> float:
        return max(60, self.viewport().width() - 2 * self._look.edge)

    def _estimate_all(self) -> None:
        look, width = self._look, self._width
        for bubble in self._bubbles.values():
            bubble.estimate(look, width)

    def _arrange(self) -> None:
        """Lay out what is in sight, and keep that in its place, or the end in sight."""
        if self._is_arranging:
            return
        self._is_arranging = True
        anchor = self._first_in_sight()
        # Measuring what has come in sight may bring more in sight: a few rounds settle that.
        for _ in range(8):
            self._place(anchor)
            if not self._measure_in_sight():
                break
        self._place(anchor)
        self._let_go()
        self._is_arranging = False
        self.viewport().update()

    def _place(self, anchor: tuple[int, int, float] | None) -> None:
        look = self._look
        heights = (bubble.height + look.gap for bubble in self._shown)
        self._tops = list(accumulate(heights, initial=float(look.gap)))
        bar = self.verticalScrollBar()
        page = self.viewport().height()
        bar.setRange(0, max(0, round(self._tops[-1] - page)))
        bar.setPageStep(page)
        bar.setSingleStep(round(look.text_metrics.height() * 2))
        if self._follows:
            bar.setValue(bar.maximum())
        elif anchor is not None:
            row, number, below = anchor
            paragraphs = self._shown[row].paragraphs
            inside = paragraphs[number].top if 0 <= number < len(paragraphs) else 0.0
            bar.setValue(round(self._tops[row] + inside + below))

    def _first_in_sight(self) -> tuple[int, int, float] | None:
        """The row and the paragraph (-1: the head) at the top of the view, and how far above they begin."""
        if not self._shown or len(self._tops) < 2:
            return None
        top = self.verticalScrollBar().value()
        row = self._row_at(top)
        bubble = self._shown[row]
        number = bubble.paragraph_at(top - self._tops[row])
        inside = bubble.paragraphs[number].top if number >= 0 else 0.0
        return row, number, top - self._tops[row] - inside

    def _row_at(self, y: float) -> int:
        """The row at a height of the whole column; the nearest when there is none."""
        return min(max(0, bisect_right(self._tops, y) - 1), len(self._shown) - 1)

    def _in_sight(self) -> range:
        if not self._shown:
            return range(0)
        top = self.verticalScrollBar().value()
        return range(self._row_at(top), self._row_at(top + self.viewport().height()) + 1)

    def _measure_in_sight(self) -> bool:
        """Lay out what is in sight; True when that has moved anything."""
        has_moved = False
        above = self.verticalScrollBar().value()
        for row in self._in_sight():
            bubble, top = self._shown[row], above - self._tops[row]
            before = bubble.height
            bubble.fill(self._look, self._width)
            bubble.measure(self._look, top, top + self.viewport().height())
            has_moved |= bubble.height != before
        return has_moved

    def _let_go(self) -> None:
        filled = [row for row, bubble in enumerate(self._shown) if bubble.is_filled]
        if len(filled) > KEPT:
            in_sight = self._in_sight()
            for row in filled:
                if row not in in_sight:
                    self._shown[row].let_go()

    # What Qt asks

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        clip = QRectF(event.rect())
        for row in self._in_sight():
            bubble = self._shown[row]
            is_current = row == self._current and self.hasFocus()
            is_marked = bubble.message.key == self._node
            area = self.bubble_rect(row)
            chosen = self._selection_in(row)
            bubble.paint(painter, self._look, area, clip, chosen, is_marked, is_current)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._estimate_all()
        self._arrange()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        if self._is_arranging:
            return
        bar = self.verticalScrollBar()
        self._follows = bar.value() >= bar.maximum() - 2
        self._arrange()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or not self._shown:
            return
        place = self._place_under(event.position())
        self._anchor = self._head = place
        self._set_current(place[0])
        if self._is_in_bubble(event.position(), place[0]):
            self.node_chosen.emit(self._shown[place[0]].message.key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._anchor is not None:
            self._scroll_towards(event.position().y())
            in_view = min(max(0.0, event.position().y()), self.viewport().height() - 1.0)
            self._head = self._place_under(QPointF(event.position().x(), in_view))
            self.viewport().update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self._shown:
            return
        row, number, position = self._place_under(event.position())
        paragraphs = self._shown[row].paragraphs
        if paragraphs:
            start, end = paragraphs[number].word_at(position)
            self._anchor, self._head = (row, number, start), (row, number, end)
            self.viewport().update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([self._copy, self._select_all])
        menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._shown:
            self._step_current(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current is not None:
            self.node_chosen.emit(self._shown[self._current].message.key)
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and self._shown:
            self._set_current(0 if event.key() == Qt.Key.Key_Home else len(self._shown) - 1)
            bar = self.verticalScrollBar()
            bar.setValue(0 if event.key() == Qt.Key.Key_Home else bar.maximum())
        else:
            super().keyPressEvent(event)

    def _scroll_towards(self, y: float) -> None:
        """A drag beyond the edge takes the text along."""
        beyond = min(0.0, y) + max(0.0, y - self.viewport().height())
        if beyond:
            self.verticalScrollBar().setValue(round(self.verticalScrollBar().value() + beyond))

    def _step_current(self, by: int) -> None:
        """Go to the next message, but first scroll through one that is higher than the view."""
        if self._current is None:
            self._set_current(len(self._shown) - 1)
            return
        area = self.bubble_rect(self._current)
        bar = self.verticalScrollBar()
        goes_on = area.bottom() > self.viewport().height() if by > 0 else area.top() < 0
        if goes_on:
            bar.setValue(bar.value() + by * bar.singleStep())
            return
        self._set_current(min(max(0, self._current + by), len(self._shown) - 1))
        area = self.bubble_rect(self._current)
        if by > 0 and area.bottom() > self.viewport().height():
            bar.setValue(round(bar.value() + min(area.top(), area.bottom() - self.viewport().height()) + 4))
        elif area.top() < 0:
            bar.setValue(round(bar.value() + max(area.top(), area.bottom() - self.viewport().height()) - 4))

    def _set_current(self, row: int) -> None:
        self._current = row
        message = self._shown[row].message
        self.setAccessibleDescription(f"{self._shown[row].head.text}: {message.text[:2000]}")
        self.viewport().update()

    def _is_in_bubble(self, point: QPointF, row: int) -> bool:
        return self.bubble_rect(row).contains(point)

    def _place_under(self, point: QPointF) -> Place:
        row = self._row_at(point.y() + self.verticalScrollBar().value())
        area = self.bubble_rect(row)
        inside = self._shown[row].place_at(point.x() - area.left(), point.y() - area.top(), self._look)
        return (row, *inside)
