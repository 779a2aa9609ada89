"""State keys that the engine fills in itself: readable in nodes, never written, streamed or returned."""

from stepgraph.managed.is_last_step import (
    MANAGED,
    MANAGED_TYPES,
    IsLastStep,
    IsLastStepManager,
    RemainingSteps,
    RemainingStepsManager,
)

__all__ = [
    "MANAGED",
    "MANAGED_TYPES",
    "IsLastStep",
    "IsLastStepManager",
    "RemainingSteps",
    "RemainingStepsManager",
]
