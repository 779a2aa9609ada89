"""A conversation as state: `MessagesState`, and how new messages join the list."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypedDict

from stepgraph.errors import did_you_mean
from stepgraph.runtime import running_task

if TYPE_CHECKING:
    from langchain_core.messages import AnyMessage, BaseMessage

REMOVE_ALL_MESSAGES: Final = "__remove_all__"
"""`RemoveMessage(id=REMOVE_ALL_MESSAGES)` drops everything before it."""


def add_messages(
    left: Any = None, right: Any = None, *, format: Literal["langchain-openai"] | None = None
) -> Any:
    """Join messages to a list of messages; the reducer of `MessagesState`.

    Either side is a message or a list of them, each a message, a string, a `(role, text)` or a dict. A
    message with an id that is there already takes its place; a RemoveMessage takes it out. Messages without
    an id are given one, on the object itself. `format="langchain-openai"` writes all content as OpenAI's
    content blocks.

    With `format` alone it returns a reducer. Raises ValueError when one side is None, or when a
    RemoveMessage names an id that is not there.
    """
    if left is None and right is None and format is not None:
        return functools.partial(add_messages, format=format)
    if left is None or right is None:
        given = "left" if left is not None else "right" if right is not None else "neither"
        raise ValueError(
            f"Must specify non-null arguments for both 'left' and 'right'. Only received: {given!r}. A node "
            "that has no message to add returns [] or leaves the key out."
        )
    merged = _merge(_as_messages(left), _as_messages(right))
    if format is None:
        return merged
    from langchain_core.messages import convert_to_messages, convert_to_openai_messages

    if format != "langchain-openai":
        raise ValueError(f"format {format!r} does not exist. It is 'langchain-openai' or None.")
    return convert_to_messages(convert_to_openai_messages(merged))


def push_message(message: Any, *, state_key: str | None = "messages") -> AnyMessage:
    """Hand out a message while the node still runs, in mode `messages`, and write it to `state_key`, if any.

    `message` has an id; it may be anything that `add_messages` takes. It is emitted even if it was before.

    Raises ValueError for a message without an id, RuntimeError outside of a node.
    """
    from langchain_core.messages import convert_to_messages

    task = running_task("push_message")
    pushed: AnyMessage = convert_to_messages([message])[0]  # type: ignore[assignment]
    if pushed.id is None:
        raise ValueError(
            "A message needs an id to be pushed, so that it is known when it is written or pushed again: "
            f"push_message({type(pushed).__name__}(..., id=str(uuid4())))."
        )
    task.run.reports.pushed(task, pushed)
    if state_key is None:
        return pushed
    if state_key in task.run.topology.channels:
        task.write(state_key, pushed)
    else:
        hint = did_you_mean(state_key, task.run.topology.channels)
        import logging  # Here, and uuid below, because whoever imports a graph would wait for them.

        logging.getLogger("stepgraph").warning(
            "Node %r pushes a message to %r, but its state has no such key: not written. %s",
            task.name,
            state_key,
            hint or "Name one with state_key=..., or None to only hand the message out.",
        )
    return pushed


if TYPE_CHECKING:

    class MessagesState(TypedDict):
        messages: Annotated[list[AnyMessage], add_messages]

else:

    class MessagesState(TypedDict):
        # No docstring: it would become the description in the JSON schema of every graph.
        # Naming the message classes here would import langchain-core with every graph.
        messages: Annotated[list[Any], add_messages]


def __getattr__(name: str) -> Any:
    if name != "MessageGraph":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from stepgraph.graph.message_graph import MessageGraph

    return MessageGraph


def _as_messages(value: Any) -> list[BaseMessage]:
    from uuid import uuid4

    from langchain_core.messages import BaseMessageChunk, convert_to_messages, message_chunk_to_message

    items = value if isinstance(value, list) else [value]
    messages = [
        message_chunk_to_message(message) if isinstance(message, BaseMessageChunk) else message
        for message in convert_to_messages(items)
    ]
    for message in messages:
        if message.id is None:
            message.id = str(uuid4())
    return messages


def _merge(left: list[BaseMessage], right: list[BaseMessage]) -> list[BaseMessage]:
    from langchain_core.messages import RemoveMessage

    for index in range(len(right) - 1, -1, -1):
        if isinstance(right[index], RemoveMessage) and right[index].id == REMOVE_ALL_MESSAGES:
            return right[index + 1 :]
    by_id = {message.id: message for message in left}
    removed: set[str | None] = set()
    for message in right:
        if not isinstance(message, RemoveMessage):
            by_id[message.id] = message
            removed.discard(message.id)
        elif message.id in by_id:
            removed.add(message.id)
        else:
            raise ValueError(
                f"Attempting to delete a message with an ID that doesn't exist ({message.id!r}). The list "
                f"has the ids {list(by_id)}."
            )
    return [message for id, message in by_id.items() if id not in removed]
