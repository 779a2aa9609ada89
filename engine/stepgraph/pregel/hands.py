"""One account of what to do with a thread, carried out in a thread of the caller's or on an event loop.

What reads or changes a thread is written once, as a generator of errands: `answer = yield Errand(...)`. Who
carries it out calls the saver's plain methods, or awaits its async ones.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Errand:
    """A call to make. `awaited` may give an awaitable."""

    plain: Callable[..., Any]
    awaited: Callable[..., Any]
    args: tuple[Any, ...]


Errands = Generator[Errand, Any, T]


def of_saver(saver: Any, method: str, *args: Any) -> Errand:
    """A call of a saver's method."""
    return Errand(getattr(saver, method), getattr(saver, f"a{method}"), args)


def carry_out(errands: Errands[T]) -> T:
    """Run errands to their end, in this thread."""
    answer: Any = None
    while True:
        try:
            errand = errands.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result
        answer = errand.plain(*errand.args)


async def acarry_out(errands: Errands[T]) -> T:
    """Run errands to their end, on this event loop."""
    answer: Any = None
    while True:
        try:
            errand = errands.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result
        answer = errand.awaited(*errand.args)
        if inspect.isawaitable(answer):
            answer = await answer
