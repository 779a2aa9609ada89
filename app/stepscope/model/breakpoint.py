"""A breakpoint as the person has it: where, when, on which condition; told in words and as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any, Literal, get_args

from stepscope.model.topology import NodeKey

When = Literal["before", "after", "error", "custom", "change"]
WHENS: tuple[When, ...] = get_args(When)

ERRORS, UNHANDLED = "errors", "unhandled"
"""The ids of two breakpoints that every graph has: on any error, and on those that nobody handles."""


class Sign(Enum):
    """The mark of a breakpoint; what is off, or whose node is gone, is hollow."""

    BREAKPOINT = "●"
    LOGPOINT = "◆"
    BREAKPOINT_OFF = "○"
    LOGPOINT_OFF = "◇"


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """`stepscope_host.debugging.breakpoints` explains its parts. `path` is that of a node, or of a graph."""

    id: str
    path: NodeKey
    when: When = "before"
    condition: str = ""
    visits: int = 0
    log: str = ""
    key: str = ""
    unhandled: bool = False
    enabled: bool = True

    @property
    def is_fixed(self) -> bool:
        """True for one of the two that every graph has: it can be switched, and not removed or edited."""
        return self.id in (ERRORS, UNHANDLED)

    @property
    def is_plain(self) -> bool:
        """True when nothing was typed for it: one like it is there again with a key."""
        return not (self.condition or self.log or self.visits)

    @property
    def is_on_graph(self) -> bool:
        """True when its path is that of a graph, and not of a node."""
        return self.when in ("custom", "change")

    @property
    def sign(self) -> Sign:
        if self.log:
            return Sign.LOGPOINT if self.enabled else Sign.LOGPOINT_OFF
        return Sign.BREAKPOINT if self.enabled else Sign.BREAKPOINT_OFF

    @property
    def place(self) -> str:
        """Where it is, in a few words: ``research › search``, ``any error``."""
        path = " › ".join(self.path)
        match self.when:
            case "error" if not self.path:
                return "errors not handled" if self.unhandled else "any error"
            case "custom":
                return f"custom message in {path}" if path else "custom message"
            case "change":
                return f"{self.key} in {path}" if path else self.key
        return path

    @property
    def details(self) -> str:
        """When and under which condition it stops: ``after, if x > 2``."""
        when = {"after": "after", "change": "changes"}.get(self.when, "")
        if self.when == "error" and self.path:
            when = "on an error that is not handled" if self.unhandled else "on an error"
        parts = [
            when,
            f"if {self.condition}" if self.condition else "",
            f"from visit {self.visits} on" if self.visits else "",
            f"log “{self.log}”" if self.log else "",
        ]
        return ", ".join(part for part in parts if part)

    @property
    def sentence(self) -> str:
        """All of it, for a tooltip and a screen reader."""
        kind = "Logpoint" if self.log else "Breakpoint"
        details = f", {self.details}" if self.details else ""
        return f"{kind} on {self.place}{details}{'' if self.enabled else ' (disabled)'}"

    def to_plain(self) -> dict[str, Any]:
        return {**asdict(self), "path": list(self.path)}

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> Breakpoint:
        """Raises KeyError, TypeError or ValueError for what is none."""
        if plain["when"] not in WHENS:
            raise ValueError(f"There is no breakpoint of the kind {plain['when']!r}.")
        return Breakpoint(
            str(plain["id"]),
            tuple(str(name) for name in plain["path"]),
            plain["when"],
            str(plain.get("condition", "")),
            int(plain.get("visits", 0)),
            str(plain.get("log", "")),
            str(plain.get("key", "")),
            bool(plain.get("unhandled", False)),
            bool(plain.get("enabled", True)),
        )


FIXED = (
    Breakpoint(ERRORS, (), "error", enabled=False),
    Breakpoint(UNHANDLED, (), "error", unhandled=True, enabled=False),
)


def sign_of(breakpoints: Iterable[Breakpoint]) -> Sign:
    """The one mark of several breakpoints at one place: what stops is told before what only speaks."""
    signs = {each.sign for each in breakpoints}
    return next(sign for sign in Sign if sign in signs)


def problem_of(condition: str) -> str:
    """What is wrong with an expression, in words; nothing when it can be read, or is empty."""
    if not condition.strip():
        return ""
    try:
        compile(condition.strip(), "<condition>", "eval")
    except (SyntaxError, ValueError) as error:
        words = getattr(error, "msg", None) or str(error)
        offset = getattr(error, "offset", None)
        return f"{words} (at character {offset})" if offset else str(words)
    return ""
