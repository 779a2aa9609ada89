"""ToolNode: tool calls made by a node, what goes into the tools, and what they may give back."""

import dataclasses
import operator
from typing import Annotated, Any

from langchain_core.messages import AIMessage, HumanMessage, RemoveMessage, ToolMessage
from langchain_core.runnables import RunnableConfig, RunnableLambda
from langchain_core.tools import InjectedToolArg, InjectedToolCallId, ToolException, tool
from pydantic import BaseModel
from tests.conformance.scenario import async_racing_scenario, async_scenario, racing_scenario, scenario
from tests.conformance.scripted_model import StreamingModel, asks, call
from tests.kit.engines import Engine
from tests.kit.runs import Case
from typing_extensions import NotRequired, TypedDict


@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@tool
def fail(x: int) -> int:
    """Fail."""
    raise ValueError(f"no luck with {x}")


@tool
def refuse(x: int) -> int:
    """Refuse."""
    raise ToolException("not today")


def shout(words: str) -> str:
    """Shout words."""
    return words.upper()


def state_of(engine: Engine) -> Any:
    class State(engine.MessagesState):
        mood: NotRequired[str]
        log: NotRequired[Annotated[list[Any], operator.add]]
        never: NotRequired[int]

    return State


def builder(engine: Engine, tools: Any, schema: Any = None, **options: Any) -> Any:
    """A graph with node `tools`, and a node `other` that nothing leads to."""
    graph = engine.StateGraph(state_of(engine) if schema is None else schema)
    graph.add_node("tools", engine.ToolNode(tools, **options)).add_edge(engine.START, "tools")
    return graph.add_node("other", lambda state: {"log": ["other"]} if isinstance(state, dict) else None)


def run(engine: Engine, tools: Any, *calls: Any, **options: Any) -> Case:
    graph = builder(engine, tools, **options).compile()
    return Case(graph, {"messages": [asks(*calls)], "mood": "bright"})


# -- what is called


@racing_scenario
def several_tool_calls(engine: Engine) -> Case:
    return run(
        engine,
        [add, shout],
        call("add", "1", a=1, b=2),
        call("shout", "2", words="hi"),
        call("add", "3", a=3, b=4),
    )


@racing_scenario
def an_unknown_tool(engine: Engine) -> Case:
    return run(engine, [add, shout], call("multiply"), call("add", "2", a=1, b=2))


@scenario
def a_message_without_tool_calls(engine: Engine) -> Case:
    return Case(builder(engine, [add]).compile(), {"messages": [AIMessage("x", id="x")]})


@scenario
def a_conversation_that_goes_on_after_the_tool_calls(engine: Engine) -> Case:
    said = [asks(call("add", a=1, b=2)), HumanMessage("well?", id="h")]
    return Case(builder(engine, [add]).compile(), {"messages": said})


@scenario
def tools_without_an_ai_message(engine: Engine) -> Case:
    return Case(builder(engine, [add]).compile(), {"messages": [HumanMessage("x", id="x")]})


@scenario
def tools_without_any_message(engine: Engine) -> Case:
    return Case(builder(engine, [add]).compile(), {"messages": []})


@racing_scenario
def a_key_of_its_own_for_the_messages(engine: Engine) -> Case:
    class State(TypedDict):
        talk: Annotated[list[Any], operator.add]

    graph = builder(engine, [add, told(engine)], State, messages_key="talk").compile()
    return Case(graph, {"talk": [asks(call("add", a=1, b=2), call("told", "2", x=1))]})


@racing_scenario
def tools_over_a_pydantic_state(engine: Engine) -> Case:
    class State(BaseModel):
        messages: Annotated[list[Any], operator.add]
        mood: str = "calm"

    tools = [add, whole(engine), mood(engine)]
    graph = builder(engine, tools, State).compile()
    return Case(graph, {"messages": [asks(call("add", a=1, b=2), call("whole", "2"), call("mood", "3"))]})


@scenario
def tools_over_a_dataclass(engine: Engine) -> Case:
    @dataclasses.dataclass
    class State:
        messages: Annotated[list[Any], operator.add]

    return Case(builder(engine, [add], State).compile(), {"messages": [asks(call("add", a=1, b=2))]})


