"""ToolNode: the node that makes the tool calls a model has asked for, side by side.

A call passes through four files: `tool_calls` is what it looks like on its way, `injection` fills in what
the model must not choose, `tool_errors` puts a failure into words for the model, and `tool_outputs` makes
sure that the answer is one.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from langchain_core.messages import AIMessage, AnyMessage, ToolCall, ToolMessage
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.config import ensure_config, get_config_list, get_executor_for_config
from langchain_core.tools import BaseTool, tool
from pydantic import BaseModel, ValidationError

from stepgraph.channels import MISSING
from stepgraph.constants import END
from stepgraph.errors import GraphBubbleUp, is_invalid_resume
from stepgraph.graph.tool_output import let_tools_return_commands
from stepgraph.prebuilt.injection import (
    InjectedArguments,
    InjectedState,
    InjectedStore,
    ToolRuntime,
    fill_in,
    injected_arguments,
)
from stepgraph.prebuilt.tool_calls import (
    CONTEXT_TYPE,
    AsyncToolCallWrapper,
    ToolCallRequest,
    ToolCallWithContext,
    ToolCallWrapper,
)
from stepgraph.prebuilt.tool_errors import (
    INVALID_TOOL_NAME_ERROR_TEMPLATE,
    TOOL_CALL_ERROR_TEMPLATE,
    TOOL_INVOCATION_ERROR_TEMPLATE,
    ErrorHandling,
    ToolInvocationError,
    content,
    handles,
    invocation_error,
    tell_wrong_arguments,
)
from stepgraph.prebuilt.tool_outputs import InputKind, checked, joined, msg_content_output
from stepgraph.runtime import Runtime, current_task

if TYPE_CHECKING:
    from collections.abc import Callable

    from stepgraph.pregel.tasks import Task

__all__ = [
    "INVALID_TOOL_NAME_ERROR_TEMPLATE",
    "TOOL_CALL_ERROR_TEMPLATE",
    "TOOL_INVOCATION_ERROR_TEMPLATE",
    "AsyncToolCallWrapper",
    "InjectedState",
    "InjectedStore",
    "ToolCallRequest",
    "ToolCallWithContext",
    "ToolCallWrapper",
    "ToolInvocationError",
    "ToolNode",
    "ToolRuntime",
    "msg_content_output",
    "tools_condition",
]

let_tools_return_commands()


class ToolNode(Runnable[Any, Any]):
    """Makes all tool calls of the last AIMessage, in threads or on the event loop, and returns the answers.

    `tools` are langchain-core tools, or functions with a docstring, which become such. Given a state with
    messages under `messages_key`, it returns an update of that key; given a list of messages, it returns a
    list; given tool calls (`Send("tools", [call])`), it returns an update. A tool may return a Command.

    `handle_tool_errors` says which errors are told to the model rather than raised; as it stands, only wrong
    arguments are. `wrap_tool_call` is called around every call, `awrap_tool_call` in async runs if given.
    """

    name: str

    def __init__(
        self,
        tools: Sequence[BaseTool | Callable[..., Any]],
        *,
        name: str = "tools",
        tags: list[str] | None = None,
        handle_tool_errors: ErrorHandling = tell_wrong_arguments,
        messages_key: str = "messages",
        wrap_tool_call: ToolCallWrapper | None = None,
        awrap_tool_call: AsyncToolCallWrapper | None = None,
    ) -> None:
        self.name = name
        self.tags = tags
        made = [given if isinstance(given, BaseTool) else tool(given) for given in tools]
        self._tools: dict[str, BaseTool] = {each.name: each for each in made}
        self._injected = {name: injected_arguments(each) for name, each in self._tools.items()}
        self._handling = handle_tool_errors
        self._key = messages_key
        self._wrap = wrap_tool_call
        self._awrap = awrap_tool_call

    @property
    def tools_by_name(self) -> dict[str, BaseTool]:
        """The tools, by the names that models call them by."""
        return self._tools

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        """Make the calls. Raises ValueError for an input without an AIMessage, and what tools raise."""
        kind, calls = self._calls_in(input)
        requests = self._requests(input, kind, calls, config)
        if len(requests) < 2:
            context = contextvars.copy_context()
            outputs = [context.run(self._answer, request, kind) for request in requests]
        else:
            with get_executor_for_config(requests[0].runtime.config) as executor:
                outputs = list(executor.map(self._answer, requests, [kind] * len(requests)))
        return joined(outputs, kind, self._key)

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        """`invoke()` on the event loop; tools without an async way of their own run in threads."""
        kind, calls = self._calls_in(input)
        requests = self._requests(input, kind, calls, config)
        outputs = await _side_by_side([self._aanswer(request, kind) for request in requests])
        return joined(outputs, kind, self._key)

    # -- what is asked for

    def _calls_in(self, input: Any) -> tuple[InputKind, list[ToolCall]]:
        kind: InputKind = "state"
        if isinstance(input, list):
            if input and isinstance(input[-1], dict) and input[-1].get("type") == "tool_call":
                return "tool_calls", input
            kind, messages = "messages", input
        elif isinstance(input, Mapping):
            if input.get("__type") == CONTEXT_TYPE:
                return "tool_calls", [input["tool_call"]]
            messages = input.get(self._key, [])
        else:
            messages = getattr(input, self._key, [])
        if not messages:
            raise ValueError(
                f"ToolNode {self.name!r} found no message under {self._key!r} in its input. Run it after a "
                "node that adds an AIMessage, or say where they are: ToolNode(tools, messages_key=...)."
            )
        for message in reversed(messages):
            if isinstance(message, AIMessage):
                return kind, message.tool_calls
        raise ValueError(
            f"ToolNode {self.name!r} found no AIMessage in its input, whose tool calls it could make. Run it "
            "after the node that calls the model."
        )

    def _requests(
        self, input: Any, kind: InputKind, calls: Sequence[ToolCall], config: RunnableConfig | None
    ) -> list[ToolCallRequest]:
        task = current_task.get()
        state = _state_of(input, kind, task)
        runtime: Any = Runtime() if task is None else task.runtime
        configs = get_config_list(ensure_config(config), len(calls)) if calls else []
        tools = list(self._tools.values())
        return [
            ToolCallRequest(
                call,
                self._tools.get(call["name"]),
                state,
                ToolRuntime(
                    state=state,
                    context=runtime.context,
                    config=own,
                    stream_writer=runtime.stream_writer,
                    tool_call_id=call["id"],
                    store=runtime.store,
                    tools=tools,
                    execution_info=runtime.execution_info,
                    server_info=getattr(runtime, "server_info", None),
                ),
            )
            for call, own in zip(calls, configs, strict=True)
        ]

    # -- one call

    def _answer(self, request: ToolCallRequest, kind: InputKind) -> Any:
        if self._wrap is None:
            return self._execute(request, kind)
        try:
            return self._wrap(request, lambda changed: self._execute(changed, kind))
        except Exception as error:
            return self._wrapper_failed(request.tool_call, error)

    async def _aanswer(self, request: ToolCallRequest, kind: InputKind) -> Any:
        if self._awrap is None and self._wrap is None:
            return await self._aexecute(request, kind)

        async def execute(changed: ToolCallRequest) -> Any:
            return await self._aexecute(changed, kind)

        try:
            if self._awrap is not None:
                return await self._awrap(request, execute)
            assert self._wrap is not None
            return self._wrap(request, lambda changed: self._execute(changed, kind))
        except Exception as error:
            return self._wrapper_failed(request.tool_call, error)

    def _execute(self, request: ToolCallRequest, kind: InputKind) -> Any:
        tool = self._tool_for(request)
        if tool is None:
            return self._unknown(request.tool_call)
        call, injected = self._prepared(request, tool)
        try:
            output = tool.invoke(call, request.runtime.config)
            return checked(output, request.tool_call, kind, self._key)
        except Exception as error:
            return self._failed(request.tool_call, tool, injected, error)

    async def _aexecute(self, request: ToolCallRequest, kind: InputKind) -> Any:
        tool = self._tool_for(request)
        if tool is None:
            return self._unknown(request.tool_call)
        call, injected = self._prepared(request, tool)
        try:
            output = await tool.ainvoke(call, request.runtime.config)
            return checked(output, request.tool_call, kind, self._key)
        except Exception as error:
            return self._failed(request.tool_call, tool, injected, error)

    def _tool_for(self, request: ToolCallRequest) -> BaseTool | None:
        return request.tool or self._tools.get(request.tool_call["name"])

    def _prepared(self, request: ToolCallRequest, tool: BaseTool) -> tuple[Any, InjectedArguments]:
        """The call with all its arguments."""
        known = self._tools.get(tool.name) is tool
        injected = self._injected[tool.name] if known else injected_arguments(tool)
        call, runtime = request.tool_call, request.runtime
        if runtime.state is not request.state:
            runtime = replace(runtime, state=request.state)
        args = fill_in(call["args"], injected, runtime, tool.name, self._key)
        return {**call, "args": args, "type": "tool_call"}, injected

    # -- what goes wrong

    def _unknown(self, call: ToolCall) -> ToolMessage:
        return _told(
            call,
            INVALID_TOOL_NAME_ERROR_TEMPLATE.format(
                requested_tool=call["name"], available_tools=", ".join(self._tools)
            ),
        )

    def _failed(
        self, call: ToolCall, tool: BaseTool, injected: InjectedArguments, error: Exception
    ) -> ToolMessage:
        if _concerns_the_run(error):
            raise error
        if isinstance(error, ValidationError):
            source, error = error, invocation_error(tool.name, error, call["args"], injected.names)
            error.__cause__ = source
        if not handles(self._handling, error):
            raise error
        return _told(call, content(self._handling, error))

    def _wrapper_failed(self, call: ToolCall, error: Exception) -> ToolMessage:
        """A wrapper's own errors are told whatever their class, if any are."""
        if _concerns_the_run(error) or not self._handling:
            raise error
        return _told(call, content(self._handling, error))


