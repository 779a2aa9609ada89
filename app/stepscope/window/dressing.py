"""What the View menu does to how everything looks: theme, contrast, motion, and what nodes tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QMainWindow

from stepscope.canvas.view import GraphView
from stepscope.run.settings import Settings
from stepscope.theme import Scheme
from stepscope.window.actions import Actions
from stepscope.window.appearance import Appearance


class Dressing:
    """Keeps the wishes in the settings; `handlers` go to the table of commands."""

    def __init__(
        self,
        appearance: Appearance,
        canvas: GraphView,
        window: QMainWindow,
        settings: Settings,
        actions: Actions,
    ) -> None:
        self._appearance, self._canvas, self._window = appearance, canvas, window
        self._settings, self._actions = settings, actions
        actions.check(f"theme_{appearance.scheme.value}")
        actions["high_contrast"].setChecked(appearance.wants_contrast)
        actions["reduce_motion"].setChecked(appearance.wants_rest)
        actions["numbers"].setChecked(settings.shows_numbers)
        self._set_motion()
        canvas.set_numbers(settings.shows_numbers)

    @property
    def handlers(self) -> Mapping[str, Callable[[], object]]:
        themes = {f"theme_{scheme.value}": self._chooser(scheme) for scheme in Scheme}
        return {
            **themes,
            "high_contrast": self._choose_contrast,
            "reduce_motion": self._choose_motion,
            "numbers": self._choose_numbers,
        }

    def _chooser(self, scheme: Scheme) -> Callable[[], None]:
        def choose() -> None:
            self._settings.scheme = scheme.value
            self._actions.check(f"theme_{scheme.value}")
            self._appearance.choose(scheme)

        return choose

    def _choose_contrast(self) -> None:
        self._settings.wants_contrast = is_wanted = self._actions["high_contrast"].isChecked()
        self._appearance.want_contrast(is_wanted)

    def _choose_numbers(self) -> None:
        self._settings.shows_numbers = is_wanted = self._actions["numbers"].isChecked()
        self._canvas.set_numbers(is_wanted)

    def _choose_motion(self) -> None:
        self._settings.wants_rest = self._appearance.wants_rest = self._actions["reduce_motion"].isChecked()
        self._set_motion()

    def _set_motion(self) -> None:
        has_motion = self._appearance.has_motion
        self._canvas.set_motion(has_motion)
        self._window.setAnimated(has_motion)
