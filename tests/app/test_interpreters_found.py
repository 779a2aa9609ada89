"""Which Pythons are found for a file, in which order, and that none of them is run."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.kit.environments import (
    bare_machine,
    fake_environment,
    fake_installation,
    fake_python,
    installed,
    real_venv,
)
from tests.kit.frozen import frozen_app, pretend_to_be

from stepscope.session.interpreters import Machine, describe, find, located


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def project(home: Path) -> Path:
    folder = home / "project"
    (folder / "src").mkdir(parents=True)
    return folder


def kinds(file: Path, machine: Machine) -> list[str]:
    return [one.kind for one in find(file, machine)]


def paths(file: Path, machine: Machine) -> list[str]:
    return [one.path for one in find(file, machine)]


def test_an_environment_beside_the_file_comes_before_one_further_up(project: Path, home: Path) -> None:
    outer = fake_environment(project / ".venv")
    inner = fake_environment(project / "src" / "venv")

    found = find(project / "src" / "a.py", bare_machine(home))

    assert [(one.path, one.kind, one.is_near) for one in found] == [
        (inner, "project venv", True),
        (outer, "project .venv", True),
    ]


def test_nothing_is_looked_for_outside_of_the_repository(project: Path, home: Path) -> None:
    fake_environment(home / ".venv")
    assert kinds(project / "src" / "a.py", bare_machine(home)) == ["project .venv"]

    (project / ".git").mkdir()
    assert kinds(project / "src" / "a.py", bare_machine(home)) == []


def test_nothing_is_looked_for_above_the_home(project: Path, home: Path) -> None:
    fake_environment(home.parent / ".venv")

    assert kinds(project / "a.py", bare_machine(home)) == []


def test_an_environment_in_a_folder_where_anyone_may_write_is_not_the_project_s(
    project: Path, home: Path
) -> None:
    public = home / "public"
    (public / "mine").mkdir(parents=True)
    fake_environment(public / ".venv")
    public.chmod(0o777)

    assert kinds(public / "mine" / "a.py", bare_machine(home)) == []
    assert kinds(public / "a.py", bare_machine(home)) == ["project .venv"]


def test_finding_runs_nothing(project: Path, home: Path) -> None:
    fake_environment(project / ".venv")
    fake_installation(home / ".pyenv" / "versions" / "3.12.1", "3.12.1")
    fake_python(home / "bin" / "python3")

    assert len(find(project / "a.py", bare_machine(home, PATH=str(home / "bin")))) == 3
    assert list(home.rglob("*.was-run")) == []


def test_a_link_that_names_an_environment_is_not_followed(project: Path, home: Path) -> None:
    fake_environment(home / "kept")
    (project / ".venv").symlink_to(home / "kept")

    assert paths(project / "a.py", bare_machine(home)) == [str(project / ".venv" / "bin" / "python")]


def test_a_file_called_venv_names_an_environment(project: Path, home: Path) -> None:
    (project / ".venv").write_text("thesis\n")
    python = fake_environment(home / ".virtualenvs" / "thesis")

    assert paths(project / "a.py", bare_machine(home)) == [python]


def test_a_broken_environment_of_the_project_is_found_all_the_same(project: Path, home: Path) -> None:
    python = Path(fake_environment(project / ".venv"))
    python.unlink()
    python.symlink_to(home / "gone")

    (found,) = find(project / "a.py", bare_machine(home))

    assert found.kind == "project .venv"
    assert "which is gone" in found.problem


def test_uv_s_own_name_for_the_environment_counts(project: Path, home: Path) -> None:
    fake_environment(project / ".venv")
    (project / "uv.lock").touch()
    fake_environment(project / ".linux")

    machine = bare_machine(home, UV_PROJECT_ENVIRONMENT=".linux")

    assert kinds(project / "src" / "a.py", machine) == ["project .linux", "project .venv"]


def test_poetry_s_environment_is_told_by_the_path_of_its_project(project: Path, home: Path) -> None:
    (project / "pyproject.toml").touch()
    mark = base64.urlsafe_b64encode(hashlib.sha256(str(project).encode()).digest()).decode()[:8]
    kept = home / "cache" / "pypoetry" / "virtualenvs"
    python = fake_environment(kept / f"my-project-{mark}-py3.12")
    fake_environment(kept / "another-ABCDEFGH-py3.12")

    machine = bare_machine(home, POETRY_CACHE_DIR=str(home / "cache" / "pypoetry"))

    assert paths(project / "src" / "a.py", machine) == [python]
    assert kinds(project / "src" / "a.py", machine) == ["project poetry"]


def test_pipenv_s_environment_is_told_by_the_project_that_it_names(project: Path, home: Path) -> None:
    (project / "Pipfile").touch()
    python = fake_environment(home / "envs" / "project-B3CIyQzy")
    (home / "envs" / "project-B3CIyQzy" / ".project").write_text(str(project))
    fake_environment(home / "envs" / "other-AAAAAAAA")
    (home / "envs" / "other-AAAAAAAA" / ".project").write_text("/somewhere/else")

    assert paths(project / "a.py", bare_machine(home, WORKON_HOME=str(home / "envs"))) == [python]


def test_the_python_that_pdm_wrote_down_is_found(project: Path, home: Path) -> None:
    python = fake_environment(home / "elsewhere")
    (project / ".pdm-python").write_text(python)

    (found,) = find(project / "a.py", bare_machine(home))

    assert (found.path, found.kind, found.is_near) == (python, "project pdm", True)


def test_pixi_s_default_environment_comes_before_its_others(project: Path, home: Path) -> None:
    for name in ("cuda", "default"):
        fake_python(project / ".pixi" / "envs" / name / "bin" / "python")

    assert kinds(project / "a.py", bare_machine(home)) == ["project pixi default", "project pixi cuda"]


def test_the_pyenv_version_that_a_project_asks_for_belongs_to_it(project: Path, home: Path) -> None:
    for version in ("3.9.18", "3.11.7", "3.12.1"):
        fake_installation(home / ".pyenv" / "versions" / version, version)
    (project / ".python-version").write_text("# ours\n3.11\n")

    found = find(project / "a.py", bare_machine(home))

    assert [(one.kind, one.version, one.is_near) for one in found] == [
        ("pyenv by .python-version", "3.11.7", True),
        ("pyenv", "3.12.1", False),
        ("pyenv", "3.9.18", False),  # too old: last
    ]


def test_the_pyenv_version_that_a_shell_gets_comes_before_newer_ones(project: Path, home: Path) -> None:
    for version in ("3.10.13", "3.11.7", "3.9.9", "3.12.1"):
        fake_installation(home / ".pyenv" / "versions" / version, version)
    (home / ".pyenv" / "version").write_text("3.11.7\n")

    found = [(one.kind, one.version) for one in find(project / "a.py", bare_machine(home))]
    rest = [("pyenv", "3.12.1"), ("pyenv", "3.10.13"), ("pyenv", "3.9.9")]
    assert found == [("pyenv by default", "3.11.7"), *rest]
    there = bare_machine(home, PYENV_VERSION="3.12.1:3.11.7")
    assert kinds(project / "a.py", there)[0] == "pyenv by PYENV_VERSION"


def test_conda_s_environments_are_those_it_wrote_down(project: Path, home: Path) -> None:
    for name in ("base", "graphs"):
        prefix = home / "conda" / name
        fake_python(prefix / "bin" / "python")
        (prefix / "conda-meta").mkdir()
        (prefix / "conda-meta" / "python-3.11.9-h955ad1f_0.json").touch()
    (home / ".conda").mkdir()
    (home / ".conda" / "environments.txt").write_text(f"{home}/conda/base\n{home}/conda/graphs\n")
    (project / "environment.yml").write_text("name: graphs\ndependencies: []\n")

    found = find(project / "a.py", bare_machine(home))

    assert [(one.kind, one.version) for one in found] == [
        ("conda graphs by environment.yml", "3.11.9"),
        ("conda base", "3.11.9"),
    ]


def test_what_is_active_in_the_shell_comes_before_all_that_is_installed(project: Path, home: Path) -> None:
    fake_installation(home / ".pyenv" / "versions" / "3.12.1", "3.12.1")
    fake_environment(home / "shell")
    fake_python(home / "conda" / "bin" / "python")

    machine = bare_machine(home, VIRTUAL_ENV=str(home / "shell"), CONDA_PREFIX=str(home / "conda"))

    assert kinds(project / "a.py", machine) == ["active shell", "active conda conda", "pyenv"]


def test_uv_s_pythons_are_found_the_newest_first(project: Path, home: Path) -> None:
    for version in ("3.9.20", "3.10.15", "3.13.1"):
        fake_installation(home / "uv" / f"cpython-{version}-linux-x86_64-gnu", version)

    found = find(project / "a.py", bare_machine(home, UV_PYTHON_INSTALL_DIR=str(home / "uv")))

    assert [(one.kind, one.version) for one in found] == [
        ("uv", "3.13.1"),
        ("uv", "3.10.15"),
        ("uv", "3.9.20"),
    ]


def test_shims_on_the_path_are_passed_over_and_every_python_counts_once(project: Path, home: Path) -> None:
    fake_python(home / "shims" / "python3")
    fake_python(home / "bin" / "python3.12")
    (home / "bin" / "python3").symlink_to("python3.12")
    (home / "bin2").symlink_to("bin")
    machine = bare_machine(
        home, PATH=os.pathsep.join(str(home / n) for n in ("shims", "bin", "bin2", "none"))
    )

    (found,) = find(project / "a.py", machine)

    assert (found.path, found.kind, found.version) == (str(home / "bin" / "python3"), "on PATH", "3.12")


def test_stepscope_s_own_comes_last_and_knows_all_about_itself(project: Path, home: Path) -> None:
    fake_environment(project / ".venv")

    *_, own = find(project / "a.py", bare_machine(home, sys.executable))

    assert own.kind == "this Stepscope"
    assert own.is_own
    assert own.version == ".".join(map(str, sys.version_info[:3]))
    assert {"langgraph", "stepgraph"} <= own.packages.keys()


def test_a_frozen_stepscope_offers_the_python_inside_it(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = frozen_app(tmp_path)
    pretend_to_be(app, monkeypatch)

    own = next(one for one in find(project / "a.py", Machine.here()) if one.is_own)

    assert (own.path, own.kind) == (str(app), "this Stepscope")
    assert "stepgraph" in own.packages


def test_packages_are_read_from_what_an_installer_left(project: Path, home: Path) -> None:
    python = fake_environment(
        project / ".venv", "3.12.1", {"langgraph": "1.2.22", "langchain": "1.0.3", "langgraph_sdk": "0.1"}
    )

    one = describe(python, "project .venv", bare_machine(home))

    assert one.packages == {"langgraph": "1.2.22", "langchain": "1.0.3"}


def test_packages_of_the_base_count_only_where_the_environment_sees_them(project: Path, home: Path) -> None:
    base = fake_installation(home / "base", "3.12.1", {"langgraph": "1.2.22"})
    shut = fake_environment(project / "shut", home=str(Path(base).parent))
    seeing = fake_environment(
        project / "seeing", home=str(Path(base).parent), **{"include-system-site-packages": "true"}
    )
    installed(home / ".local", "3.12", {"stepscope": "0.1.0"})
    machine = bare_machine(home)

    assert describe(shut, "", machine).packages == {}
    assert describe(seeing, "", machine).packages == {"langgraph": "1.2.22", "stepgraph": "0.1.0"}
    assert describe(base, "", machine).packages == {"langgraph": "1.2.22", "stepgraph": "0.1.0"}


@pytest.mark.parametrize("told", ["3.13.0", "3.13.0.final.0", "3.13.0rc1"])
def test_the_version_of_an_environment_is_what_its_settings_say(project: Path, home: Path, told: str) -> None:
    python = fake_environment(project / ".venv", version_info=told)

    assert describe(python, "", bare_machine(home)).version == "3.13.0"


@pytest.mark.parametrize("version", ["3.10", "3.13"])
def test_what_is_read_of_a_real_environment_is_what_it_says_itself(
    project: Path, home: Path, version: str
) -> None:
    python = real_venv(project / ".venv", version)
    installed(project / ".venv", version, {"langgraph": "1.2.22"})
    asked = subprocess.run(
        [
            python,
            "-c",
            "import platform; from importlib.metadata import version; "
            "print(platform.python_version(), version('langgraph'))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    (one,) = find(project / "a.py", bare_machine(home))

    assert one.problem == ""
    assert f"{one.version} {one.packages['langgraph']}\n" == asked.stdout
    assert one.path == python


def test_what_is_read_of_every_python_here_is_what_it_says_itself() -> None:
    for one in find(Path("/nowhere/a.py"), Machine.here()):
        if not one.problem:
            asked = subprocess.run(
                [one.path, "-I", "-c", "import platform; print(platform.python_version())"],
                capture_output=True,
                text=True,
                check=True,
            )
            assert asked.stdout.strip().startswith(one.version), one
            assert one.version, one


def test_a_python_can_be_named_by_a_path_by_a_folder_or_as_a_shell_names_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = fake_python(home / "bin" / "python3.12")
    fake_python(home / "shims" / "python3.13")
    newer = fake_installation(home / ".pyenv" / "versions" / "3.13.0", "3.13.0")
    inside = fake_environment(home / ".venv")
    (home / "link").symlink_to("bin")
    machine = bare_machine(home, PATH=f"{home}/shims{os.pathsep}{home}/bin")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)

    assert located("python3.12", machine) == python
    assert located("python3.13", machine) == newer
    assert located("~/bin/python3.12", machine) == python
    assert located("link/python3.12", machine) == str(home / "link" / "python3.12")
    assert located(".venv", machine) == inside
    assert located("link", machine) == str(home / "link")
    assert located("python9", machine) == located("./python9", machine) == str(home / "python9")