@racing_scenario
def tools_over_a_list_of_messages(engine: Engine) -> Case:
    graph = builder(engine, [add, whole(engine)], Annotated[list, engine.add_messages]).compile()
    return Case(graph, [asks(call("add", a=1, b=2), call("whole", "2"))])


@scenario
def a_field_of_a_state_that_is_a_list(engine: Engine) -> Case:
    graph = builder(engine, [mood(engine)], Annotated[list, engine.add_messages]).compile()
    return Case(graph, [asks(call("mood"))])


def sent(engine: Engine, tools: Any, argument: Any) -> Case:
    graph = engine.StateGraph(state_of(engine)).add_node("tools", engine.ToolNode(tools))
    graph.add_conditional_edges(engine.START, lambda state: [engine.Send("tools", argument)])
    return Case(graph.compile(), {"messages": [HumanMessage("x", id="x")], "mood": "bright"})


@racing_scenario
def tool_calls_sent(engine: Engine) -> Case:
    tools = [add, whole(engine), mood(engine)]
    return sent(engine, tools, [call("add", a=1, b=2), call("whole", "2"), call("mood", "3")])


@scenario
def a_tool_call_sent_with_a_state(engine: Engine) -> Case:
    context = {"__type": "tool_call_with_context", "tool_call": call("mood"), "state": {"mood": "sent along"}}
    return sent(engine, [mood(engine)], context)


@scenario
def a_command_for_a_tool_call_that_was_sent(engine: Engine) -> Case:
    return sent(engine, [told(engine)], [call("told", x=1)])


@racing_scenario
def a_tool_node_in_a_chain(engine: Engine) -> Case:
    graph = engine.StateGraph(state_of(engine))
    graph.add_node("use", RunnableLambda(lambda state: state) | engine.ToolNode([add, mood(engine)]))
    graph.add_edge(engine.START, "use")
    return Case(
        graph.compile(), {"messages": [asks(call("add", a=1, b=2), call("mood", "2"))], "mood": "odd"}
    )


@racing_scenario
def a_tool_node_called_by_a_node(engine: Engine) -> Case:
    tools = engine.ToolNode([add, mood(engine)])
    graph = engine.StateGraph(state_of(engine)).add_node(
        "use", lambda state, config: tools.invoke(state, config)
    )
    graph.add_edge(engine.START, "use")
    return Case(
        graph.compile(), {"messages": [asks(call("add", a=1, b=2), call("mood", "2"))], "mood": "odd"}
    )


@racing_scenario
def tools_in_a_subgraph(engine: Engine) -> Case:
    graph = engine.StateGraph(state_of(engine)).add_node(
        "sub", builder(engine, [add, spoken(engine)]).compile()
    )
    graph.add_edge(engine.START, "sub")
    return Case(graph.compile(), {"messages": [asks(call("add", a=1, b=2), call("spoken", "2", x=3))]})


@scenario
def a_loop_of_model_and_tools(engine: Engine) -> Case:
    model = StreamingModel(script=[asks(call("add", a=1, b=2))])
    graph = engine.StateGraph(engine.MessagesState)
    graph.add_node("model", lambda state: {"messages": [model.invoke(state["messages"])]})
    graph.add_node(engine.ToolNode([add])).add_edge(engine.START, "model").add_edge("tools", "model")
    graph.add_conditional_edges("model", engine.tools_condition)
    return Case(graph.compile(), {"messages": [HumanMessage("hi", id="h")]})


# -- what goes wrong


@racing_scenario
def arguments_of_the_wrong_kind(engine: Engine) -> Case:
    class Inner(BaseModel):
        z: int

    @tool
    def nested(inner: Inner, numbers: list[int]) -> str:
        """Take something deep."""
        return "never"

    wrong = call("nested", "2", inner={"z": "q"}, numbers=["a"])
    return run(engine, [add, nested, whole(engine)], call("add", a="x"), wrong, call("whole", "3", x="odd"))


@scenario
def an_error_in_the_words_of_a_model_inside_a_tool(engine: Engine) -> Case:
    class Number(BaseModel):
        x: int

    @tool
    def parse(text: str) -> int:
        """Parse a number."""
        return Number(x=text).x

    return run(engine, [parse], call("parse", text="zz"))


@scenario
def a_tool_that_fails_in_a_tool_node(engine: Engine) -> Case:
    return run(engine, [add, fail], call("fail", x=1))


