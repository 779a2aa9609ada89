"""Threads of graphs that save, and of those that do not: listed, looked at, edited, forked, kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.kit.programs import Programs, Recorder

CHAIN = """
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
import contextlib

def a(state: State):
    return {"log": ["a"]}

def b(state: State):
    return {"log": [f"b after {state['log'][-1]}"]}

def c(state: State):
    return {"log": ["c"]}

builder = StateGraph(State).add_sequence([a, b, c]).add_edge(START, "a")
"""
SAVERS = {
    "attached": "graph = builder.compile()",
    "own, in memory": "graph = builder.compile(checkpointer=InMemorySaver())",
    "own, on disk": """
@contextlib.contextmanager
def graph():
    with SqliteSaver.from_conn_string(__file__ + ".sqlite") as saver:
        yield builder.compile(checkpointer=saver)
""",
}
anyhow = pytest.mark.parametrize("how", SAVERS)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    recorder = Recorder()
    yield recorder
    recorder.host.close()


@pytest.fixture
def data(tmp_path: Path) -> str:
    return str(tmp_path / "data")


def opened(recorder: Recorder, path: str, data: str = "") -> None:
    assert "opened" in recorder.host.load(path, data)


async def ask(recorder: Recorder, what: str, **parts: Any) -> dict[str, Any]:
    reply = await recorder.host.ask(what, parts)
    assert "problem" not in reply, reply
    assert json.loads(json.dumps(reply)) == reply
    return reply


async def only_thread(recorder: Recorder) -> str:
    [thread] = (await ask(recorder, "threads"))["threads"]
    return str(thread["id"])


async def checkpoint_before(recorder: Recorder, thread: str, *due: str) -> str:
    found = (await ask(recorder, "history", thread=thread))["checkpoints"]
    return next(str(each["id"]) for each in found if each["next"] == list(due))


def log(recorder: Recorder) -> list[str]:
    found: list[str] = recorder.all("values")[-1]["values"]["log"]
    return found


def chain(programs: Programs, how: str) -> str:
    return programs.graph(f"{CHAIN}\n{SAVERS[how]}\n")


@anyhow
async def test_a_thread_is_listed_with_what_it_began_with(
    programs: Programs, recorder: Recorder, data: str, how: str
) -> None:
    opened(recorder, chain(programs, how), data)
    assert (await ask(recorder, "threads"))["threads"] == []
    await recorder.run({"log": [], "word": "owls"})
    await recorder.run({"log": [], "word": "elks"})
    newest, oldest = (await ask(recorder, "threads"))["threads"]
    assert [newest["words"], oldest["words"]] == ["elks", "owls"]
    assert newest["steps"] == 3
    assert newest["when"] > oldest["when"]


@anyhow
async def test_a_history_tells_what_each_checkpoint_comes_from_and_leads_to(
    programs: Programs, recorder: Recorder, data: str, how: str
) -> None:
    opened(recorder, chain(programs, how), data)
    await recorder.run({"log": []})
    found = (await ask(recorder, "history", thread=await only_thread(recorder)))["checkpoints"]
    told = [(each["step"], each["source"], each["writers"], each["next"]) for each in found]
    assert told == [
        (3, "loop", ["c"], []),
        (2, "loop", ["b"], ["c"]),
        (1, "loop", ["a"], ["b"]),
        (0, "loop", [], ["a"]),
        (-1, "input", [], ["__start__"]),
    ]
    assert [each["parent"] for each in found[:-1]] == [each["id"] for each in found[1:]]


@anyhow
async def test_looking_at_a_checkpoint_shows_its_values_and_changes_nothing(
    programs: Programs, recorder: Recorder, data: str, how: str
) -> None:
    opened(recorder, chain(programs, how), data)
    await recorder.run({"log": []})
    thread = await only_thread(recorder)
    before = await ask(recorder, "history", thread=thread)
    found = await ask(
        recorder, "state_at", thread=thread, checkpoint=await checkpoint_before(recorder, thread, "b")
    )
    assert found["values"] == {"log": ["a"]}
    assert found["writers"] == ["a"]
    assert await ask(recorder, "history", thread=thread) == before


@anyhow
async def test_a_run_on_from_an_older_checkpoint_makes_a_fork(
    programs: Programs, recorder: Recorder, data: str, how: str
) -> None:
    opened(recorder, chain(programs, how), data)
    await recorder.run({"log": []})
    thread = await only_thread(recorder)
    at = await checkpoint_before(recorder, thread, "b")
    last = await recorder.run(None, thread=thread, checkpoint=at)
    assert last["outcome"] == "finished"
    assert [event["node"] for event in recorder.all("task_started")] == ["b", "c"]
    found = (await ask(recorder, "history", thread=thread))["checkpoints"]
    assert len([each for each in found if each["next"] == ["c"]]) == 2
    assert await only_thread(recorder) == thread


@anyhow
async def test_an_edited_state_is_what_the_next_node_gets(
    programs: Programs, recorder: Recorder, data: str, how: str
) -> None:
    opened(recorder, chain(programs, how), data)
    await recorder.run({"log": []})
    thread = await only_thread(recorder)
    at = await checkpoint_before(recorder, thread, "b")
    editing = await ask(recorder, "editing", thread=thread, checkpoint=at)
    assert editing["values"] == {"log": ["a"]}
    assert editing["as_node"] == "a"
    assert editing["nodes"] == ["__start__", "a", "b", "c"]
    reply = await ask(recorder, "update", thread=thread, checkpoint=at, values={"log": ["edited"]})
    assert reply["keys"] == ["log"]
    await recorder.run(None, thread=thread)
    assert log(recorder) == ["edited", "b after edited", "c"]
    told = (await ask(recorder, "history", thread=thread))["checkpoints"]
    made = next(each for each in told if each["id"] == reply["checkpoint"])
    assert (made["source"], made["writers"], made["parent"], made["next"]) == ("update", ["a"], at, ["b"])


async def test_the_node_as_which_a_state_is_written_decides_what_comes_next(
    programs: Programs, recorder: Recorder
) -> None:
    opened(recorder, chain(programs, "attached"))
    await recorder.run({"log": []})
    thread = await only_thread(recorder)
    await ask(recorder, "update", thread=thread, values={"log": ["x"]}, as_node="b")
    await recorder.run(None, thread=thread)
    assert log(recorder) == ["x", "c"]
    reply = await recorder.host.ask("update", {"thread": thread, "values": {"log": []}, "as_node": "gone"})
    assert reply == {"problem": "There is no node 'gone' as which the state could be written."}


@anyhow
async def test_a_thread_goes_on_with_another_input(
    programs: Programs, recorder: Recorder, data: str, how: str
) -> None:
    opened(recorder, chain(programs, how), data)
    await recorder.run({"log": ["one"]})
    thread = await only_thread(recorder)
    await recorder.run({"log": ["two"]}, thread=thread)
    assert log(recorder) == ["one", "a", "b after a", "c", "two", "a", "b after a", "c"]
    assert await only_thread(recorder) == thread


@anyhow
async def test_threads_are_named_and_deleted(
    programs: Programs, recorder: Recorder, data: str, how: str
) -> None:
    opened(recorder, chain(programs, how), data)
    for _ in range(2):
        await recorder.run({"log": []})
    one, two = (thread["id"] for thread in (await ask(recorder, "threads"))["threads"])
    await ask(recorder, "rename", thread=one, title=" The good one ")
    await ask(recorder, "delete", thread=two)
    [left] = (await ask(recorder, "threads"))["threads"]
    assert (left["id"], left["title"]) == (one, "The good one")
    reply = await recorder.host.ask("state_at", {"thread": two})
    assert reply == {"problem": f"There is no thread {two} any more."}


async def test_a_graph_that_saves_nothing_says_so(programs: Programs, recorder: Recorder) -> None:
    opened(recorder, programs.graph(f"{CHAIN}\ngraph = builder.compile(checkpointer=False)\n"))
    reply = await recorder.host.ask("threads", {})
    assert reply == {"problem": "This graph saves nothing, so it has no threads."}


async def test_a_running_graph_is_asked_but_not_changed(programs: Programs, recorder: Recorder) -> None:
    opened(recorder, chain(programs, "attached"))
    await recorder.run({"log": []})
    thread = await only_thread(recorder)
    replies: list[dict[str, Any]] = []

    def look(event: dict[str, Any]) -> None:
        import asyncio

        async def look() -> None:
            for what, parts in (("history", {}), ("update", {"values": {}}), ("delete", {})):
                replies.append(await recorder.host.ask(what, {"thread": thread, **parts}))
            recorder.host.order("resume", {})

        recorder.looking = asyncio.ensure_future(look())  # type: ignore[attr-defined]

    recorder.on("paused", look)
    await recorder.run({"log": []}, start="paused")
    assert len(replies[0]["checkpoints"]) == 5
    assert all("A run is on" in reply["problem"] for reply in replies[1:])


async def test_threads_and_their_names_outlive_the_process(programs: Programs, data: str) -> None:
    path = chain(programs, "attached")
    script = """
