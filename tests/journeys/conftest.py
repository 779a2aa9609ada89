"""Journeys start from a window with settings of its own and a folder for the person's files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from textwrap import dedent

import pytest
from tests.kit.window_probe import WindowProbe, a_window


@pytest.fixture
async def window(tmp_path: Path) -> AsyncIterator[WindowProbe]:
    async with a_window(tmp_path) as window:
        yield window


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def file(project: Path) -> Callable[[str, str], Path]:
    """Writes a file of the person's: ``file("name.py", code)``."""

    def write(name: str, code: str) -> Path:
        path = project / name
        path.write_text(dedent(code), encoding="utf-8")
        return path

    return write
