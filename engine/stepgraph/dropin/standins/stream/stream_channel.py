"""The class of a named part of an event stream; see the package."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class StreamChannel(Generic[T]):
    """A part of a run's stream, by name."""

    def __init__(self, name: str | None = None, **options: object) -> None:
        self.name = name
