"""A button of the run bar: a sign, a word and, dimmed, the key that does the same."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from stepscope.theme import Theme
from stepscope.window import icons

SIGN = 12
PAD = 11
GAP = 7


class ActionButton(QAbstractButton):
    """Shows one QAction. `with_words=False` leaves only the sign."""

    def __init__(
        self,
        action: QAction,
        sign: str,
        theme: Theme,
        *,
        is_primary: bool = False,
        with_words: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._action = action
        self._sign = sign
        self._theme = theme
        self._is_primary = is_primary
        self._with_words = with_words
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._on_action_changed)
        self._on_action_changed()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        height = metrics.height() + 13
        if not self._with_words:
            return QSize(height, height)
        # The widest of its words, so that nothing moves when Run becomes Continue.
        words = metrics.horizontalAdvance(self.text()) + metrics.horizontalAdvance(self._keys())
        return QSize(PAD + SIGN + GAP + words + GAP + PAD, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, ink, dim = self._colours()
        painter.setBrush(ground)
        painter.setPen(self._border(ground))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        left = PAD if self._with_words else (self.width() - SIGN) / 2
        icons.draw(painter, self._sign, QRectF(left, (self.height() - SIGN) / 2, SIGN, SIGN), ink)
        if self._with_words:
            self._draw_words(painter, ink, dim)
        painter.end()

    def _draw_words(self, painter: QPainter, ink: QColor, dim: QColor) -> None:
        font = self.font()
        left = PAD + SIGN + GAP
        painter.setPen(ink)
        painter.setFont(font)
        box = self.rect().adjusted(left, 0, -PAD, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.text())
        font.setPointSizeF(font.pointSizeF() * 0.85)
        painter.setFont(font)
        painter.setPen(dim)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._keys())

    def _colours(self) -> tuple[QColor, QColor, QColor]:
        """Ground, ink, and the ink of the key."""
        theme = self._theme
        if not self.isEnabled():
            return QColor(theme.chip), QColor(theme.disabled), QColor(theme.disabled)
        if not self._is_primary:
            ground = QColor(theme.selection if self._is_lit() else theme.chip)
            return ground, QColor(theme.text), QColor(theme.faint)
        ink = QColor(theme.on_accent)
        ground = QColor(theme.accent)
        return ground.lighter(108) if self._is_lit() and theme.is_dark else ground, ink, ink

    def _border(self, ground: QColor) -> QPen:
        if self.hasFocus():
            return QPen(QColor(self._theme.text if self._is_primary else self._theme.accent), 1)
        return QPen(ground, 1)

    def _is_lit(self) -> bool:
        return self.underMouse() or self.isDown()

    def _keys(self) -> str:
        return self._action.shortcut().toString(QKeySequence.SequenceFormat.NativeText).replace("Shift+", "⇧")

    def _on_action_changed(self) -> None:
        self.setText(self._action.text().replace("&", ""))
        self.setEnabled(self._action.isEnabled())
        self.setToolTip(self._action.toolTip())
        self.setAccessibleName(self.text())
        self.setAccessibleDescription(self._action.toolTip())
        self.updateGeometry()
        self.update()
