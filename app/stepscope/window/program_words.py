"""What is open, in words: the engine, its Python, and where that comes from."""

from __future__ import annotations

import platform
from pathlib import Path

from stepscope.model.program import Program
from stepscope.session.interpreters import Choice
from stepscope.session.interpreters.machine import OWN
from stepscope.session.own_python import own_python

_ENGINES = {"langgraph": "LangGraph"}


def place_of(program: Program) -> str:
    """What holds the graph, in a word or two: its file, the project, or the project with a file of it."""
    file = Path(program.path).name or program.target
    if not program.project:
        return file
    project = Path(program.project).name
    is_by_id = program.target != f"{program.path}:{program.name}"
    return project if is_by_id else f"{project}  ›  {file}"


def belongs(program: Program) -> str:
    """What it means for the graph that it runs as a part of a project."""
    if not program.project:
        return f"The open graph, of {program.path}"
    return f"The open graph runs as its project does: in {program.project}, with its env and dependencies"


def runs_with(program: Program, choice: Choice | None) -> str:
    """``LangGraph 1.2.22 · Python 3.11.7 · .venv``."""
    name, _, version = program.engine.partition(" ")
    engine = f"{_ENGINES.get(name, name)} {version}".strip()
    if program.is_outline:
        return engine
    chosen = choice.interpreter.version if choice is not None and _is_chosen(program, choice) else ""
    python = program.versions.get("Python") or chosen or platform.python_version()
    return " · ".join((engine, f"Python {python}", _origin(program, choice)))


def why(program: Program, choice: Choice | None) -> str:
    """Which Python that is exactly, and why this one."""
    if program.is_outline:
        return "It is only looked at, which takes no Python."
    words = [program.python or own_python()]
    if choice is not None and _is_chosen(program, choice):
        words.append(choice.reason)
    return "\n".join(words)


def _origin(program: Program, choice: Choice | None) -> str:
    if choice is not None and _is_chosen(program, choice):
        return choice.interpreter.kind.removeprefix("project ").partition(" by ")[0]
    if program.python in ("", own_python()):
        return OWN
    return Path(program.python).parent.parent.name


def _is_chosen(program: Program, choice: Choice) -> bool:
    """False where the session runs everything in one Python, whatever was chosen."""
    return program.python == choice.interpreter.path
