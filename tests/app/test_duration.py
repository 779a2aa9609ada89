"""A span of time in words."""

from __future__ import annotations

import pytest

from stepscope.model.duration import duration


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-1.0, "<1 ms"),
        (0.0, "<1 ms"),
        (0.0034, "3 ms"),
        (0.0994, "99 ms"),
        (0.1, "0.1 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.6, "1 min 00 s"),
        (125.2, "2 min 05 s"),
    ],
)
def test_durations_are_short(seconds: float, said: str) -> None:
    assert duration(seconds) == said