@scenario
def a_tool_that_handles_its_errors(engine: Engine) -> Case:
    @tool
    def own(x: int) -> str:
        """Fail, but say so."""
        raise ToolException("it is my own affair")

    own.handle_tool_error = True
    return run(engine, [own], call("own", x=1))


def all_that_goes_wrong(engine: Engine, handling: Any) -> Case:
    calls = [call("fail", "1", x=1), call("refuse", "2", x=1), call("add", "3", a="x"), call("zz", "4")]
    return run(engine, [add, fail, refuse], *calls, handle_tool_errors=handling)


@racing_scenario
def all_errors_told(engine: Engine) -> Case:
    return all_that_goes_wrong(engine, True)


@scenario
def no_error_told(engine: Engine) -> Case:
    return run(engine, [add], call("add", a="x"), handle_tool_errors=False)


@racing_scenario
def errors_told_in_these_words(engine: Engine) -> Case:
    return all_that_goes_wrong(engine, "try harder")


@racing_scenario
def errors_told_by_a_function(engine: Engine) -> Case:
    return all_that_goes_wrong(engine, lambda error: f"told: {type(error).__name__}")


@racing_scenario
def errors_told_by_a_function_for_some_classes(engine: Engine) -> Case:
    def tell(error: ValueError | ToolException) -> str:
        return f"told: {error}"

    return all_that_goes_wrong(engine, tell)


@scenario
def an_error_that_the_function_does_not_take(engine: Engine) -> Case:
    def tell(error: KeyError) -> str:
        return "never"

    return run(engine, [fail], call("fail", x=1), handle_tool_errors=tell)


@scenario
def a_function_for_errors_that_takes_no_error(engine: Engine) -> Case:
    def tell(error: int) -> str:
        return "never"

    return run(engine, [fail], call("fail", x=1), handle_tool_errors=tell)


@scenario
def errors_of_one_class_told(engine: Engine) -> Case:
    return run(engine, [fail], call("fail", x=1), handle_tool_errors=ValueError)


@racing_scenario
def errors_of_some_classes_told(engine: Engine) -> Case:
    return all_that_goes_wrong(engine, (ValueError, ToolException))


@scenario
def an_error_of_another_class(engine: Engine) -> Case:
    return run(engine, [refuse], call("refuse", x=1), handle_tool_errors=(ValueError, KeyError))


# -- what tools are given


def whole(engine: Engine) -> Any:
    @tool
    def whole(state: Annotated[Any, engine.InjectedState], x: int = 0) -> str:
        """Say what there is in the state."""
        if isinstance(state, dict):
            return ", ".join(sorted(state))
        return type(state).__name__

    return whole


def mood(engine: Engine) -> Any:
    @tool
    def mood(mood: Annotated[str, engine.InjectedState("mood")]) -> str:
        """Say the mood."""
        return f"{mood} mood"

    return mood


@racing_scenario
def the_state_in_tools(engine: Engine) -> Case:
    @tool
    def both(
        x: int,
        state: Annotated[dict, engine.InjectedState()],
        mood: Annotated[str | None, engine.InjectedState("mood")],
        id: Annotated[str, InjectedToolCallId],
    ) -> str:
        """Say everything."""
        return f"{x} {sorted(state)} {mood} {id}"

    calls = [
        call("both", "1", x=1),
        call("both", "2", x=2, state={}, mood="chosen by the model"),
        call("both", "3"),
    ]
    return run(engine, [both], *calls)


@scenario
def a_default_for_a_key_that_was_never_written(engine: Engine) -> Case:
    @tool
    def number(
        never: Annotated[int, engine.InjectedState("never")] = 7,
        unknown: Annotated[int, engine.InjectedState("unknown")] = 8,
    ) -> int:
        """Say numbers."""
        return never + unknown

    return run(engine, [number], call("number"))


@scenario
def a_key_that_was_never_written(engine: Engine) -> Case:
    @tool
    def number(never: Annotated[int, engine.InjectedState("never")]) -> int:
        """Say a number."""
        return never

    return run(engine, [number], call("number"), handle_tool_errors=True)


@scenario
def a_key_of_another_type(engine: Engine) -> Case:
    @tool
    def number(mood: Annotated[int, engine.InjectedState("mood")]) -> int:
        """Say a number."""
        return mood

    return run(engine, [number], call("number"))


