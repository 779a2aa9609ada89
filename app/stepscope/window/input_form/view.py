"""What all parts of a form have in common: each shows one value, and says when the person changed it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QWidget

from stepscope.model.events import Plain
from stepscope.model.form import Absent, Field
from stepscope.window.input_form.place import Maker, Place


class View(QWidget):
    """Shows the value of one place.

    Signals
        changed(value): the person did something, which showing a value is not.
        problem_changed: what stands there can no longer be read as a value.
        open_wanted: there is something inside to be seen.
    """

    changed = Signal(object)
    problem_changed = Signal()
    open_wanted = Signal()
    is_block: bool = False
    """True for what stands under its label instead of beside it. Showing a value may change it."""

    def __init__(self, place: Place, maker: Maker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place = place
        self.maker = maker

    @property
    def field(self) -> Field:
        return self.place.field

    def show_value(self, value: Plain | Absent) -> None:
        raise NotImplementedError

    @property
    def entry(self) -> QWidget | None:
        """What takes the focus first; None when there is nothing to take it."""
        raise NotImplementedError

    @property
    def problem(self) -> str:
        """Why what stands there cannot be read as a value; "" when it can."""
        return ""

    @property
    def unreadable(self) -> View | None:
        """The first in it, or it itself, with something in it that is no value."""
        return self if self.problem else None

    @property
    def head(self) -> QWidget | None:
        """Of a block: what stands beside its label, in place of a summary."""
        return None

    @property
    def tail(self) -> QWidget | None:
        """Of a block: what stands at the end of its label's line."""
        return None

    @property
    def can_fold(self) -> bool:
        return False

    def set_open(self, is_open: bool) -> None:
        """Show what is inside, or not."""

    def under_its_label(self) -> View:
        """The same, with room left at its right for the button of the row that it stands in."""
        if not self.is_block:
            self.setContentsMargins(0, 0, self.fontMetrics().height() + 6, 0)
        return self


def monospace(size: float) -> QFont:
    """For what belongs to the user's program: keys and values."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    if size > 0:
        font.setPointSizeF(size)
    return font
