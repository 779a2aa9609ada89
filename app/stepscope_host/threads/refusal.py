"""Why something that a person asks for cannot be done."""

from __future__ import annotations

import json
from typing import Any

MOST_EDITED = 2_000_000
"""Characters of JSON that a person can edit."""


class Refused(Exception):
    """What was asked for cannot be done; its text says why."""


def refuse_large(values: Any, what: str) -> None:
    """Raise Refused for JSON that is too long to be edited."""
    if (size := len(json.dumps(values))) > MOST_EDITED:
        raise Refused(f"{what} is too large to be edited here: it is {size / 1e6:.1f} MB as JSON.")