@racing_scenario
def an_argument_that_someone_else_injects(engine: Engine) -> Case:
    @tool
    def secret(x: int, key: Annotated[str, InjectedToolArg]) -> str:
        """Keep a secret."""
        return key

    return run(engine, [secret], call("secret", "1", x=1), call("secret", "2", x=1, key="guessed"))


@scenario
def a_store_that_is_not_there(engine: Engine) -> Case:
    @tool
    def keep(x: int, store: Annotated[Any, engine.InjectedStore()]) -> str:
        """Keep something."""
        return "never"

    return run(engine, [keep], call("keep", x=1))


@racing_scenario
def a_store_in_tools(engine: Engine) -> Case:
    from langgraph.store.memory import InMemoryStore

    @tool
    def keep(x: int, store: Annotated[Any, engine.InjectedStore()]) -> str:
        """Keep something."""
        store.put(("kept",), "x", {"x": x})
        return str(store.get(("kept",), "x").value)

    @tool
    def look(runtime: engine.ToolRuntime) -> str:
        """Look at the store."""
        return type(runtime.store).__name__

    graph = builder(engine, [keep, look]).compile(store=InMemoryStore())
    return Case(graph, {"messages": [asks(call("keep", x=1), call("look", "2"))]})


@racing_scenario
def the_runtime_in_tools(engine: Engine) -> Case:
    @tool
    def known(x: int, runtime: engine.ToolRuntime[Any, Any]) -> str:
        """Say what is known."""
        names = [each.name for each in runtime.tools]
        where = runtime.config["metadata"]["langgraph_node"]
        thread = runtime.execution_info.thread_id
        return f"{sorted(runtime.state)} {runtime.context} {runtime.tool_call_id} {names} {where} {thread}"

    @tool
    def other(x: int, where: engine.ToolRuntime[dict, dict]) -> str:
        """Say what it is."""
        return f"{type(where).__name__} {where.store}"

    case = run(engine, [known, other], call("known", x=1), call("other", "2", x=1))
    case.options = {"context": {"user": "ada"}}
    return case


@scenario
def the_config_in_tools(engine: Engine) -> Case:
    @tool
    def known(x: int, config: RunnableConfig) -> str:
        """Say what is known."""
        return f"{config['metadata']['langgraph_step']} {config['configurable']['user']} {config['tags']}"

    case = run(engine, [known], call("known", x=1))
    case.config = {"configurable": {"user": "ada"}, "tags": ["run"]}
    return case


@scenario
def tools_that_write_custom_data(engine: Engine) -> Case:
    @tool
    def first(x: int) -> str:
        """Write from within."""
        engine.get_stream_writer()({"first": x})
        return "written"

    @tool
    def second(x: int, runtime: engine.ToolRuntime) -> str:
        """Write by the runtime."""
        runtime.stream_writer({"second": x})
        return "written"

    graph = builder(engine, [first, second])
    graph.add_node("more", lambda state: {"messages": [asks(call("second", "2", x=2), id="m1")]})
    graph.add_node("again", engine.ToolNode([first, second])).add_edge("tools", "more").add_edge(
        "more", "again"
    )
    return Case(graph.compile(), {"messages": [asks(call("first", x=1))]})


@scenario
def a_tool_that_tells_how_far_it_is(engine: Engine) -> Case:
    @tool
    def count(x: int, runtime: engine.ToolRuntime) -> str:
        """Count aloud."""
        for number in range(x):
            runtime.emit_output_delta(number)
        return "counted"

    return run(engine, [count], call("count", x=2))


def spoken(engine: Engine) -> Any:
    model = StreamingModel()

    @tool
    def spoken(x: int) -> str:
        """Ask a model."""
        return f"the model is {model.invoke(str(x)).text}"

    return spoken


@scenario
def a_model_inside_a_tool(engine: Engine) -> Case:
    return run(engine, [spoken(engine)], call("spoken", x=1))


@async_racing_scenario
def async_tools(engine: Engine) -> Case:
    @tool
    async def quietly(x: int, mood: Annotated[str, engine.InjectedState("mood")]) -> str:
        """Answer on the loop."""
        return f"{x} {mood}"

    return run(
        engine, [quietly, add], call("quietly", "1", x=1), call("add", "2", a=1, b=2), call("quietly", "3")
    )


