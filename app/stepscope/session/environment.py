"""The environment of a process that is not ours: the person's own variables, without those of a frozen app.

A bundle made by PyInstaller or the like points the loader and Qt at its own libraries. A user's Python that
inherited that would load our libssl in place of its own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

_PREFIXES = ("_PYI_", "_MEI")
_OURS = {
    "APPDIR",
    "APPIMAGE",
    "ARGV0",
    "OWD",
    "PYSIDE6_OPTION_PYTHON_ENUM",
    "QT_PLUGIN_PATH",
    "QML2_IMPORT_PATH",
    "QT_QPA_PLATFORM_PLUGIN_PATH",
}
_ORIGINAL = "_ORIG"
"""PyInstaller keeps what a variable was under its name with this behind."""


def bundle() -> str:
    """The folder of the frozen app that this is, or ""."""
    if not getattr(sys, "frozen", False):
        return ""
    return str(getattr(sys, "_MEIPASS", "")) or os.path.dirname(sys.executable)  # noqa: PTH120


def for_others(own: Mapping[str, str], bundle: str) -> dict[str, str]:
    """`own` as it was before the frozen app in the folder `bundle` started; a copy when that is ""."""
    if not bundle:
        return dict(own)
    cleaned: dict[str, str] = {}
    for name, value in own.items():
        if name.startswith(_PREFIXES) or name in _OURS or name.endswith(_ORIGINAL):
            continue
        parts = value.split(os.pathsep)
        kept = [part for part in parts if not _is_within(part, bundle)]
        if kept or not parts:
            cleaned[name] = os.pathsep.join(kept)
    for name, value in own.items():
        if name.endswith(_ORIGINAL) and value:
            cleaned[name.removesuffix(_ORIGINAL)] = value
    return cleaned


def _is_within(part: str, bundle: str) -> bool:
    return part == bundle or part.startswith(bundle.rstrip(os.sep) + os.sep)
