"""Which theme is on, and whether things move: what the person asked for, or as the desktop has it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QStyle

from stepscope.theme import LIGHT, Scheme, theme_for
from stepscope.window import style

_COLOR_SCHEMES = {Scheme.LIGHT: Qt.ColorScheme.Light, Scheme.DARK: Qt.ColorScheme.Dark}


class Appearance(QObject):
    """Dresses the application. `changed(Theme)` follows whenever `theme` is another one.

    `wants_contrast` and `wants_rest` are the person's wishes; without them it is as on the desktop.
    """

    changed = Signal(object)

    def __init__(
        self,
        app: QApplication,
        scheme: Scheme,
        wants_contrast: bool = False,
        wants_rest: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._app = app
        self.scheme = scheme
        self.wants_contrast, self.wants_rest = wants_contrast, wants_rest
        self.theme = LIGHT
        app.setStyle("Fusion")
        hints = app.styleHints()
        hints.colorSchemeChanged.connect(self._show)
        if hasattr(hints, "accessibility"):  # since Qt 6.10
            hints.accessibility().contrastPreferenceChanged.connect(self._show)
        self.choose(scheme)
        self._dress()

    @property
    def has_motion(self) -> bool:
        """Whether anything may move or fade."""
        duration = QStyle.StyleHint.SH_Widget_Animation_Duration
        return not self.wants_rest and self._app.style().styleHint(duration) > 0

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

    def want_contrast(self, is_wanted: bool) -> None:
        """High contrast always, or as the desktop has it."""
        self.wants_contrast = is_wanted
        self._show()

    def _show(self) -> None:
        theme = theme_for(self._is_dark, self._is_high_contrast)
        if theme is not self.theme:
            self.theme = theme
            self._dress()
            self.changed.emit(theme)

    @property
    def _is_dark(self) -> bool:
        if self.scheme is Scheme.SYSTEM:
            return self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return self.scheme is Scheme.DARK

    @property
    def _is_high_contrast(self) -> bool:
        hints = self._app.styleHints()
        if self.wants_contrast or not hasattr(hints, "accessibility"):
            return self.wants_contrast
        return hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast

    def _dress(self) -> None:
        self._app.setPalette(style.palette(self.theme))
        self._app.setStyleSheet(style.style_sheet(self.theme))
