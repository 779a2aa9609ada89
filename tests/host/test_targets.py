"""What a target names is told by looking at it, and at what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepscope_host.loading.targets import is_path, split


@pytest.fixture(autouse=True)
def standing_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bot").mkdir()
    (tmp_path / "odd:name").mkdir()
    (tmp_path / "a.py").touch()
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("target", "place", "name"),
    [
        ("a.py", "a.py", None),
        ("a.py:graph", "a.py", "graph"),
        ("gone.py:graph", "gone.py", "graph"),
        ("package.module:graph", "package.module", "graph"),
        ("package.module", "package.module", None),
        ("C:\\graphs\\a.py", "C:\\graphs\\a.py", None),
        ("C:\\graphs\\a.py:graph", "C:\\graphs\\a.py", "graph"),
        ("a.py:agent.graph", "a.py", "agent.graph"),
        ("package.module:agent.graph", "package.module", "agent.graph"),
        ("C:a.py", "C:a.py", None),
        ("C:a.py:agent.graph", "C:a.py", "agent.graph"),
        ("bot", "bot", None),
        ("bot:web-search", "bot", "web-search"),
        ("bot:of: two: words", "bot", "of: two: words"),
        ("bot/langgraph.json:web-search", "bot/langgraph.json", "web-search"),
        ("gone/langgraph.json:v1.2", "gone/langgraph.json", "v1.2"),
        ("odd:name", "odd:name", None),
        ("odd:name:chat", "odd:name", "chat"),
        ("~nobody-at-all/a.py", "~nobody-at-all/a.py", None),
        ("a\0b", "a\0b", None),
    ],
)
def test_a_target_is_split_into_its_place_and_a_name(target: str, place: str, name: str | None) -> None:
    assert split(target) == (place, name)


@pytest.mark.parametrize(
    ("place", "is_meant"),
    [("bot", True), ("a/b", True), ("a.py", True), ("b.json", True), ("a.b", False), ("my-file", True)],
)
def test_a_path_is_told_from_a_module(place: str, is_meant: bool) -> None:
    assert is_path(place) is is_meant
