"""Colours by meaning, in light, dark and high contrast, and the glyphs that go with each state.

Whatever is written is written in one of INKS on one of GROUNDS, or on the tint of its own state: each of
these pairs has a contrast of 4.5:1 at least, and of 7:1 where contrast is high (tests/app/test_theme.py).
`edge` is for lines alone, and has 3:1 on the canvas. `disabled`, for what cannot be used now, has 3:1.
"""

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
    is_high_contrast: bool
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
    disabled: str
    edge: str
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


INKS = ("text", "dim", "faint", "accent", "running", "done", "held", "failed", "idle")
"""What is written with."""

GROUNDS = ("window", "panel", "canvas", "chip", "bubble", "selection", "node", "band")
"""What is written on."""

DARK = Theme(
    is_dark=True,
    is_high_contrast=False,
    window="#15181d",
    panel="#1b1f26",
    canvas="#12151a",
    line="#2d343f",
    chip="#262c36",
    bubble="#242b35",
    selection="#1e3147",
    text="#e6e9ee",
    dim="#a3adba",
    faint="#909ba9",
    disabled="#727d8d",
    edge="#6b7686",
    accent="#5aa9ff",
    on_accent="#0b1420",
    running="#f2b84b",
    done="#4fc08d",
    held="#c58bff",
    failed="#ff7070",
    idle="#939eac",
    node="#1e232b",
    running_fill="#352d1d",
    done_fill="#1a2a26",
    held_fill="#2f2840",
    failed_fill="#3a2226",
    band="#18222f",
)

LIGHT = Theme(
    is_dark=False,
    is_high_contrast=False,
    window="#f3f4f6",
    panel="#ffffff",
    canvas="#fbfcfd",
    line="#dfe3e8",
    chip="#eef1f5",
    bubble="#f1f4f8",
    selection="#e2eeff",
    text="#1b2430",
    dim="#4f5a6a",
    faint="#606b7b",
    disabled="#808b9a",
    edge="#838e9d",
    accent="#1a5fd0",
    on_accent="#ffffff",
    running="#8f5a00",
    done="#17734a",
    held="#7339b8",
    failed="#c02a2a",
    idle="#5f6b7b",
    node="#f6f8fa",
    running_fill="#fff3d6",
    done_fill="#e2f3ea",
    held_fill="#f1e6fd",
    failed_fill="#fde8e8",
    band="#eaf1fd",
)

DARK_CONTRAST = Theme(
    is_dark=True,
    is_high_contrast=True,
    window="#000000",
    panel="#000000",
    canvas="#000000",
    line="#8c939d",
    chip="#1c1c1c",
    bubble="#161616",
    selection="#002b52",
    text="#ffffff",
    dim="#e4e4e4",
    faint="#d0d0d0",
    disabled="#7d7d7d",
    edge="#d0d0d0",
    accent="#7cc4ff",
    on_accent="#000000",
    running="#ffd24a",
    done="#62e394",
    held="#dcb8ff",
    failed="#ffa3a3",
    idle="#d0d0d0",
    node="#000000",
    running_fill="#2b2000",
    done_fill="#00260f",
    held_fill="#24143d",
    failed_fill="#3a0a0a",
    band="#10202f",
)

LIGHT_CONTRAST = Theme(
    is_dark=False,
    is_high_contrast=True,
    window="#ffffff",
    panel="#ffffff",
    canvas="#ffffff",
    line="#5c636c",
    chip="#f0f0f0",
    bubble="#f5f5f5",
    selection="#d6e6ff",
    text="#000000",
    dim="#1f1f1f",
    faint="#383838",
    disabled="#858585",
    edge="#383838",
    accent="#0043a8",
    on_accent="#ffffff",
    running="#5c3a00",
    done="#004d26",
    held="#4b0f96",
    failed="#8f0000",
    idle="#383838",
    node="#ffffff",
    running_fill="#fff0c2",
    done_fill="#d9f5e5",
    held_fill="#f0e2ff",
    failed_fill="#ffe1e1",
    band="#e6f0ff",
)

THEMES = (DARK, LIGHT, DARK_CONTRAST, LIGHT_CONTRAST)


def theme_for(is_dark: bool, is_high_contrast: bool) -> Theme:
    """The theme for what is wanted."""
    return next(
        theme for theme in THEMES if (theme.is_dark, theme.is_high_contrast) == (is_dark, is_high_contrast)
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

KIND_GLYPHS = {"asks": "?", "cached": "↺", "skipped": "»"}
"""The mark of a state that has a kind, in place of the plain one."""

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
