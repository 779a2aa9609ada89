"""What a run is given beside its input: the context and the config, on both engines."""

from __future__ import annotations

from typing import Any

import pytest
from tests.kit.programs import Programs, Recorder

CONTEXT = """
from dataclasses import dataclass
from pydantic import BaseModel, Field
from ENGINE.runtime import Runtime
import typing

@dataclass
class Data:
    user: str
    limit: int = 3

class Checked(BaseModel):
    user: str
    limit: int = Field(3, ge=1)

class Keys(TypedDict, total=False):
    user: str

class OldKeys(typing.TypedDict):
    user: str

def a(state: State, runtime: Runtime):
    return {"log": [repr(runtime.context)]}

graph = StateGraph(State, context_schema=SCHEMA).add_node(a).add_edge(START, "a").compile()
"""

CONFIG = """
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver

def a(state: State, config: RunnableConfig):
    given = config["configurable"]
    return {"log": [len(given["thread_id"]), given.get("user"), config["tags"]]}

graph = StateGraph(State).add_node(a).add_edge(START, "a").compile(checkpointer=InMemorySaver())
"""

LOOP = """
graph = StateGraph(State).add_node("a", lambda s: {}).add_edge(START, "a").add_edge("a", "a").compile()
"""


def logged(recorder: Recorder) -> list[Any]:
    log: list[Any] = recorder.all("values")[-1]["values"]["log"]
    return log


async def refusal(recorder: Recorder, **given: Any) -> tuple[str, str]:
    last = await recorder.run({"log": []}, **given)
    assert last["outcome"] == "failed"
    assert recorder.all("task_started") == []
    return last["failure"]["message"], last["failure"]["remedy"]


@pytest.mark.parametrize(
    ("schema", "keys", "required"),
    [
        ("Data", ["user", "limit"], ["user"]),
        ("Checked", ["user", "limit"], ["user"]),
        ("Keys", ["user"], []),
        ("OldKeys", ["user"], ["user"]),
        ("None", [], []),
        ("dict", [], []),
    ],
)
def test_the_shape_of_a_context_is_told(
    schema: str, keys: list[str], required: list[str], programs: Programs, recorder: Recorder
) -> None:
    told = recorder.open(programs.graph(CONTEXT.replace("SCHEMA", schema)))["context_schema"]

    assert list(told.get("properties", {})) == keys
    assert list(told.get("required", [])) == required


@pytest.mark.parametrize(
    ("schema", "seen"),
    [
        ("Data", "Data(user='ada', limit=3)"),
        ("Checked", "Checked(user='ada', limit=3)"),
        ("Keys", "{'user': 'ada'}"),
        ("None", "{'user': 'ada'}"),
    ],
)
async def test_a_context_reaches_the_nodes(
    schema: str, seen: str, programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(CONTEXT.replace("SCHEMA", schema)))

    assert (await recorder.run({"log": []}, context={"user": "ada"}))["outcome"] == "finished"

    assert logged(recorder) == [seen]


async def test_without_a_context_there_is_none(programs: Programs, recorder: Recorder) -> None:
    recorder.open(programs.graph(CONTEXT.replace("SCHEMA", "Data")))

    await recorder.run({"log": []}, context=None)

    assert logged(recorder) == ["None"]


@pytest.mark.parametrize("schema", ["Data", "Checked"])
async def test_a_context_that_does_not_fit_is_a_failed_run_that_says_why(
    schema: str, programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(CONTEXT.replace("SCHEMA", schema)))

    message, remedy = await refusal(recorder, context={"usr": "ada"})
    assert message.startswith(f"No {schema} can be made of the context: ")
    assert "Did you mean 'user'?" in message
    assert remedy == "It knows: user, limit."

    message, remedy = await refusal(recorder, context=["ada"])
    assert message == "The context is a list, but this graph takes an object."
    assert remedy == 'Write it like this: {"user": ..., "limit": ...}'


async def test_a_config_reaches_the_nodes_beside_a_thread_of_its_own(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(CONFIG))

    await recorder.run({"log": []}, config={"configurable": {"user": "ada"}, "tags": ["try"]})
    assert logged(recorder) == [36, "ada", ["try"]]

    await recorder.run({"log": []}, config={"configurable": {"thread_id": "mine"}, "tags": ["a"]})
    await recorder.run({"log": []}, config={"configurable": {"thread_id": "mine"}, "tags": ["b"]})
    assert logged(recorder) == [4, None, ["a"], 4, None, ["b"]]


async def test_a_recursion_limit_holds(programs: Programs, recorder: Recorder) -> None:
    recorder.open(programs.graph(LOOP))

    last = await recorder.run({"log": []}, config={"recursion_limit": 3})

    assert last["failure"]["type"] == "GraphRecursionError"
    assert len(recorder.all("task_started")) == 3


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ([1], "The config is a list, but this graph takes an object."),
        ({"configurable": "x"}, "'configurable' in the config is a text, but it must be an object."),
        ({"tags": "x"}, "'tags' in the config is a text, but it must be a list."),
        (
            {"recursion_limit": "5"},
            "'recursion_limit' in the config is a text, but it must be a whole number.",
        ),
        (
            {"max_concurrency": True},
            "'max_concurrency' in the config is true or false, but it must be a whole number.",
        ),
    ],
)
async def test_a_config_of_the_wrong_kind_is_a_failed_run_that_says_what_to_write(
    config: Any, says: str, programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(LOOP))

    message, remedy = await refusal(recorder, config=config)

    assert message == says
    assert '{"configurable": {"thread_id": "1"}, ' in remedy


async def test_what_an_engine_refuses_of_a_config_is_a_failed_run_too(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(LOOP))

    message, _ = await refusal(recorder, config={"recursion_limit": 0})

    assert "recursion_limit" in message
