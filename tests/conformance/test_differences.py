"""The deliberate differences are what they are said to be, on both sides."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from tests.conformance.differences import DIFFERENCES, LOST_BY_LANGGRAPH, TYPING_TYPED_DICT, Difference
from tests.conformance.policy_differences import POLICY_DIFFERENCES
from tests.conformance.scenario import SCENARIOS, gather
from tests.conformance.threads.differences import THREAD_DIFFERENCES
from tests.conformance.tool_differences import TOOL_DIFFERENCES
from tests.kit.engines import ORACLE, OURS, Engine
from tests.kit.runs import MODES, outcome, stream

ALL = DIFFERENCES | POLICY_DIFFERENCES | TOOL_DIFFERENCES | THREAD_DIFFERENCES


def answer(difference: Difference, engine: Engine) -> Any:
    try:
        return difference.ask(engine)
    except Exception as error:
        return type(error).__name__


@pytest.mark.parametrize("label", ALL)
def test_the_engines_differ_as_told(label: str) -> None:
    difference = ALL[label]
    assert answer(difference, OURS) == difference.ours
    assert answer(difference, ORACLE) == difference.theirs


def test_a_typing_typed_dict_has_a_schema_on_every_python() -> None:
    assert answer(TYPING_TYPED_DICT, OURS) == TYPING_TYPED_DICT.ours
    expected = TYPING_TYPED_DICT.ours if sys.version_info >= (3, 12) else TYPING_TYPED_DICT.theirs
    assert answer(TYPING_TYPED_DICT, ORACLE) == expected


@pytest.mark.parametrize("name", sorted(LOST_BY_LANGGRAPH))
def test_stepgraph_streams_what_had_happened_before_a_failure(name: str) -> None:
    gather()
    ours, theirs = (
        [len(outcome(stream, SCENARIOS[name](engine), stream_mode=mode).chunks) for mode in MODES]
        for engine in (OURS, ORACLE)
    )
    assert sum(ours) > sum(theirs)
