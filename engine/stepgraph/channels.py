"""How the writes of one superstep become the value of one state key.

A channel knows how to start and how to take writes; the value itself lives in the run (`superstep.Board`),
so one channel serves every run of a graph at once.
"""

from __future__ import annotations

import collections.abc
import inspect
from collections.abc import Callable, Sequence
from typing import Any, Final, get_origin

from stepgraph.errors import InvalidGraph, InvalidUpdateError
from stepgraph.types import overwriting


class Missing:
    """The value of a key that nobody has written yet."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()


class Channel:
    """One key of the state. `typ` is what its annotation says, for schemas."""

    ephemeral = False
    __slots__ = ("typ",)

    def __init__(self, typ: Any = Any) -> None:
        self.typ = typ

    def initial(self) -> Any:
        """The value before any write, or MISSING."""
        return MISSING

    def apply(self, key: str, current: Any, writes: Sequence[Any]) -> Any:
        """The value after one superstep's writes, which stand in task order.

        Raises InvalidUpdateError when the channel cannot take them together.
        """
        raise NotImplementedError


class LastValue(Channel):
    """Holds what was written last; takes one write a superstep."""

    __slots__ = ()

    def apply(self, key: str, current: Any, writes: Sequence[Any]) -> Any:
        if len(writes) != 1:
            raise InvalidUpdateError(
                f"At key {key!r}: {len(writes)} values were written in one superstep, but the key has no "
                f"reducer to join them. Annotate it, for example `{key}: Annotated[list, operator.add]`, or "
                "let one node write it."
            )
        return writes[0]


class EphemeralValue(LastValue):
    """Holds a value for the next superstep only."""

    ephemeral = True
    __slots__ = ()


class UntrackedValue(LastValue):
    """Holds what was written last; is never saved."""

    __slots__ = ()


class BinaryOperatorAggregate(Channel):
    """Folds writes into a value with a function of two arguments, the reducer."""

    __slots__ = ("operator",)

    def __init__(self, typ: Any, operator: Callable[[Any, Any], Any]) -> None:
        super().__init__(typ)
        self.operator = operator

    def initial(self) -> Any:
        try:
            return _concrete(self.typ)()
        except Exception:  # A type that needs arguments has no empty value: the first write is the start.
            return MISSING

    def apply(self, key: str, current: Any, writes: Sequence[Any]) -> Any:
        replaced = False
        for write in writes:
            overwrite, value = overwriting(write)
            if overwrite:
                if replaced:
                    raise InvalidUpdateError(
                        f"At key {key!r}: more than one Overwrite was written in one superstep, and only one "
                        "can win. Let one node write it."
                    )
                current, replaced = value, True
            elif not replaced:
                current = write if current is MISSING else self.operator(current, write)
        return current


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


def same_channel(one: Channel, other: Channel) -> bool:
    """Whether two declarations of a key agree. Lambdas cannot be compared, so they agree with any reducer."""
    if isinstance(one, BinaryOperatorAggregate) and isinstance(other, BinaryOperatorAggregate):
        return one.operator == other.operator or _is_lambda(one.operator) or _is_lambda(other.operator)
    return type(one) is type(other)


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
