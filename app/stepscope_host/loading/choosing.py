"""Which graph is meant, of those in a module or a project, and words for when that cannot be told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from stepscope_host.failures import LoadFailed, did_you_mean, failure
from stepscope_host.loading import finding
from stepscope_host.loading.installing import is_file, is_folder
from stepscope_host.loading.project import Entry, Project, Reference


@dataclass(frozen=True)
class Choice:
    """A name in a module and what stands behind it; `names` are all that could have been chosen."""

    name: str
    value: Any
    names: tuple[str, ...]


def in_module(module: ModuleType, wanted: str | None, path: Path) -> Choice:
    """What a name means in a module, or the one graph that can be meant. Raises LoadFailed."""
    found = finding.graphs(module)
    if wanted is None:
        candidates = finding.outermost(found)
        if not candidates:
            raise LoadFailed(_nothing_found(module, path))
        if len(candidates) > 1:
            raise LoadFailed(_several(path.name, path.name, tuple(candidates)), found)
        wanted = next(iter(candidates))
    value = finding.value_of(module, wanted, _ABSENT)
    if value is _ABSENT:
        raise LoadFailed(unknown_name(module, wanted, path), found)
    return Choice(wanted, value, tuple(found) if wanted in found else (wanted, *found))


def in_project(project: Project, wanted: str | None) -> Entry:
    """The entry with an id, or the only one that can be meant. Raises LoadFailed."""
    ids = python_ids(project)
    descriptions = {id: project.entries[id].description for id in ids if project.entries[id].description}
    if wanted is None and len(ids) > 1:
        raise LoadFailed(_several(project.file.name, project.target, ids), ids, descriptions)
    wanted = wanted if wanted is not None else next(iter(ids or project.entries))
    entry = project.entries.get(wanted)
    if entry is None:
        hint = did_you_mean(wanted, project.entries).strip()
        told = f"{hint} Graphs in it: {', '.join(ids)}.".strip()
        problem = failure("UnknownName", f"There is no graph {wanted!r} in {project.file.name}.", told)
        raise LoadFailed(problem, ids, descriptions)
    if entry.reference.is_javascript:
        raise LoadFailed(
            failure(
                "NotPython",
                f"The graph {entry.id!r} is JavaScript ({entry.reference.place}), which does not run here.",
                f"Open one that is written in Python: {', '.join(ids)}."
                if ids
                else "Open a graph in Python.",
                entry.where,
            )
        )
    return entry


def file_of(reference: Reference, project: Project) -> Path:
    """The file that a reference by path means. Raises LoadFailed when it is not there."""
    [path] = project.files_of(reference)
    if is_file(path):
        return path
    names = [file.name for file in path.parent.glob("*.py")] if is_folder(path.parent) else []
    raise LoadFailed(
        failure(
            "FileNotFoundError",
            f"{project.file.name} names {reference.place}, and there is no such file in {project.folder}.",
            did_you_mean(path.name, names).strip(),
        )
    )


def python_ids(project: Project) -> tuple[str, ...]:
    """The ids of the graphs that can be opened."""
    return tuple(entry.id for entry in project.entries.values() if not entry.reference.is_javascript)


def unknown_name(module: ModuleType, name: str, path: Path) -> dict[str, Any]:
    """The failure of a name that a module does not have."""
    found = finding.graphs(module)
    graphs = f" Graphs in it: {', '.join(found)}." if found else ""
    hint = did_you_mean(name, found or vars(module)).strip()
    return failure("UnknownName", f"There is no {name!r} in {path.name}.", f"{hint}{graphs}".strip())


_ABSENT = object()


def _nothing_found(module: ModuleType, path: Path) -> dict[str, Any]:
    names = [name for name in vars(module) if not name.startswith("_")]
    has = f"It has: {', '.join(names[:20])}{', …' if len(names) > 20 else ''}." if names else "It is empty."
    return failure(
        "NoGraph",
        f"There is no graph in {path.name}.",
        "Looked at its top level for a compiled graph, a StateGraph, an object that holds one, and a "
        "function called graph or make_graph, or annotated to return one, that takes nothing but a config "
        f"and a runtime. {has}",
    )


def _several(place: str, target: str, names: tuple[str, ...]) -> dict[str, Any]:
    return failure(
        "SeveralGraphs",
        f"There are {len(names)} graphs in {place}: {', '.join(names)}.",
        f"Say which: {target}:{names[0]}",
    )
