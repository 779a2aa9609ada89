"""Options under names that LangGraph gave up: warned of, and taken for what they are called now."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Any

from stepgraph.errors import did_you_mean
from stepgraph.warnings import LangGraphDeprecatedSinceV05, LangGraphDeprecatedSinceV10

Since = type[LangGraphDeprecatedSinceV05] | type[LangGraphDeprecatedSinceV10]

Renames = Mapping[str, tuple[str, Since]]
"""From an old name to the new one, and since when."""


def renamed(
    where: str, given: Mapping[str, Any], renames: Renames, known: Iterable[str] = (), *, depth: int = 2
) -> dict[str, Any]:
    """Options by their present names.

    Raises TypeError, with a suggestion from `known`, for one that never was. `depth` is how many calls away
    the one is who has to be told.
    """
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name not in renames:
            hint = did_you_mean(name, known or renames)
            raise TypeError(f"{where} has no option {name!r}. {hint}".rstrip())
        new, since = renames[name]
        warnings.warn(f"{where}: the option {name!r} is called {new!r} now", since, stacklevel=depth + 1)
        found[new] = value
    return found
