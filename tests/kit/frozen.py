"""Stands for a frozen app: one file that is started as such an app is, and has no Python to be seen."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

LAUNCHER = f"""#!{sys.executable}
import sys
sys.path[:0] = [{str(ROOT / "engine")!r}, {str(ROOT / "app")!r}]
sys.frozen, sys.executable = True, __file__
from stepscope.__main__ import main
sys.exit(main())
"""


def frozen_app(folder: Path) -> Path:
    """The app's only program, in a folder of its own."""
    app = folder / "stepscope-app" / "stepscope"
    app.parent.mkdir(parents=True)
    app.write_text(LAUNCHER)
    app.chmod(0o755)
    return app


def pretend_to_be(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process pass for the frozen app."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(app))
