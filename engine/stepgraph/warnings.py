"""What is warned of: what LangGraph has deprecated, under its names, and an update that loses a key."""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "LangGraphDeprecatedSinceV05",
    "LangGraphDeprecatedSinceV10",
    "LangGraphDeprecatedSinceV11",
    "LangGraphDeprecationWarning",
    "UnknownStateKey",
]

Version = tuple[int, int]


class LangGraphDeprecationWarning(DeprecationWarning):
    """Works still. LangGraph deprecated it in version `since`, and removes it in `expected_removal`."""

    def __init__(
        self, message: str, *args: object, since: Version, expected_removal: Version | None = None
    ) -> None:
        super().__init__(message, *args)
        self.message = message.rstrip(".")
        self.since = since
        self.expected_removal = expected_removal or (since[0] + 1, 0)

    def __str__(self) -> str:
        since, removal = (f"V{major}.{minor}" for major, minor in (self.since, self.expected_removal))
        return f"{self.message}. Deprecated since LangGraph {since}, to be gone from {removal}."


class _SinceOneVersion(LangGraphDeprecationWarning):
    """A deprecation whose versions are known from its class."""

    SINCE: ClassVar[Version]
    REMOVAL: ClassVar[Version | None] = None

    def __init__(self, message: str, *args: object) -> None:
        super().__init__(message, *args, since=self.SINCE, expected_removal=self.REMOVAL)


class LangGraphDeprecatedSinceV05(_SinceOneVersion):
    """Deprecated since LangGraph 0.5."""

    SINCE = (0, 5)
    REMOVAL = (2, 0)


class LangGraphDeprecatedSinceV10(_SinceOneVersion):
    """Deprecated since LangGraph 1.0."""

    SINCE = (1, 0)


class LangGraphDeprecatedSinceV11(_SinceOneVersion):
    """Deprecated since LangGraph 1.1."""

    SINCE = (1, 1)
    REMOVAL = (3, 0)


class UnknownStateKey(UserWarning):
    """A node returned a key that the state does not have, so its value is lost.

    `.node` returned it, `.key` is what it is called, `.known` are the keys that there are.
    """

    def __init__(self, message: str, node: str, key: str, known: tuple[str, ...]) -> None:
        super().__init__(message)
        self.node = node
        self.key = key
        self.known = known
