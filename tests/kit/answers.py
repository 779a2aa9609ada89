"""Questions to an engine, whose answers are compared with another engine's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.kit.engines import Engine
from tests.kit.scrub import Scrubber

Ask = Callable[[Engine], Any]


class Questions(dict[str, Ask]):
    """Questions by what they ask, each a function of an engine."""

    def __call__(self, ask: Ask) -> Ask:
        """Register a function; its name says what is asked."""
        name = ask.__name__.replace("_", " ")
        if name in self:
            raise ValueError(f"Two questions ask {name}")
        self[name] = ask
        return ask


def answer(ask: Ask, engine: Engine) -> Any:
    """What the engine gives, scrubbed: a value, or the error that it raises."""
    scrub = Scrubber()
    try:
        return scrub(ask(engine))
    except Exception as error:
        return scrub.error(error)
