"""Whether the program has left builtins as this process needs them: without, it could not even say so."""

from __future__ import annotations

import builtins
from collections.abc import Callable

_there = vars(builtins)
_needed = {name: value for name, value in _there.items() if not name.startswith("_") and value is not None}
_needed |= {name: _there[name] for name in ("__import__", "__build_class__")}  # for `import` and `class`
_get = _there.get
_tell: Callable[[Exception], object] | None = None


ANYTHING = BaseException
"""What an `except` names that has to work without builtins."""


class Broken(Exception):
    """Something that this process needs is gone."""


def watch(tell: Callable[[Exception], object]) -> None:
    """From now on `tell` when `look` finds something gone; it must not return."""
    global _tell
    _tell = tell


def look() -> None:
    """To be called when code of the program has run. Does nothing in a process that is not watched."""
    if _tell is not None and (broken := mended()) is not None:
        _tell(broken)


def mended() -> Broken | None:
    """What was gone, which is there again; None when nothing was. Who puts another in its place, may."""
    gone = [name for name in _needed if _get(name) is None]
    if not gone:
        return None
    _there.update(_needed)
    some = ", ".join(gone[:3]) + (f" and {len(gone) - 3} more" if len(gone) > 3 else "")
    return Broken(f"code in it has removed {some} from builtins")
