"""Python's garbage is collected in the window's thread alone.

Python collects in whichever thread happens to allocate next: an executor's, a graph's own. Should a window, a
scene or a timer be part of that garbage, Qt would delete it there, and the program crashes.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

from PySide6.QtCore import QTimer

LOOK_MS = 250
_busy: list[object] = []


def collect_when_due() -> None:
    """Collect what Python's own thresholds ask for, unless somebody makes a great deal that stays."""
    if _busy:
        return
    for generation in (2, 1, 0):
        if gc.get_count()[generation] > gc.get_threshold()[generation] > 0:
            gc.collect(generation)
            return


@contextlib.contextmanager
def set_aside() -> Iterator[None]:
    """What is made meanwhile has no cycles and stays for long: the collector need not walk over it.

    Ten thousand nodes that are laid out are half a million objects: the window would stand still for long.
    """
    token = object()
    _busy.append(token)
    try:
        yield
    finally:
        gc.freeze()
        _busy.remove(token)


@contextlib.contextmanager
def collected_in_this_thread() -> Iterator[None]:
    """Keep Python from collecting by itself, and look from time to time while this thread runs Qt's loop."""
    was_enabled = gc.isenabled()
    gc.disable()
    timer = QTimer(interval=LOOK_MS)
    timer.timeout.connect(collect_when_due)
    timer.start()
    try:
        yield
    finally:
        timer.stop()
        if was_enabled:
            gc.enable()
