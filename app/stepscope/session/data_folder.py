"""Where a person's threads are kept: outside of any project, in the platform's folder for data."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def threads_folder() -> str:
    """The folder for the threads of all programs; "" where there is no home to have it in."""
    try:
        return str(_data() / "stepscope" / "threads")
    except RuntimeError:
        return ""


def _data() -> Path:
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
