"""A project as its langgraph.json describes it: its graphs, and what they find around them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stepscope_host.loading.installing import is_folder

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
        folders = (self.folder, *(_real(path) for path in local if is_folder(path)))
        return tuple(dict.fromkeys(folders))

    def entries_of(self, file: Path) -> list[Entry]:
        """The entries whose graphs lie in a file, given by its real path."""
        return [entry for entry in self.entries.values() if file in self.files_of(entry.reference)]

    def files_of(self, reference: Reference) -> Iterator[Path]:
        """The real paths of the files that a reference may mean, whether or not they are there."""
        if reference.is_path:
            yield _real(self.folder / reference.place)
            return
        inner = Path(*reference.place.split("."))
        for folder in self.local_folders:
            for place in (inner.with_suffix(".py"), inner / "__init__.py"):
                yield _real(folder / place)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # which links that lead in a circle are no reason for to raise


def is_local(dependency: str) -> bool:
    """True for a dependency that is a path and no name of something to install."""
    return dependency.startswith(".") or Path(dependency).is_absolute()
