"""One message as a bubble: its head, its paragraphs, and how high it stands at a width.

Only paragraphs in sight are laid out, and of a growing message only the last one again. They end at a line
break or at `LONGEST` characters, because laying one out costs in proportion to its length.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QWidget

from stepscope.model.message import Message
from stepscope.model.topology import path_text
from stepscope.panes.fonts import interface, monospace, scaled
from stepscope.theme import Theme

LONGEST = 4000
"""Characters of one paragraph."""

LINE_SPACING = 1.15
"""The distance of two lines, in line heights."""

_KINDS = {
    "AIMessage": "",
    "AIMessageChunk": "",
    "HumanMessage": "human",
    "HumanMessageChunk": "human",
    "SystemMessage": "system",
    "ToolMessage": "tool result",
    "ToolMessageChunk": "tool result",
}


@dataclass(frozen=True)
class Head:
    """What stands above a message's text."""

    node: str
    tags: tuple[str, ...]
    facts: tuple[str, ...]

    @property
    def text(self) -> str:
        return " · ".join((self.node, *self.tags, *self.facts))


def head_of(message: Message, step: str) -> Head:
    """Who speaks, its tags, and in which superstep, how soon and how fast it came."""
    facts = [_KINDS.get(message.kind, message.kind)]
    if message.call_parts and not message.parts:
        facts.append("tool call")
    facts.append(f"superstep {step}")
    came_in_parts = message.tokens > 1 or not message.is_finished
    waited, speed = message.first_token_seconds, message.tokens_per_second
    if waited is not None and not facts[0]:  # only models keep one waiting
        facts.append(f"{'first token' if came_in_parts else 'after'} {waited:.2f} s")
    if speed is not None:
        facts.append(f"{speed:,.0f} tok/s")
    return Head(path_text(message.key), message.tags, tuple(filter(None, facts)))


class Look:
    """Fonts, lengths and colours of all bubbles of a view."""

    def __init__(self, view: QWidget, theme: Theme) -> None:
        self.theme = theme
        self.name = interface(view, 1.0, bold=True)
        self.small = interface(view, 0.92)
        self.text = interface(view, 1.05)
        self.code = monospace(view)
        self.gap = scaled(view, 8)
        self.edge = scaled(view, 12)
        self.padding = scaled(view, 10)
        self.radius = scaled(view, 9)
        self.chip = scaled(view, 6)
        self.name_metrics = QFontMetricsF(self.name)
        self.small_metrics = QFontMetricsF(self.small)
        self.text_metrics = QFontMetricsF(self.text)
        self.code_metrics = QFontMetricsF(self.code)
        self.character = self.text_metrics.averageCharWidth()
        self.line_height = self.text_metrics.height() * LINE_SPACING
        self.head_height = max(self.name_metrics.height(), self.small_metrics.height() + 4)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.wrap = option

    @cached_property
    def selected(self) -> QTextCharFormat:
        """How selected text looks."""
        look = QTextCharFormat()
        look.setBackground(QColor(self.theme.accent))
        look.setForeground(QColor(self.theme.on_accent))
        return look


class Paragraph:
    """A run of text; `breaks` says that a line break follows. `height` is a guess until it is laid out."""

    __slots__ = ("breaks", "height", "is_code", "layout", "text", "top")

    def __init__(self, text: str, breaks: bool, is_code: bool, height: float) -> None:
        self.text = text
        self.breaks = breaks
        self.is_code = is_code
        self.top = 0.0
        self.height = height
        self.layout: QTextLayout | None = None

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def lay_out(self, look: Look, width: float) -> None:
        layout = QTextLayout(self.text, look.code if self.is_code else look.text)
        layout.setCacheEnabled(True)
        layout.setTextOption(look.wrap)
        layout.beginLayout()
        height = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, height))
            height += line.height() * LINE_SPACING
        layout.endLayout()
        self.layout, self.height = layout, height

    def position_at(self, x: float, y: float) -> int:
        """The place between characters that is nearest to a point of the paragraph."""
        if self.layout is None:  # out of sight
            return 0
        for number in range(self.layout.lineCount()):
            line = self.layout.lineAt(number)
            if y < line.y() + line.height() * LINE_SPACING or number == self.layout.lineCount() - 1:
                return _first(line.xToCursor(x))
        return 0

    def word_at(self, position: int) -> tuple[int, int]:
        """Where the word around a place begins and ends."""
        if self.layout is None:
            return position, position
        mode = QTextLayout.CursorMode.SkipWords
        start = self.layout.previousCursorPosition(min(position + 1, len(self.text)), mode)
        end = self.layout.nextCursorPosition(start, mode)
        return start, start + len(self.text[start:end].rstrip())

    def end_point(self) -> QPointF:
        """Where the next character will stand."""
        assert self.layout is not None
        line = self.layout.lineAt(self.layout.lineCount() - 1)
        return QPointF(line.naturalTextWidth() + 3, line.y())


