"""What is in a frozen Stepscope, and what is kept out of it, as lists that the spec and the tests read.

A graph on Stepscope's own engine runs in this Python, so all of the standard library that makes sense without
a terminal is in, and all of langchain-core, which imports its parts by name when they are asked for.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

OURS = ("stepscope", "stepscope_host", "stepgraph")
WHOLE = (*OURS, "langchain_core", "langgraph.checkpoint", "langgraph.store", "langgraph.cache")
"""Packages with every module they have; no reader of imports finds all of these."""

RUNTIME_HOOKS = {"linux": frozenset[str](), "win32": {"pyi_rth_pyside6"}, "darwin": {"pyi_rth_pyside6"}}
"""PyInstaller's preludes that are needed: the others import Qt, inspect and multiprocessing at every start.

launch.py answers for multiprocessing, and on Linux Qt finds its plugins by itself.
"""

DATA: Mapping[str, str] = {
    "stepscope/resources": "stepscope/resources",  # examples, icon
    "stepscope_host": "stepscope_host",  # copied, as source, to where any Python can run it
}
"""Folders of the environment that is frozen, and where they lie in the bundle."""

LEFT_OUT = (
    *("numpy", "scipy", "pandas", "matplotlib", "PIL", "IPython", "jupyter_client", "zmq", "lxml", "pytest"),
    *("setuptools", "pip", "wheel", "pkg_resources", "_pytest", "mypy", "ruff", "psycopg"),
    *(
        "tkinter",
        "turtle",
        "turtledemo",
        "idlelib",
        "lib2to3",
        "ensurepip",
        "test",
        "_tkinter",
        "antigravity",
    ),
    *("_pydatetime", "_pydecimal", "_pyio"),  # all again, for who has no C compiler
    *("this", "venv", "pydoc_data", "_pyrepl", "readline", "curses", "_curses", "_curses_panel"),
    *("PySide6.QtNetwork", "PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtOpenGL", "PySide6.QtSql"),
    *("PySide6.QtTest", "PySide6.QtDesigner", "PySide6.QtXml", "PySide6.QtDBus"),
    *("zstandard._cffi", "zstandard.backend_cffi", "cffi", "cryptography", "pydantic.mypy"),
    *(
        "langsmith.cli",
        "langsmith.evaluation",
        "langsmith.integrations",
        "langsmith.sandbox",
        "langsmith.wrappers",
    ),
)
"""Modules that nothing here needs, though something offers to use them."""

PLUGINS: Mapping[str, Sequence[str]] = {
    "platforms": ("xcb", "wayland", "offscreen", "minimal.", "windows", "cocoa"),
    "xcbglintegrations": ("xcb-egl", "xcb-glx"),
    "platforminputcontexts": ("compose", "ibus"),
    "platformthemes": ("xdgdesktopportal",),  # the desktop's own file dialogs, without GTK
    "wayland-shell-integration": ("xdg-shell",),
    "wayland-decoration-client": ("bradient", "adwaita"),
    "wayland-graphics-integration-client": ("wayland-egl", "shm-emulation"),
    "iconengines": ("svgicon",),
    "imageformats": ("svg", "ico", "icns"),
    "printsupport": ("cups", "windows", "cocoa"),
    "styles": ("windows", "mac"),
}
"""Qt's plugins that stay: by folder, a part of the file's name."""

OF_THE_HOST = re.compile(
    r"lib(stdc\+\+|gcc_s|X11|X11-xcb|xcb|fontconfig|freetype|expat|glib-2\.0|gthread-2\.0|gobject-2\.0|dbus-1"
    r"|cups|GL|EGL|GLX|GLdispatch|OpenGL|drm|gbm|wayland-(client|cursor|egl))\.so[.\d]*"
)
"""Libraries that any desktop has, and that must be its own: they talk to its display, fonts and devices."""


def standard_library() -> list[str]:
    """Its modules, but for those that are left out or are no use here."""
    return sorted(
        name
        for name in sys.stdlib_module_names
        if name not in LEFT_OUT and not name.startswith(("_test", "_xx", "__"))
    )


def is_wanted(place: str) -> bool:
    """Whether a library or a data file of this place in the bundle stays."""
    path = PurePosixPath(place.replace("\\", "/"))
    parts = path.parts
    if OF_THE_HOST.fullmatch(path.name):
        return False
    if "plugins" in parts and "PySide6" in parts:
        folder, name = parts[-2], path.name
        return any(part in name for part in PLUGINS.get(folder, ()))
    # Nothing installs a translation of Qt's own words beside English ones.
    return not ("PySide6" in parts and {"translations", "qml"} & {*parts})


def reachable(needs: Mapping[str, Iterable[str]], roots: Iterable[str]) -> set[str]:
    """The names that are needed by `roots`, directly or not, themselves included."""
    found: set[str] = set()
    ahead = list(roots)
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead.extend(needs.get(name, ()))
    return found
