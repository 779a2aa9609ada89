"""Agents on both engines, where one stream does not tell it all: threads, drawings, what a hook hands on."""

import asyncio
import warnings
from collections.abc import Callable
from typing import Annotated, Any

import pytest
from langchain_core.messages import HumanMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore
from pydantic import BaseModel, ValidationError
from tests.conformance.scripted_model import ScriptedModel, StreamingModel, asks, call
from tests.kit.engines import ORACLE, OURS, Engine
from tests.kit.scrub import Scrubber

THREAD = {"configurable": {"thread_id": "1"}}
MODES = ["updates", "values", "messages", "custom"]
HI = {"messages": [HumanMessage("hi", id="h")]}


@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@tool(return_direct=True)
def reply(x: int) -> str:
    """Reply at once."""
    return f"it is {x}"


class Mood(BaseModel):
    mood: str


def agent(engine: Engine, tools: Any, *calls: Any, **options: Any) -> Any:
    model = options.pop("model", None) or StreamingModel(script=[asks(*calls)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return engine.create_react_agent(model, tools, **options)


def sync_chunks(graph: Any, input: Any) -> list[Any]:
    return list(graph.stream(input, THREAD, stream_mode=MODES))


def async_chunks(graph: Any, input: Any) -> list[Any]:
    async def gather() -> list[Any]:
        return [chunk async for chunk in graph.astream(input, THREAD, stream_mode=MODES)]

    return asyncio.run(gather())


WAYS = pytest.mark.parametrize("chunks_of", [sync_chunks, async_chunks])
Chunks = Callable[[Any, Any], list[Any]]


def conversation(graph: Any, chunks_of: Chunks, *inputs: Any) -> list[Any]:
    """What comes out of one run after another on one thread, and where each leaves it."""
    scrub = Scrubber()
    told = []
    for input in inputs:
        told.append([scrub(chunk) for chunk in chunks_of(graph, input)])
        told.append(graph.get_state(THREAD).next)
    return told


@WAYS
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_an_agent_goes_on_with_its_thread_and_its_store(chunks_of: Chunks, version: str) -> None:
    def told(engine: Engine) -> Any:
        @tool
        def keep(x: int, store: Annotated[Any, engine.InjectedStore()]) -> str:
            """Keep a number."""
            store.put(("kept",), "x", {"x": x})
            return f"kept {store.get(('kept',), 'x').value}"

        kept = {"checkpointer": InMemorySaver(), "store": InMemoryStore()}
        graph = agent(engine, [keep], call("keep", x=1), version=version, **kept)
        again = {"messages": [HumanMessage("again", id="h2")]}
        return conversation(graph, chunks_of, HI, again)

    assert told(OURS) == told(ORACLE)


@WAYS
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_an_agent_stops_before_its_tools_and_goes_on(chunks_of: Chunks, version: str) -> None:
    def told(engine: Engine) -> Any:
        options = {"checkpointer": InMemorySaver(), "interrupt_before": ["tools"]}
        graph = agent(engine, [add], call("add", a=1, b=2), version=version, **options)
        return conversation(graph, chunks_of, HI, None)

    assert told(OURS) == told(ORACLE)


@WAYS
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_tool_asks_a_person_whatever_errors_are_told(chunks_of: Chunks, version: str) -> None:
    def told(engine: Engine) -> Any:
        @tool
        def ask(x: int) -> str:
            """Ask."""
            return f"said {engine.interrupt({'may I': x})}"

        tools = engine.ToolNode([ask], handle_tool_errors=True)
        graph = agent(engine, tools, call("ask", x=1), version=version, checkpointer=InMemorySaver())
        return conversation(graph, chunks_of, HI, engine.Command(resume="yes"))

    assert told(OURS) == told(ORACLE)


@pytest.mark.parametrize("handling", [True, "told", False])
def test_a_persons_wrong_answer_is_not_told_to_the_model(handling: Any) -> None:
    def told(engine: Engine) -> Any:
        @tool
        def ask(x: int) -> str:
            """Ask."""
            return f"said {engine.interrupt('how is it?', response_schema=Mood)}"

        tools = engine.ToolNode([ask], handle_tool_errors=handling)
        graph = agent(engine, tools, call("ask", x=1), checkpointer=InMemorySaver())
        conversation(graph, sync_chunks, HI)
        with pytest.raises(ValidationError):
            conversation(graph, sync_chunks, engine.Command(resume={"mood": 5}))
        return conversation(graph, sync_chunks, engine.Command(resume={"mood": "fine"}))

    assert told(OURS) == told(ORACLE)


def test_a_node_that_makes_two_calls_asks_for_one_after_the_other() -> None:
    def told(engine: Engine) -> Any:
        @tool
        def ask(x: int) -> str:
            """Ask."""
            return f"said {engine.interrupt({'may I': x})}"

        calls = [call("ask", "1", x=1), call("ask", "2", x=1)]
        graph = agent(engine, [ask], *calls, version="v1", checkpointer=InMemorySaver())
        graph.invoke(HI, THREAD)
        graph.invoke(engine.Command(resume="yes"), THREAD)
        result = graph.invoke(engine.Command(resume="yes"), THREAD)
        return [message.content for message in result["messages"]], graph.get_state(THREAD).next

    assert told(OURS) == told(ORACLE)
    assert told(OURS)[1] == ()


SHAPES: dict[str, dict[str, Any]] = {
    "plain": {"tools": [add]},
    "without tools": {"tools": []},
    "a tool that ends it": {"tools": [add, reply]},
    "a hook before": {"tools": [add], "pre_model_hook": lambda state: {}},
    "a hook after": {"tools": [add], "post_model_hook": lambda state: {}},
    "a structured response": {"tools": [reply], "response_format": Mood},
    "everything": {
        "tools": [add, reply],
        "pre_model_hook": lambda state: {},
        "post_model_hook": lambda state: {},
        "response_format": Mood,
    },
    "everything but tools": {
        "tools": [],
        "pre_model_hook": lambda state: {},
        "post_model_hook": lambda state: {},
        "response_format": Mood,
    },
}


@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize("shape", SHAPES)
def test_agents_are_drawn_alike(shape: str, version: str) -> None:
    def drawn(engine: Engine) -> Any:
        graph = agent(engine, SHAPES[shape]["tools"], version=version, **_without_tools(SHAPES[shape]))
        picture = graph.get_graph()
        nodes = [(node.id, node.metadata) for node in picture.nodes.values()]
        return list(graph.nodes), nodes, [(e.source, e.target, e.data, e.conditional) for e in picture.edges]

    assert drawn(OURS) == drawn(ORACLE)


def _without_tools(shape: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in shape.items() if key != "tools"}


@WAYS
def test_the_model_is_asked_what_a_hook_has_left_for_it(chunks_of: Chunks) -> None:
    # Not in the modes that show a node's input: LangGraph puts the messages into the input itself, so that
    # a chunk tells something else from one moment to the next.
    def told(engine: Engine) -> Any:
        def hook(state: Any) -> Any:
            return {"llm_input_messages": [*state["messages"], HumanMessage("be brief", id="b")]}

        model = StreamingModel(script=[asks(call("add", a=1, b=2))], hears=True)
        graph = agent(engine, [add], model=model, pre_model_hook=hook, checkpointer=InMemorySaver())
        return conversation(graph, chunks_of, HI)

    assert told(OURS) == told(ORACLE)


REFUSED: dict[str, dict[str, Any]] = {
    "a state without remaining_steps": {"state_schema": "MessagesState"},
    "an unknown version": {"version": "v3"},
    "an unknown option": {"zzz": 1},
    "a prompt of the wrong kind": {"prompt": 5},
    "a model bound to another tool": {"model": ScriptedModel().bind_tools([reply])},
    "a model bound to more tools": {"model": ScriptedModel().bind_tools([add, reply])},
    "a breakpoint at an unknown node": {"interrupt_before": ["zzz"]},
}


@pytest.mark.parametrize("mistake", REFUSED)
def test_agents_refuse_the_same_mistakes(mistake: str) -> None:
    def refused(engine: Engine) -> type[BaseException] | None:
        options = dict(REFUSED[mistake])
        if "state_schema" in options:
            options["state_schema"] = getattr(engine, options["state_schema"])
        try:
            agent(engine, [add], **options)
        except Exception as error:
            return next(kind for kind in type(error).__mro__ if kind.__module__ == "builtins")
        return None

    assert refused(ORACLE) is not None
    assert refused(OURS) is refused(ORACLE)
