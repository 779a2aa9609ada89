"""What the classes of graphs are subscripted with, as in `StateGraph[State, Context]`.

For type checkers alone. At run time any subscript will do, and costs no import of `typing_extensions`.
"""

from __future__ import annotations

from types import GenericAlias
from typing import TYPE_CHECKING, Generic, TypeVar

__all__ = ["ContextT", "GraphOf", "InputT", "OutputT", "StateT"]

if TYPE_CHECKING:
    from stepgraph.typing import ContextT, InputT, OutputT, StateT

    class GraphOf(Generic[StateT, ContextT, InputT, OutputT]):
        """A graph with this state, context, input and output."""
else:
    StateT, ContextT, InputT, OutputT = map(TypeVar, ("StateT", "ContextT", "InputT", "OutputT"))

    class GraphOf:
        __class_getitem__ = classmethod(GenericAlias)
