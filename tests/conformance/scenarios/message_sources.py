"""Messages: models of every kind, called from everywhere, and what nodes return besides."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from dataclasses import dataclass, field
from itertools import count, repeat
from typing import Annotated, Any

from langchain_core.caches import InMemoryCache
from langchain_core.language_models import FakeListLLM
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, AnyMessage, HumanMessage, ToolMessage
from langchain_core.runnables import ConfigurableField, RunnableConfig, RunnableLambda
from langgraph.checkpoint.memory import InMemorySaver
from pydantic import BaseModel
from tests.conformance.scenario import racing_scenario, scenario
from tests.conformance.scenarios.messages import BreakingModel, WholeModel, calls, model, node
from tests.kit.engines import Engine
from tests.kit.runs import Case

HI = {"messages": [HumanMessage("hi", id="h1")]}


# -- models


@scenario
def a_model_of_plain_text(engine: Engine) -> Case:
    llm = FakeListLLM(responses=["one two"] * 3)
    return node(engine, lambda state: {"messages": [AIMessage(llm.invoke("x"), id="said")]})


@scenario
def a_model_chosen_by_the_config(engine: Engine) -> Case:
    alternatives: Any = model("first choice").configurable_alternatives(
        ConfigurableField(id="model"), default_key="first", second=model("second choice")
    )
    case = node(engine, calls(alternatives))
    case.config = {"configurable": {"model": "second"}}
    return case


@scenario
def a_model_with_fallbacks(engine: Engine) -> Case:
    return node(engine, calls(BreakingModel().with_fallbacks([model("instead")])))


@scenario
def a_model_that_is_bound(engine: Engine) -> Case:
    return node(engine, calls(model().bind(stop=["."]).with_config(run_name="bound", tags=["bound"])))


@scenario
def a_model_whose_answer_is_cached(engine: Engine) -> Case:
    llm = model("kept", cache=InMemoryCache())
    builder = engine.StateGraph(engine.MessagesState)
    for name in ("a", "b"):
        builder.add_node(name, lambda state: {"messages": [AIMessage(llm.invoke("x").text)]})
    return Case(builder.add_edge(engine.START, "a").add_edge("a", "b").compile(), HI)


@scenario
def a_model_that_says_nothing(engine: Engine) -> Case:
    return node(engine, calls(model("")))


@scenario
def a_model_that_calls_tools(engine: Engine) -> Case:
    call: Any = {"name": "add", "args": {"a": 1}, "id": "c1"}
    return node(engine, calls(GenericFakeChatModel(messages=repeat(AIMessage("", tool_calls=[call])))))


@scenario
def a_model_without_callbacks(engine: Engine) -> Case:
    llm = model()
    return node(engine, lambda state: {"messages": [llm.invoke("x", {"callbacks": []})]})


@scenario
def a_model_with_an_id_for_its_run(engine: Engine) -> Case:
    llm = model()
    return node(engine, lambda state: {"messages": [llm.invoke("x", {"run_name": "my model"})]})


# -- where it is called


@scenario
def a_model_in_a_thread_with_the_nodes_context(engine: Engine) -> Case:
    llm = model()

    def talk(state: Any) -> Any:
        said: list[Any] = []
        context = contextvars.copy_context()
        thread = threading.Thread(target=lambda: said.append(context.run(llm.invoke, "x")))
        thread.start()
        thread.join()
        return {"messages": said}

    return node(engine, talk)


@scenario
def a_model_in_a_thread_of_its_own(engine: Engine) -> Case:
    llm = model()

    def talk(state: Any) -> Any:
        said: list[Any] = []
        thread = threading.Thread(target=lambda: said.append(llm.invoke("x")))
        thread.start()
        thread.join()
        return {"messages": [AIMessage(said[0].text, id="said")]}

    return node(engine, talk)


@racing_scenario
def models_in_a_batch(engine: Engine) -> Case:
    llm = model()
    return node(
        engine, lambda state: {"messages": [AIMessage("done", id="d")] if llm.batch(["a", "b"]) else []}
    )


@scenario
def a_model_in_an_async_task_of_the_nodes(engine: Engine) -> Case:
    llm = model()

    async def talk(state: Any, config: RunnableConfig) -> Any:
        task = asyncio.create_task(llm.ainvoke("x", config))
        return {"messages": [await task]}

    return node(engine, talk)


@scenario
def a_model_streamed_in_an_async_node(engine: Engine) -> Case:
    llm = model()

    async def talk(state: Any, config: RunnableConfig) -> Any:
        whole: Any = None
        async for chunk in llm.astream("x", config):
            whole = chunk if whole is None else whole + chunk
        return {"messages": [whole]}

    return node(engine, talk)


@scenario
def a_sync_model_in_an_async_node(engine: Engine) -> Case:
    llm = model()

    async def talk(state: Any, config: RunnableConfig) -> Any:
        return {"messages": [llm.invoke("x", config)]}

    return node(engine, talk)


@scenario
def a_model_that_is_a_step_of_a_graph(engine: Engine) -> Case:
    chain: Any = RunnableLambda(lambda state: state["messages"]) | model("chained")
    return node(engine, lambda state: {"messages": [chain.invoke(state)]})


@scenario
def a_model_as_a_node_of_bare_messages(engine: Engine) -> Case:
    builder = engine.StateGraph(Annotated[list, engine.add_messages]).add_node("talk", model("bare"))
    return Case(builder.add_edge(engine.START, "talk").compile(), [HumanMessage("hi", id="h1")])


@scenario
def a_model_that_is_heard_before_a_failure(engine: Engine) -> Case:
    llm = model()

    def talk(state: Any) -> Any:
        llm.invoke("x")
        raise ValueError("after all")

    return node(engine, talk)


@scenario
def a_model_in_each_of_two_sends(engine: Engine) -> Case:
    llm, ids = model("sent"), count()
    builder = engine.StateGraph(engine.MessagesState)
    builder.add_node(
        "talk", lambda state: {"messages": [AIMessage(llm.invoke("x").text, id=f"n{next(ids)}")]}
    )
    builder.add_node("again", lambda state: [engine.Command(goto=engine.Send("talk", state))])
    builder.add_edge(engine.START, "talk").add_edge("talk", "after").add_node("after", lambda state: None)
    builder.add_edge("after", engine.END)
    return Case(builder.compile(), HI)


# -- what nodes return


@scenario
def messages_that_overwrite(engine: Engine) -> Case:
    return node(engine, lambda state: {"messages": engine.Overwrite([AIMessage("only", id="o")])})


@scenario
def a_message_twice_in_one_update(engine: Engine) -> Case:
    twice = AIMessage("x", id="twice")
    return node(engine, lambda state: {"messages": [twice, twice]})


@scenario
def a_chunk_of_a_message(engine: Engine) -> Case:
    return node(engine, lambda state: {"messages": [AIMessageChunk("part", id="c")]})


@scenario
def a_tools_message(engine: Engine) -> Case:
    return node(engine, lambda state: {"messages": [ToolMessage("ok", tool_call_id="1", id="t")]})


@scenario
def messages_of_a_command_in_pairs(engine: Engine) -> Case:
    pairs = [("messages", [AIMessage("one", id="1")]), ("messages", AIMessage("two", id="2"))]
    return node(engine, lambda state: engine.Command(update=pairs))


@dataclass
class DataState:
    messages: list[AnyMessage] = field(default_factory=list)
    last: AnyMessage | None = None


class ModelState(BaseModel):
    messages: list[AnyMessage] = []
    last: AnyMessage | None = None


def of_class(engine: Engine, schema: Any) -> Case:
    def talk(state: Any) -> Any:
        return schema(messages=[*state.messages, AIMessage("new", id="n")], last=AIMessage("last", id="l"))

    def again(state: Any) -> Any:
        return schema(messages=state.messages, last=AIMessage("other", id="o"))

    builder = engine.StateGraph(schema).add_node(talk).add_node(again)
    return Case(builder.add_edge(engine.START, "talk").add_edge("talk", "again").compile(), HI)


@scenario
def messages_in_a_dataclass(engine: Engine) -> Case:
    return of_class(engine, DataState)


@scenario
def messages_in_a_pydantic_model(engine: Engine) -> Case:
    return of_class(engine, ModelState)


@scenario
def a_message_that_was_sent(engine: Engine) -> Case:
    builder = engine.StateGraph(engine.MessagesState)
    builder.add_node("talk", lambda state: {"messages": [*state["messages"], AIMessage("new", id="n")]})
    sent = {"messages": [AIMessage("sent", id="s")]}
    builder.add_conditional_edges(engine.START, lambda state: engine.Send("talk", sent), ["talk"])
    return Case(builder.compile(), HI)


@scenario
def a_bare_message_that_was_sent(engine: Engine) -> Case:
    builder = engine.StateGraph(engine.MessagesState).add_node(
        "talk", lambda message: {"messages": [message]}
    )
    path = lambda state: engine.Send("talk", AIMessage("sent", id="s"))  # noqa: E731
    return Case(builder.add_conditional_edges(engine.START, path, ["talk"]).compile(), HI)


@scenario
def messages_of_parallel_nodes(engine: Engine) -> Case:
    builder = engine.StateGraph(engine.MessagesState)
    builder.add_node("a", lambda state: {"messages": [AIMessage("from a", id="1")]})
    builder.add_node("b", lambda state: None).add_node(
        "c", lambda state: {"messages": [AIMessage("c", id="1")]}
    )
    return Case(builder.add_edge(engine.START, "a").add_edge("a", "b").add_edge("b", "c").compile(), HI)


@scenario
def a_nostream_model_whose_message_is_kept_elsewhere(engine: Engine) -> Case:
    llm = model("quiet", tags=["nostream"])
    return node(engine, lambda state: {"messages": [AIMessage(llm.invoke("x").text, id="copied")]})


@scenario
def a_nostream_model_beside_one_that_streams(engine: Engine) -> Case:
    quiet, loud = model("quiet", tags=["nostream"]), model("loud")
    return node(engine, lambda state: {"messages": [quiet.invoke("x"), loud.invoke("x")]})


@scenario
def a_node_tagged_nostream(engine: Engine) -> Case:
    return node(engine, RunnableLambda(calls(model())).with_config(tags=["nostream"]))


@scenario
def a_nostream_model_that_cannot_stream(engine: Engine) -> Case:
    return node(engine, calls(WholeModel(tags=["nostream"])))


# -- subgraphs


def inside(engine: Engine, function: Any, **options: Any) -> Any:
    return node(engine, function, **options).graph


@scenario
def a_subgraph_that_returns_a_message_of_its_own(engine: Engine) -> Case:
    inner = inside(engine, lambda state: {"messages": [AIMessage("inner", id="i")]})
    return node(engine, inner)


@scenario
def a_subgraph_that_changes_a_message(engine: Engine) -> Case:
    return node(engine, inside(engine, lambda state: {"messages": [HumanMessage("changed", id="h1")]}))


@scenario
def a_subgraph_that_leaves_with_a_message(engine: Engine) -> Case:
    def leaves(state: Any) -> Any:
        update = {"messages": [AIMessage("leaving", id="bye")]}
        return engine.Command(graph=engine.Command.PARENT, update=update, goto="after")

    builder = engine.StateGraph(engine.MessagesState).add_node("sub", inside(engine, leaves))
    builder.add_node("after", lambda state: {"messages": [AIMessage("after", id="a")]})
    return Case(builder.add_edge(engine.START, "sub").compile(), HI)


@scenario
def a_subgraphs_model_that_is_tagged_nostream(engine: Engine) -> Case:
    return node(engine, inside(engine, calls(model("quiet", tags=["nostream"]))))


@scenario
def a_node_that_passes_on_what_its_graph_said(engine: Engine) -> Case:
    inner = inside(engine, calls(model("inner words")))

    def talk(state: Any) -> Any:
        return {"messages": [inner.invoke(state)["messages"][-1], AIMessage("and more", id="m")]}

    return node(engine, talk)


@scenario
def a_node_whose_graph_keeps_its_words(engine: Engine) -> Case:
    inner = inside(engine, calls(model("inner words")))
    return node(engine, lambda state: {"messages": inner.invoke(state)["messages"][:0]})


@scenario
def a_thread_whose_earlier_messages_are_known(engine: Engine) -> Case:
    ids = count()
    builder = engine.StateGraph(engine.MessagesState)
    builder.add_node(
        "talk", lambda state: {"messages": [*state["messages"], AIMessage("n", id=f"n{next(ids)}")]}
    )
    graph = builder.add_edge(engine.START, "talk").compile(checkpointer=InMemorySaver())
    thread = {"configurable": {"thread_id": "1"}}
    graph.invoke(HI, thread)
    return Case(graph, {"messages": [HumanMessage("again", id="h2")]}, thread)


@scenario
def a_model_before_a_question(engine: Engine) -> Case:
    llm = model("before asking")

    def talk(state: Any) -> Any:
        said = llm.invoke("x")
        return {"messages": [said, AIMessage(engine.interrupt("go on?"), id="answer")]}

    builder = engine.StateGraph(engine.MessagesState).add_node(talk).add_edge(engine.START, "talk")
    return Case(builder.compile(checkpointer=InMemorySaver()), HI, {"configurable": {"thread_id": "1"}})


@scenario
def a_model_after_an_answer(engine: Engine) -> Case:
    case = a_model_before_a_question(engine)
    case.graph.invoke(HI, case.config)
    case.input = engine.Command(resume="yes")
    return case
