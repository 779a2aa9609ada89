"""The channel of a key with a reducer."""

from __future__ import annotations

import collections.abc
import inspect
from collections.abc import Callable, Sequence
from typing import Any, Final, get_origin

from stepgraph.channels.base import MISSING, Channel
from stepgraph.errors import InvalidGraph, InvalidUpdateError
from stepgraph.types import overwriting


class BinaryOperatorAggregate(Channel):
    """Folds writes into a value with a function of two arguments, the reducer."""

    __slots__ = ("operator",)

    def __init__(self, typ: Any, operator: Callable[[Any, Any], Any]) -> None:
        super().__init__(typ)
        self.operator = operator

    def initial(self) -> Any:
        return empty(self.typ)

    def apply(self, key: str, current: Any, writes: Sequence[Any]) -> Any:
        replaced = False
        for write in writes:
            overwrite, value = overwriting(write)
            if overwrite:
                if replaced:
                    raise two_overwrites(key)
                current, replaced = value, True
            elif not replaced:
                current = write if current is MISSING else self.operator(current, write)
        return current

    def agrees_with(self, other: Channel) -> bool:
        """Lambdas cannot be compared, so they agree with any reducer."""
        return isinstance(other, BinaryOperatorAggregate) and (
            self.operator == other.operator or _is_lambda(self.operator) or _is_lambda(other.operator)
        )


def empty(typ: Any) -> Any:
    """The empty value of a type; MISSING for one that has none: the first write is then the start."""
    try:
        return _concrete(typ)()
    except Exception:
        return MISSING


def two_overwrites(key: str) -> InvalidUpdateError:
    """The error of a superstep that overwrites a key more than once."""
    return InvalidUpdateError(
        f"At key {key!r}: more than one Overwrite was written in one superstep, and only one can win. Let "
        "one node write it."
    )


def check_reducer(key: str, reducer: Callable[..., Any]) -> None:
    """Raise InvalidGraph unless `reducer` can be called with exactly two values."""
    try:
        parameters = inspect.signature(reducer).parameters.values()
    except (TypeError, ValueError):  # Some builtins have no signature; they are taken at their word.
        return
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    required = [p for p in positional if p.default is p.empty]
    if len(required) > 2 or (len(positional) < 2 and not variadic):
        names = ", ".join(p.name for p in positional)
        raise InvalidGraph(
            f"The reducer of {key!r} takes ({names}). A reducer takes two values, the present one and the "
            "new one, and returns their sum: (a, b) -> c."
        )


def _is_lambda(function: Any) -> bool:
    return getattr(function, "__name__", "") == "<lambda>"


def _concrete(typ: Any) -> Any:
    origin = get_origin(typ) or typ
    return _EMPTY_OF_ABSTRACT.get(origin, origin)


_EMPTY_OF_ABSTRACT: Final[dict[Any, type]] = {
    collections.abc.Sequence: list,
    collections.abc.MutableSequence: list,
    collections.abc.Collection: list,
    collections.abc.Iterable: list,
    collections.abc.Set: set,
    collections.abc.MutableSet: set,
    collections.abc.Mapping: dict,
    collections.abc.MutableMapping: dict,
}
