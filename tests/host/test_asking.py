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
