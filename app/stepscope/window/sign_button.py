"""A small button that is only a sign: to fold, to add, to open a menu. Its name is told in its tip."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from stepscope.window import icons


class SignButton(QAbstractButton):
    """Draws a sign of `icons` in the colours of the palette."""

    def __init__(self, sign: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = sign
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_name(name)

    def set_name(self, name: str) -> None:
        self.setAccessibleName(name)
        self.setToolTip(name)

    def set_sign(self, sign: str) -> None:
        self._sign = sign
        self.update()

    def sizeHint(self) -> QSize:
        height = self.fontMetrics().height()
        return QSize(height + 2, height + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        role, palette = QPalette.ColorRole, self.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_lit = self.isEnabled() and (self.underMouse() or self.isDown() or self.hasFocus())
        if is_lit:
            painter.setPen(palette.color(role.Link) if self.hasFocus() else palette.color(role.Button))
            painter.setBrush(palette.color(role.Button))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        side = self.fontMetrics().height() * 0.62
        box = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        ink = role.WindowText if is_lit else role.PlaceholderText
        icons.draw(painter, self._sign, box, palette.color(ink))
        painter.end()
