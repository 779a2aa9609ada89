"""Which nodes a few typed letters mean: a topology in, keys out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from stepscope.model.topology import NodeKey, name_text

_BETWEEN = re.compile(r"\s*(?:›|/|\.)\s*")


class Finder:
    """Looks through the names and paths of nodes, in the order in which they were given."""

    def __init__(self, keys: Iterable[NodeKey]) -> None:
        # A name may hold a dot or a slash itself: both sides are read alike, so it is still found.
        self._paths = [(key, _path("›".join(map(name_text, key)))) for key in keys]

    def matches(self, text: str) -> Sequence[NodeKey]:
        """The nodes whose name, or the path to it, has the text in it, whatever the case.

        Text with a separator is looked for in whole paths, text without one in names alone: a subgraph's name
        would else find all that is in it.
        """
        wanted = _path(text.strip())
        if not wanted.strip("›"):
            return []
        if "›" in wanted:
            return [key for key, path in self._paths if wanted in path]
        return [key for key, path in self._paths if wanted in path[path.rfind("›") + 1 :]]


def _path(text: str) -> str:
    return _BETWEEN.sub("›", text).casefold()
