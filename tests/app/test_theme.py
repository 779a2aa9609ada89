"""Whatever is written can be read, in every theme."""

from __future__ import annotations

import itertools

import pytest

from stepscope.model.phase import Phase
from stepscope.theme import GROUNDS, INKS, THEMES, Theme

NAMES = [f"{'dark' if t.is_dark else 'light'}{', contrast' if t.is_high_contrast else ''}" for t in THEMES]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_measured_from_one_to_twenty_one() -> None:
    assert contrast("#777777", "#777777") == 1.0
    assert contrast("#ffffff", "#000000") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES, ids=NAMES)
def test_every_ink_can_be_read_on_every_ground(theme: Theme) -> None:
    enough = 7.0 if theme.is_high_contrast else 4.5
    pairs = {
        f"{ink} on {ground}": contrast(getattr(theme, ink), getattr(theme, ground))
        for ink, ground in itertools.product(INKS, GROUNDS)
    }
    pairs["on_accent on accent"] = contrast(theme.on_accent, theme.accent)

    assert {pair: round(found, 2) for pair, found in pairs.items() if found < enough} == {}


@pytest.mark.parametrize("theme", THEMES, ids=NAMES)
@pytest.mark.parametrize("phase", Phase)
def test_a_node_can_be_read_in_every_state(theme: Theme, phase: Phase) -> None:
    inks = (theme.text, theme.dim, theme.phase(phase))

    assert min(contrast(ink, theme.fill(phase)) for ink in inks) >= (7.0 if theme.is_high_contrast else 4.5)


@pytest.mark.parametrize("theme", THEMES, ids=NAMES)
def test_lines_on_the_canvas_can_be_told_from_it(theme: Theme) -> None:
    lines = (theme.edge, theme.accent, *(theme.phase(phase) for phase in Phase))

    assert min(contrast(line, theme.canvas) for line in lines) >= 3.0


@pytest.mark.parametrize("theme", THEMES, ids=NAMES)
def test_what_cannot_be_used_can_be_seen_and_told_from_what_can(theme: Theme) -> None:
    grounds = (theme.panel, theme.chip)

    assert min(contrast(theme.disabled, ground) for ground in grounds) >= 3.0
    assert contrast(theme.disabled, theme.text) >= 2.5


@pytest.mark.parametrize("theme", THEMES, ids=NAMES)
def test_no_two_states_but_idle_and_stopped_have_the_same_colour(theme: Theme) -> None:
    colours = [theme.phase(phase) for phase in Phase if phase is not Phase.STOPPED]

    assert len(set(colours)) == len(colours)
