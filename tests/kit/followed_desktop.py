"""A desktop that turns dark and wants contrast while a program looks on, played on a bus of its own.

`dbus-run-session -- python -m tests.kit.followed_desktop` prints the themes that Stepscope wears one after
the other. The desktop is another process, as it is in life.
"""

from __future__ import annotations

import os
import subprocess
import sys

SETTINGS = "org.freedesktop.portal.Settings"
PATH = "/org/freedesktop/portal/desktop"
CHANGES = (("color-scheme", 1), ("contrast", 1), ("color-scheme", 2), ("contrast", 0))
PATIENCE = 30_000
"""Milliseconds after which no change will be seen any more."""


def _desktop() -> None:
    """Tell the bus of a change for each line that comes."""
    from PySide6.QtCore import QCoreApplication, QSocketNotifier
    from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusVariant

    app = QCoreApplication([])
    bus = QDBusConnection.sessionBus()
    bus.registerService("org.freedesktop.portal.Desktop")
    print("ready", flush=True)

    def tell() -> None:
        line = sys.stdin.readline()
        if not line:
            app.quit()
            return
        name, value = line.split()
        change = QDBusMessage.createSignal(PATH, SETTINGS, "SettingChanged")
        change.setArguments(["org.freedesktop.appearance", name, QDBusVariant(int(value))])
        bus.send(change)

    orders = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    orders.activated.connect(tell)
    app.exec()  # what else is asked for does not exist, and that is told at once


def _look_on() -> None:
    desktop = subprocess.Popen(
        [sys.executable, "-m", "tests.kit.followed_desktop", "desktop"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert desktop.stdin is not None
    assert desktop.stdout is not None
    desktop.stdout.readline()
    os.environ |= {"QT_QPA_PLATFORM": "offscreen", "QT_QPA_PLATFORMTHEME": "xdgdesktopportal"}

    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from stepscope.theme import Scheme, Theme
    from stepscope.window.appearance import Appearance

    app = QApplication([])
    appearance = Appearance(app, Scheme.SYSTEM)
    changes, orders = iter(CHANGES), desktop.stdin

    def go_on(theme: Theme) -> None:
        print("dark" if theme.is_dark else "light", "contrast" if theme.is_high_contrast else "", flush=True)
        change = next(changes, None)
        if change is None:
            app.quit()
            return
        print(*change, file=orders, flush=True)

    appearance.changed.connect(go_on)
    go_on(appearance.theme)
    QTimer.singleShot(PATIENCE, app.quit)
    app.exec()
    orders.close()
    desktop.wait()


if __name__ == "__main__":
    _desktop() if "desktop" in sys.argv else _look_on()
