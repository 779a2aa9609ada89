"""A state edited where a run stands, at every depth: the run is taken up there, or it is said why not."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.kit.programs import Programs, Recorder

TWO_LEVELS = """
def a(state: State):
    return {"log": ["a"]}

def look(state: State):
    return {"log": ["look"]}

def think(state: State):
    return {"log": [f"think of {state['log']}"]}

def other(state: State):
    return {"log": ["other"]}

def end(state: State):
    return {"log": ["end"]}

inner = StateGraph(State).add_sequence([look, think]).add_edge(START, "look").compile()
builder = StateGraph(State).add_node(a).add_node("inner", inner).add_node(other).add_node(end)
builder.add_edge(START, "a").add_edge("a", "inner").add_edge("a", "other").add_edge(["inner", "other"], "end")
graph = builder.compile()
"""


class Standing:
    """A run that is steered by orders; after each it is looked at where it stands."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self._stood: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        recorder.on("paused", self._stood.put_nowait)
        recorder.on("run_finished", self._stood.put_nowait)
        self._run: asyncio.Task[Any] | None = None

    async def begin(self, input: Any, **given: Any) -> list[str]:
        self._run = asyncio.ensure_future(self.recorder.run(input, **given))
        return await self._next()

    async def order(self, kind: str, **parts: Any) -> list[str]:
        self.recorder.host.order(kind, parts)
        return await self._next()

    async def stop(self) -> None:
        self.recorder.host.stop()
        assert self._run is not None
        await self._run
        await self._stood.get()

    async def _next(self) -> list[str]:
        """The nodes that are held, or nothing at the end."""
        return list((await self._stood.get()).get("next", ()))

    @property
    def thread(self) -> str:
        return str(self.recorder.all("run_started")[0]["thread"])

    def held(self, node: str) -> str:
        return str([e["task"] for e in self.recorder.all("task_held") if e["node"] == node][-1])

    async def ask(self, what: str, **parts: Any) -> dict[str, Any]:
        return await self.recorder.host.ask(what, {"thread": self.thread, **parts})

    @property
    def log(self) -> Any:
        values = [e["values"] for e in self.recorder.all("values") if not e["namespace"]]
        return values[-1]["log"]


async def test_a_state_edited_between_supersteps_is_what_the_held_tasks_get(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(TWO_LEVELS))
    run = Standing(recorder)
    await run.begin({"log": ["in"]}, start="paused")
    assert set(await run.order("step")) == {"inner", "other"}
    editing = await run.ask("editing")
    assert (editing["values"], editing["as_node"], editing["namespace"]) == ({"log": ["in", "a"]}, "a", "")
    thread, values = run.thread, {"log": ["edited"]}
    assert await run.ask("update", values=values, only_check=True) == {"errors": []}
    assert "A run is on" in (await run.ask("update", values=values))["problem"]
    await run.stop()
    await recorder.host.ask("update", {"thread": thread, "values": values})
    assert set(await run.begin(None, thread=thread, start="paused")) == {"inner", "other"}
    await run.order("resume")
    assert sorted(map(str, run.log)) == sorted(
        ["edited", "edited", "look", "think of ['edited', 'look']", "other", "end"]
    )


async def test_a_subgraphs_state_edited_where_it_stands_keeps_what_its_siblings_gave(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(TWO_LEVELS))
    run = Standing(recorder)
    await run.begin({"log": ["in"]}, start="paused")
    await run.order("step")
    await run.order("release", task=run.held("other"))
    await run.order("into", task=run.held("inner"))
    assert await run.order("step") == ["think"]
    editing = await run.ask("editing")
    assert editing["values"] == {"log": ["in", "a", "look"]}
    assert editing["as_node"] == "look"
    assert editing["nodes"] == ["__start__", "look", "think"]
    assert [each["words"] for each in editing["graphs"]] == ["inner"]
    assert editing["runs_again"] == []
    thread, namespace = run.thread, editing["namespace"]
    assert "other` has already run" in (await run.ask("editing", namespace=""))["problem"]
    await run.stop()
    reply = await recorder.host.ask(
        "update", {"thread": thread, "namespace": namespace, "values": {"log": ["edited"]}}
    )
    assert reply["keys"] == ["log"]
    held = await run.begin(None, thread=thread, start="paused", inside=namespace.split("|"))
    assert held == ["think"]
    await run.order("resume")
    begun = [event["node"] for event in recorder.all("task_released")]
    assert "other" not in begun
    assert "think of ['edited']" in run.log
    assert "other" in run.log


FANNED = """
def a(state: State):
    return {"log": ["a"]}

def first(state: State):
    return {"word": state["word"] + "!"}

def second(state: State):
    return {"log": [state["word"]]}

class Out(TypedDict):
    log: Annotated[list, operator.add]

inner = StateGraph(State, output_schema=Out).add_sequence([first, second]).add_edge(START, "first").compile()
builder = StateGraph(State).add_node(a).add_node("inner", inner).add_edge(START, "a")
builder.add_conditional_edges("a", lambda s: [Send("inner", {"word": w, "log": []}) for w in "xy"], ["inner"])
graph = builder.compile()
"""


