"""The model of an agent: found by its name, asked for at every turn, with the agent's tools bound to it."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, SystemMessage, ToolMessage
from langchain_core.runnables import Runnable, RunnableBinding, RunnableLambda, RunnableSequence
from langchain_core.tools import BaseTool

from stepgraph.graph.calls import read_call
from stepgraph.prebuilt.agent_state import value_of
from stepgraph.runtime import Runtime, running_task

Tool = BaseTool | dict[str, Any]
Prompt = SystemMessage | str | Callable[..., Any] | Runnable[Any, Any] | None
ChooseModel = Callable[[Any, Runtime[Any]], Runnable[Any, Any] | Awaitable[Runnable[Any, Any]]]


class AgentModel:
    """Gives the Runnable that takes the state and returns the model's message.

    `model` is a name for `init_chat_model`, a chat model with or without tools bound to it, or a function
    from state and runtime to one, which is asked anew each time and binds the tools itself.
    """

    def __init__(self, model: Any, tools: Sequence[Tool], prompt: Prompt) -> None:
        self._prompt = _prompt_runnable(prompt)
        self._choose: ChooseModel | None = None
        if callable(model) and not isinstance(model, Runnable):
            self._choose = model
        else:
            found = _named_model(model) if isinstance(model, str) else model
            self._chat: Any = _with_tools(found, tools)
            self._prompted = self._behind_prompt(self._chat)

    def prompted(self, state: Any) -> Runnable[Any, Any]:
        """The prompt and then the model."""
        return self._prompted if self._choose is None else self._behind_prompt(self._chosen(state))

    async def aprompted(self, state: Any) -> Runnable[Any, Any]:
        """`prompted()`, also for an async choice."""
        return self._prompted if self._choose is None else self._behind_prompt(await self._achosen(state))

    def bare(self, state: Any) -> BaseChatModel:
        """The chat model itself, without prompt and tools. Raises TypeError when there is none inside."""
        return _chat_model(self._chat if self._choose is None else self._chosen(state))

    async def abare(self, state: Any) -> BaseChatModel:
        """`bare()`, also for an async choice."""
        return _chat_model(self._chat if self._choose is None else await self._achosen(state))

    def _behind_prompt(self, model: Any) -> Runnable[Any, Any]:
        chain: Runnable[Any, Any] = self._prompt | model
        return chain

    def _chosen(self, state: Any) -> Any:
        model = self._ask(state)
        if inspect.isawaitable(model):
            if inspect.iscoroutine(model):
                model.close()  # Python would warn later that it was never awaited, far from here.
            raise RuntimeError(
                "The agent's model is chosen by an async function, but the agent runs synchronously. Run it "
                "with ainvoke() or astream(), or choose with a sync function."
            )
        return model

    async def _achosen(self, state: Any) -> Any:
        model = self._ask(state)
        return await model if inspect.isawaitable(model) else model

    def _ask(self, state: Any) -> Any:
        assert self._choose is not None
        return self._choose(state, running_task("an agent's model").runtime)


def check_history(messages: Sequence[BaseMessage]) -> None:
    """Raise ValueError when a tool call stands unanswered: a provider would refuse the conversation."""
    answered = {message.tool_call_id for message in messages if isinstance(message, ToolMessage)}
    open_calls = [
        call
        for message in messages
        if isinstance(message, AIMessage)
        for call in message.tool_calls
        if call["id"] not in answered
    ]
    if open_calls:
        names = [f"{call['name']!r} ({call['id']})" for call in open_calls[:3]]
        shown = ", ".join(names if len(open_calls) <= 3 else [*names, "..."])
        raise ValueError(
            f"The conversation has tool calls that no ToolMessage answers: {shown}. Add a ToolMessage with "
            "that tool_call_id for each, or take the AIMessage out."
        )


# -- the prompt


def _prompt_runnable(prompt: Prompt) -> Runnable[Any, Any]:
    match prompt:
        case None:
            return _said(lambda state: value_of(state, "messages"))
        case str():
            return _prompt_runnable(SystemMessage(prompt))
        case SystemMessage():
            return _said(lambda state: [prompt, *(value_of(state, "messages") or [])])
        case Runnable():
            return prompt
        case _ if callable(prompt):
            return _called(prompt)
    raise ValueError(
        f"prompt is a {type(prompt).__name__}. Give a string, a SystemMessage, a function from the state to "
        "messages, or a Runnable."
    )


def _said(say: Callable[[Any], list[AnyMessage]]) -> Runnable[Any, Any]:
    async def asay(state: Any) -> list[AnyMessage]:
        return say(state)

    # Given both, langchain-core spares an async run the thread.
    return RunnableLambda(say, asay, name="Prompt")


def _called(prompt: Callable[..., Any]) -> Runnable[Any, Any]:
    """A function of the user's, which may take what a node may take besides the state."""
    call = read_call(prompt, "Prompt")
    if call.sync is not None:
        sync = call.sync
        return RunnableLambda(lambda state: sync(state, running_task("a prompt")), name="Prompt")
    assert call.awaits is not None
    awaits = call.awaits

    async def apply(state: Any) -> Any:
        return await awaits(state, running_task("a prompt"))

    return RunnableLambda(apply, name="Prompt")


