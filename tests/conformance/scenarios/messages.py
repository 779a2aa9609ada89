"""Messages: which tokens and messages are streamed, once each, and with what metadata."""

from itertools import repeat
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    HumanMessage,
    RemoveMessage,
    ToolMessage,
)
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import RunnableConfig, RunnableLambda
from langchain_core.tools import tool
from tests.conformance.scenario import scenario
from tests.kit.engines import Engine
from tests.kit.runs import Case
from typing_extensions import TypedDict


def model(text: str = "hello big world", **options: Any) -> GenericFakeChatModel:
    return GenericFakeChatModel(messages=repeat(AIMessage(text)), **options)


def node(engine: Engine, function: Any, **options: Any) -> Case:
    """A conversation's only node."""
    builder = engine.StateGraph(engine.MessagesState).add_node("talk", function, **options)
    return Case(builder.add_edge(engine.START, "talk").compile(), {"messages": [HumanMessage("hi", id="h1")]})


def calls(llm: Any) -> Any:
    return lambda state: {"messages": [llm.invoke(state["messages"])]}


@scenario
def a_model_invoked_in_a_node(engine: Engine) -> Case:
    return node(engine, calls(model()))


@scenario
def a_model_streamed_in_a_node(engine: Engine) -> Case:
    llm = model()

    def talk(state: Any) -> Any:
        whole = None
        for chunk in llm.stream(state["messages"]):
            whole = chunk if whole is None else whole + chunk
        return {"messages": [whole]}

    return node(engine, talk)


@scenario
def a_model_awaited_in_an_async_node(engine: Engine) -> Case:
    llm = model()

    async def talk(state: Any, config: RunnableConfig) -> Any:
        return {"messages": [await llm.ainvoke(state["messages"], config)]}

    return node(engine, talk)


@scenario
def a_model_called_twice(engine: Engine) -> Case:
    llm = model("one two")
    return node(engine, lambda state: {"messages": [llm.invoke("a"), llm.invoke("b")]})


@scenario
def a_models_text_in_a_message_of_its_own(engine: Engine) -> Case:
    llm = model()
    return node(engine, lambda state: {"messages": [AIMessage(llm.invoke("x").content)]})


@scenario
def a_models_text_as_a_tuple(engine: Engine) -> Case:
    llm = model()
    return node(engine, lambda state: {"messages": [("ai", llm.invoke("x").content)]})


@scenario
def a_model_whose_answer_is_thrown_away(engine: Engine) -> Case:
    llm = model()
    return node(engine, lambda state: {"messages": []} if llm.invoke("x") else None)


@scenario
def tags_of_run_call_and_model(engine: Engine) -> Case:
    llm = model(tags=["model"])
    case = node(engine, lambda state: {"messages": [llm.invoke("x", {"tags": ["call"]})]})
    case.config = {"tags": ["run"]}
    return case


@scenario
def metadata_of_run_node_and_call(engine: Engine) -> Case:
    llm = model()

    def talk(state: Any) -> Any:
        return {"messages": [llm.invoke("x", {"metadata": {"by": "call"}}), AIMessage("made here", id="own")]}

    case = node(engine, talk, metadata={"colour": "blue"})
    case.config = {"metadata": {"by": "run", "who": "ada"}, "configurable": {"thread_id": "7"}}
    return case


@scenario
def a_model_tagged_nostream(engine: Engine) -> Case:
    return node(engine, calls(model(tags=["nostream"])))


@scenario
def a_model_tagged_nostream_by_its_config(engine: Engine) -> Case:
    return node(engine, calls(model().with_config({"tags": ["nostream"]})))


@scenario
def a_run_tagged_nostream(engine: Engine) -> Case:
    case = node(engine, calls(model()))
    case.config = {"tags": ["nostream"]}
    return case


@scenario
def a_model_tagged_hidden(engine: Engine) -> Case:
    return node(engine, calls(model(tags=["langsmith:hidden"])))


@scenario
def a_model_with_streaming_disabled(engine: Engine) -> Case:
    return node(engine, calls(model(disable_streaming=True)))


class WholeModel(BaseChatModel):
    """A chat model that cannot stream."""

    @property
    def _llm_type(self) -> str:
        return "whole"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage("whole"))])


