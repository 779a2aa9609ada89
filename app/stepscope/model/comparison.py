"""What differs between two checkpoints, as rows to be read: where, what was there, and what is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stepscope.model import plain
from stepscope.model.events import Plain


@dataclass(frozen=True)
class Difference:
    """One place in a state: "" stands for nothing there."""

    path: tuple[str, ...]
    was: str
    now: str

    @staticmethod
    def from_plain(told: Mapping[str, Any]) -> Difference:
        was, now = (_read(told[side]) if side in told else "" for side in ("was", "now"))
        return Difference(tuple(map(str, told["path"])), was, now)

    @property
    def sign(self) -> str:
        """``+`` for what has come, ``−`` for what has gone, ``~`` for what is another."""
        return "+" if not self.was else "−" if not self.now else "~"

    @property
    def where(self) -> str:
        return " › ".join(self.path) or "the state"


@dataclass(frozen=True)
class Comparison:
    """Two checkpoints of a thread, by what they are called, and all that differs; or the first of it."""

    was: str
    now: str
    differences: tuple[Difference, ...]
    is_cut: bool = False

    @property
    def words(self) -> str:
        """How much differs, in words."""
        count = len(self.differences)
        if not count:
            return "Nothing differs."
        if self.is_cut:
            return f"The first {count} differences."
        return "1 difference." if count == 1 else f"{count} differences."


def _read(value: Plain) -> str:
    return plain.string(value) or plain.text(value)
