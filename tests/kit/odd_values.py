"""Objects that do what no one expects: each a class that a user could write, by accident or not."""

from __future__ import annotations

import threading
from typing import Any


class Silent:
    def __repr__(self) -> str:
        raise RuntimeError("no words")


class Leaving:
    def __repr__(self) -> str:
        raise SystemExit(3)


class Interrupting:
    def __repr__(self) -> str:
        raise KeyboardInterrupt


class Recursing:
    def __repr__(self) -> str:
        return repr(self)


class Greedy:
    def __repr__(self) -> str:
        return "x" * (1 << 62)


class Huge:
    def __repr__(self) -> str:
        return "y" * 1_000_000


class Lying:
    def __repr__(self) -> Any:
        return 3


class Waiting:
    """Its repr returns when it is let go."""

    def __init__(self) -> None:
        self.asked = 0
        self.go = threading.Event()

    def __repr__(self) -> str:
        self.asked += 1
        self.go.wait()
        return "at last"


class Spinning:
    def __repr__(self) -> str:
        while True:
            pass


class Plain:
    """No repr of its own; what it computes must not be computed."""

    def __init__(self, **parts: Any) -> None:
        self.__dict__.update(parts)

    @property
    def computed(self) -> Any:
        raise AssertionError("a property was read")


class BadDict(dict[Any, Any]):
    def items(self) -> Any:
        raise AssertionError("a user's method was called")

    def __iter__(self) -> Any:
        while True:
            yield 1

    def __len__(self) -> int:
        return -5

    def __getitem__(self, key: Any) -> Any:
        raise AssertionError("a user's method was called")


class BadList(list[Any]):
    def __iter__(self) -> Any:
        raise AssertionError("a user's method was called")

    def __len__(self) -> int:
        raise AssertionError("a user's method was called")


class BadMeta(type):
    """A class of classes that cannot be asked anything."""

    def __hash__(cls) -> int:
        raise RuntimeError("no hash")

    def __eq__(cls, other: object) -> bool:
        raise RuntimeError("no comparison")

    def __getattr__(cls, name: str) -> Any:
        raise RuntimeError(name)


class OddClass(metaclass=BadMeta):
    pass


class OddDict(dict[Any, Any], metaclass=BadMeta):
    pass


class Unasked:
    """Cannot be asked for its class, nor for anything else."""

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError(f"{name} was read")


class Falsy:
    """Answers no question that a careless reader would ask."""

    def __bool__(self) -> bool:
        raise AssertionError("it was asked whether it is true")

    def __eq__(self, other: object) -> bool:
        raise AssertionError("it was compared")

    __hash__ = None  # type: ignore[assignment]


class OddError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


QUICK = (Silent, Leaving, Interrupting, Recursing, Huge, Lying, Plain, Falsy, OddError)
"""Those that answer at once, badly; made without arguments. The others are more than tools can take."""
