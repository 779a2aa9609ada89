"""A message as it grows, and how fast it came."""

from __future__ import annotations

from dataclasses import dataclass, field

from stepscope.model.topology import Namespace, NodeKey


@dataclass
class Message:
    """One message as it grows: a model call's tokens, or a message that a node returned whole."""

    id: str
    key: NodeKey
    namespace: Namespace
    step: int
    kind: str
    tags: tuple[str, ...]
    asked: float | None  # when its task started, or its last message ended; None when not known
    first: float  # of the first token
    last: float
    parts: list[str] = field(default_factory=list)
    call_parts: list[str] = field(default_factory=list)
    tokens: int = 0
    is_finished: bool = False

    @property
    def text(self) -> str:
        if len(self.parts) > 1:
            self.parts[:] = ["".join(self.parts)]
        return self.parts[0] if self.parts else ""

    @property
    def tool_calls(self) -> str:
        return "".join(self.call_parts)

    @property
    def first_token_seconds(self) -> float | None:
        return None if self.asked is None else max(0.0, self.first - self.asked)

    @property
    def tokens_per_second(self) -> float | None:
        """None until two tokens have come at different times."""
        span = self.last - self.first
        return (self.tokens - 1) / span if self.tokens > 1 and span > 0 else None