@async_scenario
def an_async_tool_that_fails(engine: Engine) -> Case:
    @tool
    async def break_down(x: int) -> str:
        """Fail on the loop."""
        raise ValueError("down")

    return run(engine, [break_down], call("break_down", x=1))


@scenario
def an_async_tool_and_an_errors_text(engine: Engine) -> Case:
    @tool
    async def quietly(x: int) -> str:
        """Answer on the loop."""
        return f"{x}"

    return run(engine, [quietly], call("quietly", x=1), handle_tool_errors="only async")


# -- what tools give back


def gives(name: str, value: Any) -> Any:
    def give(x: int, id: Annotated[str, InjectedToolCallId]) -> Any:
        return value(id)

    give.__name__ = name
    give.__doc__ = "Give something."
    return tool(give)


def told(engine: Engine) -> Any:
    """A tool that updates the conversation under whatever key it has."""

    @tool
    def told(
        x: int, id: Annotated[str, InjectedToolCallId], state: Annotated[dict, engine.InjectedState]
    ) -> Any:
        """Update the state."""
        key = "talk" if "talk" in state else "messages"
        return engine.Command(update={key: [ToolMessage("told", tool_call_id=id, id="t")]})

    return told


@racing_scenario
def results_of_all_kinds(engine: Engine) -> Case:
    results = {
        "none": None,
        "number": 5,
        "texts": ["a", "b"],
        "table": {"a": 1, "ü": "é"},
        "blocks": [{"type": "text", "text": "x"}],
        "mixed": [{"type": "text", "text": "x"}, "y"],
        "strange": [{"type": "odd"}],
        "kind": object,
        "pair": ("a", {"b": 1}),
        "nothing": [],
        "message": AIMessage("x"),
        "bytes": b"x",
    }
    tools = [gives(name, lambda id, value=value: value) for name, value in results.items()]
    return run(engine, tools, *(call(name, name, x=1) for name in results))


@racing_scenario
def tool_messages_of_the_tools_own(engine: Engine) -> Case:
    own = {
        "plain": lambda id: ToolMessage("plain", tool_call_id=id, id="1"),
        "other": lambda id: ToolMessage("for another call", tool_call_id="zz", id="2"),
        "blocks": lambda id: ToolMessage(
            [{"type": "text", "text": "x"}], tool_call_id=id, id="3", artifact=5
        ),
        "listed": lambda id: [ToolMessage("listed", tool_call_id=id, id="4")],
        "more": lambda id: [
            ToolMessage("mine", tool_call_id=id, id="5"),
            ToolMessage("not mine", tool_call_id="yy", id="6"),
        ],
        "not_only": lambda id: [ToolMessage("mine", tool_call_id=id, id="7"), "text"],
    }
    return run(engine, [gives(*item) for item in own.items()], *(call(name, name, x=1) for name in own))


@scenario
def a_tool_call_with_an_artifact(engine: Engine) -> Case:
    @tool(response_format="content_and_artifact")
    def look(x: int) -> Any:
        """Look at a number."""
        return f"it is {x}", {"number": x}

    return run(engine, [look], call("look", x=4))


def commands(engine: Engine, *makes: Any, **options: Any) -> Case:
    """One tool, and one call, for each function that makes a result of a call's id."""
    tools = [gives(f"tool{index}", make) for index, make in enumerate(makes)]
    calls = [call(f"tool{index}", f"c{index}", x=1) for index in range(len(makes))]
    return run(engine, [*tools, add], *calls, **options)


def answer(id: str) -> ToolMessage:
    return ToolMessage(f"answer to {id}", tool_call_id=id, id=f"t-{id}")


@scenario
def a_command_of_a_tool(engine: Engine) -> Case:
    Command = engine.Command
    return commands(
        engine, lambda id: Command(update={"messages": [answer(id)], "mood": "changed"}, goto="other")
    )


@racing_scenario
def commands_beside_messages(engine: Engine) -> Case:
    Command = engine.Command
    return commands(
        engine,
        lambda id: Command(update={"messages": [answer(id)], "log": [id]}),
        lambda id: f"text for {id}",
        lambda id: Command(update={"messages": [HumanMessage("x", id="x"), answer(id)]}, goto="other"),
    )


