"""A project as its langgraph.json describes it: its graphs, and what they find around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE_NAME = "langgraph.json"

_JAVASCRIPT = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")


@dataclass(frozen=True)
class Reference:
    """``"path/file.py:name"`` or ``"package.module:name"``, split."""

    place: str
    name: str

    @property
    def is_path(self) -> bool:
        return "/" in self.place or "\\" in self.place or self.place.endswith(".py")

    @property
    def is_javascript(self) -> bool:
        return self.place.endswith(_JAVASCRIPT)

    def __str__(self) -> str:
        return f"{self.place}:{self.name}"


@dataclass(frozen=True)
class Entry:
    """A graph of a project. `where` is its line of langgraph.json."""

    id: str
    reference: Reference
    description: str
    where: dict[str, Any]


@dataclass(frozen=True)
class Project:
    """`file` is the real path of the langgraph.json; `env` holds variables, or the path of a dotenv file."""

    file: Path
    entries: Mapping[str, Entry]
    dependencies: tuple[str, ...] = ()
    env: Mapping[str, str] | str = field(default_factory=dict)
    python_version: str = ""
    uv_root: str | None = None
    checkpointer: Reference | None = None
    warnings: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        return self.file.parent

    @property
    def target(self) -> str:
        """What opens the project again."""
        return str(self.folder if self.file.name == FILE_NAME else self.file)

    @property
    def local_folders(self) -> tuple[Path, ...]:
        """The folders that are searched for modules: the project's own and those of its dependencies."""
        local = (self.folder / text for text in self.dependencies if is_local(text))
        folders = (self.folder, *(path.resolve() for path in local if path.is_dir()))
        return tuple(dict.fromkeys(folders))

    def entries_of(self, file: Path) -> list[Entry]:
        """The entries whose graphs lie in a file, given by its real path."""
        return [entry for entry in self.entries.values() if self._lies_in(entry.reference, file)]

    def _lies_in(self, reference: Reference, file: Path) -> bool:
        if reference.is_path:
            return (self.folder / reference.place).resolve() == file
        inner = Path(*reference.place.split("."))
        places = (inner.with_suffix(".py"), inner / "__init__.py")
        return any((folder / place).resolve() == file for folder in self.local_folders for place in places)


def is_local(dependency: str) -> bool:
    """True for a dependency that is a path and no name of something to install."""
    return dependency.startswith(".") or Path(dependency).is_absolute()
