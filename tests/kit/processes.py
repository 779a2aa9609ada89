"""Programs run by an interpreter of their own, under the drop-in or without it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ENGINE = Path(__file__).parents[2] / "engine"
SITE_PACKAGES = Path(pytest.__file__).parents[1]
DROPIN = ["-m", "stepgraph.dropin"]


@dataclass
class Ran:
    status: int
    out: str
    err: str


def python(*arguments: str, cwd: Path, path: Path = ENGINE, flags: tuple[str, ...] = ()) -> Ran:
    environment = {**os.environ, "PYTHONPATH": str(path), "PYTHONWARNINGS": "error"}
    program = [sys.executable, *flags, *arguments]
    ran = subprocess.run(
        program, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def under_dropin(source: str, folder: Path, **where: Path | tuple[str, ...]) -> Ran:
    """A program that says nothing on stderr, run under the drop-in."""
    (folder / "program.py").write_text(source)
    ran = python(*DROPIN, "program.py", cwd=folder, **where)  # type: ignore[arg-type]
    assert (ran.status, ran.err) == (0, "")
    return ran


def without(folder: Path, *parts: str) -> Path:
    """A copy of what is installed, of links, where `langgraph` has these parts alone."""
    site = folder / "site"
    site.mkdir()
    for entry in SITE_PACKAGES.iterdir():
        if not entry.name.startswith(("langgraph", "stepgraph", "__pycache__")):
            (site / entry.name).symlink_to(entry)
    if parts:
        (site / "langgraph").mkdir()
    for part in parts:
        (site / "langgraph" / part).symlink_to(SITE_PACKAGES / "langgraph" / part)
    (site / "stepgraph").symlink_to(ENGINE / "stepgraph")
    return site
