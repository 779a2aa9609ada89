"""What opening a file tells: the graphs in it, the shape of the chosen one, and what its input looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stepscope.model.events import Failure, Plain
from stepscope.model.topology import Topology


@dataclass(frozen=True)
class Program:
    """A loaded graph.

    `target` names it again (``/path/file.py:graph``); `choices` are the names of all graphs in the
    same place; `input` is a value to start from: the file's own `inputs`, else the schema's skeleton;
    `warnings` say in words what could not be found out. `python` is the path of the interpreter that runs
    it, and `versions` holds its version and its packages': ``{"Python": "3.11.7", "langgraph": "1.2.22"}``.
    `sources` are the files of the person's own code that were read. An outline is what the source alone
    tells: nothing of it has run, and it cannot be run. `project` is the folder of the project that the graph
    runs as a part of, "" for a file by itself.
    """

    target: str
    path: str
    name: str
    choices: tuple[str, ...]
    engine: str
    topology: Topology
    input_schema: Mapping[str, Any]
    input: Plain
    warnings: tuple[str, ...] = ()
    context_schema: Mapping[str, Any] = field(default_factory=dict)
    python: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    is_outline: bool = False
    project: str = ""

    def neighbour(self, name: str) -> str:
        """The target of another of the `choices`."""
        return f"{self.target.removesuffix(f':{self.name}')}:{name}"

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> Program:
        shape = plain["topology"]  # in columns where it has come a long way
        return Program(
            plain["target"],
            plain["path"],
            plain["name"],
            tuple(plain["choices"]),
            plain["engine"],
            Topology.from_columns(shape) if "names" in shape else Topology.from_plain(shape),
            plain["input_schema"],
            plain["input"],
            tuple(plain.get("warnings", ())),
            plain.get("context_schema", {}),
            plain.get("python", ""),
            plain.get("versions", {}),
            tuple(plain.get("sources", ())),
            plain.get("is_outline", False),
            plain.get("project", ""),
        )


class OpenFailed(Exception):
    """A target that could not be opened. `failure` says why.

    `choices` are names to pick one from, and `descriptions` tell of some of them what they stand for.
    `sources` are the files of the person's own code that were read until then.
    """

    def __init__(
        self,
        failure: Failure,
        choices: tuple[str, ...] = (),
        descriptions: Mapping[str, str] | None = None,
        sources: tuple[str, ...] = (),
    ) -> None:
        super().__init__(failure.headline)
        self.failure = failure
        self.choices = choices
        self.descriptions = dict(descriptions or {})
        self.sources = sources

    @staticmethod
    def from_plain(reply: Mapping[str, Any]) -> OpenFailed:
        return OpenFailed(
            Failure.from_plain(reply["failure"]),
            tuple(reply["choices"]),
            reply.get("descriptions", {}),
            tuple(reply.get("sources", ())),
        )
