"""Graphs that a node's code calls are told with their shape, once a run, before anything runs in them."""

from __future__ import annotations

import textwrap

import pytest
from tests.kit.programs import Programs, Recorder

from stepscope_host.debugging.called import DEEPEST, MOST_AT_A_NODE

INNER = """
def one(state: State):
    return {"log": ["one"]}

def two(state: State):
    return {"log": ["two"]}

def built():
    return StateGraph(State).add_sequence([one, two]).add_edge(START, "one").compile()

helpers = {"inner": built()}
"""
CALLS = {
    "sync": """
        def call(state: State):
            return helpers["inner"].invoke({"log": []})
        """,
    "async": """
        async def call(state: State):
            return await helpers["inner"].ainvoke({"log": []})
        """,
    "sync in async": """
        async def call(state: State):
            return helpers["inner"].invoke({"log": []})
        """,
    "in a thread": """
        async def call(state: State):
            return await asyncio.to_thread(helpers["inner"].invoke, {"log": []})
        """,
    "streamed": """
        def call(state: State):
            for chunk in helpers["inner"].stream({"log": []}):
                pass
            return {"log": ["streamed"]}
        """,
}
OUTER = """
graph = StateGraph(State).add_node(call).add_edge(START, "call").compile()
"""


def told(recorder: Recorder) -> list[tuple[str, list[str]]]:
    """Each called graph: by whom, and the names of its nodes."""
    return [
        ("/".join(event["path"]), ["/".join(node["key"]) for node in event["topology"]["nodes"]])
        for event in recorder.all("graph_called")
    ]


def text(*parts: str) -> str:
    return "\n".join(map(textwrap.dedent, parts))


@pytest.mark.parametrize("way", CALLS)
async def test_a_called_graph_is_told_before_it_runs(
    programs: Programs, recorder: Recorder, way: str
) -> None:
    recorder.open(programs.graph(text(INNER, CALLS[way], OUTER)))
    await recorder.run({"log": []})

    assert told(recorder) == [("call", ["__start__", "one", "two", "__end__"])]
    story = recorder.story("graph_called", "task_started")
    assert story.index("graph_called") == story.index("task_started call") + 1

    await recorder.run({"log": []})
    assert len(recorder.all("graph_called")) == 1


async def test_a_declared_subgraph_is_not_told(programs: Programs, recorder: Recorder) -> None:
    recorder.open(
        programs.graph(
            text(INNER, 'graph = StateGraph(State).add_node("sub", built()).add_edge(START, "sub").compile()')
        )
    )
    await recorder.run({"log": []})
    assert told(recorder) == []


async def test_what_a_called_graph_has_inside_and_calls_is_told_at_its_depth(
    programs: Programs, recorder: Recorder
) -> None:
    middle = """
    def deep(state: State):
        return helpers["inner"].invoke({"log": []})

    helpers["middle"] = (
        StateGraph(State).add_node(deep).add_node("sub", built())
        .add_edge(START, "deep").add_edge("deep", "sub").compile()
    )

    def call(state: State):
        return helpers["middle"].invoke({"log": []})
    """
    recorder.open(programs.graph(text(INNER, middle, OUTER)))
    await recorder.run({"log": []})

    calls = dict(told(recorder))
    assert "sub/one" in calls["call"]
    assert calls["call/deep"] == ["__start__", "one", "two", "__end__"]


async def test_a_graph_that_is_built_anew_for_each_call_is_told_once(
    programs: Programs, recorder: Recorder
) -> None:
    many = f"""
    def call(state: State):
        for _ in range({MOST_AT_A_NODE + 5}):
            built().invoke({{"log": []}})
    """
    recorder.open(programs.graph(text(INNER, many, OUTER)))
    await recorder.run({"log": []})
    assert len(told(recorder)) == 1


async def test_a_graph_that_calls_itself_is_told_down_to_a_depth(
    programs: Programs, recorder: Recorder
) -> None:
    deep = f"""
    def again(state: State):
        left = int(state["word"])
        return helpers["self"].invoke({{"log": [], "word": str(left - 1)}}) if left else {{"log": ["bottom"]}}

    helpers["self"] = StateGraph(State).add_node(again).add_edge(START, "again").compile()

    def call(state: State):
        return helpers["self"].invoke({{"log": [], "word": "{DEEPEST + 3}"}})
    """
    recorder.open(programs.graph(text(INNER, deep, OUTER)))
    last = await recorder.run({"log": []})
    assert last["outcome"] == "finished"
    assert [path.count("/") for path, _ in told(recorder)] == list(range(DEEPEST))


async def test_a_tool_that_calls_an_agent_shows_it(programs: Programs, recorder: Recorder) -> None:
    agent = """
    import warnings
    from langchain_core.messages import AIMessage
    from langchain_core.tools import tool
    from ENGINE.graph import MessagesState
    from ENGINE.prebuilt import ToolNode

    @tool
    def ask(topic: str) -> str:
        "Ask the helper."
        return helpers["inner"].invoke({"log": []})["log"][0]

    def model(state: MessagesState):
        call = {"name": "ask", "args": {"topic": "owls"}, "id": "c1", "type": "tool_call"}
        return {"messages": [AIMessage("", tool_calls=[call])]}

    graph = (
        StateGraph(MessagesState).add_node(model).add_node("tools", ToolNode([ask]))
        .add_edge(START, "model").add_edge("model", "tools").compile()
    )
    """
    recorder.open(programs.graph(text(INNER, agent)))
    last = await recorder.run({"messages": [{"role": "user", "content": "owls?"}]})
    assert last["outcome"] == "finished", last
    assert told(recorder) == [("tools", ["__start__", "one", "two", "__end__"])]