import asyncio, json, sys
from tests.kit.programs import Recorder
recorder = Recorder()
recorder.host.load(sys.argv[1], sys.argv[2])
async def live():
    for what, parts in json.loads(sys.argv[3]):
        if what == "run":
            await recorder.run(**parts)
            print(json.dumps(recorder.all("values")[-1]["values"]))
        else:
            print(json.dumps(await recorder.host.ask(what, parts)))
asyncio.run(live())
recorder.host.close()
"""

    def process(*asked: tuple[str, dict[str, Any]]) -> list[Any]:
        paths = [entry for entry in sys.path if entry]
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", script, path, data, json.dumps(asked)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stderr == ""
        return [json.loads(line) for line in done.stdout.splitlines()]

    _, told = process(("run", {"input": {"log": ["in"], "word": "owls"}}), ("threads", {}))
    [thread] = told["threads"]
    process(("rename", {"thread": thread["id"], "title": "Kept"}))
    (listed, history) = process(("threads", {}), ("history", {"thread": thread["id"]}))
    assert listed["threads"] == [{**thread, "title": "Kept"}]
    at = next(each["id"] for each in history["checkpoints"] if each["next"] == ["b"])
    [values] = process(("run", {"input": None, "thread": thread["id"], "checkpoint": at}))
    assert values["log"] == ["in", "a", "b after a", "c"]


async def test_what_could_not_be_saved_is_said_to_be_lost_afterwards(
    programs: Programs, recorder: Recorder, data: str
) -> None:
    path = programs.graph(
        """
        import threading
        def a(state: State):
            return {"log": [threading.Lock()], "word": "said"}
        graph = StateGraph(State).add_node(a).add_edge(START, "a").compile()
        """
    )
    opened(recorder, path, data)
    await recorder.run({"log": []})
    thread = await only_thread(recorder)
    assert "lock" in str((await ask(recorder, "state_at", thread=thread))["values"]["log"])
    recorder.host.close()
    later = Recorder()
    opened(later, path, data)
    values = (await ask(later, "state_at", thread=thread))["values"]
    assert values["word"] == "said"
    assert "lost: this list could not be saved, and ended with its process" in str(values["log"])


async def test_a_folder_that_cannot_be_written_to_is_told_and_threads_stay_in_memory(
    programs: Programs, recorder: Recorder, tmp_path: Path
) -> None:
    (tmp_path / "data").write_text("no folder")
    opened(recorder, chain(programs, "attached"), str(tmp_path / "data"))
    last = await recorder.run({"log": []})
    assert last["outcome"] == "finished"
    thread = await only_thread(recorder)
    assert len((await ask(recorder, "history", thread=thread))["checkpoints"]) == 5
    said = (await ask(recorder, "threads"))["trouble"]
    assert "Threads cannot be saved to" in said
    assert "kept until this process ends" in said


FANNED = """
def split(state: State):
    return {"log": ["split"]}