def _first(found: object) -> int:
    # xToCursor gives the position alone or with the cursor's side, as the binding's version has it.
    return int(found[0]) if isinstance(found, tuple) else int(found)  # type: ignore[call-overload]


class Bubble:
    """A message as it stands in the column. Heights are guesses where nothing has been in sight."""

    def __init__(self, message: Message, step: str) -> None:
        self.message = message
        self.step = step
        self.head = head_of(message, step)
        self.height = 0.0
        self.paragraphs: list[Paragraph] = []
        self._width = -1.0
        self._texts = 0  # how many of the paragraphs are text; tool calls follow
        self._length = 0  # characters of the text that are in paragraphs
        self._is_stale = True

    @property
    def is_filled(self) -> bool:
        return bool(self.paragraphs)

    def mark_stale(self) -> None:
        """The message has changed."""
        self._is_stale = True

    def fill(self, look: Look, width: float) -> bool:
        """Bring the paragraphs up to date for a width, laying out none; True when anything changed."""
        if not self._is_stale and self.paragraphs and width == self._width:
            return False
        message = self.message
        self.head = head_of(message, self.step)
        text, calls = message.text, message.tool_calls
        if width != self._width:
            self.let_go()
        self._width = width
        if not text:
            self._texts = 0  # calls alone stand below no empty line
        del self.paragraphs[self._texts :]
        first = max(0, self._texts - 1)
        if text or not calls:
            self._append(text[self._length :], look, is_code=False)
        self._texts, self._length = len(self.paragraphs), len(text)
        if calls:
            self._append(calls, look, is_code=True)
        self._is_stale = False
        self._place(look, first)
        return True

    def measure(self, look: Look, top: float, bottom: float) -> bool:
        """Lay out the paragraphs between two heights of the bubble; True when its height has changed."""
        before = self.height
        inner = self._inner(look, self._width)
        changed: int | None = None
        for number in range(max(0, self.paragraph_at(top)), len(self.paragraphs)):
            paragraph = self.paragraphs[number]
            if paragraph.top > bottom:
                break
            if paragraph.layout is None:
                paragraph.lay_out(look, inner)
                changed = number if changed is None else changed
        if changed is not None:
            self._place(look, changed)
        return self.height != before

    def estimate(self, look: Look, width: float) -> None:
        """Guess the height at a width without looking at paragraphs."""
        if width == self._width and not self._is_stale:
            return
        text, calls = self.message.text, self.message.tool_calls
        lines = text.count("\n") + math.ceil((len(text) + len(calls)) / self._per_line(look, width))
        self.height = max(1, lines) * look.line_height + look.head_height + 2 * look.padding + 4

    def let_go(self) -> None:
        """Free the paragraphs; the height stays."""
        self.paragraphs, self._texts, self._length = [], 0, 0

    def drop(self) -> None:
        """Forget the paragraphs and the height: the fonts are other ones."""
        self.let_go()
        self._width = -1.0

    def paragraph_at(self, y: float) -> int:
        """The number of the paragraph at a height of the bubble; -1 for its head."""
        return bisect_right(self.paragraphs, y, key=_top_of) - 1

    def copied(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """The text between two places, each a paragraph's number and a position in it."""
        shown = []
        for number, paragraph in enumerate(self.paragraphs[: end[0] + 1]):
            if number < start[0]:
                continue
            first = start[1] if number == start[0] else 0
            last = end[1] if number == end[0] else len(paragraph.text)
            shown.append(paragraph.text[first:last])
            if paragraph.breaks and number < end[0]:
                shown.append("\n")
        return "".join(shown)

    @property
    def end(self) -> tuple[int, int]:
        """The place after the last character."""
        return (len(self.paragraphs) - 1, len(self.paragraphs[-1].text)) if self.paragraphs else (0, 0)

    def place_at(self, x: float, y: float, look: Look) -> tuple[int, int]:
        """The place in the text nearest to a point of the bubble."""
        if not self.paragraphs:
            return 0, 0
        number = max(0, self.paragraph_at(y))
        paragraph = self.paragraphs[number]
        return number, paragraph.position_at(x - look.padding, y - paragraph.top)

    # Layout

    def _inner(self, look: Look, width: float) -> float:
        return max(40.0, width - 2 * look.padding)

    def _per_line(self, look: Look, width: float) -> float:
        return max(8.0, self._inner(look, width) / look.character)

    def _append(self, text: str, look: Look, is_code: bool) -> None:
        if is_code and self.paragraphs:
            self.paragraphs[-1].breaks = True
        elif self.paragraphs:
            text = self.paragraphs.pop().text + text
        per_line = self._per_line(look, self._width)
        pieces = text.replace("\r\n", "\n").split("\n")
        for number, piece in enumerate(pieces):
            is_last = number == len(pieces) - 1
            for start in range(0, max(1, len(piece)), LONGEST):
                part = piece[start : start + LONGEST]
                breaks = start + LONGEST >= len(piece) and not is_last
                height = max(1, math.ceil(len(part) / per_line)) * look.line_height
                self.paragraphs.append(Paragraph(part, breaks, is_code, height))

    def _place(self, look: Look, first: int) -> None:
        """Put the paragraphs from number `first` on below those before."""
        if first == 0:
            top = look.padding + self._head_lines(look) * look.head_height + 4
        else:
            top = self.paragraphs[first - 1].bottom
        for number in range(first, len(self.paragraphs)):
            self.paragraphs[number].top = top
            top += self.paragraphs[number].height
        self.height = top + look.padding

    def _head_lines(self, look: Look) -> int:
        """2 when the facts do not fit beside the name and the tags."""
        return 1 if self._names_width(look) + self._facts_width(look) <= self._inner(look, self._width) else 2

    def _names_width(self, look: Look) -> float:
        chips = (
            look.small_metrics.horizontalAdvance(tag) + 2 * look.chip + look.gap for tag in self.head.tags
        )
        return look.name_metrics.horizontalAdvance(self.head.node) + look.gap + sum(chips)

    def _facts_width(self, look: Look) -> float:
        return look.small_metrics.horizontalAdvance(" · ".join(self.head.facts))

    # Painting

    def paint(
        self,
        painter: QPainter,
        look: Look,
        area: QRectF,
        clip: QRectF,
        selected: tuple[tuple[int, int], tuple[int, int]] | None,
        is_marked: bool,
        is_current: bool,
    ) -> None:
        """Draw into `area`; `is_marked` when its node is selected, `is_current` when the keys act on it."""
        theme = look.theme
        painter.setPen(QPen(QColor(theme.accent), 1) if is_current else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.bubble))
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), look.radius, look.radius)
        self._paint_head(painter, look, area, is_marked)
        left = area.left() + look.padding
        for number in range(max(0, self.paragraph_at(clip.top() - area.top())), len(self.paragraphs)):
            paragraph = self.paragraphs[number]
            top = area.top() + paragraph.top
            if top > clip.bottom():
                break
            if paragraph.layout is None:
                continue
            painter.setPen(QColor(theme.text))
            ranges = _selected_range(number, paragraph, selected, look) if selected else []
            paragraph.layout.draw(painter, QPointF(left, top), ranges, clip)
        if not self.message.is_finished:
            self._paint_cursor(painter, look, area)

    def _paint_head(self, painter: QPainter, look: Look, area: QRectF, is_marked: bool) -> None:
        theme = look.theme
        inner = area.adjusted(look.padding, look.padding, -look.padding, 0)
        row = QRectF(inner.left(), inner.top(), inner.width(), look.head_height)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.setFont(look.name)
        painter.setPen(QColor(theme.accent if is_marked else theme.text))
        name = look.name_metrics.elidedText(self.head.node, Qt.TextElideMode.ElideMiddle, row.width())
        painter.drawText(row, middle, name)
        x = row.left() + look.name_metrics.horizontalAdvance(name) + look.gap
        painter.setFont(look.small)
        for tag in self.head.tags:
            width = look.small_metrics.horizontalAdvance(tag) + 2 * look.chip
            if x + width > row.right():
                break
            chip = QRectF(x, row.top() + 0.5, width, row.height() - 1)
            painter.setPen(QPen(QColor(theme.line), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(chip, chip.height() / 2, chip.height() / 2)
            painter.setPen(QColor(theme.dim))
            painter.drawText(chip, middle | Qt.AlignmentFlag.AlignHCenter, tag)
            x += width + look.gap
        if self._head_lines(look) == 2:
            row.translate(0, look.head_height)
            x = row.left()
        facts = " · ".join(self.head.facts)
        room = row.right() - x
        painter.setPen(QColor(theme.dim))
        painter.drawText(
            QRectF(x, row.top(), room, row.height()),
            middle,
            look.small_metrics.elidedText(facts, Qt.TextElideMode.ElideRight, room),
        )

    def _paint_cursor(self, painter: QPainter, look: Look, area: QRectF) -> None:
        last = self.paragraphs[-1]
        if last.layout is None:
            return
        metrics = look.code_metrics if last.is_code else look.text_metrics
        at = last.end_point() + QPointF(area.left() + look.padding, area.top() + last.top)
        width = metrics.averageCharWidth()
        x = min(at.x(), area.right() - width - 2)  # a full line leaves it the padding
        painter.fillRect(QRectF(x, at.y() + 1, width, metrics.height() - 2), QColor(look.theme.running))


def _top_of(paragraph: Paragraph) -> float:
    return paragraph.top


def _selected_range(
    number: int,
    paragraph: Paragraph,
    selected: tuple[tuple[int, int], tuple[int, int]],
    look: Look,
) -> list[QTextLayout.FormatRange]:
    (first, start), (last, end) = selected
    if not first <= number <= last:
        return []
    found = QTextLayout.FormatRange()
    found.start = start if number == first else 0
    stop = end if number == last else len(paragraph.text)
    found.length = max(0, stop - found.start)
    found.format = look.selected
    return [found]
