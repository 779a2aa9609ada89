"""What tests of sessions have in common; a test that says otherwise has a fixture of its own."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from tests.kit.session_programs import PREAMBLE, Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a program that begins with PREAMBLE, and returns its path."""

    def write(text: str) -> str:
        path = tmp_path / "program.py"
        path.write_text(PREAMBLE + textwrap.dedent(text))
        return str(path)

    return write
