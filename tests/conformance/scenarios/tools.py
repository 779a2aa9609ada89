"""Mode `tools`: what is told of tools that nodes call."""

from __future__ import annotations

from typing import Any

from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableConfig, RunnableLambda
from langchain_core.tools import tool
from tests.conformance.scenario import scenario
from tests.kit.engines import Engine
from tests.kit.runs import Case


@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@tool
def fail(a: int) -> int:
    """Fail."""
    raise ValueError(f"no luck with {a}")


@tool
async def double(a: int) -> int:
    """Double a number."""
    return 2 * a


@tool("said aloud")
def say(words: str) -> str:
    """Say words."""
    return words.upper()


@tool(response_format="content_and_artifact")
def look(a: int) -> Any:
    """Look at a number."""
    return f"it is {a}", {"number": a}


def calls(name: str, id: str = "call 1", **args: Any) -> Any:
    return {"type": "tool_call", "name": name, "args": args, "id": id}


def node(engine: Engine, function: Any, config: Any = None) -> Case:
    builder = engine.StateGraph(engine.MessagesState).add_node("use", function).add_edge(engine.START, "use")
    return Case(builder.compile(), {"messages": []}, config)


def answers(call: Any) -> Any:
    return lambda state: {"messages": [call()]}


@scenario
def a_tool_called_with_arguments(engine: Engine) -> Case:
    return node(engine, lambda state: {"messages": [str(add.invoke({"a": 1, "b": 2}))]})


@scenario
def a_tool_called_with_a_tool_call(engine: Engine) -> Case:
    return node(engine, answers(lambda: add.invoke(calls("add", a=1, b=2))))


@scenario
def a_tool_called_with_a_text(engine: Engine) -> Case:
    return node(engine, answers(lambda: say.invoke("hello")))


@scenario
def a_tool_that_fails(engine: Engine) -> Case:
    return node(engine, answers(lambda: fail.invoke(calls("fail", a=1))))


@scenario
def a_tool_that_fails_without_an_id(engine: Engine) -> Case:
    return node(engine, answers(lambda: fail.invoke({"a": 1})))


@scenario
def a_tool_whose_failure_is_caught(engine: Engine) -> Case:
    def use(state: Any) -> Any:
        try:
            return {"messages": [fail.invoke(calls("fail", a=1))]}
        except ValueError as error:
            return {"messages": [AIMessage(str(error), id="sorry")]}

    return node(engine, use)


@scenario
def a_tool_called_with_wrong_arguments(engine: Engine) -> Case:
    return node(engine, answers(lambda: add.invoke(calls("add", a=1))))


@scenario
def a_tool_with_an_artifact(engine: Engine) -> Case:
    return node(engine, answers(lambda: look.invoke(calls("look", a=1))))


@scenario
def an_async_tool(engine: Engine) -> Case:
    async def use(state: Any, config: RunnableConfig) -> Any:
        return {"messages": [await double.ainvoke(calls("double", a=1), config)]}

    return node(engine, use)


@scenario
def a_tool_in_a_tool(engine: Engine) -> Case:
    @tool
    def outer(a: int) -> str:
        """Add one."""
        return str(add.invoke(calls("add", "inner", a=a, b=1)).content)

    return node(engine, answers(lambda: outer.invoke(calls("outer", "outer", a=1))))


@scenario
def a_tool_that_writes(engine: Engine) -> Case:
    @tool
    def tell(a: int) -> int:
        """Tell what is done."""
        engine.get_stream_writer()({"telling": a})
        return a

    return node(engine, answers(lambda: tell.invoke(calls("tell", a=1))))


@scenario
def a_tool_that_asks_a_model(engine: Engine) -> Case:
    model = GenericFakeChatModel(messages=iter([AIMessage("one two")] * 9))

    @tool
    def ask(question: str) -> str:
        """Ask a model."""
        return model.invoke(question).text

    return node(engine, answers(lambda: ask.invoke(calls("ask", question="?"))))


@scenario
def a_tool_that_returns_a_command(engine: Engine) -> Case:
    @tool
    def steer(a: int) -> Any:
        """Steer the graph."""
        return engine.Command(update={"messages": [AIMessage("steered", id="steered")]})

    return node(engine, lambda state: steer.invoke(calls("steer", a=1)))


