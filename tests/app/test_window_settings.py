"""What is remembered between two starts, and whose code may run."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from stepscope.run.settings import LONGEST_INPUT, RECENT_TARGETS, REMEMBERED_INPUTS, Settings
from stepscope.window.trust import Trust, file_of, source_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.ini"


def reopened(settings: Settings, path: Path) -> Settings:
    settings.save()
    return Settings(path)


def test_nothing_is_known_at_the_first_start(path: Path) -> None:
    settings = Settings(path)

    assert (settings.scheme, settings.layout, settings.recent, settings.trusted) == ("system", None, [], [])


def test_what_was_set_is_there_after_a_restart(path: Path) -> None:
    settings = Settings(path)
    settings.scheme = "dark"
    settings.layout = (QByteArray(b"\x00\xff geometry"), QByteArray(b"state"))
    settings.add_recent("/a b/ü.py:graph")
    settings.remember_input("/a.py:graph", '{"x": "ü, ;\\n"}')

    after = reopened(settings, path)

    assert after.scheme == "dark"
    assert after.layout == (QByteArray(b"\x00\xff geometry"), QByteArray(b"state"))
    assert after.recent == ["/a b/ü.py:graph"]
    assert after.input_of("/a.py:graph") == '{"x": "ü, ;\\n"}'
    assert after.input_of("/b.py:graph") is None


def test_the_newest_recent_file_stands_first_and_only_once(path: Path) -> None:
    settings = Settings(path)
    for number in range(RECENT_TARGETS + 3):
        settings.add_recent(f"{number}.py")
    settings.add_recent("8.py")

    assert settings.recent[:3] == ["8.py", "12.py", "11.py"]
    assert len(settings.recent) == RECENT_TARGETS


def test_only_so_many_inputs_of_reasonable_size_are_kept(path: Path) -> None:
    settings = Settings(path)
    for number in range(REMEMBERED_INPUTS + 1):
        settings.remember_input(str(number), "{}")
    settings.remember_input("huge", "x" * (LONGEST_INPUT + 1))

    assert settings.input_of("0") is None
    assert settings.input_of("1") == "{}"
    assert settings.input_of("huge") is None


@pytest.mark.parametrize(
    "garbage", ["scheme=\x00\x01", "recent={{", "[%General]\nrecent=7\ninputs=[]", "\ufeff"]
)
def test_a_damaged_file_is_as_good_as_none(path: Path, garbage: str) -> None:
    path.write_text(garbage)

    settings = Settings(path)

    assert settings.recent == []
    assert settings.input_of("a") is None


def test_a_folder_is_trusted_under_its_real_path_only_and_not_those_in_it(path: Path, tmp_path: Path) -> None:
    project, inner = tmp_path / "project", tmp_path / "project" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "link").symlink_to(project)
    trust = Trust(Settings(path), ())
    target = source_of(f"{tmp_path / 'link' / 'a.py'}:graph")

    assert not trust.covers(target)
    trust.add(target)

    assert trust.covers(source_of(str(project / "b.py")))
    assert not trust.covers(source_of(str(inner / "c.py")))
    assert not trust.covers(source_of(str(tmp_path / "d.py")))


def test_the_bundled_examples_are_trusted(path: Path, tmp_path: Path) -> None:
    trust = Trust(Settings(path), (tmp_path,))

    assert trust.covers(source_of(str(tmp_path / "joke.py")))


@pytest.mark.parametrize(
    ("target", "file"),
    [
        ("a/b.py", "a/b.py"),
        ("a/b.py:graph", "a/b.py"),
        ("b.py:make_graph", "b.py"),
        ("package.module:graph", None),
        ("package", None),
    ],
)
def test_a_target_s_file_is_told_from_a_module(target: str, file: str | None) -> None:
    assert file_of(target) == (None if file is None else Path(file))


def test_finding_a_module_s_folder_runs_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "trap_package"
    package.mkdir()
    (package / "__init__.py").write_text("raise AssertionError('it ran')")
    monkeypatch.chdir(tmp_path)

    source = source_of("trap_package.graphs:graph")

    assert source.folder == package.resolve()
    assert source.what == "trap_package.graphs"