# -- the model


def _named_model(name: str) -> Any:
    try:
        from langchain.chat_models import init_chat_model
    except ImportError as error:
        raise ImportError(
            f"The model {name!r} is given by name, which needs langchain: pip install langchain. Or give the "
            "chat model itself."
        ) from error
    return init_chat_model(name)


def _with_tools(model: Any, tools: Sequence[Tool]) -> Any:
    bound = _bound_tools(model)
    if bound is not None:
        _check_bound(bound, tools)
        return model
    if not tools:
        return model
    if not hasattr(model, "bind_tools"):
        raise AttributeError(
            f"A {type(model).__name__} cannot have tools bound to it. Give a chat model, or bind the tools "
            "before: model.bind_tools(tools) | ..."
        )
    return model.bind_tools(tools)


def _bound_tools(model: Any) -> list[Any] | None:
    """The tools that a model was bound to before, or None."""
    if isinstance(model, RunnableSequence):
        inside = (step for step in model.steps if isinstance(step, (RunnableBinding, BaseChatModel)))
        model = next(inside, model)
    if isinstance(model, RunnableBinding):
        return model.kwargs.get("tools")
    return None


def _check_bound(bound: list[Any], tools: Sequence[Tool]) -> None:
    if len(bound) != len(tools):
        raise ValueError(
            f"The model has {len(bound)} tools bound to it, but the agent has {len(tools)}. Give both the "
            "same tools, or leave the binding to the agent."
        )
    names = {_bound_name(each) for each in bound}
    missing = [each.name for each in tools if isinstance(each, BaseTool) and each.name not in names]
    if missing:
        raise ValueError(
            f"The model has tools bound to it, but not {', '.join(map(repr, missing))}. Give the model and "
            "the agent the same tools, or leave the binding to the agent."
        )


def _bound_name(tool: Any) -> str | None:
    """The name of a tool in a provider's notation."""
    if not isinstance(tool, dict):
        return getattr(tool, "name", None)
    name = tool.get("function", {}).get("name") or tool.get("name")
    return name if isinstance(name, str) else None


def _chat_model(model: Any) -> BaseChatModel:
    if isinstance(model, RunnableSequence):
        inside = (step for step in model.steps if isinstance(step, (RunnableBinding, BaseChatModel)))
        model = next(inside, model)
    while isinstance(model, RunnableBinding):
        model = model.bound
    if isinstance(model, BaseChatModel) or hasattr(model, "with_structured_output"):
        return model  # type: ignore[no-any-return]
    raise TypeError(
        f"A structured response needs a chat model, and the agent's model is a {type(model).__name__}. Give "
        "a chat model, with or without tools bound to it."
    )
