"""Questions that a graph asks, answered by a later run of the same thread; on both engines."""

from __future__ import annotations

from typing import Any

import pytest
from tests.kit.programs import Programs, Recorder

TWO_QUESTIONS = """
from ENGINE.types import interrupt

def name(state: State):
    return {"log": [f"name {interrupt({'ask': 'name?'})}"]}

def age(state: State):
    return {"log": [f"age {interrupt('age?')}"]}

def end(state: State):
    return {"log": ["end"]}

builder = StateGraph(State).add_node(name).add_node(age).add_node(end)
builder.add_edge(START, "name").add_edge(START, "age").add_edge(["name", "age"], "end")
graph = builder.compile(SAVER)
"""
OWN = "from langgraph.checkpoint.memory import InMemorySaver\n" + TWO_QUESTIONS.replace(
    "SAVER", "checkpointer=InMemorySaver()"
)
NONE = TWO_QUESTIONS.replace("SAVER", "")


def final(recorder: Recorder) -> list[str]:
    log: list[str] = recorder.all("values")[-1]["values"]["log"]
    return log


@pytest.mark.parametrize("text", [NONE, OWN], ids=["attached", "own"])
async def test_questions_are_told_and_answered_by_their_ids(
    programs: Programs, recorder: Recorder, text: str
) -> None:
    recorder.open(programs.graph(text))
    last = await recorder.run({"log": ["in"]})
    assert last["outcome"] == "interrupted"
    asked = {str(event["value"]): event["id"] for event in recorder.all("asked")}
    assert set(asked) == {"{'ask': 'name?'}", "age?"}
    thread = recorder.all("run_started")[0]["thread"]
    last = await recorder.run(None, thread=thread, resume={asked["age?"]: 7})
    assert last["outcome"] == "interrupted"
    assert [event["id"] for event in recorder.all("asked")] == [asked["{'ask': 'name?'}"]]
    last = await recorder.run(None, thread=thread, resume={asked["{'ask': 'name?'}"]: "Ada"})
    assert last["outcome"] == "finished"
    assert sorted(final(recorder)) == ["age 7", "end", "in", "name Ada"]


async def test_a_single_answer_answers_a_single_question(programs: Programs, recorder: Recorder) -> None:
    text = NONE.replace('.add_edge(START, "age")', "").replace('["name", "age"]', '"name"')
    recorder.open(programs.graph(text))
    await recorder.run({"log": []})
    thread = recorder.all("run_started")[0]["thread"]
    await recorder.run(None, thread=thread, resume={recorder.all("asked")[0]["id"]: "Bo"})
    assert final(recorder) == ["name Bo", "end"]


async def test_runs_without_a_thread_begin_anew(programs: Programs, recorder: Recorder) -> None:
    recorder.open(programs.graph(NONE))
    threads = set()
    for _ in range(2):
        await recorder.run({"log": []})
        threads.add(recorder.all("run_started")[0]["thread"])
        assert len(recorder.all("asked")) == 2
    assert len(threads) == 2


async def test_a_state_that_cannot_be_saved_runs_and_is_asked_all_the_same(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(
        programs.graph(
            """
            from ENGINE.types import interrupt

            def odd(state: State):
                return {"log": [lambda: 7]}

            def use(state: State):
                return {"word": f"{state['log'][0]() + interrupt('more?')}"}

            graph = StateGraph(State).add_sequence([odd, use]).add_edge(START, "odd").compile()
            """
        )
    )
    last = await recorder.run({"log": []})
    assert last["outcome"] == "interrupted"
    thread = recorder.all("run_started")[0]["thread"]
    answers: dict[str, Any] = {recorder.all("asked")[0]["id"]: 3}
    await recorder.run(None, thread=thread, resume=answers)
    assert recorder.all("values")[-1]["values"]["word"] == "10"


NESTED = """
from ENGINE.types import interrupt

def ask(state: State):
    return {"log": [interrupt("inside?")]}

inner = StateGraph(State).add_node("deep", ask).add_edge(START, "deep").compile()
builder = StateGraph(State).add_node("inner", inner).add_node("ask", ask)
graph = builder.add_edge(START, "inner").add_edge(START, "ask").compile()
"""


async def test_a_question_says_which_node_asks_it_at_every_depth(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(NESTED))
    await recorder.run({"log": []})
    where = sorted(
        ([part.partition(":")[0] for part in event["namespace"]], event["node"])
        for event in recorder.all("asked")
    )
    assert where == [([], "ask"), (["inner"], "deep")]


CHECKED = """
from pydantic import BaseModel, Field
from ENGINE.types import interrupt

class Size(BaseModel):
    size: int = Field(ge=0)

def ask(state: State):
    answer = interrupt("how big?", response_schema=Size)
    return {"log": [f"{type(answer).__name__} {answer.size}"]}

def halve(state: State):
    return {"log": [str(10 / interrupt("by how much?"))]}

graph = StateGraph(State).add_sequence([ask, halve]).add_edge(START, "ask").compile()
"""


async def test_a_question_whose_answer_was_refused_is_asked_again_and_can_be_answered(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(CHECKED))
    await recorder.run({"log": []})
    thread = recorder.all("run_started")[0]["thread"]

    async def answer(value: Any) -> dict[str, Any]:
        return await recorder.run(None, thread=thread, resume={recorder.all("asked")[-1]["id"]: value})

    last = await answer({"size": -1})
    assert last["outcome"] == "failed"
    [asked] = recorder.all("asked")
    assert (asked["value"], asked["node"]) == ("how big?", "ask")
    assert asked["schema"]["properties"]["size"]["minimum"] == 0
    last = await answer({"size": 3})
    assert last["outcome"] == "interrupted"
    last = await answer(5)
    assert last["outcome"] == "finished"
    assert final(recorder) == ["Size 3", "2.0"]


async def test_a_question_whose_answer_was_taken_has_to_be_asked_anew(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(CHECKED.replace("[ask, halve]", "[halve]").replace('"ask")', '"halve")')))
    await recorder.run({"log": []})
    thread = recorder.all("run_started")[0]["thread"]
    given = {recorder.all("asked")[0]["id"]: 0}
    last = await recorder.run(None, thread=thread, resume=given)
    assert last["failure"]["type"] == "ZeroDivisionError"
    [asked] = recorder.all("asked")
    assert (asked["value"], asked["node"], asked["has_answer"]) == ("by how much?", "halve", True)
    newest = (await recorder.host.ask("history", {"thread": thread}))["checkpoints"][0]["id"]
    last = await recorder.run(None, thread=thread, checkpoint=newest)
    assert last["outcome"] == "interrupted"
    [asked] = recorder.all("asked")
    assert not asked["has_answer"]
    await recorder.run(None, thread=thread, resume={asked["id"]: 5})
    assert final(recorder) == ["2.0"]


async def test_a_question_is_no_part_of_the_state(programs: Programs, recorder: Recorder) -> None:
    recorder.open(programs.graph(CHECKED))
    await recorder.run({"log": []})
    assert recorder.all("asked")
    assert all("__interrupt__" not in event["values"] for event in recorder.all("values"))
