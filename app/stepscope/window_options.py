"""What the command line asks of the window. Loads no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Theme = Literal["system", "light", "dark"]


@dataclass(frozen=True)
class WindowOptions:
    """What to do when the window opens. `input` is JSON text, or None for the program's own."""

    target: str | None = None
    input: str | None = None
    run: bool = False
    screenshot: Path | None = None
    quit: bool = False
    theme: Theme = "system"
    trust: bool = False
    python: str | None = None
