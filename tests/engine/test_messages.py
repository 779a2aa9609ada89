"""Mode `messages`: tokens as they come, returned messages once, and what is said about each."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from langchain_core.callbacks import AsyncCallbackHandler, BaseCallbackHandler
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, HumanMessage, RemoveMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import RunnableLambda
from langchain_core.tools import tool

import stepgraph
from stepgraph.graph import END, START, MessagesState, StateGraph
from stepgraph.graph.message import REMOVE_ALL_MESSAGES, add_messages
from stepgraph.types import Command, Overwrite


def model(text: str = "hello big world", **options: Any) -> GenericFakeChatModel:
    return GenericFakeChatModel(messages=iter([AIMessage(text)] * 9), **options)


def of(node: Any, path: Any = None, name: str = "talk", **options: Any) -> Any:
    graph = StateGraph(MessagesState).add_node(name, node, **options).add_edge(START, name)
    return (graph.add_conditional_edges(name, path) if path else graph).compile()


def asks(llm: Any) -> Any:
    return lambda state: {"messages": [llm.invoke(state["messages"])]}


def texts(chunks: Any) -> list[str]:
    return [message.content for message, _ in chunks]


TOKENS = ["hello", " ", "big", " ", "world"]
HI = {"messages": [("user", "hi")]}


def test_a_model_called_with_invoke_streams_its_tokens_and_its_message_is_not_repeated() -> None:
    chunks = list(of(asks(model())).stream(HI, stream_mode="messages"))
    assert texts(chunks) == TOKENS
    assert len({message.id for message, _ in chunks}) == 1


async def test_a_model_awaited_streams_its_tokens_too() -> None:
    llm = model()

    async def talk(state: MessagesState) -> dict[str, Any]:
        return {"messages": [await llm.ainvoke(state["messages"])]}

    assert texts([chunk async for chunk in of(talk).astream(HI, stream_mode="messages")]) == TOKENS


def test_metadata_says_which_task_and_which_model() -> None:
    config = {"metadata": {"mine": 1}, "configurable": {"thread_id": "t"}}
    graph = of(asks(model()), metadata={"of_the_node": 2})
    *_, (_, metadata) = graph.stream(HI, config, stream_mode="messages")
    task = metadata["langgraph_checkpoint_ns"]
    assert task.startswith("talk:")
    assert {key: metadata.get(key) for key in metadata if key not in ("lc_versions",)} == {
        "mine": 1,
        "of_the_node": 2,
        "thread_id": "t",
        "langgraph_step": 1,
        "langgraph_node": "talk",
        "langgraph_triggers": ("branch:to:talk",),
        "langgraph_path": ("__pregel_pull", "talk"),
        "langgraph_checkpoint_ns": task,
        "checkpoint_ns": task,
        "ls_provider": "genericfakechatmodel",
        "ls_model_type": "chat",
        "ls_integration": "langchain_chat_model",
    }


def test_tags_of_the_run_the_call_and_the_model_come_in_that_order() -> None:
    llm = model(tags=["model"])
    graph = of(lambda state: {"messages": [llm.invoke("x", {"tags": ["call"]})]})
    *_, (_, metadata) = graph.stream(HI, {"tags": ["run"]}, stream_mode="messages")
    assert metadata["tags"] == ["run", "call", "model"]


def test_without_tags_there_is_no_key_for_them() -> None:
    *_, (_, metadata) = of(asks(model())).stream(HI, stream_mode="messages")
    assert "tags" not in metadata


@pytest.mark.parametrize("silenced", ["the model", "the call", "the run"])
def test_nostream_keeps_tokens_back_but_not_the_message(silenced: str) -> None:
    tags = ["nostream"]
    llm: Any = {"the model": model(tags=tags), "the call": model().with_config(tags=tags)}.get(
        silenced, model()
    )
    config = {"tags": tags} if silenced == "the run" else {}
    assert texts(of(asks(llm)).stream(HI, config, stream_mode="messages")) == ["hello big world"]


def test_a_model_told_not_to_stream_gives_its_message_whole() -> None:
    assert texts(of(asks(model(disable_streaming=True))).stream(HI, stream_mode="messages")) == [
        "hello big world"
    ]


class Silent(BaseChatModel):
    """A model that cannot stream."""

    @property
    def _llm_type(self) -> str:
        return "silent"

    def _generate(
        self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage("whole"))])


def test_a_model_that_cannot_stream_gives_its_message_once() -> None:
    assert texts(of(asks(Silent())).stream(HI, stream_mode="messages")) == ["whole"]


def test_models_in_paths_tools_and_runnables_stream_as_well() -> None:
    llm = model("one")

    @tool
    def ask(question: str) -> str:
        """Ask the model."""
        return str(llm.invoke(question).content)

    def talk(state: MessagesState) -> None:
        ask.invoke({"question": "?"})
        RunnableLambda(lambda x: llm.invoke("?")).invoke(1)

    def path(state: MessagesState) -> str:
        llm.invoke("?")
        return END

    assert texts(of(talk, path).stream(HI, stream_mode="messages")) == ["one"] * 3


@pytest.mark.parametrize(
    ("answer", "emitted"),
    [
        ({"messages": [AIMessage("new", id="n")]}, ["new"]),
        ({"messages": AIMessage("new")}, ["new"]),
        ({"messages": [("ai", "a tuple")]}, []),
        (Command(update={"messages": [AIMessage("new")]}), ["new"]),
        ([Command(update={"messages": [AIMessage("1")]}), {"messages": [AIMessage("2")]}], ["1", "2"]),
        ({"messages": [HumanMessage("edited", id="given"), AIMessage("new")]}, ["new"]),
        ({"messages": [RemoveMessage(id="given")]}, []),
        ({"messages": [RemoveMessage(id=REMOVE_ALL_MESSAGES), AIMessage("new")]}, ["", "new"]),
    ],
)
def test_messages_that_a_node_returns_are_emitted_when_they_are_new(answer: Any, emitted: list[str]) -> None:
    given = {"messages": [HumanMessage("hi", id="given")]}
    assert texts(of(lambda state: answer).stream(given, stream_mode="messages")) == emitted


def test_a_message_without_an_id_gets_the_one_it_has_in_the_state() -> None:
    graph = of(lambda state: {"messages": [AIMessage("new")]})
    (_, (message, _)), (_, values) = list(graph.stream({}, stream_mode=["messages", "values"]))
    assert message.id is not None
    assert values["messages"][0].id == message.id


def test_one_id_is_emitted_once_whoever_returns_it() -> None:
    graph = StateGraph(MessagesState).add_sequence(
        [(name, lambda state: {"messages": [AIMessage("same", id="X")]}) for name in "ab"]
    )
    assert texts(graph.add_edge(START, "a").compile().stream(HI, stream_mode="messages")) == ["same"]


def test_tokens_inside_come_with_their_namespace_or_as_the_nodes_message() -> None:
    graph = of(of(asks(model()), name="inner"), name="outer")
    assert texts(graph.stream(HI, stream_mode="messages")) == ["hello big world"]
    inside = of(of(asks(model()), name="inner"), name="outer").stream(
        HI, stream_mode="messages", subgraphs=True
    )
    chunks = list(inside)
    assert texts(data for _, data in chunks) == TOKENS
    assert {namespace[0].partition(":")[0] for namespace, _ in chunks} == {"outer"}


def test_a_stream_inside_a_node_takes_the_tokens() -> None:
    inner, seen = of(asks(model()), name="inner"), list[str]()
    graph = of(lambda state: seen.extend(texts(inner.stream(HI, stream_mode="messages"))))
    assert list(graph.stream(HI, stream_mode="messages")) == []
    assert seen == TOKENS


def test_tokens_come_before_the_error_that_ends_them() -> None:
    llm = model()

    def breaks(state: MessagesState) -> None:
        for token in llm.stream("x"):
            if token.content == "big":
                raise LookupError("lost")

    chunks = of(breaks).stream(HI, stream_mode="messages")
    assert texts(next(chunks) for _ in range(3)) == TOKENS[:3]
    with pytest.raises(LookupError):
        next(chunks)


class Listens(BaseCallbackHandler):
    def __init__(self) -> None:
        self.heard: list[Any] = []

    def on_chain_start(self, serialized: Any, inputs: Any, **kwargs: Any) -> None:
        self.heard.append(("start", kwargs["name"], kwargs["parent_run_id"] is not None))

    def on_chain_end(self, outputs: Any, **kwargs: Any) -> None:
        self.heard.append(("end", outputs))

    def on_chain_error(self, error: BaseException, **kwargs: Any) -> None:
        self.heard.append(("error", str(error)))

    def on_chat_model_start(self, serialized: Any, messages: Any, **kwargs: Any) -> None:
        self.heard.append(("model", kwargs["parent_run_id"] is not None))


def test_the_callers_callbacks_hear_of_the_graph_its_nodes_and_their_models() -> None:
    listens, llm = Listens(), model()
    of(lambda state: llm.invoke("x") and None).invoke({}, {"callbacks": [listens], "run_name": "My run"})
    assert listens.heard == [
        ("start", "My run", False),
        ("start", "talk", True),
        ("model", True),
        ("end", None),
        ("end", None),
    ]


def test_the_callers_callbacks_hear_of_errors() -> None:
    def fails(state: MessagesState) -> None:
        raise LookupError("lost")

    listens = Listens()
    with pytest.raises(LookupError):
        of(fails).invoke({}, {"callbacks": [listens]})
    assert listens.heard[2:] == [("error", "lost"), ("error", "lost")]


async def test_async_callbacks_are_awaited() -> None:
    class Awaits(AsyncCallbackHandler):
        async def on_chain_start(self, serialized: Any, inputs: Any, **kwargs: Any) -> None:
            heard.append(kwargs["name"])

    heard: list[str] = []
    await of(lambda state: None).ainvoke({}, {"callbacks": [Awaits()]})
    assert heard == ["LangGraph", "talk"]


# -- the state


HUMAN, AI = HumanMessage("h", id="1"), AIMessage("a", id="2")


@pytest.mark.parametrize(
    ("left", "right", "joined"),
    [
        ([HUMAN], [AI], ["h", "a"]),
        ([HUMAN], AI, ["h", "a"]),
        ([], ["text", ("ai", "pair"), {"role": "user", "content": "dict"}], ["text", "pair", "dict"]),
        ([HUMAN, AI], [HumanMessage("H", id="1")], ["H", "a"]),
        ([HUMAN, AI], [RemoveMessage(id="1")], ["a"]),
        ([HUMAN, AI], [RemoveMessage(id="1"), HumanMessage("again", id="1")], ["again", "a"]),
        ([HUMAN], [AI, RemoveMessage(id=REMOVE_ALL_MESSAGES), AIMessage("z")], ["z"]),
        ([], [HumanMessage("x", id="5"), HumanMessage("y", id="5")], ["y"]),
    ],
)
def test_messages_join_by_id(left: Any, right: Any, joined: list[str]) -> None:
    assert [message.content for message in add_messages(left, right)] == joined


def test_removing_what_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match=r"doesn't exist \('9'\)"):
        add_messages([HUMAN], [RemoveMessage(id="9")])


def test_none_is_no_list_of_messages() -> None:
    with pytest.raises(ValueError, match="Only received: 'right'"):
        add_messages(None, [HUMAN])


def test_an_overwrite_replaces_the_conversation() -> None:
    graph = of(lambda state: {"messages": Overwrite([AI])})
    assert graph.invoke({"messages": [HUMAN]}) == {"messages": [AI]}


def test_content_can_be_kept_in_openais_form() -> None:
    reducer = add_messages(format="langchain-openai")
    (message,) = reducer([], [{"role": "user", "content": [{"type": "text", "text": "a"}]}])
    assert message.content in ("a", [{"type": "text", "text": "a"}])


def test_importing_graphs_imports_no_langchain() -> None:
    heavy = "any(name.startswith(('langchain', 'pydantic')) for name in sys.modules)"
    code = f"import sys, stepgraph.graph; sys.exit({heavy})"
    environment = {**os.environ, "PYTHONPATH": str(Path(stepgraph.__file__).parents[1])}
    assert subprocess.run([sys.executable, "-c", code], check=False, env=environment).returncode == 0
