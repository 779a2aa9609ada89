"""What tools returned, checked and joined to what the node returns.

A model's every tool call must be answered by one ToolMessage in the conversation: providers refuse any other.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final, Literal

from langchain_core.messages import (
    AnyMessage,
    BaseMessage,
    RemoveMessage,
    ToolCall,
    ToolMessage,
    convert_to_messages,
)

from stepgraph.graph.message import REMOVE_ALL_MESSAGES
from stepgraph.types import Command, Send

_log = logging.getLogger("stepgraph")

InputKind = Literal["state", "messages", "tool_calls"]
"""What a ToolNode was given: a state with a conversation in it, the bare conversation, or bare tool calls."""

Output = ToolMessage | Command[Any] | list[ToolMessage | Command[Any]]

TOOL_MESSAGE_BLOCK_TYPES: Final = frozenset(
    ("text", "image_url", "image", "json", "search_result", "custom_tool_call_output", "document", "file")
)
"""The content blocks that providers take in a ToolMessage."""


def msg_content_output(output: Any) -> str | list[dict[str, Any]]:
    """Anything as the content of a ToolMessage: text and content blocks as they are, the rest as JSON."""
    if isinstance(output, str):
        return output
    if isinstance(output, list) and all(
        isinstance(block, dict) and block.get("type") in TOOL_MESSAGE_BLOCK_TYPES for block in output
    ):
        return output
    try:
        return json.dumps(output, ensure_ascii=False)
    except (TypeError, ValueError):
        return str(output)


def checked(output: Any, call: ToolCall, kind: InputKind, key: str) -> Output:
    """A tool's output, its ToolMessages named after the tool.

    Raises TypeError for what is none, ValueError when the call would go unanswered or be answered twice.
    """
    match output:
        case Command():
            return _checked_command(output, call, kind, key)
        case ToolMessage():
            output.content = msg_content_output(output.content)  # type: ignore[assignment]
            return output
        case list() if all(isinstance(part, (Command, ToolMessage)) for part in output):
            return _checked_list(output, call, kind, key)
    raise TypeError(
        f"Tool {call['name']!r} returned {output!r}, which is neither a ToolMessage nor a Command. A tool "
        "makes a ToolMessage of its result by itself, unless the call has no id or its run() was overridden."
    )


def joined(outputs: Iterable[Output], kind: InputKind, key: str) -> Any:
    """What the node returns for all its calls, in the order of the calls."""
    flat: list[ToolMessage | Command[Any]] = []
    for output in outputs:
        flat.extend(output if isinstance(output, list) else [output])
    if not any(isinstance(part, Command) for part in flat):
        return flat if kind == "messages" else {key: flat}
    parts: list[Any] = []
    sends: list[Send] = []
    is_sent = False
    for part in flat:
        if not isinstance(part, Command):
            parts.append([part] if kind == "messages" else {key: [part]})
        elif part.graph == Command.PARENT and _only_sends(part.goto):
            is_sent = True
            sends += part.goto  # type: ignore[arg-type]
            if part.update:
                _log.warning(
                    "A tool returned a Command to the parent graph that sends and updates: its update is "
                    "lost. Put what the update says into the Sends."
                )
        else:
            parts.append(part)
    if is_sent:
        parts.append(Command(graph=Command.PARENT, goto=sends))
    return parts


def _only_sends(goto: Any) -> bool:
    return isinstance(goto, list) and all(isinstance(goal, Send) for goal in goto)


# -- checking


def _checked_list(
    parts: Sequence[ToolMessage | Command[Any]], call: ToolCall, kind: InputKind, key: str
) -> list[ToolMessage | Command[Any]]:
    answers = [
        message
        for part in parts
        for message in (_messages_of(part, key) if isinstance(part, Command) else [part])
        if _answers(message, call)
    ]
    if len(answers) != 1:
        raise ValueError(
            f"Tool {call['name']!r} returned a list with {len(answers)} ToolMessages for the tool call "
            f"{call['id']!r}. Return exactly one, in the list or in a Command's update."
        )
    return [
        _named(part, call, kind, key) if isinstance(part, Command) else part  # only Commands are completed
        for part in parts
    ]


def _checked_command(command: Command[Any], call: ToolCall, kind: InputKind, key: str) -> Command[Any]:
    named = _named(command, call, kind, key)
    if command.graph is not None or not isinstance(command.update, (dict, list)):
        return named
    messages = _messages_of(named, key)
    if any(_answers(message, call) or _removes_all(message) for message in messages):
        return named
    where = f"{{{key!r}: [...]}}" if isinstance(command.update, dict) else "[...]"
    raise ValueError(
        f"Tool {call['name']!r} returned a Command whose update has no ToolMessage for the tool call "
        f"{call['id']!r}, but {messages!r}. Take the id in an argument annotated with "
        f"`Annotated[str, InjectedToolCallId]` and return Command(update={where}) with "
        "ToolMessage('done', tool_call_id=tool_call_id) in the list."
    )


def _named(command: Command[Any], call: ToolCall, kind: InputKind, key: str) -> Command[Any]:
    """The Command, its answer replaced by one with the tool's name.

    Raises ValueError for an update of the wrong kind.
    """
    update = command.update
    if isinstance(update, dict):
        if kind == "messages":
            raise ValueError(
                f"Tool {call['name']!r} returned a Command whose update is a dict, but the ToolNode was "
                "given a list of messages. Update it with a list of messages."
            )
        if key not in update:
            return command
        return replace(command, update={**update, key: _with_name(update[key], call, key)})
    if isinstance(update, list):
        if kind != "messages":
            raise ValueError(
                f"Tool {call['name']!r} returned a Command whose update is a list, but the ToolNode was "
                f"given a state. Update it with a dict: {{{key!r}: [...]}}."
            )
        return replace(command, update=_with_name(update, call, key))
    return command


def _with_name(messages: Any, call: ToolCall, key: str) -> Any:
    if not isinstance(messages, list):
        raise ValueError(
            f"Tool {call['name']!r} returned a Command whose update has {messages!r} for {key!r}. Put the "
            "messages into a list."
        )
    return [
        message.model_copy(update={"name": call["name"]})
        if isinstance(message, ToolMessage) and _answers(message, call)
        else message
        for message in messages
    ]


def _messages_of(command: Command[Any], key: str) -> list[AnyMessage] | list[BaseMessage]:
    update = command.update
    messages = update.get(key, []) if isinstance(update, dict) else update if isinstance(update, list) else []
    return convert_to_messages(messages)


def _answers(message: Any, call: ToolCall) -> bool:
    return isinstance(message, ToolMessage) and message.tool_call_id == call["id"]


def _removes_all(message: Any) -> bool:
    return isinstance(message, RemoveMessage) and message.id == REMOVE_ALL_MESSAGES
