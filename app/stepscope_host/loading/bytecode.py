"""Bytecode of a file that was saved a moment ago is not kept.

Python tells by the second in which a file was saved, and by its size, whether the bytecode that it has kept
is still that of the file. Whoever saves twice within a second, as editors that format do, may otherwise go on
with the first version.
"""

from __future__ import annotations

import os
import time
from importlib.machinery import SourceFileLoader
from typing import Any

YOUNG_SECONDS = 2.0
"""What is older than this gets another time when it is saved again, also where disks count in twos."""


def keep_none_of_young_files() -> None:
    """From now on, in this process."""
    set_data = SourceFileLoader.set_data

    def set_data_unless_young(self: SourceFileLoader, path: str, data: bytes, **how: Any) -> None:
        if _age(self.path) > YOUNG_SECONDS:
            set_data(self, path, data, **how)

    SourceFileLoader.set_data = set_data_unless_young  # type: ignore[method-assign,assignment]


def _age(path: str) -> float:
    try:
        return time.time() - os.stat(path).st_mtime  # noqa: PTH116 - imports are not to import pathlib
    except OSError:
        return 0.0
