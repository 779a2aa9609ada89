"""Which theme is on: what the person asked for, or what the desktop shows, as it changes."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from stepscope.theme import DARK, LIGHT, Scheme, Theme
from stepscope.window import style

_COLOR_SCHEMES = {Scheme.LIGHT: Qt.ColorScheme.Light, Scheme.DARK: Qt.ColorScheme.Dark}


class Appearance(QObject):
    """Dresses the application. `changed(Theme)` follows whenever `theme` is another one."""

    changed = Signal(object)

    def __init__(self, app: QApplication, scheme: Scheme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self.scheme = scheme
        self.theme = LIGHT
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._on_desktop_changed)
        self.choose(scheme)
        self._dress()

    def choose(self, scheme: Scheme) -> None:
        """Take what the person asked for."""
        self.scheme = scheme
        hints = self._app.styleHints()
        # Dialogs and title bars that the platform draws follow this too.
        if scheme is Scheme.SYSTEM:
            hints.unsetColorScheme()
        else:
            hints.setColorScheme(_COLOR_SCHEMES[scheme])
        self._show()

    def _on_desktop_changed(self, _scheme: Qt.ColorScheme) -> None:
        if self.scheme is Scheme.SYSTEM:
            self._show()

    def _show(self) -> None:
        theme = self._wanted()
        if theme is not self.theme:
            self.theme = theme
            self._dress()
            self.changed.emit(theme)

    def _wanted(self) -> Theme:
        if self.scheme is Scheme.SYSTEM:
            is_dark = self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark
        else:
            is_dark = self.scheme is Scheme.DARK
        return DARK if is_dark else LIGHT

    def _dress(self) -> None:
        self._app.setPalette(style.palette(self.theme))
        self._app.setStyleSheet(style.style_sheet(self.theme))
