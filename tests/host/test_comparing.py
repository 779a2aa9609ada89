"""Two checkpoints compared: key by key, and messages by their ids."""

from __future__ import annotations

from typing import Any

import pytest
from tests.kit.programs import Programs, Recorder

from stepscope_host.threads.comparing import differences
from stepscope_host.threads.reconciling import ABSENT


@pytest.mark.parametrize(
    ("was", "now", "found"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": True}, [(("a",), 1, True)]),
        ({"a": 1, "b": 2}, {"b": 3, "c": 4}, [
            (("a",), 1, ABSENT), (("b",), 2, 3), (("c",), ABSENT, 4)
        ]),
        ({"a": {"b": {"c": 1, "d": 1}}}, {"a": {"b": {"c": 2, "d": 1}}}, [(("a", "b", "c"), 1, 2)]),
        ({"log": ["a"]}, {"log": ["a", "b"]}, [(("log", "1"), ABSENT, "b")]),
        ({"log": ["a", "b", "c"]}, {"log": ["a", "c"]}, [(("log", "1"), "b", ABSENT)]),
        ({"log": ["a", "b", "c"]}, {"log": ["a", "x", "c"]}, [(("log", "1"), "b", "x")]),
        (
            {"items": [{"id": "1", "n": 1}, {"id": "2", "n": 2}]},
            {"items": [{"id": "2", "n": 3}, {"id": "3", "n": 4}]},
            [
                (("items", "1"), {"id": "1", "n": 1}, ABSENT),
                (("items", "2", "n"), 2, 3),
                (("items", "3"), ABSENT, {"id": "3", "n": 4}),
            ],
        ),
        (
            {"items": [{"id": "1"}, {"id": "2"}]},
            {"items": [{"id": "2"}, {"id": "1"}]},
            [(("items", "order"), ["1", "2"], ["2", "1"])],
        ),
        ([1], {"a": 1}, [((), [1], {"a": 1})]),
    ],
)  # fmt: skip
def test_what_differs_is_told_at_the_deepest_place(was: Any, now: Any, found: Any) -> None:
    assert list(differences(was, now)) == found


async def test_the_ends_of_two_forks_are_compared(programs: Programs, recorder: Recorder) -> None:
    recorder.open(
        programs.write(
            """
            from typing import Annotated
            from typing_extensions import TypedDict
            from langchain_core.messages import AIMessage, AnyMessage
            from pydantic import BaseModel
            from ENGINE.graph import START, StateGraph
            from ENGINE.graph.message import add_messages

            class Person(BaseModel):
                name: str
                age: int

            class State(TypedDict):
                messages: Annotated[list[AnyMessage], add_messages]
                who: Person

            def a(state):
                return {"who": Person(name="Ada", age=36), "messages": [AIMessage("hi", id="m1")]}

            def b(state):
                said = AIMessage(f"old {state['who'].age}", id="m1")
                return {"messages": [said, AIMessage("bye", id="m2")]}

            graph = StateGraph(State).add_sequence([a, b]).add_edge(START, "a").compile()
            """
        )
    )
    await recorder.run({"messages": []})
    [thread] = (await recorder.host.ask("threads", {}))["threads"]

    async def ask(what: str, **parts: Any) -> dict[str, Any]:
        return await recorder.host.ask(what, {"thread": thread["id"], **parts})

    first, at, *_ = [each["id"] for each in (await ask("history"))["checkpoints"]]
    values = (await ask("editing", checkpoint=at))["values"]
    values["who"]["age"] = 7
    await ask("update", checkpoint=at, values=values)
    await recorder.run(None, thread=thread["id"])
    second = (await ask("history"))["checkpoints"][0]["id"]
    assert await ask("compare", was=first, now=second) == {
        "differences": [
            {"path": ["messages", "ai m1", "content"], "was": "old 36", "now": "old 7"},
            {"path": ["who", "age"], "was": 36, "now": 7},
        ],
        "is_cut": False,
    }
    assert (await ask("compare", was=at, now=first))["differences"][1]["path"] == ["messages", "ai m2"]
