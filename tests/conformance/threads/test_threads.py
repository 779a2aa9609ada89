"""Every session gives on stepgraph exactly what it gives on LangGraph, call after call."""

from __future__ import annotations

import pytest
from tests.conformance.threads.session import SESSIONS, gather, hold, langgraph_says, ways_of
from tests.kit.engines import OURS
from tests.kit.thread import WAYS

gather()

ASKED = [pytest.param(name, way, id=f"{name}-{way}") for name in SESSIONS for way in ways_of(name)]


@pytest.mark.parametrize(("name", "way"), ASKED)
def test_both_engines_say_the_same(name: str, way: str) -> None:
    ours, theirs = hold(SESSIONS[name], OURS, WAYS[way]), langgraph_says(name, way)
    assert len(theirs) > 2
    for mine, other in zip(ours, theirs, strict=False):
        assert mine == other
    assert len(ours) == len(theirs)