async def test_of_two_tasks_of_one_node_the_one_that_has_ended_is_told_as_ended(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(FANNED))
    run = Standing(recorder)
    await run.begin({"log": []}, start="paused")
    assert await run.order("step") == ["inner"]
    one, two = (e["task"] for e in recorder.all("task_held") if e["node"] == "inner")
    assert await run.order("release", task=two) == ["inner"]
    await run.order("into", task=one)
    await run.order("step")
    editing = await run.ask("editing")
    assert [each["words"] for each in editing["graphs"]] == ["inner"]
    thread, namespace = run.thread, editing["namespace"]
    await run.stop()
    await recorder.host.ask(
        "update",
        {"thread": thread, "namespace": namespace, "values": {**editing["values"], "word": "edited"}},
    )
    held = await run.begin(None, thread=thread, start="paused", inside=namespace.split("|"))
    assert held == ["second"]
    assert [e["task"] for e in recorder.all("task_finished") if e["node"] == "inner"] == [two]
    assert not any(e.get("is_cached") for e in recorder.all("updated"))
    await run.order("resume")
    assert sorted(run.log) == ["a", "edited", "y!"]


async def test_a_graph_whose_task_has_begun_says_why_its_state_cannot_be_edited(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(TWO_LEVELS))
    run = Standing(recorder)
    await run.begin({"log": ["in"]}, start="paused")
    await run.order("step")
    await run.order("into", task=run.held("inner"))
    reply = await run.ask("editing", namespace="")
    assert reply["problem"] == (
        "`inner` has begun, and would begin again with another state. "
        "Step out of it (Shift+F11), then edit the state."
    )
    await run.stop()


async def test_a_task_kept_before_its_end_has_to_go_on_first(programs: Programs, recorder: Recorder) -> None:
    recorder.open(programs.graph(TWO_LEVELS))
    run = Standing(recorder)
    await run.begin({"log": ["in"]}, breakpoints=[{"path": ["a"], "when": "after"}])
    reply = await run.ask("editing")
    assert reply["problem"].startswith("`a` has run and is kept from ending")
    await run.stop()


async def test_a_state_is_edited_at_an_error_and_the_node_runs_again(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(
        programs.graph(
            """
            def a(state: State):
                if state["word"] != "mended":
                    raise ValueError("no luck")
                return {"log": ["a"]}
            graph = StateGraph(State).add_node(a).add_edge(START, "a").compile()
            """
        )
    )
    run = Standing(recorder)
    await run.begin({"log": [], "word": ""}, breakpoints=[{"path": [], "when": "error"}])
    values = (await run.ask("editing"))["values"]
    thread = run.thread
    await run.stop()
    await recorder.host.ask("update", {"thread": thread, "values": {**values, "word": "mended"}})
    assert await run.begin(None, thread=thread, start="paused") == ["a"]
    await run.order("resume")
    assert run.log == ["a"]


async def test_a_running_state_is_not_edited(programs: Programs, recorder: Recorder) -> None:
    recorder.open(
        programs.graph(TWO_LEVELS.replace('return {"log": ["a"]}', 'get_stream_writer()("x")\n    return {}'))
    )
    replies: list[Any] = []

    def on_custom(event: dict[str, Any]) -> None:
        async def look() -> None:
            thread = recorder.all("run_started")[0]["thread"]
            replies.append(await recorder.host.ask("editing", {"thread": thread}))

        replies.append(asyncio.ensure_future(look()))

    recorder.on("custom", on_custom)
    run = Standing(recorder)
    await run.begin({"log": []})
    await replies[0]
    assert replies[1]["problem"].startswith("The run goes on")


ASKING = """
from ENGINE.types import interrupt

def first(state: State):
    return {"log": ["first"]}

def ask(state: State):
    return {"log": [f"{interrupt('go on?')} after {state['log']}"]}

deep = StateGraph(State).add_sequence([first, ask]).add_edge(START, "first").compile()
middle = StateGraph(State).add_node("deep", deep).add_edge(START, "deep").compile()
graph = StateGraph(State).add_node("middle", middle).add_edge(START, "middle").compile()
"""


async def test_a_deep_subgraphs_state_is_edited_at_its_question(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(ASKING))
    await recorder.run({"log": []})
    thread, asked = recorder.all("run_started")[0]["thread"], recorder.all("asked")[0]["id"]

    async def ask(what: str, **parts: Any) -> dict[str, Any]:
        return await recorder.host.ask(what, {"thread": thread, **parts})

    editing = await ask("editing")
    assert [each["words"] for each in editing["graphs"]] == ["", "middle", "middle › deep"]
    assert editing["namespace"] == ""
    namespace = editing["graphs"][2]["namespace"]
    editing = await ask("editing", namespace=namespace)
    assert (editing["values"], editing["as_node"]) == ({"log": ["first"]}, "first")
    errors = (await ask("update", namespace=namespace, values={"lag": []}))["errors"]
    assert "Did you mean 'log'?" in errors[0]["message"]
    await ask("update", namespace=namespace, values={"log": ["edited"]})
    await recorder.run(None, thread=thread)
    [again] = recorder.all("asked")
    assert again["id"] != asked, "it is another question, of another state"
    await recorder.run(None, thread=thread, resume={again["id"]: "yes"})
    assert recorder.all("values")[-1]["values"]["log"] == ["edited", "yes after ['edited']"]


async def test_subgraphs_of_one_node_are_told_apart_by_number(programs: Programs, recorder: Recorder) -> None:
    recorder.open(programs.graph(FANNED))
    run = Standing(recorder)
    await run.begin({"log": []}, start="paused")
    await run.order("step")
    one, two = (e["task"] for e in recorder.all("task_held") if e["node"] == "inner")
    await run.order("into", task=one)
    await run.order("into", task=two)
    graphs = (await run.ask("editing"))["graphs"]
    assert [(each["words"], each["namespace"].rpartition(":")[2]) for each in graphs] == [
        ("inner #1", one),
        ("inner #2", two),
    ]
    await run.stop()
