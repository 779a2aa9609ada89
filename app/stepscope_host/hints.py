"""Where a missing module of a project may lie: packages in ``src`` are only found when they are installed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from stepscope_host.failures import LoadFailed
from stepscope_host.project import Project


@contextlib.contextmanager
def for_missing_modules(project: Project | None) -> Iterator[None]:
    """Let a LoadFailed over a module that lies elsewhere in the project say so."""
    try:
        yield
    except LoadFailed as problem:
        cause = problem.__cause__
        if project is not None and isinstance(cause, ModuleNotFoundError) and cause.name:
            hint = missing_module(cause.name.partition(".")[0], project)
            problem.failure["remedy"] = hint or problem.failure["remedy"]
        raise


def missing_module(name: str, project: Project) -> str:
    """What to do about a module that lies in a folder of the project that is not searched, or ""."""
    for folder in sorted(project.folder.glob("*/")):
        if folder in project.local_folders or folder.name.startswith((".", "__")):
            continue
        if (folder / name / "__init__.py").is_file() or (folder / f"{name}.py").is_file():
            return (
                f'{name} lies in {folder.name}: add "./{folder.name}" to the dependencies in '
                f"{project.file.name}, or install the project itself."
            )
    return ""
