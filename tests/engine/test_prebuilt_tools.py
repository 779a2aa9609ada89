"""Tool nodes and agents, where LangGraph cannot tell: errors, order, and what is left behind."""

import asyncio
import subprocess
import sys
import threading
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool

from stepgraph.graph import START, MessagesState, StateGraph
from stepgraph.graph.message import push_message
from stepgraph.prebuilt import InjectedState, ToolNode, ToolRuntime, create_react_agent
from stepgraph.prebuilt.tool_node import ToolCallRequest
from stepgraph.types import Command


def call(name: str, id: str = "c1", **args: Any) -> Any:
    return {"name": name, "args": args, "id": id, "type": "tool_call"}


def graph_of(*tools: Any, **options: Any) -> Any:
    builder = StateGraph(MessagesState).add_node("tools", ToolNode(tools, **options))
    return builder.add_edge(START, "tools").compile()


def asked(*calls: Any) -> Any:
    return {"messages": [AIMessage("", tool_calls=list(calls), id="a")]}


def test_importing_the_graph_does_not_import_langchain() -> None:
    code = "import stepgraph.graph, sys; sys.exit(any(name.startswith('langchain') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_tool_called_by_hand_hands_on_its_command_although_the_graph_was_imported_first() -> None:
    code = (
        "from stepgraph.types import Command\n"
        "from langchain_core.tools import tool\n"
        "from stepgraph.graph import START, StateGraph\n"
        "StateGraph(dict).add_node('a', lambda state: None).add_edge(START, 'a').compile()\n"
        "@tool\n"
        "def go(x: int):\n"
        "    'Go.'\n"
        "    return Command(goto='a')\n"
        "made = {'name': 'go', 'args': {'x': 1}, 'id': '1', 'type': 'tool_call'}\n"
        "assert go.invoke(made) == Command(goto='a'), go.invoke(made)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_tool_calls_run_side_by_side_in_a_sync_run() -> None:
    together = threading.Barrier(2)

    @tool
    def meet(x: int) -> str:
        """Wait for the other."""
        together.wait(20)
        return f"met {x}"

    result = graph_of(meet).invoke(asked(call("meet", "1", x=1), call("meet", "2", x=2)))
    assert [message.content for message in result["messages"][1:]] == ["met 1", "met 2"]


async def test_a_failure_cancels_the_tools_beside_it_and_waits_for_them() -> None:
    ended: list[str] = []
    started = asyncio.Event()

    @tool
    async def wait(x: int) -> str:
        """Wait for ever."""
        try:
            started.set()
            await asyncio.Event().wait()
        finally:
            ended.append("wait")
        return "never"

    @tool
    async def fail(x: int) -> str:
        """Fail once the other runs."""
        await started.wait()
        raise ValueError("no luck")

    with pytest.raises(ValueError, match="no luck"):
        await graph_of(wait, fail).ainvoke(asked(call("wait", "1", x=1), call("fail", "2", x=2)))
    assert ended == ["wait"]


def test_the_message_that_a_tool_keeps_is_not_renamed() -> None:
    kept: list[ToolMessage] = []

    @tool
    def keep(runtime: ToolRuntime) -> Any:
        """Keep a message."""
        kept.append(ToolMessage("kept", tool_call_id=runtime.tool_call_id))
        return Command(update={"messages": kept[:]})

    result = graph_of(keep).invoke(asked(call("keep")))
    assert (result["messages"][-1].name, kept[0].name) == ("keep", None)


def test_an_unannotated_runtime_is_filled_in() -> None:
    @tool
    def know(x: int, runtime) -> str:  # type: ignore[no-untyped-def]
        """Say what it is."""
        return type(runtime).__name__

    assert graph_of(know).invoke(asked(call("know", x=1)))["messages"][-1].content == "ToolRuntime"


def test_a_key_that_the_state_lacks_is_named_with_the_tool() -> None:
    from typing import Annotated

    @tool
    def who(user: Annotated[str, InjectedState("user")]) -> str:
        """Say who asks."""
        return user

    with pytest.raises(KeyError, match="'who' wants 'user' of the state"):
        graph_of(who).invoke(asked(call("who")))


def test_a_command_without_an_answer_is_told_what_to_do() -> None:
    @tool
    def go(x: int) -> Any:
        """Go."""
        return Command(update={"messages": []})

    with pytest.raises(ValueError, match=r"'go'.*no ToolMessage.*InjectedToolCallId"):
        graph_of(go).invoke(asked(call("go", x=1)))


def test_setting_an_attribute_of_a_request_warns_and_works() -> None:
    @tool
    def double(x: int) -> int:
        """Double a number."""
        return 2 * x

    def wrap(request: ToolCallRequest, execute: Any) -> Any:
        with pytest.warns(DeprecationWarning, match=r"override\(tool_call=...\)"):
            request.tool_call = call("double", x=21)
        return execute(request)

    result = graph_of(double, wrap_tool_call=wrap).invoke(asked(call("double", x=1)))
    assert result["messages"][-1].content == "42"


def test_a_model_that_cannot_have_tools_is_told() -> None:
    @tool
    def double(x: int) -> int:
        """Double a number."""
        return 2 * x

    with pytest.raises(AttributeError, match="int cannot have tools bound"):
        create_react_agent(5, [double])


def test_a_name_of_a_model_needs_langchain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langchain.chat_models", None)
    with pytest.raises(ImportError, match="pip install langchain"):
        create_react_agent("some:model", [])


def test_pushing_a_message_to_an_unknown_key_is_logged_with_a_suggestion(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def talk(state: Any) -> None:
        push_message(HumanMessage("hi", id="1"), state_key="mesages")

    StateGraph(MessagesState).add_node(talk).add_edge(START, "talk").compile().invoke({"messages": []})
    assert "Did you mean 'messages'?" in caplog.text


def test_messages_pushed_from_several_threads_are_all_written() -> None:
    @tool
    def push(x: int) -> str:
        """Push a message."""
        push_message(HumanMessage(str(x), id=f"p{x}"))
        return "pushed"

    result = graph_of(push).invoke(asked(*(call("push", str(x), x=x) for x in range(8))))
    assert {f"p{x}" for x in range(8)} <= {message.id for message in result["messages"]}
