"""Every scenario gives on stepgraph exactly the chunks that it gives on LangGraph."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from tests.conformance.differences import LOST_BY_LANGGRAPH
from tests.conformance.oracle import CALLS_TASKS_THAT_FAIL_ON_THE_LOOP, has_oracle, langgraph_answers
from tests.conformance.scenario import ASYNC_ONLY, RACING, SCENARIOS, WARNED, gather
from tests.kit.engines import ORACLE, OURS
from tests.kit.runs import MODES, Drive, ainvoke, astream, invoke, outcome, racing_outcome, stream

from stepgraph.warnings import UnknownStateKey

gather()

# The examples are asked for in every single mode too; here a few of those stand for the others.
SYNC_WAYS: dict[str, tuple[Drive, dict[str, Any]]] = {
    "sync-default": (stream, {}),
    "sync-values": (stream, {"stream_mode": "values"}),
    "sync-messages": (stream, {"stream_mode": "messages"}),
    "sync-all": (stream, {"stream_mode": MODES}),
    "sync-all-subgraphs": (stream, {"stream_mode": MODES, "subgraphs": True}),
    "sync-parts": (stream, {"stream_mode": "values", "version": "v2"}),
    "sync-invoke": (invoke, {}),
}
ASYNC_WAYS: dict[str, tuple[Drive, dict[str, Any]]] = {
    "async-all": (astream, {"stream_mode": MODES}),
    "async-all-subgraphs": (astream, {"stream_mode": MODES, "subgraphs": True}),
    "async-all-parts": (astream, {"stream_mode": MODES, "subgraphs": True, "version": "v2"}),
    "async-invoke": (ainvoke, {}),
    "async-invoke-output": (ainvoke, {"version": "v2"}),
}
ASKED = [
    pytest.param(name, *way, id=f"{name}-{label}")
    for name in SCENARIOS
    for label, way in (ASYNC_WAYS if name in ASYNC_ONLY else SYNC_WAYS | ASYNC_WAYS).items()
]


@pytest.mark.parametrize(("name", "drive", "options"), ASKED)
def test_both_engines_give_the_same(name: str, drive: Drive, options: dict[str, Any]) -> None:
    build = SCENARIOS[name]
    compared = racing_outcome if name in RACING else outcome
    with pytest.warns(UnknownStateKey) if name in WARNED else nullcontext():
        ours = compared(drive, build(OURS), **options)
    if not has_oracle(name, drive):
        assert (ours.error is not None) == (name in CALLS_TASKS_THAT_FAIL_ON_THE_LOOP)
        return
    answers = langgraph_answers(lambda: build(ORACLE), drive, options, compared)
    theirs = ours if ours in answers else answers[-1]
    if name in LOST_BY_LANGGRAPH:
        assert ours.chunks[: len(answers[0].chunks)] == answers[0].chunks
        # The type and the words, not where it was noticed: as a part, the state is made sooner.
        assert (ours.error or ())[:2] == (answers[0].error or ())[:2]
        return
    assert ours == theirs
    # Equal dicts may still print differently, and the printed line is what people compare.
    assert repr(ours) in map(repr, answers)
