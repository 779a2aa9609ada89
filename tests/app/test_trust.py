"""Whose code may run: which place is asked about, and what trust in it covers."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from stepscope.run.settings import Settings
from stepscope.window.trust import Trust, source_of
from stepscope.window.trust_dialogs import shown


@pytest.fixture
def trust(tmp_path: Path) -> Trust:
    return Trust(Settings(tmp_path / "settings.ini"), ())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "agents" / "deep").mkdir(parents=True)
    return folder.resolve()


def place(path: Path) -> Path | None:
    return source_of(str(path)).place


def test_trust_covers_a_folder_and_all_in_it_and_nothing_beside_it(trust: Trust, project: Path) -> None:
    trust.add(source_of(str(project / "a.py")))

    assert trust.covers(source_of(str(project / "b.py")))
    assert trust.covers(source_of(str(project / "agents" / "deep" / "c.py")))
    assert not trust.covers(source_of(str(project.parent / "d.py")))
    assert not trust.covers(source_of(str(project.parent / "project2" / "e.py")))
    assert not trust.covers(source_of(str(project / ".." / "f.py")))


def test_trust_in_an_inner_folder_does_not_reach_the_one_around_it(trust: Trust, project: Path) -> None:
    trust.add(source_of(str(project / "agents" / "a.py")))

    assert not trust.covers(source_of(str(project / "b.py")))


def test_links_are_followed_both_ways(trust: Trust, project: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(project)
    (tmp_path / "elsewhere").mkdir()
    (project / "out").symlink_to(tmp_path / "elsewhere")

    trust.add(source_of(f"{tmp_path / 'link' / 'a.py'}:graph"))

    assert trust.covers(source_of(str(project / "a.py")))
    assert not trust.covers(source_of(str(project / "out" / "b.py")))


def test_links_in_a_circle_are_no_reason_to_break(trust: Trust, project: Path) -> None:
    (project / "a.py").symlink_to(project / "b.py")
    (project / "b.py").symlink_to(project / "a.py")

    assert not trust.covers(source_of(str(project / "a.py")))


def test_trust_that_is_taken_back_is_gone(tmp_path: Path, project: Path) -> None:
    settings = Settings(tmp_path / "settings.ini")
    trust = Trust(settings, ())
    source = source_of(str(project / "a.py"))
    trust.add(source)
    trust.add(source)

    assert settings.trusted == [str(project)]
    settings.distrust(str(project))

    assert not trust.covers(source)


def test_the_bundled_examples_are_trusted(tmp_path: Path, project: Path) -> None:
    trust = Trust(Settings(tmp_path / "settings.ini"), (project,))

    assert trust.covers(source_of(str(project / "joke.py")))


@pytest.mark.parametrize("marker", ["pyproject.toml", "langgraph.json"])
def test_the_nearest_project_is_what_is_asked_about(project: Path, marker: str) -> None:
    assert place(project / "agents" / "deep" / "a.py") == project / "agents" / "deep"

    (project / marker).touch()
    assert place(project / "agents" / "deep" / "a.py") == project

    (project / "agents" / marker).touch()
    assert place(project / "agents" / "deep" / "a.py") == project / "agents"


def test_a_repository_is_one_project_however_many_are_in_it(project: Path) -> None:
    (project / ".git").touch()  # a file in a worktree, a folder elsewhere
    (project / "agents" / "pyproject.toml").touch()

    assert place(project / "agents" / "deep" / "a.py") == project


@pytest.mark.parametrize("name", [".", "Downloads", "Desktop"])
def test_a_file_where_anything_may_land_is_trusted_alone(
    trust: Trust, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    home = (tmp_path / "home").resolve()
    folder = home / name
    folder.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    (home / ".git").touch()  # of somebody who keeps their settings in a repository
    (folder / "pyproject.toml").touch()
    (folder / "a.py").touch()

    assert place(folder / "a.py") == folder / "a.py"
    assert place(folder) is None
    trust.add(source_of(str(folder / "a.py")))
    trust.add(source_of(str(folder)))

    assert trust.covers(source_of(str(folder / "a.py")))
    assert not trust.covers(source_of(str(folder / "b.py")))
    assert not trust.covers(source_of(str(folder / "project" / "a.py")))


def test_a_file_for_temporary_files_is_trusted_alone() -> None:
    with tempfile.NamedTemporaryFile(suffix=".py") as file:
        path = Path(file.name).resolve()
        assert place(path) == path


def test_a_trusted_folder_that_has_become_somebody_s_home_counts_no_more(
    tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(tmp_path / "settings.ini")
    settings.trust(project)
    monkeypatch.setenv("HOME", str(project))
    monkeypatch.setenv("USERPROFILE", str(project))

    assert not Trust(settings, ()).covers(source_of(str(project / "agents" / "a.py")))


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/home/ada/work", "/home/ada/work"),
        (r"C:\Users\ada", r"C:\Users\ada"),
        ("/tmp/x/home/grüße 🐍", "/tmp/x/home/grüße 🐍"),
        ("/tmp/safe?\n\nTrust is remembered", "/tmp/safe?\\n\\nTrust is remembered"),
        ("/tmp/\u202egnp.exe", "/tmp/\\u202egnp.exe"),
        ("/tmp/\udcff", "/tmp/\\udcff"),
        ("/tmp/" + "a" * 50 + "b" * 50, "/tmp/" + "a" * 24 + "…" + "b" * 24),
    ],
)
def test_a_path_cannot_look_like_another_or_like_the_question(path: str, words: str) -> None:
    assert shown(path) == words


def test_a_project_is_trusted_as_a_whole_however_it_is_opened(trust: Trust, project: Path) -> None:
    description = '{"graphs": {"my-agent": "./agents/a.py:graph"}}'
    (project / "langgraph.json").write_text(description)
    (project / "agents" / "pyproject.toml").touch()  # a project of its own, if it were opened by itself
    (project / "agents" / "a.py").touch()
    (project / "agents" / "b.py").touch()

    for target in (project, f"{project}:my-agent", project / "langgraph.json", project / "agents" / "a.py"):
        source = source_of(str(target))
        assert (source.path, source.place, source.is_file) == (project, project, False)
    assert place(project / "agents" / "b.py") == project / "agents"
    trust.add(source_of(str(project / "agents" / "b.py")))
    assert not trust.covers(source_of(str(project / "agents" / "a.py")))


def test_a_file_that_brings_a_project_where_anything_may_land_is_asked_about_each_time(
    trust: Trust, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = (tmp_path / "home").resolve()
    (home / "Downloads").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    (home / "Downloads" / "langgraph.json").write_text('{"graphs": {"a": "./a.py:graph"}}')
    (home / "Downloads" / "a.py").touch()

    source = source_of(str(home / "Downloads" / "a.py"))
    trust.add(source)

    assert source.place is None
    assert not trust.covers(source)


def test_finding_a_module_s_folder_runs_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "trap_package"
    package.mkdir()
    (package / "__init__.py").write_text("raise AssertionError('it ran')")
    monkeypatch.chdir(tmp_path)

    source = source_of("trap_package.graphs:graph")

    assert source.path == source.place == package.resolve()
    assert source.what == "trap_package.graphs"


@pytest.mark.parametrize("target", ["~nobody-at-all/a.py", "a\0b.py", "x" * 5000 + ".py"])
def test_what_names_no_file_is_not_trusted_and_breaks_nothing(trust: Trust, target: str) -> None:
    assert not trust.covers(source_of(target))