@scenario
def a_tools_command_that_only_goes(engine: Engine) -> Case:
    return commands(engine, lambda id: engine.Command(goto="other"))


@scenario
def a_command_without_an_answer(engine: Engine) -> Case:
    return commands(engine, lambda id: engine.Command(update={"mood": "changed"}))


@scenario
def a_command_with_the_answer_to_another_call(engine: Engine) -> Case:
    return commands(engine, lambda id: engine.Command(update={"messages": [answer("zz")]}))


@scenario
def a_command_with_a_list_for_a_state(engine: Engine) -> Case:
    return commands(engine, lambda id: engine.Command(update=[answer(id)]))


@scenario
def a_command_that_removes_the_conversation(engine: Engine) -> Case:
    remove = RemoveMessage(id=engine.REMOVE_ALL_MESSAGES)
    return commands(engine, lambda id: engine.Command(update={"messages": [remove], "mood": "new"}))


@scenario
def a_command_with_described_messages(engine: Engine) -> Case:
    described = {"role": "tool", "content": "described", "id": "d"}
    return commands(
        engine, lambda id: engine.Command(update={"messages": [{**described, "tool_call_id": id}]})
    )


@racing_scenario
def commands_of_a_tool_in_a_list(engine: Engine) -> Case:
    Command = engine.Command
    return commands(
        engine,
        lambda id: [Command(update={"messages": [answer(id)]}), Command(update={"log": [id]}, goto="other")],
        lambda id: [answer(id), Command(update={"log": [id]})],
    )


@scenario
def a_list_of_commands_without_an_answer(engine: Engine) -> Case:
    return commands(engine, lambda id: [engine.Command(update={"mood": "changed"})])


@scenario
def a_list_with_two_answers(engine: Engine) -> Case:
    return commands(engine, lambda id: [engine.Command(update={"messages": [answer(id)]}), answer(id)])


@racing_scenario
def commands_over_a_list_of_messages(engine: Engine) -> Case:
    make = gives("make", lambda id: engine.Command(update=[answer(id)]))
    graph = builder(engine, [make, add], Annotated[list, engine.add_messages]).compile()
    return Case(graph, [asks(call("make", "1", x=1), call("add", "2", a=1, b=2))])


@scenario
def a_dict_for_a_list_of_messages(engine: Engine) -> Case:
    make = gives("make", lambda id: engine.Command(update={"messages": [answer(id)]}))
    graph = builder(engine, [make], Annotated[list, engine.add_messages]).compile()
    return Case(graph, [asks(call("make", "1", x=1))])


def in_a_subgraph(engine: Engine, *makes: Any) -> Case:
    """The same within a subgraph, whose tools address the graph around it."""
    inner = commands(engine, *makes)
    graph = engine.StateGraph(state_of(engine)).add_node("sub", inner.graph).add_edge(engine.START, "sub")
    graph.add_node("other", lambda state: {"log": ["outer other"]})
    return Case(graph.compile(), inner.input)


@racing_scenario
def a_command_to_the_parent(engine: Engine) -> Case:
    return in_a_subgraph(
        engine,
        lambda id: engine.Command(
            graph=engine.Command.PARENT, update={"messages": [answer(id)], "mood": "handed"}, goto="other"
        ),
        lambda id: "lost",
    )


@scenario
def a_command_to_the_parent_without_an_answer(engine: Engine) -> Case:
    return in_a_subgraph(
        engine, lambda id: engine.Command(graph=engine.Command.PARENT, update={"mood": "handed"})
    )


@scenario
def a_list_with_a_command_to_the_parent(engine: Engine) -> Case:
    parent = engine.Command.PARENT
    return in_a_subgraph(engine, lambda id: [answer(id), engine.Command(graph=parent, goto="other")])


@scenario
def a_command_to_the_parent_of_none(engine: Engine) -> Case:
    return commands(engine, lambda id: engine.Command(graph=engine.Command.PARENT, goto="other"))


@racing_scenario
def two_commands_to_the_parent(engine: Engine) -> Case:
    parent = engine.Command.PARENT
    return in_a_subgraph(
        engine,
        lambda id: engine.Command(graph=parent, update={"log": [id]}, goto="other"),
        lambda id: engine.Command(graph=parent, update={"log": [id]}, goto="other"),
    )


