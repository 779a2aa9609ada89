"""What all panes share: built when first shown, quiet while hidden, a line of text while empty."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPalette, QShowEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from stepscope.panes.fonts import scaled
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection
from stepscope.theme import Theme


class Pane(QWidget):
    """A part of the window that shows one side of the run.

    A subclass builds its content in `build`, brings it up to date in `refresh`, forgets the last run in
    `forget`, and says in `is_empty` whether there is nothing to show. It connects the signals of the
    model that concern it to `mark_changed`, and does no other work while it is hidden.
    """

    title: ClassVar[str]
    object_name: ClassVar[str]
    empty_text: ClassVar[str]
    """What will appear here, in a line; shown while there is nothing."""

    def __init__(
        self, model: RunModel, selection: Selection, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.model = model
        self.selection = selection
        self.theme = theme
        self._is_built = False
        self.setObjectName(self.object_name)
        self.setAccessibleName(self.title)
        model.was_reset.connect(self._on_was_reset)

    def build(self) -> QWidget:
        """Make the content; called once, when the pane is first shown."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Show what the model has now; called when the pane is shown and when it changes while shown."""
        raise NotImplementedError

    def forget(self) -> None:
        """Drop what is shown of the last run."""
        raise NotImplementedError

    def is_empty(self) -> bool:
        """True while there is nothing to show but `empty_text`."""
        raise NotImplementedError

    def apply_theme(self) -> None:
        """Use `self.theme` and the widget's font in the content."""
        raise NotImplementedError

    def set_theme(self, theme: Theme) -> None:
        """Show in other colours."""
        self.theme = theme
        if self._is_built:
            self._paint_all()

    @property
    def is_built(self) -> bool:
        """False until the pane is first shown."""
        return self._is_built

    @property
    def shows_empty_text(self) -> bool:
        """True while the line stands where content will be."""
        return self._is_built and self._stack.currentWidget() is self._empty

    def mark_changed(self, _: object = None) -> None:
        """Something that this pane shows has changed; a hidden one catches up when it is shown."""
        if self.isVisible():
            self._catch_up()

    def showEvent(self, event: QShowEvent) -> None:
        if not self._is_built:
            self._build_all()
        self._catch_up()
        super().showEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.FontChange and self._is_built:
            self._paint_all()
        super().changeEvent(event)

    def _build_all(self) -> None:
        self._empty = QLabel(self.empty_text)
        self._empty.setTextFormat(Qt.TextFormat.PlainText)
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        content = self.build()
        self._stack.addWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self.setAutoFillBackground(True)
        self._is_built = True
        self._paint_all()

    def _paint_all(self) -> None:
        self.setPalette(palette(self.theme))
        dim = self._empty.palette()
        dim.setColor(QPalette.ColorRole.WindowText, QColor(self.theme.dim))
        self._empty.setPalette(dim)
        margin = scaled(self, 16)
        self._empty.setContentsMargins(margin, margin, margin, margin)
        self.apply_theme()

    def _catch_up(self) -> None:
        self.refresh()
        self._stack.setCurrentIndex(0 if self.is_empty() else 1)

    def _on_was_reset(self) -> None:
        if self._is_built:
            self.forget()
            self.mark_changed()


def palette(theme: Theme) -> QPalette:
    """A panel's colours for Qt's own widgets inside a pane."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.panel,
        role.Base: theme.panel,
        role.AlternateBase: theme.panel,
        role.WindowText: theme.text,
        role.Text: theme.text,
        role.ButtonText: theme.text,
        role.Button: theme.chip,
        role.PlaceholderText: theme.faint,
        role.Highlight: theme.selection,
        role.HighlightedText: theme.text,
        role.ToolTipBase: theme.chip,
        role.ToolTipText: theme.text,
        role.Mid: theme.line,
        role.Midlight: theme.line,
        role.Dark: theme.line,
        role.Light: theme.chip,
        role.Shadow: theme.line,
        role.Link: theme.accent,
    }
    result = QPalette()
    for which, colour in colours.items():
        result.setColor(which, QColor(colour))
    result.setColor(QPalette.ColorGroup.Disabled, role.WindowText, QColor(theme.disabled))
    result.setColor(QPalette.ColorGroup.Disabled, role.Text, QColor(theme.disabled))
    result.setColor(QPalette.ColorGroup.Disabled, role.ButtonText, QColor(theme.disabled))
    return result
