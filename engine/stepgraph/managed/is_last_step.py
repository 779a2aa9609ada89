"""Keys that tell how many supersteps are left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final


class IsLastStepManager:
    """Marks a key as: is this the last superstep that the recursion limit allows?"""


class RemainingStepsManager:
    """Marks a key as: how many supersteps does the recursion limit allow from here on?"""


IsLastStep = Annotated[bool, IsLastStepManager]
RemainingSteps = Annotated[int, RemainingStepsManager]

MANAGED: Final[dict[type, Callable[[int], bool | int]]] = {
    IsLastStepManager: lambda remaining: remaining <= 1,
    RemainingStepsManager: lambda remaining: remaining,
}
"""From the marker to the value, given the supersteps that remain."""

MANAGED_TYPES: Final[dict[type, type]] = {IsLastStepManager: bool, RemainingStepsManager: int}
"""From the marker to the type of the value."""
