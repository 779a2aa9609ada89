"""Whether a dependency is there is told by its name, or by the address that it was installed from."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from stepscope_host.loading.installed import is_installed


@pytest.fixture(autouse=True)
def from_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution called differently from its repository."""
    record = tmp_path / "its_name-1.0.dist-info"
    record.mkdir()
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: its-name\nVersion: 1.0\n")
    address = {"url": "https://host/owner/repository.git", "vcs_info": {"vcs": "git", "commit_id": "0"}}
    (record / "direct_url.json").write_text(json.dumps(address))
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])


@pytest.mark.parametrize(
    ("requirement", "is_there"),
    [
        ("pytest", True),
        ("PyTest [extra] >=1,<99", True),
        ("its.name", True),
        ("no-such-thing>=1", False),
        ("pytest @ https://host/pytest.whl", True),
        ("no-such-thing @ git+https://host/pytest", False),
        ("git+https://host/owner/pytest.git@v1", True),
        ("git+https://host/x.git#egg=pytest", True),
        ("git+https://host/pytest.git#subdirectory=a&egg=no-such-thing", False),
        ("git+https://host/owner/repository@main", True),
        ("git+ssh://git@host/owner/other.git", False),
        ('no-such-thing; python_version < "3"', True),
    ],
)
def test_a_requirement_is_looked_for(requirement: str, is_there: bool) -> None:
    assert is_installed(requirement) is is_there
