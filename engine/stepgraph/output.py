"""What `invoke(version="v2")` returns: the output, and apart from it what the run waits for."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from stepgraph.constants import INTERRUPT
from stepgraph.warnings import LangGraphDeprecatedSinceV11

if TYPE_CHECKING:
    from stepgraph.pregel.interrupts import Interrupt

OutputT = TypeVar("OutputT")


@dataclass(frozen=True)
class GraphOutput(Generic[OutputT]):
    """`value` is an instance of the output schema, if that is a dataclass or a pydantic model.

    Reading it like the dict that version v1 returns still works, and is warned of.
    """

    value: OutputT
    interrupts: tuple[Interrupt, ...] = ()

    def __getitem__(self, key: Any) -> Any:
        _warn("result[key]")
        if key == INTERRUPT:
            return self.interrupts
        if isinstance(self.value, dict):
            return self.value[key]
        try:
            return getattr(self.value, key)
        except AttributeError:
            raise KeyError(key) from None

    def __contains__(self, key: object) -> bool:
        _warn("key in result")
        if key == INTERRUPT:
            return bool(self.interrupts)
        if isinstance(self.value, dict):
            return key in self.value
        return isinstance(key, str) and hasattr(self.value, key)


_INSTEAD: Final = "read result.value, or result.interrupts, instead"


def _warn(expression: str) -> None:
    warnings.warn(
        LangGraphDeprecatedSinceV11(f"Reading a GraphOutput as `{expression}` is deprecated: {_INSTEAD}"),
        stacklevel=3,
    )
