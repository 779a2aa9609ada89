"""Looking at a target: from its source to what the window shows in place of a loaded graph."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from stepscope_host import inputs
from stepscope_host.failures import LoadFailed, failure
from stepscope_host.loading import langgraph_json, targets
from stepscope_host.loading.choosing import file_of, in_project, python_ids
from stepscope_host.loading.project import Project
from stepscope_host.outline import choosing, drawing, words
from stepscope_host.outline.draft import TooLong
from stepscope_host.outline.schemas import Schemas
from stepscope_host.outline.source import read, too_deep
from stepscope_host.outline.values import is_known
from stepscope_host.outline.walk import Walk


def look(target: str) -> dict[str, Any]:
    """What a target's source says: ``{"opened": {...}}`` as loading gives it, or ``{"failure", "choices"}``.

    Nothing is imported and nothing is run.
    """
    try:
        place, name = targets.split(target)
        if targets.is_project(place):
            return {"opened": _opened_of_project(langgraph_json.read(targets.project_file(place)), name)}
        if targets.is_path(place):
            return {"opened": _opened_of_file(targets.existing_file(place), name)}
        return {"opened": _opened(_module_file(place), place, name)}
    except LoadFailed as problem:
        return {
            "failure": problem.failure,
            "choices": list(problem.choices),
            "descriptions": problem.descriptions,
        }


def _opened_of_file(path: Path, wanted: str | None) -> dict[str, Any]:
    """A file runs as a part of the project that lists it, which the window shows."""
    opened = _opened(path, str(path), wanted)
    project, warnings = langgraph_json.around(path)
    if project is not None:
        opened["project"] = str(project.folder)
        opened["sources"] = [str(project.file), *opened["sources"]]
    return {**opened, "warnings": [*opened["warnings"], *warnings]}


def _opened_of_project(project: Project, wanted: str | None) -> dict[str, Any]:
    entry = in_project(project, wanted)
    reference = entry.reference
    if reference.is_path:
        path = file_of(reference, project)
    else:
        path = _file_among(project.files_of(reference), reference.place, str(project.folder))
    opened = _opened(path, str(path), reference.name)
    outside = [] if path.is_relative_to(project.folder) else [words.OUTSIDE.format(path.name, path.parent)]
    return {
        **opened,
        "target": f"{project.target}:{entry.id}",
        "name": entry.id,
        "choices": list(python_ids(project)),
        "sources": [str(project.file), *opened["sources"]],
        "project": str(project.folder),
        "warnings": [*opened["warnings"], *outside],
    }


def _opened(path: Path, where: str, wanted: str | None) -> dict[str, Any]:
    source = read(path)
    walk = Walk(path.stem)
    try:
        walk.run(source.tree)
        choice = choosing.choose(walk, wanted, path)
        return {
            "target": f"{where}:{choice.name}",
            "path": str(path),
            "name": choice.name,
            "choices": list(choice.names),
            "sources": [str(path)],
            "is_outline": True,
            **_graph(choice, walk),
        }
    except TooLong as too_long:
        message = f"{path.name} says too much to be looked at."
        raise LoadFailed(failure("TooLong", message, choosing.LOAD)) from too_long
    except RecursionError as error:
        raise LoadFailed(too_deep(path)) from error


def _graph(choice: choosing.Choice, walk: Walk) -> dict[str, Any]:
    drafts = list(drawing.nested(choice.draft, choosing.inner_graph))
    strange = dict.fromkeys(name for draft in drafts for name in drawing.strangers(draft))
    schema = Schemas(walk.annotations, walk.expressions.read).of(choice.draft.state)
    given = walk.scope.names.get("inputs")
    is_given = isinstance(given, dict) and is_known(given)
    return {
        "engine": choice.draft.engine,
        "topology": drawing.topology(choice.draft, choosing.inner_graph),
        "input_schema": schema,
        "input": inputs.as_json(given) if is_given else inputs.skeleton(schema),
        "warnings": [
            words.FIRST,
            *([] if choice.is_called else [words.NOT_CALLED.format(choice.name)]),
            *words.warnings(drafts, strange, walk.tasks),
            *([] if walk.is_whole else [words.NOT_WHOLE]),
        ],
    }


def _module_file(dotted: str) -> Path:
    """The file of a module in the folder that the process stands in, found without importing its packages."""
    inner = Path(*dotted.split("."))
    places = (inner.with_suffix(".py"), inner / "__init__.py", Path("src") / inner.with_suffix(".py"))
    return _file_among(places, dotted, str(Path.cwd()))


def _file_among(places: Iterable[Path], dotted: str, folder: str) -> Path:
    for place in places:
        if place.is_file():
            return place.resolve()
    raise LoadFailed(
        failure(
            "FileNotFoundError",
            f"There is no module {dotted!r} in {folder}.",
            "Name a file to look at. A module that is installed can only be loaded.",
        )
    )