@scenario
def a_tool_tagged_nostream(engine: Engine) -> Case:
    @tool
    def quiet(a: int) -> int:
        """Say nothing."""
        return a

    quiet.tags = ["nostream"]
    return node(engine, answers(lambda: quiet.invoke(calls("quiet", a=1))))


@scenario
def a_tool_tagged_by_its_config(engine: Engine) -> Case:
    config: Any = {"tags": ["nostream"]}
    return node(engine, answers(lambda: add.invoke(calls("add", a=1, b=1), config)))


@scenario
def a_tool_with_a_name_of_its_own_in_the_config(engine: Engine) -> Case:
    config: Any = {"run_name": "adding", "metadata": {"why": "so"}}
    return node(engine, answers(lambda: add.invoke(calls("add", a=1, b=1), config)))


@scenario
def a_tool_in_a_path(engine: Engine) -> Case:
    def path(state: Any) -> str:
        return engine.END if add.invoke({"a": 0, "b": 1}) else "use"

    builder = engine.StateGraph(engine.MessagesState).add_node("use", lambda state: None)
    builder.add_edge(engine.START, "use").add_conditional_edges("use", path)
    return Case(builder.compile(), {"messages": []})


@scenario
def a_tool_in_a_chain(engine: Engine) -> Case:
    chain: Any = RunnableLambda(lambda state: {"a": 1, "b": 2}) | add | (lambda sum: {"messages": [str(sum)]})
    return node(engine, chain)


@scenario
def a_tool_in_a_subgraph(engine: Engine) -> Case:
    inner = node(engine, answers(lambda: add.invoke(calls("add", a=1, b=2)))).graph
    builder = engine.StateGraph(engine.MessagesState).add_node("sub", inner).add_edge(engine.START, "sub")
    return Case(builder.compile(), {"messages": []})


@scenario
def a_tool_in_a_graph_that_a_node_streams(engine: Engine) -> Case:
    inner = node(engine, answers(lambda: add.invoke(calls("add", a=1, b=2)))).graph

    def use(state: Any) -> Any:
        events = [event["event"] for event in inner.stream(state, stream_mode="tools")]
        return {"messages": [AIMessage(" ".join(events), id="events")]}

    return node(engine, use)


@scenario
def two_tools_one_after_another(engine: Engine) -> Case:
    def use(state: Any) -> Any:
        return {"messages": [add.invoke(calls("add", f"call {n}", a=n, b=n)) for n in range(2)]}

    return node(engine, use)


def telling(engine: Engine) -> Any:
    """A tool that tells something while it works."""

    def tell(a, runtime):  # type: ignore[no-untyped-def]
        """Tell what is done."""
        runtime.emit_output_delta("half")
        runtime.emit_output_delta({"done": a})
        return a

    tell.__annotations__ = {"a": int, "runtime": engine.ToolRuntime, "return": int}
    return tool(tell)


def asked_for(engine: Engine, node: Any, *tool_calls: Any) -> Case:
    builder = engine.StateGraph(engine.MessagesState).add_node("tools", node).add_edge(engine.START, "tools")
    return Case(builder.compile(), {"messages": [AIMessage("", tool_calls=list(tool_calls), id="asks")]})


@scenario
def a_tool_that_tells_what_it_does(engine: Engine) -> Case:
    return asked_for(engine, engine.ToolNode([telling(engine)]), calls("tell", a=1))


@scenario
def a_tool_that_tells_what_it_does_in_a_subgraph(engine: Engine) -> Case:
    inner = asked_for(engine, engine.ToolNode([telling(engine)]))
    return asked_for(engine, inner.graph, calls("tell", a=1))


@scenario
def a_tool_node_that_handles_failures(engine: Engine) -> Case:
    node = engine.ToolNode([add, fail], handle_tool_errors=True)
    return asked_for(engine, node, calls("fail", a=1))


@scenario
def a_tool_that_nobody_has(engine: Engine) -> Case:
    return asked_for(engine, engine.ToolNode([add]), calls("nothing", a=1))
