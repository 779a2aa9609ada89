"""The Messages pane: a bubble a model call, growing token by token, filtered by node and by tag."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from stepscope.model.message import Message
from stepscope.model.topology import NodeKey, path_text
from stepscope.panes.choices import ChoiceBox
from stepscope.panes.fonts import interface, scaled
from stepscope.panes.message_view import MessageView
from stepscope.panes.pane import Pane
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection
from stepscope.theme import Theme


@dataclass(frozen=True)
class ShownMessage:
    """A bubble as a person reads it."""

    node: str
    tags: tuple[str, ...]
    facts: tuple[str, ...]
    text: str
    tool_calls: str
    is_growing: bool


class MessagesPane(Pane):
    """Shows what models, tools and nodes say."""

    title = "Messages"
    object_name = "messages_pane"
    empty_text = "Each model call will appear here as a bubble that grows token by token."

    def __init__(
        self, model: RunModel, selection: Selection, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(model, selection, theme, parent)
        self._changed: set[str] = set()
        self._nodes_seen: set[NodeKey] = set()
        self._tags_seen: set[str] = set()
        self._read = 0  # messages whose node and tags have been offered
        model.messages_changed.connect(self._on_messages_changed)
        selection.node_changed.connect(self._on_node_selected)

    @property
    def view(self) -> MessageView:
        """The bubbles, once the pane has been shown."""
        return self._view

    @property
    def nodes(self) -> ChoiceBox:
        """Chooses the node whose messages are shown."""
        return self._nodes

    @property
    def tags(self) -> ChoiceBox:
        """Chooses the tag whose messages are shown."""
        return self._tags

    @property
    def shown(self) -> list[ShownMessage]:
        """The bubbles that pass the filters, as they read."""
        return [
            ShownMessage(
                bubble.head.node,
                bubble.head.tags,
                bubble.head.facts,
                bubble.message.text,
                bubble.message.tool_calls,
                not bubble.message.is_finished,
            )
            for bubble in self._view.bubbles
        ]

    def build(self) -> QWidget:
        self._view = MessageView(self.theme)
        self._view.setAccessibleName("Messages")
        self._view.node_chosen.connect(self.selection.select)
        self._view.mark_node(self.selection.node)
        self._nodes = ChoiceBox("node", "all", "Show the messages of one node", self.theme)
        self._tags = ChoiceBox("tag", "all", "Show the messages with one tag", self.theme)
        self._nodes.currentIndexChanged.connect(self._on_filter_changed)
        self._tags.currentIndexChanged.connect(self._on_filter_changed)
        content = QWidget()
        content.setFocusProxy(self._view)
        self._bar = QHBoxLayout()
        self._bar.addStretch(1)
        self._bar.addWidget(self._nodes)
        self._bar.addWidget(self._tags)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._bar)
        layout.addWidget(self._view, 1)
        return content

    def refresh(self) -> None:
        messages = self.model.state.messages
        for message in list(messages.values())[self._read :]:
            self._offer(message)
        self._read = len(messages)
        changed, self._changed = self._changed, set()
        self._view.take_in(self.model.state, changed)

    def forget(self) -> None:
        self._changed.clear()
        self._nodes_seen.clear()
        self._tags_seen.clear()
        self._read = 0
        self._nodes.forget()
        self._tags.forget()
        self._view.clear()
        self._on_filter_changed()

    def is_empty(self) -> bool:
        return not self.model.state.messages

    def apply_theme(self) -> None:
        self._view.set_theme(self.theme)
        for box in (self._nodes, self._tags):
            box.set_look(interface(self, 0.92), self.theme)
        self._bar.setContentsMargins(scaled(self, 12), scaled(self, 4), scaled(self, 12), 0)

    def _offer(self, message: Message) -> None:
        if message.key not in self._nodes_seen:
            self._nodes_seen.add(message.key)
            self._nodes.offer([(path_text(message.key), message.key)])
        for tag in message.tags:
            if tag not in self._tags_seen:
                self._tags_seen.add(tag)
                self._tags.offer([(tag, tag)])

    def _on_messages_changed(self, changed: set[str]) -> None:
        self._changed |= changed
        self.mark_changed()

    def _on_filter_changed(self) -> None:
        node, tag = self._nodes.choice, self._tags.choice
        self._view.set_filter(
            lambda message: (node is None or message.key == node) and (tag is None or tag in message.tags)
        )

    def _on_node_selected(self, node: NodeKey | None) -> None:
        if self.is_built:
            self._view.mark_node(node)
