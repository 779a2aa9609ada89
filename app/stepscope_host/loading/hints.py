"""What to do about imports that fail in a project, which its langgraph.json may be to blame for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from stepscope_host.failures import LoadFailed
from stepscope_host.loading.installing import is_file
from stepscope_host.loading.project import Project


@contextlib.contextmanager
def for_imports(project: Project | None, path: Path | None = None) -> Iterator[None]:
    """Let a LoadFailed over an import say what to write in the project; `path` is the file that runs."""
    try:
        yield
    except LoadFailed as problem:
        cause, hint = problem.__cause__, ""
        if project is not None and isinstance(cause, ModuleNotFoundError) and cause.name:
            hint = missing_module(cause.name.partition(".")[0], project)
        elif project is not None and isinstance(cause, ImportError) and "relative import" in str(cause):
            hint = "" if path is None else _as_module(path, project)
        problem.failure["remedy"] = hint or problem.failure["remedy"]
        raise


def missing_module(name: str, project: Project) -> str:
    """What to do about a module that lies in a folder of the project that is not searched, or "".

    The commonest is ``src``, whose packages are only found when they are installed.
    """
    for folder in sorted(project.folder.glob("*/")):
        if folder in project.local_folders or folder.name.startswith((".", "__")):
            continue
        if is_file(folder / name / "__init__.py") or is_file(folder / f"{name}.py"):
            return (
                f'{name} lies in {folder.name}: add "./{folder.name}" to the dependencies in '
                f"{project.file.name}, or install the project itself."
            )
    return ""


def _as_module(path: Path, project: Project) -> str:
    """How langgraph.json would name a file in a package, by whose name its relative imports are found."""
    inner = [path.relative_to(folder) for folder in project.local_folders if path.is_relative_to(folder)]
    in_packages = [place for place in inner if len(place.parts) > 1]
    if not in_packages:
        return ""
    shortest = min(in_packages, key=lambda place: len(place.parts))
    dotted = ".".join(shortest.with_suffix("").parts)
    return f'Name it as a module in {project.file.name}: "{dotted}:name" in place of its path.'
