"""Which tool a task carries out, told by its input."""

from __future__ import annotations

from typing import Any

import pytest

from stepscope.model.tool_call import tool_of, with_tool

CALL = {"name": "weather", "args": {"place": "Oslo"}, "id": "c1", "type": "tool_call"}


@pytest.mark.parametrize(
    "input",
    [CALL, [CALL], {"__type": "tool_call_with_context", "tool_call": CALL, "state": {"messages": []}}],
)
def test_a_task_whose_input_is_a_call_is_told_by_its_tool(input: Any) -> None:
    assert tool_of(input) == "weather"
    assert with_tool(input, "held") == "weather · held"


@pytest.mark.parametrize("input", [None, "weather", [], [CALL, CALL], {"name": "w"}, {**CALL, "name": 3}])
def test_any_other_task_is_not(input: Any) -> None:
    assert with_tool(input, "held") == "held"
