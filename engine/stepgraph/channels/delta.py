"""The channel of a key whose reducer takes all writes of a superstep at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stepgraph.channels.base import MISSING, Channel
from stepgraph.channels.binop import empty, two_overwrites
from stepgraph.errors import NotSupportedYet
from stepgraph.types import overwriting


class DeltaChannel(Channel):
    """Joins a superstep's writes with `reducer(value, writes)`.

    A checkpoint holds the whole value: `snapshot_frequency` is taken, for programs that give it, and changes
    nothing.
    """

    __slots__ = ("reducer", "snapshot_frequency")

    def __init__(
        self,
        reducer: Callable[[Any, Sequence[Any]], Any],
        typ: Any = None,
        *,
        snapshot_frequency: int = 100,
    ) -> None:
        super().__init__(typ)
        self.reducer = reducer
        self.snapshot_frequency = snapshot_frequency

    def initial(self) -> Any:
        return empty(self.typ)

    def apply(self, key: str, current: Any, writes: Sequence[Any]) -> Any:
        replaced: Any = MISSING
        for write in writes:
            overwrite, value = overwriting(write)
            if overwrite:
                if replaced is not MISSING:
                    raise two_overwrites(key)
                replaced = value
        return self.reducer(current, list(writes)) if replaced is MISSING else replaced

    def restored(self, key: str, stored: Any) -> Any:
        """The value, from what a checkpoint holds; MISSING where it holds none.

        Raises NotSupportedYet for a checkpoint of LangGraph's that only counts on those before it.
        """
        if stored is MISSING:
            raise NotSupportedYet(
                f"A thread in which LangGraph has saved only what was written to {key!r}, and not its value,",
                "Go on with it under LangGraph, or give the key a reducer of two arguments.",
            )
        # LangGraph wraps a whole value now and then, so that it need not count on all that was before.
        return stored.value if type(stored).__name__ == "_DeltaSnapshot" else stored

    def agrees_with(self, other: Channel) -> bool:
        return isinstance(other, DeltaChannel) and self.reducer == other.reducer
