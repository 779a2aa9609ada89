"""What one caller of a run wants to see of it: which chunks, and in which envelope each comes.

Version v1 has four envelopes, according to how the modes were asked for. v2 has one: a part, which is a dict
of `type`, `ns` and `data`, and for values also `interrupts`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Any, Final, get_args

from stepgraph.constants import INTERRUPT, START
from stepgraph.errors import did_you_mean
from stepgraph.graph.schema import Schema
from stepgraph.types import Namespace, StreamMode

MODES: Final[tuple[str, ...]] = (*get_args(StreamMode), "tools")

StreamModes = str | Iterable[str]
Envelope = Callable[[Namespace, str, Any], Any]
Whole = tuple[Namespace, str, Any]
"""A chunk with all that is known of it."""


def read_modes(stream_mode: StreamModes, option: str = "stream_mode") -> frozenset[str]:
    """The modes asked for. Raises ValueError for one that does not exist."""
    modes = frozenset([stream_mode] if isinstance(stream_mode, str) else stream_mode)
    for mode in sorted(map(str, modes.difference(MODES))):
        hint = did_you_mean(mode, MODES) or f"The modes are {', '.join(MODES)}."
        raise ValueError(f"{option} {mode!r} does not exist. {hint}")
    return modes


def read_version(version: str) -> bool:
    """Whether parts were asked for. Raises ValueError for a version that does not exist."""
    if version not in ("v1", "v2"):
        raise ValueError(f"version {version!r} does not exist: there are 'v1' and 'v2'.")
    return version == "v2"


@dataclass(frozen=True, slots=True)
class View:
    """`modes` are yielded, `printed` are printed; `reported` are both.

    `eager` chunks are handed over while a node runs, in every mode.
    """

    modes: frozenset[str]
    envelope: Envelope
    subgraphs: bool = False
    eager: bool = False
    printed: frozenset[str] = frozenset()

    @property
    def reported(self) -> frozenset[str]:
        return self.modes | self.printed

    @property
    def is_plain(self) -> bool:
        """Whether chunks can be put into their envelopes at once: nothing is printed, nothing can fail."""
        return not self.printed and not (isinstance(self.envelope, Parts) and self.envelope.may_fail)

    def shown(self, chunks: Generator[Whole, None, None]) -> Generator[Any, None, None]:
        """Whole chunks, printed and in their envelopes."""
        modes, envelope = self.modes, self.envelope
        try:
            for namespace, mode, data in chunks:
                if mode in self.printed:
                    self._print(namespace, mode, data)
                if mode in modes:
                    yield envelope(namespace, mode, data)
        finally:
            chunks.close()

    async def ashown(self, chunks: AsyncGenerator[Whole, None]) -> AsyncGenerator[Any, None]:
        """`shown()` on the event loop."""
        modes, envelope = self.modes, self.envelope
        try:
            async for namespace, mode, data in chunks:
                if mode in self.printed:
                    self._print(namespace, mode, data)
                if mode in modes:
                    yield envelope(namespace, mode, data)
        finally:
            await chunks.aclose()

    def _print(self, namespace: Namespace, mode: str, data: Any) -> None:
        graph = f"\x1b[1;30;33m[graph={namespace}]\x1b[0m " if namespace and self.subgraphs else ""
        # In one piece, so that lines of graphs in several threads do not run into one another.
        print(f"\x1b[1m[{mode}]\x1b[0m {graph}{data!r}\n", end="")


def whole(namespace: Namespace, mode: str, data: Any) -> Whole:
    """The envelope of chunks that are still to be shown."""
    return namespace, mode, data


def envelope(labelled: bool, subgraphs: bool) -> Envelope:
    """Version v1's: the data alone, or after the mode it came from and the graph it is of."""
    return _ENVELOPES[labelled, subgraphs]


_ENVELOPES: Final[dict[tuple[bool, bool], Envelope]] = {
    (False, False): lambda namespace, mode, data: data,
    (True, False): lambda namespace, mode, data: (mode, data),
    (False, True): lambda namespace, mode, data: (namespace, data),
    (True, True): whole,
}


@dataclass(frozen=True, slots=True)
class Parts:
    """Version v2's envelope. The state becomes an instance of its schema, if that is a dataclass or model."""

    state: Schema
    output: Schema

    @property
    def may_fail(self) -> bool:
        """Whether instances are made, which their class may refuse; the caller is to hear of it, no node."""
        return not {"pydantic", "dataclass"}.isdisjoint((self.state.kind, self.output.kind))

    def __call__(self, namespace: Namespace, mode: str, data: Any) -> dict[str, Any]:
        if mode == "values":
            value, interrupts = self.value(data)
            return {"type": mode, "ns": namespace, "data": value, "interrupts": interrupts}
        if mode == "checkpoints":
            data = self._checkpoint(data)
        elif mode == "debug" and data["type"] == "checkpoint":
            data = {**data, "payload": self._checkpoint(data["payload"])}
        return {"type": mode, "ns": namespace, "data": data}

    def value(self, data: Any) -> tuple[Any, tuple[Any, ...]]:
        """A `values` payload as the output itself, and the interrupts that were in it."""
        interrupts: tuple[Any, ...] = ()
        if isinstance(data, dict) and INTERRUPT in data:
            data = dict(data)
            interrupts = tuple(data.pop(INTERRUPT))
        return _instance(self.output, data), interrupts

    def _checkpoint(self, payload: dict[str, Any]) -> dict[str, Any]:
        if START in payload["next"]:  # The state is not there yet, and might not satisfy its schema.
            return payload
        return {**payload, "values": _instance(self.state, payload["values"])}


def _instance(schema: Schema, data: Any) -> Any:
    if not isinstance(data, dict):
        return data
    if schema.kind == "pydantic":
        return schema.source(**data)
    if schema.kind == "dataclass":
        # Keys that only some nodes know are no fields of the class; a pydantic model passes over them itself.
        return schema.source(**{key: value for key, value in data.items() if key in schema.channels})
    return data
