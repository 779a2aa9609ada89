"""What an agent and the person who watches it say to one another when it asks before a tool call."""

from typing import Any, Literal

from typing_extensions import TypedDict


class ActionRequest(TypedDict):
    """What the agent is about to do."""

    action: str
    args: dict[str, Any]


class HumanInterruptConfig(TypedDict):
    """Which answers the agent understands."""

    allow_ignore: bool
    allow_respond: bool
    allow_edit: bool
    allow_accept: bool


class HumanInterrupt(TypedDict):
    """The value of the `interrupt()`."""

    action_request: ActionRequest
    config: HumanInterruptConfig
    description: str | None


class HumanResponse(TypedDict):
    """The value to resume with."""

    type: Literal["accept", "ignore", "response", "edit"]
    args: str | ActionRequest | None
