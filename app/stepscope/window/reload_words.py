"""What is said when the files of the open graph change: sentences for the banner and the graph's header."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from stepscope.run.sightings import Difference

STALE_GLYPH = "◷"
NEXT_SAVE = "The next save is tried by itself."


def has_changed(differences: Sequence[Difference], main: str, is_live: bool) -> str:
    """Says which files differ from what was loaded, and when that will show."""
    names = _names(differences, main)
    verb = "has" if len(differences) == 1 else "have"
    if is_live:
        return f"{names} {verb} changed. This run goes on with the old code; the next one takes the new."
    return f"{names} {verb} changed. The next run takes the new code; Reload shows its graph now."


def is_gone(main: str, loaded: datetime, now: datetime) -> str:
    """Says that the open file itself is not there any more."""
    return f"{Path(main).name} is gone. The graph is shown as it was read at {_when(loaded, now)}."


def could_not_reload(main: str, headline: str) -> str:
    """Says why the file as it is now cannot be shown, and what happens next."""
    reason = headline.rstrip(".")
    return f"Could not reload {Path(main).name}: {reason}. {NEXT_SAVE}"


def shown_as_of(loaded: datetime, now: datetime) -> str:
    """The mark of a picture that is of an earlier state of the file."""
    return f"{STALE_GLYPH} Shown as of {_when(loaded, now)}, before the error"


def _names(differences: Sequence[Difference], main: str) -> str:
    paths = sorted((difference.path for difference in differences), key=lambda path: (path != main, path))
    first, *rest = (Path(path).name for path in paths)
    if not rest:
        return first
    return f"{first} and {rest[0]}" if len(rest) == 1 else f"{first} and {len(rest)} more files"


def _when(then: datetime, now: datetime) -> str:
    return f"{then:%H:%M}" if then.date() == now.date() else f"{then:%H:%M on %d %B}"