@racing_scenario
def sends_to_the_parent_are_joined(engine: Engine) -> Case:
    def sends(id: str) -> Any:
        return engine.Command(graph=engine.Command.PARENT, goto=[engine.Send("twin", {"log": [id]})])

    graph = engine.StateGraph(state_of(engine))
    graph.add_node(
        "sub", commands(engine, sends, lambda id: "lost", lambda id: [sends(id), answer(id)]).graph
    )
    graph.add_node("twin", lambda state: {"log": state["log"]}).add_node(
        "last", lambda state: {"log": ["last"]}
    )
    graph.add_edge(engine.START, "sub").add_edge("sub", "last")
    case = commands(engine, sends, lambda id: "lost", lambda id: [sends(id), answer(id)])
    return Case(graph.compile(), case.input)


# -- what stands in between


def wrapped(engine: Engine, wrap: Any, *calls: Any, **options: Any) -> Case:
    return run(
        engine,
        [add, fail, whole(engine)],
        *(calls or [call("add", a=1, b=2)]),
        wrap_tool_call=wrap,
        **options,
    )


@racing_scenario
def a_wrapper_that_looks_on(engine: Engine) -> Case:
    def wrap(request: Any, execute: Any) -> Any:
        known = request.tool.name if request.tool else None
        result = execute(request)
        return result.model_copy(update={"content": f"{known} {sorted(request.state)}: {result.content}"})

    return wrapped(engine, wrap, call("add", "1", a=1, b=2), call("zz", "2"))


@scenario
def a_wrapper_that_answers_itself(engine: Engine) -> Case:
    return wrapped(engine, lambda request, execute: answer(request.tool_call["id"]))


@scenario
def a_wrapper_that_tries_again(engine: Engine) -> Case:
    def wrap(request: Any, execute: Any) -> Any:
        try:
            return execute(request)
        except ValueError:
            return execute(request.override(tool=add, tool_call=call("add", a=5, b=5)))

    return wrapped(engine, wrap, call("fail", x=1))


@scenario
def a_wrapper_that_changes_state_and_runtime(engine: Engine) -> Case:
    return wrapped(
        engine, lambda request, execute: execute(request.override(state={"only": 1})), call("whole")
    )


@scenario
def a_wrapper_that_fails(engine: Engine) -> Case:
    def wrap(request: Any, execute: Any) -> Any:
        raise ValueError("torn")

    return wrapped(engine, wrap)


@scenario
def a_wrapper_whose_failure_is_told(engine: Engine) -> Case:
    def wrap(request: Any, execute: Any) -> Any:
        raise ValueError("torn")

    return wrapped(engine, wrap, handle_tool_errors=KeyError)


@scenario
def a_wrapper_that_returns_a_command(engine: Engine) -> Case:
    return wrapped(
        engine, lambda request, execute: [execute(request), engine.Command(update={"log": ["wrapped"]})]
    )


@scenario
def an_async_wrapper(engine: Engine) -> Case:
    async def wrap(request: Any, execute: Any) -> Any:
        result = await execute(request)
        return result.model_copy(update={"content": f"awaited {result.content}"})

    return run(engine, [add], call("add", a=1, b=2), awrap_tool_call=wrap)


# -- ValidationNode


def validation(engine: Engine, *calls: Any, **options: Any) -> Case:
    import warnings

    class Pick(BaseModel):
        a: int
        b: list[str] = []

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        node = engine.ValidationNode([Pick, add, shout], **options)
    graph = engine.StateGraph(engine.MessagesState).add_node(node).add_edge(engine.START, "validation")
    return Case(graph.compile(), {"messages": [asks(*calls)]})


@scenario
def tool_calls_validated(engine: Engine) -> Case:
    calls = [
        call("Pick", "1", a=1),
        call("Pick", "2", a="x"),
        call("add", "3", a=1, b=2),
        call("shout", "4", words="x"),
    ]
    return validation(engine, *calls)


@scenario
def tool_calls_invalid_in_words_of_ones_own(engine: Engine) -> Case:
    return validation(
        engine, call("Pick", a="x"), format_error=lambda error, call, schema: f"{call['id']} is wrong"
    )


@scenario
def an_unknown_schema(engine: Engine) -> Case:
    return validation(engine, call("zz"))
