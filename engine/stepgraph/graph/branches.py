"""Conditional edges: a path function, what it may return, and the names it stands for."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from stepgraph.constants import END, START
from stepgraph.errors import InvalidUpdateError, did_you_mean
from stepgraph.graph.calls import Call, return_type
from stepgraph.graph.schema import Reader, Schema
from stepgraph.types import Send


@dataclass(frozen=True)
class BranchSpec:
    """A path as it was added.

    `ends` maps what the path returns to nodes; None lets it return nodes itself. `input_schema` is what its
    first parameter is annotated with, or None.
    """

    name: str
    call: Call
    ends: Mapping[Hashable, str] | None
    input_schema: Schema | None = None


@dataclass(frozen=True)
class Branch:
    """A path, ready to be asked.

    `sees_returned`: it is shown the keys its node returned, too, where `read` does not give them.
    """

    source: str
    call: Call
    ends: Mapping[Hashable, str] | None
    read: Reader
    sees_returned: bool

    def targets(self, answer: Any) -> list[str | Send]:
        """Where to go, given what the path returned.

        Raises KeyError for an answer that `ends` does not have, ValueError for one that is no destination,
        InvalidUpdateError for a Send to END.
        """
        if not isinstance(answer, (list, tuple)):
            target = self._target(answer)
            return [] if target == END else [target]
        return [target for target in map(self._target, answer) if target != END]

    def _target(self, answer: Any) -> Any:
        target = answer if self.ends is None or isinstance(answer, Send) else self._end(answer)
        self._check(target)
        return target

    def _end(self, answer: Hashable) -> str:
        assert self.ends is not None
        try:
            return self.ends[answer]
        except (KeyError, TypeError):
            hint = (
                did_you_mean(answer, map(str, self.ends))
                or "Return one of these, or add it to the path_map or Literal."
            )
            raise KeyError(
                f"The path {self.call.name!r} of node {self.source!r} returned {answer!r}, which is not one "
                f"of {list(self.ends)!r}. {hint}"
            ) from None

    def _check(self, target: Any) -> None:
        if type(target) is str and target != START:
            return
        if isinstance(target, Send):
            if target.node == END:
                raise InvalidUpdateError(
                    f"The path {self.call.name!r} of node {self.source!r} returned {target!r}, but nothing "
                    "can be sent to END. Return END itself to stop."
                )
        elif not isinstance(target, str) or target == START:
            raise ValueError(
                f"The path {self.call.name!r} of node {self.source!r} did not return a valid destination, "
                f"but {target!r}. Return a node's name, END, a Send, or a list of these."
            )


def declared_ends(
    path: Any, path_map: Mapping[Hashable, str] | Iterable[str] | None
) -> Mapping[Hashable, str] | None:
    """What a path may return: from its path_map, or else from a return annotation with Literal."""
    if isinstance(path_map, Mapping):
        return dict(path_map)
    if path_map is not None:
        return {name: name for name in path_map}
    names = _literals(return_type(path))
    return {name: name for name in names} if names else None


def command_ends(action: Any) -> tuple[str, ...]:
    """The nodes in a return annotation `Command[Literal["a", "b"]]`, also within a union."""
    from stepgraph.types import Command

    found: list[str] = []
    annotation = return_type(action)
    for part in [annotation, *get_args(annotation)]:
        if get_origin(part) is Command:
            found.extend(_literals(get_args(part)[0]))
    return tuple(found)


def _literals(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) is Literal else ()
