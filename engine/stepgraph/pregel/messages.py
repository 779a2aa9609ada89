"""Mode `messages`: tokens of chat models as they come, and the messages that nodes return.

A handler with `tap_output_iter` and `tap_output_aiter` is what makes a model stream even when it is called
with `.invoke`.

A message is emitted once. Seen are: what was streamed as tokens, what was emitted before, and what was in
the input of a node.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from stepgraph.pregel.listener import Listener
from stepgraph.types import Command, Namespace

if TYPE_CHECKING:
    from stepgraph.pregel.loop import Run
    from stepgraph.pregel.stream import Outlet
    from stepgraph.pregel.tasks import Task


class MessageStream(Listener):
    """Feeds one outlet."""

    ignore_llm = False
    ignore_chat_model = False

    def __init__(self, outlet: Outlet) -> None:
        super().__init__(outlet)
        self._seen: set[str] = set()
        self._calls: dict[UUID, tuple[Namespace, dict[str, Any]]] = {}

    # -- models

    def on_chat_model_start(
        self,
        serialized: Any,
        messages: Any,
        *,
        run_id: UUID,
        tags: list[str] | None = None,
        metadata: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """A model is called: remember for whom, unless no one is to hear it."""
        namespace = self.namespace_heard(tags, metadata)
        if namespace is None or metadata is None:
            return
        shown = [tag for tag in tags or () if not tag.startswith("seq:step:")]
        self._calls[run_id] = namespace, {**metadata, "tags": shown} if shown else metadata

    def on_llm_new_token(self, token: str, *, chunk: Any = None, run_id: UUID, **kwargs: Any) -> None:
        """A token is here."""
        call = self._calls.get(run_id)
        message = getattr(chunk, "message", None)
        if call is not None and message is not None:
            self._emit(message, call[0], call[1])

    def on_llm_end(self, response: Any, *, run_id: UUID, **kwargs: Any) -> None:
        """A model is done: if it did not stream, its message is emitted now."""
        call = self._calls.pop(run_id, None)
        if call is None or not response.generations or not response.generations[0]:
            return
        message = getattr(response.generations[0][0], "message", None)
        if message is not None and message.id not in self._seen:
            self._emit(message, call[0], call[1])

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> None:
        """A model failed: what it streamed stays."""
        self._calls.pop(run_id, None)

    def on_llm_start(self, serialized: Any, prompts: Any, **kwargs: Any) -> None:
        """A model of plain text is called: it has no messages."""

    def tap_output_iter(self, run_id: UUID, output: Iterator[Any]) -> Iterator[Any]:
        """Leave the output as it is."""
        return output

    def tap_output_aiter(self, run_id: UUID, output: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Leave the output as it is."""
        return output

    # -- nodes

    def node_started(self, task: Task) -> None:
        """Messages in the fields of what a node was given are not news when it returns them."""
        for message in _messages_in(task.fields):
            if message.id is not None:
                self._seen.add(message.id)

    def node_returned(self, task: Task, result: Any) -> None:
        """Emit the messages in a node's return value that were not seen before."""
        namespace = task.namespace if task.parent is None else task.run.namespace
        if self.outlet.subgraphs or namespace == self.outlet.namespace:
            self._returned(namespace, result, task)

    def graph_returned(self, run: Run) -> None:
        """Emit the new messages in what a graph returns that is called like the node it was called in.

        LangGraph takes it for the node: what its config says of it, such as an agent's name, is told too.
        """
        assert run.parent is not None
        self._returned(run.parent.run.namespace, run.output, run)

    def _returned(self, namespace: Namespace, result: Any, by: Task | Run) -> None:
        found = [message for part in _parts(result) for message in _messages_in(_fields(part))]
        if found:
            about = {"ls_integration": "langgraph", **by.metadata}
            for message in found:
                if message.id is None or message.id not in self._seen:
                    self._emit(message, namespace, about)

    def node_pushed(self, task: Task, message: Any) -> None:
        """Emit a message that a node does not wait to return, whether it was seen before or not."""
        namespace = task.namespace if task.parent is None else task.run.namespace
        if self.outlet.subgraphs or namespace == self.outlet.namespace:
            self._emit(message, namespace, task.metadata)

    def _emit(self, message: Any, namespace: Namespace, metadata: dict[str, Any]) -> None:
        id = message.id
        if id is None:
            id = message.id = str(uuid4())
        self._seen.add(id)
        self.outlet.push(namespace, "messages", (message, metadata))


def _parts(result: Any) -> Iterable[Any]:
    """A node's result, with Commands opened."""
    if isinstance(result, Command):
        return [result.update]
    if isinstance(result, (list, tuple)) and any(isinstance(item, Command) for item in result):
        return [item.update if isinstance(item, Command) else item for item in result]
    return [result]


def _fields(value: Any) -> Iterable[Any]:
    """A value's own values, whatever kind of state it is; a lone value counts as one."""
    if isinstance(value, Mapping):
        return list(value.values())
    if _is_message(value) or isinstance(value, (str, bytes, type(None))):
        return [value]
    if isinstance(value, Sequence):
        return [value]
    return list(vars(value).values()) if hasattr(value, "__dict__") else [value]


def _messages_in(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if type(value) in _NO_MESSAGES:
            continue
        if _is_message(value):
            yield value
        elif isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
            yield from (item for item in value if _is_message(item))


_NO_MESSAGES: Final = frozenset([type(None), bool, int, float, str, dict])
"""What is told at a glance to hold none: a state has more of these than of messages."""


def _is_message(value: Any) -> bool:
    base = sys.modules.get("langchain_core.messages.base")
    return base is not None and isinstance(value, base.BaseMessage)