class BreakingModel(WholeModel):
    """A chat model that fails in the middle of its stream."""

    def _stream(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
        yield ChatGenerationChunk(message=AIMessageChunk(content="part"))
        raise ValueError("the line went dead")


@scenario
def a_model_that_cannot_stream(engine: Engine) -> Case:
    return node(engine, calls(WholeModel()))


@scenario
def a_model_that_fails_while_streaming(engine: Engine) -> Case:
    return node(engine, calls(BreakingModel()))


@scenario
def a_model_that_fails_and_is_caught(engine: Engine) -> Case:
    llm = BreakingModel()

    def talk(state: Any) -> Any:
        try:
            return {"messages": [llm.invoke("x")]}
        except ValueError:
            return {"messages": [AIMessage("sorry", id="sorry")]}

    return node(engine, talk)


@scenario
def a_model_in_a_chain(engine: Engine) -> Case:
    return node(engine, RunnableLambda(lambda state: "x") | model() | (lambda said: {"messages": [said]}))


@scenario
def a_model_in_a_tool(engine: Engine) -> Case:
    llm = model("from the tool")

    @tool
    def ask(question: str) -> str:
        """Ask the model."""
        return llm.invoke(question).text

    return node(
        engine,
        lambda state: {"messages": [ToolMessage(ask.invoke({"question": "q"}), tool_call_id="1", id="t")]},
    )


@scenario
def a_model_in_a_path(engine: Engine) -> Case:
    llm = model("go on")

    def path(state: Any) -> str:
        return engine.END if llm.invoke("where?").content else "talk"

    builder = engine.StateGraph(engine.MessagesState).add_node("talk", lambda state: None)
    builder.add_edge(engine.START, "talk").add_conditional_edges("talk", path)
    return Case(builder.compile(), {"messages": [HumanMessage("hi", id="h1")]})


@scenario
def a_message_with_an_id(engine: Engine) -> Case:
    return node(engine, lambda state: {"messages": [AIMessage("x", id="a")]})


@scenario
def a_message_without_an_id(engine: Engine) -> Case:
    return node(engine, lambda state: {"messages": [AIMessage("x")]})


@scenario
def a_message_that_is_not_in_a_list(engine: Engine) -> Case:
    return node(engine, lambda state: {"messages": AIMessage("x", id="a")})


@scenario
def messages_under_any_key(engine: Engine) -> Case:
    class State(TypedDict):
        one: Any
        many: Any
        table: Any

    def talk(state: State) -> Any:
        return {
            "one": AIMessage("one", id="1"),
            "many": (AIMessage("two", id="2"), [AIMessage("too deep", id="3")]),
            "table": {"key": AIMessage("in a dict", id="4")},
        }

    graph = engine.StateGraph(State).add_node(talk).add_edge(engine.START, "talk").compile()
    return Case(graph, {"one": None})


@scenario
def messages_that_are_only_described(engine: Engine) -> Case:
    return node(engine, lambda state: {"messages": [("ai", "x"), {"role": "ai", "content": "y"}]})


@scenario
def input_messages_are_not_streamed_again(engine: Engine) -> Case:
    return node(engine, lambda state: {"messages": [*state["messages"], AIMessage("new", id="n")]})


@scenario
def a_changed_input_message_is_not_streamed(engine: Engine) -> Case:
    return node(engine, lambda state: {"messages": [HumanMessage("changed", id="h1")]})


@scenario
def an_input_message_without_an_id(engine: Engine) -> Case:
    case = node(engine, lambda state: {"messages": [AIMessage("new", id="n")]})
    case.input = {"messages": [HumanMessage("hi")]}
    return case


@scenario
def two_nodes_return_the_same_message(engine: Engine) -> Case:
    builder = engine.StateGraph(engine.MessagesState)
    for name in "ab":
        builder.add_node(name, lambda state, name=name: {"messages": [AIMessage(name, id="same")]})
    builder.add_edge(engine.START, "a").add_edge("a", "b")
    return Case(builder.compile(), {"messages": []})


@scenario
def a_message_removed(engine: Engine) -> Case:
    return node(engine, lambda state: {"messages": [RemoveMessage(id="h1")]})


@scenario
def all_messages_removed(engine: Engine) -> Case:
    return node(engine, lambda state: {"messages": [RemoveMessage(id=engine.REMOVE_ALL_MESSAGES)]})


@scenario
def an_unknown_message_removed(engine: Engine) -> Case:
    return node(engine, lambda state: {"messages": [RemoveMessage(id="nobody")]})


@scenario
def a_message_in_a_command(engine: Engine) -> Case:
    return node(engine, lambda state: engine.Command(update={"messages": [AIMessage("x", id="a")]}))


@scenario
def messages_in_a_list_of_commands(engine: Engine) -> Case:
    def talk(state: Any) -> Any:
        return [
            engine.Command(update={"messages": [AIMessage("one", id="1")]}),
            {"messages": [AIMessage("two", id="2")]},
            engine.Command(update={"messages": AIMessage("three", id="3")}),
        ]

    return node(engine, talk)


@scenario
def a_model_in_a_subgraph(engine: Engine) -> Case:
    inner = node(engine, calls(model())).graph
    builder = engine.StateGraph(engine.MessagesState).add_node("sub", inner).add_edge(engine.START, "sub")
    return Case(builder.compile(), {"messages": [HumanMessage("hi", id="h1")]})


@scenario
def a_model_three_graphs_deep(engine: Engine) -> Case:
    graph = node(engine, calls(model("deep down"))).graph
    for name in ("middle", "outer"):
        builder = engine.StateGraph(engine.MessagesState).add_node(name, graph)
        graph = builder.add_edge(engine.START, name).compile()
    return Case(graph, {"messages": [HumanMessage("hi", id="h1")]})


@scenario
def a_model_in_a_graph_that_a_node_calls(engine: Engine) -> Case:
    inner = node(engine, calls(model())).graph
    return node(engine, lambda state: inner.invoke(state))


@scenario
def a_model_in_a_graph_that_a_node_streams(engine: Engine) -> Case:
    inner = node(engine, calls(model())).graph

    def talk(state: Any) -> Any:
        tokens = [message.content for message, _ in inner.stream(state, stream_mode="messages")]
        return {"messages": [AIMessage("|".join(tokens), id="joined")]}

    return node(engine, talk)


@scenario
def a_model_reached_by_a_send(engine: Engine) -> Case:
    llm = model("sent")
    builder = engine.StateGraph(engine.MessagesState)
    builder.add_node("talk", lambda state: {"messages": [llm.invoke("x"), AIMessage("own", id="own")]})
    builder.add_conditional_edges(engine.START, lambda state: engine.Send("talk", {"messages": []}))
    return Case(builder.compile(), {"messages": [HumanMessage("hi", id="h1")]})


@scenario
def two_models_after_one_another(engine: Engine) -> Case:
    builder = engine.StateGraph(engine.MessagesState)
    builder.add_node("first", calls(model("from first", tags=["one"])))
    builder.add_node("second", calls(model("from second", tags=["two"])))
    builder.add_edge(engine.START, "first").add_edge("first", "second")
    return Case(builder.compile(), {"messages": [HumanMessage("hi", id="h1")]})


def answering(engine: Engine, name: str) -> Any:
    """A graph with a name and a config of its own, such as an agent."""
    builder = engine.StateGraph(engine.MessagesState)
    builder.add_node("answer", lambda state: {"messages": [AIMessage("Here I am.", id="answer")]})
    graph = builder.add_edge(engine.START, "answer").compile(name=name)
    return graph.with_config({"metadata": {"agent": name, "ls_integration": "mine"}})


@scenario
def a_graph_called_like_its_node_tells_its_metadata_with_its_messages(engine: Engine) -> Case:
    builder = engine.StateGraph(engine.MessagesState).add_node("expert", answering(engine, "expert"))
    graph = builder.add_edge(engine.START, "expert").compile()
    return Case(graph, {"messages": [("user", "Hello?")]}, {"metadata": {"user": "me"}})


@scenario
def a_graph_called_otherwise_than_its_node_does_not(engine: Engine) -> Case:
    builder = engine.StateGraph(engine.MessagesState).add_node("expert", answering(engine, "other"))
    graph = builder.add_edge(engine.START, "expert").compile()
    return Case(graph, {"messages": [("user", "Hello?")]}, {"metadata": {"user": "me"}})


@scenario
def the_messages_of_a_graph_called_like_its_node_come_though_the_node_keeps_them(engine: Engine) -> Case:
    def node(state: Any) -> Any:
        answering(engine, "expert").invoke(state)
        return None

    builder = engine.StateGraph(engine.MessagesState).add_node("expert", node)
    graph = builder.add_edge(engine.START, "expert").compile()
    return Case(graph, {"messages": [("user", "Hello?")]})
