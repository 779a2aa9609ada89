"""Where tool nodes and agents behave otherwise than LangGraph's on purpose, and why."""

import warnings
from typing import Any

from langchain_core.messages import HumanMessage
from langchain_core.tools import tool
from pydantic import BaseModel, model_validator
from tests.conformance.differences import Difference
from tests.conformance.scripted_model import ScriptedModel, asks, call
from tests.kit.engines import Engine


@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@tool
def fail(x: int) -> int:
    """Fail."""
    raise ValueError("no luck")


class Range(BaseModel):
    low: int
    high: int

    @model_validator(mode="after")
    def check(self) -> "Range":
        if self.low > self.high:
            raise ValueError("low is above high")
        return self


@tool(args_schema=Range)
def between(low: int, high: int) -> str:
    """Say what is between."""
    return "never"


class Told:
    """A handler of errors that is an object."""

    def __call__(self, error: ValueError) -> str:
        return f"told: {error}"


def contents(engine: Engine, tools: Any, *calls: Any, **options: Any) -> list[Any]:
    """The texts that a tool node answers with."""
    graph = engine.StateGraph(engine.MessagesState).add_node("tools", engine.ToolNode(tools, **options))
    result = graph.add_edge(engine.START, "tools").compile().invoke({"messages": [asks(*calls)]})
    return [message.content for message in result["messages"][1:]]


def corrected(request: Any, execute: Any) -> Any:
    return execute(request.override(tool_call={**request.tool_call, "name": "add"}))


def two_runtimes(engine: Engine) -> Any:
    @tool
    def know(one: engine.ToolRuntime, other: engine.ToolRuntime) -> str:
        """Say whether they are the same."""
        return str(one is other)

    return contents(engine, [know], call("know"), handle_tool_errors=False)


def agent(engine: Engine, **options: Any) -> Any:
    model = ScriptedModel(script=[asks(call("add", a=1, b=2))])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return engine.create_react_agent(model, [add], **options)


def steps_of_a_hooked_agent(engine: Engine) -> Any:
    graph = agent(engine, version="v1", post_model_hook=lambda state: {})
    return [next(iter(chunk)) for chunk in graph.stream({"messages": [HumanMessage("hi")]})]


def input_of_the_model(engine: Engine) -> Any:
    graph = agent(engine, pre_model_hook=lambda state: {"llm_input_messages": [HumanMessage("instead")]})
    chunks = list(graph.stream({"messages": [HumanMessage("hi")]}, stream_mode="tasks"))
    given = next(chunk["input"] for chunk in chunks if chunk["name"] == "agent" and "input" in chunk)
    return [message.content for message in given["messages"]]


TOOL_DIFFERENCES: dict[str, Difference] = {
    "a tool node outside of a graph": Difference(
        "Tools that need no graph can be tried without one.",
        lambda engine: len(engine.ToolNode([add]).invoke([asks(call("add", a=1, b=2))])),
        ours=1,
        theirs="ValueError",
    ),
    "tools_condition without any message": Difference(
        "A list without messages is the same mistake as a state without them.",
        lambda engine: engine.tools_condition([]),
        ours="ValueError",
        theirs="IndexError",
    ),
    "arguments that are wrong together": Difference(
        "The model is told what is wrong; LangGraph keeps to itself what concerns no single argument.",
        lambda engine: contents(engine, [between], call("between", low=2, high=1))[0].splitlines()[1].strip(),
        ours="Value error, low is above high",
        theirs="",
    ),
    "a wrapper that corrects the name of a tool": Difference(
        "A name that the node knows is enough to make the call.",
        lambda engine: contents(engine, [add], call("ad", a=1, b=2), wrap_tool_call=corrected),
        ours=["3"],
        theirs="TypeError",
    ),
    "a tool that asks for the runtime twice": Difference(
        "Both arguments say what they want; LangGraph fills in one of them.",
        two_runtimes,
        ours=["True"],
        theirs="ToolInvocationError",
    ),
    "a handler of errors that is an object": Difference(
        "Whatever can be called can be a handler.",
        lambda engine: contents(engine, [fail], call("fail", x=1), handle_tool_errors=Told()),
        ours=["told: no luck"],
        theirs="TypeError",
    ),
    "a hook after the model where one node makes all calls": Difference(
        "LangGraph goes past the hook to the tools, where it has drawn no way.",
        steps_of_a_hooked_agent,
        ours=["agent", "post_model_hook", "tools", "agent", "post_model_hook"],
        theirs="KeyError",
    ),
    "the input of a model that a hook has messages for": Difference(
        "A chunk that has come out stays as it was; LangGraph goes on to change the input that it shows.",
        input_of_the_model,
        ours=["hi"],
        theirs=["instead"],
    ),
}
