"""The states of a run's graphs as its stream has told them: the newest of each, and the last few of all.

The states themselves are kept, not copies: one that the program changes afterwards is seen as it is then.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stepscope_host.debugging.debugger import Namespace

MOST = 200
"""States that are kept to be looked at again."""


class States:
    """What every graph of one run holds. All methods belong to the run's loop."""

    def __init__(self) -> None:
        self._newest: dict[Namespace, tuple[int, Any]] = {}  # of the graphs that have not ended
        self._kept: dict[tuple[Namespace, int], Any] = {}  # the oldest first

    def add(self, namespace: Namespace, step: int, state: Any) -> None:
        """A graph's state after a superstep."""
        self._newest[namespace] = step, state
        key = namespace, step
        self._kept.pop(key, None)
        self._kept[key] = state
        if len(self._kept) > MOST:
            del self._kept[next(iter(self._kept))]

    def left(self, namespace: Namespace) -> None:
        """A graph has ended."""
        self._newest.pop(namespace, None)

    def newest(self, namespace: Namespace) -> Any:
        """A graph's newest state. Raises LookupError in words."""
        if namespace in self._newest:
            return self._newest[namespace][1]
        for known, step in reversed(self._kept):
            if known == namespace:
                return self._kept[known, step]
        raise LookupError("This graph has no state yet.")

    def after(self, namespace: Namespace, step: int) -> Any:
        """A graph's state after a superstep. Raises LookupError in words."""
        if (namespace, step) in self._kept:
            return self._kept[namespace, step]
        newest = self._newest.get(namespace)
        if newest is not None and newest[0] == step:
            return newest[1]
        raise LookupError(
            f"The state after superstep {step} is not at hand: the last {MOST} of the newest run are kept."
        )

    def all_newest(self) -> Iterator[tuple[Namespace, Any]]:
        """The newest states of the graphs that have not ended."""
        for namespace, (_, state) in self._newest.items():
            yield namespace, state


class Keyed(dict[str, Any]):
    """A state as expressions see it: ``state["log"]`` and ``state.log`` are the same, whatever its schema.

    What no node has written yet is asked of `model`, the state as a node gets it: its schema has defaults.
    """

    def __init__(self, values: dict[str, Any], model: Any = None) -> None:
        super().__init__(values)
        self._model = model if all(hasattr(model, key) for key in values) else None

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("__") and name in self:
            return self[name]
        return super().__getattribute__(name)

    def __getattr__(self, name: str) -> Any:
        try:
            return getattr(self._model, name)
        except AttributeError:
            problem = f"there is no {name!r} in it. It has {', '.join(map(str, self))}."
        raise AttributeError(problem)

    def __missing__(self, key: str) -> Any:
        try:
            return getattr(self._model, key)
        except AttributeError:
            raise KeyError(key) from None


def keyed(value: Any, model: Any = None) -> Any:
    """A dictionary with its keys as attributes; anything else as it is."""
    return Keyed(value, model) if type(value) is dict else value
