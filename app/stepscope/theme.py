"""Colours by meaning, in light and dark, and the words and glyphs that go with each state."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from stepscope.model.phase import Phase, RunPhase


class Scheme(Enum):
    """What the person asked for; SYSTEM follows the desktop as it changes."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class Theme:
    """Every colour as ``#rrggbb``, named by what it means."""

    is_dark: bool
    window: str
    panel: str
    canvas: str
    line: str
    chip: str
    bubble: str
    selection: str
    text: str
    dim: str
    faint: str
    accent: str
    on_accent: str
    running: str
    done: str
    held: str
    failed: str
    idle: str
    node: str
    running_fill: str
    done_fill: str
    held_fill: str
    failed_fill: str
    band: str

    def phase(self, phase: Phase) -> str:
        """The colour of a task's or node's state: its border, mark and word."""
        return {
            Phase.IDLE: self.idle,
            Phase.HELD: self.held,
            Phase.RUNNING: self.running,
            Phase.DONE: self.done,
            Phase.FAILED: self.failed,
            Phase.STOPPED: self.idle,
        }[phase]

    def fill(self, phase: Phase) -> str:
        """The tint behind a node in that state."""
        return {
            Phase.IDLE: self.node,
            Phase.HELD: self.held_fill,
            Phase.RUNNING: self.running_fill,
            Phase.DONE: self.done_fill,
            Phase.FAILED: self.failed_fill,
            Phase.STOPPED: self.node,
        }[phase]

    def run_phase(self, phase: RunPhase) -> str:
        """The colour of the whole run's state."""
        return {
            RunPhase.IDLE: self.idle,
            RunPhase.RUNNING: self.running,
            RunPhase.PAUSED: self.held,
            RunPhase.FINISHED: self.done,
            RunPhase.FAILED: self.failed,
            RunPhase.STOPPED: self.idle,
            RunPhase.INTERRUPTED: self.held,
        }[phase]


DARK = Theme(
    is_dark=True,
    window="#15181d",
    panel="#1b1f26",
    canvas="#12151a",
    line="#2d343f",
    chip="#262c36",
    bubble="#242b35",
    selection="#21364d",
    text="#e6e9ee",
    dim="#9aa4b2",
    faint="#6b7686",
    accent="#5aa9ff",
    on_accent="#0b1420",
    running="#f2b84b",
    done="#4fc08d",
    held="#c58bff",
    failed="#ff6b6b",
    idle="#8b96a5",
    node="#1e232b",
    running_fill="#352d1d",
    done_fill="#1a2a26",
    held_fill="#2f2840",
    failed_fill="#3a2226",
    band="#18222f",
)

LIGHT = Theme(
    is_dark=False,
    window="#f3f4f6",
    panel="#ffffff",
    canvas="#fbfcfd",
    line="#dfe3e8",
    chip="#eef1f5",
    bubble="#f1f4f8",
    selection="#dcebff",
    text="#1b2430",
    dim="#566273",
    faint="#8a95a5",
    accent="#1f6feb",
    on_accent="#ffffff",
    running="#b97700",
    done="#1a7f4e",
    held="#7b3fbf",
    failed="#c93535",
    idle="#6b7686",
    node="#f6f8fa",
    running_fill="#fff3d6",
    done_fill="#e2f3ea",
    held_fill="#f1e6fd",
    failed_fill="#fde8e8",
    band="#eaf1fd",
)

GLYPHS = {
    Phase.IDLE: "",
    Phase.HELD: "❚❚",
    Phase.RUNNING: "●",
    Phase.DONE: "✓",
    Phase.FAILED: "✕",
    Phase.STOPPED: "■",
}
"""The mark of a state, so that it is never told by colour alone."""

HAND_GLYPH = "✎"
"""The person did something to it by hand."""

RUN_GLYPHS = {
    RunPhase.IDLE: "",
    RunPhase.RUNNING: "●",
    RunPhase.PAUSED: "❚❚",
    RunPhase.FINISHED: "✓",
    RunPhase.FAILED: "✕",
    RunPhase.STOPPED: "■",
    RunPhase.INTERRUPTED: "?",
}

LOOKING_GLYPH = "◎"
"""Only the source is looked at, and nothing has run."""
