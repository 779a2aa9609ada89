"""A breakpoint as a row of their pane."""

from __future__ import annotations

from dataclasses import dataclass

from stepscope.model.breakpoint import Breakpoint, Sign


@dataclass(frozen=True)
class BreakpointRow:
    """One breakpoint as it is shown; it has stopped the run, or spoken, so many times."""

    item: Breakpoint
    hits: int
    is_gone: bool

    @property
    def sign(self) -> str:
        if self.is_gone:
            return (Sign.LOGPOINT_OFF if self.item.log else Sign.BREAKPOINT_OFF).value
        return self.item.sign.value

    @property
    def place(self) -> str:
        place = self.item.place
        return f"{place[:1].upper()}{place[1:]}" if self.item.is_fixed else place

    @property
    def details(self) -> str:
        return ", ".join(
            part for part in ("its node is gone" if self.is_gone else "", self.item.details) if part
        )

    @property
    def count(self) -> str:
        return f"×{self.hits}" if self.hits else ""

    @property
    def words(self) -> str:
        """The row as it reads."""
        return " ".join(part for part in (self.sign, self.place, self.details, self.count) if part)