def left(state: State):
    return {"log": ["left"]}

def right(state: State):
    return {"log": ["right"]}

def worker(state: Any):
    return {"log": [f"worker {state}"]}

def join(state: State):
    return {"log": [f"join of {len(state['log'])}"]}

builder = StateGraph(State).add_node(split).add_node(left).add_node(right).add_node(worker)
builder.add_node(join).add_edge(START, "split").add_edge(["left", "right"], "join")
"""
WAYS = {
    "edges": 'builder.add_edge("split", "left").add_edge("split", "right")',
    "sends": 'builder.add_conditional_edges("split", lambda s: [Send("worker", 1), Send("worker", 2)])\n'
    'builder.add_edge("worker", "join")',
}


@pytest.mark.parametrize("way", WAYS)
async def test_a_state_edited_before_a_barrier_goes_through_it_once(
    programs: Programs, recorder: Recorder, way: str
) -> None:
    opened(recorder, programs.graph(f"{FANNED}\n{WAYS[way]}\ngraph = builder.compile()\n"))
    await recorder.run({"log": []})
    assert log(recorder)[-1] == "join of 3"
    thread = await only_thread(recorder)
    at = await checkpoint_before(recorder, thread, "join")
    await ask(recorder, "update", thread=thread, checkpoint=at, values={"log": ["edited"]})
    await recorder.run(None, thread=thread)
    assert log(recorder) == ["edited", "join of 1"]


@pytest.mark.parametrize("way", WAYS)
async def test_a_state_edited_before_a_fan_out_reaches_all_of_it(
    programs: Programs, recorder: Recorder, way: str
) -> None:
    opened(recorder, programs.graph(f"{FANNED}\n{WAYS[way]}\ngraph = builder.compile()\n"))
    await recorder.run({"log": []})
    thread = await only_thread(recorder)
    found = (await ask(recorder, "history", thread=thread))["checkpoints"]
    at = next(each["id"] for each in found if each["writers"] == ["split"])
    await ask(recorder, "update", thread=thread, checkpoint=at, values={"log": ["edited"]})
    await recorder.run(None, thread=thread)
    assert log(recorder)[0] == "edited"
    assert log(recorder)[-1] == "join of 3"


async def test_a_question_is_asked_again_and_answered_after_the_process_is_another(
    programs: Programs, recorder: Recorder, data: str
) -> None:
    path = programs.graph(
        """
        from ENGINE.types import interrupt
        def a(state: State):
            return {"log": [interrupt("who?")]}
        graph = StateGraph(State).add_node(a).add_edge(START, "a").compile()
        """
    )
    opened(recorder, path, data)
    await recorder.run({"log": []})
    recorder.host.close()
    later = Recorder()
    opened(later, path, data)
    thread = await only_thread(later)
    [newest, *_] = (await ask(later, "history", thread=thread))["checkpoints"]
    assert [asked["value"] for asked in newest["interrupts"]] == ["who?"]
    last = await later.run(None, thread=thread)
    assert last["outcome"] == "interrupted"
    [asked] = later.all("asked")
    await later.run(None, thread=thread, resume={asked["id"]: "Ada"})
    assert log(later) == ["Ada"]
    later.host.close()


async def test_threads_of_a_project_outlive_the_process(programs: Programs, data: str) -> None:
    programs.graph(f"{CHAIN}\ngraph = builder.compile()\n", "project/agent.py")
    programs.write(
        '{"graphs": {"agent": "./agent.py:graph"}, "dependencies": ["."]}', "project/langgraph.json"
    )
    found = []
    for _ in range(2):
        recorder = Recorder()
        opened(recorder, str(programs.folder / "project"), data)
        found.append((await ask(recorder, "threads"))["threads"])
        await recorder.run({"log": []})
        recorder.host.close()
    assert [len(threads) for threads in found] == [0, 1]


async def test_a_state_that_is_too_large_to_be_edited_says_so(programs: Programs, recorder: Recorder) -> None:
    opened(recorder, chain(programs, "attached"))
    await recorder.run({"log": ["x" * 3_000_000]})
    reply = await recorder.host.ask("editing", {"thread": await only_thread(recorder)})
    assert "too large to be edited here" in reply["problem"]


async def test_the_checkpoints_of_a_subgraph_are_looked_at_by_its_namespace(
    programs: Programs, recorder: Recorder
) -> None:
    opened(
        recorder,
        programs.graph(
            """
            from ENGINE.types import interrupt
            def inner(state: State):
                return {"log": ["inner"]}
            def ask(state: State):
                return {"log": [interrupt("go on?")]}
            sub = StateGraph(State).add_sequence([inner, ask]).add_edge(START, "inner").compile()
            graph = StateGraph(State).add_node("sub", sub).add_edge(START, "sub").compile()
            """
        ),
    )
    await recorder.run({"log": []})
    thread = await only_thread(recorder)
    outer = await ask(recorder, "state_at", thread=thread)
    [task] = outer["tasks"]
    assert task["namespace"].startswith("sub:")
    found = await ask(recorder, "history", thread=thread, namespace=task["namespace"])
    assert [each["next"] for each in found["checkpoints"]] == [["ask"], ["inner"], ["__start__"]]
    newest = found["checkpoints"][0]
    assert newest["namespace"] == task["namespace"]
    inner = await ask(
        recorder, "state_at", thread=thread, checkpoint=newest["id"], namespace=task["namespace"]
    )
    assert inner["values"] == {"log": ["inner"]}
    assert inner["writers"] == ["inner"]
