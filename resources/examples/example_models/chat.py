"""The chat model of the examples: your provider's by `init_chat_model`, or a local stand-in that streams."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, ToolMessage
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import Field

from example_models.providers import configured
from example_models.replies import reply_to, token_delay, tokens_of


def chat_model(tags: list[str] | None = None, disable_streaming: bool = False) -> BaseChatModel:
    """The model that an example calls.

    With OPENAI_API_KEY, OPENAI_BASE_URL, ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL in the environment, that
    provider's model by langchain's `init_chat_model` (`STEPSCOPE_EXAMPLE_MODEL` names another model).
    Without, or when langchain's package for it is not installed: the stand-in, which needs no network.
    """
    provider = configured()
    if provider is None:
        return StandInChatModel(tags=tags, disable_streaming=disable_streaming)
    package = provider.missing_package()
    if package is not None:
        print(
            f"{provider.name} is configured, but {package} is not installed, so this example uses its local "
            f"stand-in model. To use {provider.name}: pip install langchain langchain-{provider.name}",
            file=sys.stderr,
        )
        return StandInChatModel(tags=tags, disable_streaming=disable_streaming)

    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {"tags": tags, "disable_streaming": disable_streaming}
    if not provider.key:
        # A server of one's own seldom asks for a key, but the clients refuse to start without one.
        options["api_key"] = "none"
    model = os.environ.get("STEPSCOPE_EXAMPLE_MODEL", provider.model)
    return init_chat_model(model, model_provider=provider.name, **options)


class StandInChatModel(BaseChatModel):
    """A chat model that answers from its prompt, a word at a time.

    With tools bound, it first calls the first of them, and then tells what the tool said.
    """

    delay: float = Field(default_factory=token_delay)
    """Seconds between two tokens."""

    @property
    def _llm_type(self) -> str:
        return "stand-in"

    def bind_tools(
        self, tools: Sequence[dict[str, Any] | type | Callable | BaseTool], **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        whole = AIMessageChunk(content="")
        for chunk in _answer(messages, kwargs.get("tools")):
            time.sleep(self.delay)
            whole += chunk
        message = AIMessage(content=whole.content, tool_calls=whole.tool_calls)
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in _answer(messages, kwargs.get("tools")):
            time.sleep(self.delay)
            generation = ChatGenerationChunk(message=chunk)
            if run_manager:
                run_manager.on_llm_new_token(chunk.text, chunk=generation)
            yield generation

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in _answer(messages, kwargs.get("tools")):
            await asyncio.sleep(self.delay)
            generation = ChatGenerationChunk(message=chunk)
            if run_manager:
                await run_manager.on_llm_new_token(chunk.text, chunk=generation)
            yield generation


def _answer(messages: list[BaseMessage], tools: list[dict[str, Any]] | None) -> Iterator[AIMessageChunk]:
    last = messages[-1]
    if tools and not isinstance(last, ToolMessage):
        yield _call(tools[0], about=last.text)
        return
    said = f"The tool says: {last.text}" if isinstance(last, ToolMessage) else reply_to(last.text)
    for token in tokens_of(said):
        yield AIMessageChunk(content=token)


def _call(tool: dict[str, Any], about: str) -> AIMessageChunk:
    """A call of the tool, each argument being the last word of the question."""
    function = tool["function"]
    word = about.split()[-1].strip("?.!")
    arguments = dict.fromkeys(function["parameters"]["properties"], word)
    call = tool_call_chunk(name=function["name"], args=json.dumps(arguments), id="call-1", index=0)
    return AIMessageChunk(content="", tool_call_chunks=[call])
