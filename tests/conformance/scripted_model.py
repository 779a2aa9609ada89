"""A chat model that answers from a script, and calls of tools for the script to make."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import Field


def call(name: str, id: str = "c1", **args: Any) -> Any:
    """A tool call."""
    return {"name": name, "args": args, "id": id, "type": "tool_call"}


def asks(*calls: Any, id: str = "m0") -> AIMessage:
    """A message that asks for tools."""
    return AIMessage("", tool_calls=list(calls), id=id)


class ScriptedModel(BaseChatModel):
    """Answers with as many lines of the script as it has given before, and then "done".

    With `hears` it answers with the texts of what it was asked, so that prompts can be seen.
    """

    script: list[AIMessage] = Field(default_factory=list)
    structured: Any = None
    hears: bool = False

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
        names = [getattr(tool, "name", None) or getattr(tool, "__name__", str(tool)) for tool in tools]
        return self.bind(tools=[{"type": "function", "function": {"name": name}} for name in names], **kwargs)

    def with_structured_output(self, schema: Any, **kwargs: Any) -> Runnable[Any, Any]:
        return RunnableLambda(lambda messages: self.structured or [message.text for message in messages])

    def _generate(
        self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> Any:
        return ChatResult(generations=[ChatGeneration(message=self._line(messages))])

    def _line(self, messages: list[BaseMessage]) -> AIMessage:
        turn = sum(isinstance(message, AIMessage) for message in messages)
        if turn < len(self.script):
            return self.script[turn].model_copy()
        text = " | ".join(f"{message.type} {message.text}" for message in messages) if self.hears else "done"
        return AIMessage(text, id=f"m{turn}")


class StreamingModel(ScriptedModel):
    """The same, a word or half a tool call at a time."""

    def _stream(
        self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        line = self._line(messages)
        for index, asked in enumerate(line.tool_calls):
            args = json.dumps(asked["args"])
            for part, name, id in ((args[:5], asked["name"], asked["id"]), (args[5:], None, None)):
                chunk = tool_call_chunk(name=name, args=part, id=id, index=index)
                yield ChatGenerationChunk(message=AIMessageChunk("", id=line.id, tool_call_chunks=[chunk]))
        for word in line.text.split():
            yield ChatGenerationChunk(message=AIMessageChunk(f"{word} ", id=line.id))
