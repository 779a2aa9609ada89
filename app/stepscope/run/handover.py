"""What a thread has found, on its way to an object of the window's thread, which may be gone by then."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal


class Handover(QObject):
    """`take` is called in the owner's thread with all that `give` gets in others, while there is an owner.

    Qt does not look whether an object is being deleted while a thread sends a signal of it; here one waits
    for the other.
    """

    _given = Signal(object)

    def __init__(self, take: Callable[[Any], object], owner: QObject) -> None:
        super().__init__(owner)
        self._gate = gate = _Gate()
        self._given.connect(take, Qt.ConnectionType.QueuedConnection)
        owner.destroyed.connect(lambda _: gate.close())

    def give(self, found: Any) -> None:
        """Hand something over; nobody wants it when the owner is gone."""
        with self._gate.lock:
            if self._gate.is_open:
                with contextlib.suppress(RuntimeError):  # Python hears of the end a little earlier
                    self._given.emit(found)


class _Gate:
    """No object of Qt's, so that it is there to the end."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.is_open = True

    def close(self) -> None:
        with self.lock:
            self.is_open = False