def tools_condition(
    state: list[AnyMessage] | Mapping[str, Any] | BaseModel, messages_key: str = "messages"
) -> Literal["tools", "__end__"]:
    """A path: "tools" if the last message has tool calls, and else END.

    Raises ValueError when there is no message.
    """
    if isinstance(state, list):
        messages = state
    elif isinstance(state, Mapping):
        messages = state.get(messages_key, [])
    else:
        messages = getattr(state, messages_key, [])
    if not messages:
        raise ValueError(
            f"tools_condition found no message under {messages_key!r} in {state!r}. Put it behind the node "
            "that calls the model."
        )
    return "tools" if getattr(messages[-1], "tool_calls", None) else END


def _concerns_the_run(error: Exception) -> bool:
    """Whether it is not the model's business: a question, a Command on its way, a person's wrong answer."""
    return isinstance(error, GraphBubbleUp) or is_invalid_resume(error)


def _told(call: ToolCall, text: str) -> ToolMessage:
    return ToolMessage(text, name=call["name"], tool_call_id=call["id"], status="error")


def _state_of(input: Any, kind: InputKind, task: Task | None) -> Any:
    """What the tools see as the state: bare tool calls bring none, so it is that of the run."""
    if kind != "tool_calls":
        return input
    if isinstance(input, Mapping):
        return input["state"]
    if task is None:
        return {}
    run = task.run
    values = {key: value for key, value in run.board.values.items() if value is not MISSING}
    view = task.node.read(run.board.values, run.remaining)
    # The node's own view has the managed keys, too.
    return {**values, **view} if isinstance(view, dict) else values


async def _side_by_side(coroutines: Iterable[Coroutine[Any, Any, Any]]) -> list[Any]:
    """The results in order. The first failure is raised, once the others are cancelled and have ended."""
    coroutines = list(coroutines)
    if len(coroutines) == 1:
        return [await coroutines[0]]
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        return await asyncio.gather(*tasks)
    finally:
        if any(not task.done() for task in tasks):
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
