"""What the programs have in common: a chat model that says what it is told to, and a printer of streams."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Callable, Coroutine, Iterable, Iterator
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field


class Scripted(BaseChatModel):
    """Answers with its script's messages, one a call, and streams their words."""

    script: list[AIMessage]
    heard: list[list[str]] = Field(default_factory=list)
    bound: list[str] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **options: Any) -> Any:
        self.bound.append(",".join(sorted(_tool_name(tool) for tool in tools)))
        return self.bind(**{key: value for key, value in options.items() if key == "tool_choice" and value})

    def _next(self, messages: list[BaseMessage]) -> AIMessage:
        self.heard.append([f"{message.type}: {message.text}" for message in messages])
        return self.script[len(self.heard) - 1]

    def _generate(
        self,
        messages: Any,
        stop: Any = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **more: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self._next(messages))])

    def _stream(
        self,
        messages: Any,
        stop: Any = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **more: Any,
    ) -> Iterator[ChatGenerationChunk]:
        answer = self._next(messages)
        for word in re.findall(r"\S+\s*", answer.text):
            yield ChatGenerationChunk(message=AIMessageChunk(word, id=answer.id))
        for index, call in enumerate(answer.tool_calls):
            chunk = {"name": call["name"], "args": json.dumps(call["args"]), "id": call["id"], "index": index}
            yield ChatGenerationChunk(
                message=AIMessageChunk(
                    "", id=answer.id, tool_call_chunks=[{**chunk, "type": "tool_call_chunk"}]
                )
            )


def calls(*tools: tuple[str, dict[str, Any]], id: str = "ai") -> AIMessage:
    """An answer that calls tools."""
    made = [
        {"name": name, "args": args, "id": f"{id}-{index}", "type": "tool_call"}
        for index, (name, args) in enumerate(tools)
    ]
    return AIMessage("", tool_calls=made, id=id)


def says(text: str, id: str = "last") -> AIMessage:
    return AIMessage(text, id=id)


def tell(chunks: Iterable[Any]) -> None:
    """Print chunks, with metadata in alphabetical order."""
    for chunk in chunks:
        print(_sorted(chunk))


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run async code, on Pythons where LangGraph's async nodes find their config and their writer."""
    if sys.version_info >= (3, 11):
        asyncio.run(main())


def _sorted(value: Any) -> Any:
    if isinstance(value, dict) and "langgraph_step" in value:
        return {key: value[key] for key in sorted(value)}
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(_sorted(item) for item in value)
    return value


def _tool_name(tool: Any) -> str:
    return tool["name"] if isinstance(tool, dict) and "name" in tool else getattr(tool, "name", str(tool))
