"""Which command gets a missing module into an interpreter."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.kit.environments import fake_environment, fake_installation

from stepscope_host.loading import installing


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def with_pip(python: str, version: str = "3.12") -> str:
    (Path(python).parent.parent / "lib" / f"python{version}" / "site-packages" / "pip").mkdir(parents=True)
    return python


def test_an_environment_with_pip_uses_it(project: Path) -> None:
    python = with_pip(fake_environment(project / ".venv"))

    assert installing.command(python, "langgraph", str(project)) == f"{python} -m pip install langgraph"


def test_a_path_with_a_space_is_quoted(project: Path) -> None:
    python = with_pip(fake_environment(project / "my env"))

    assert installing.command(python, "langgraph") == f"'{python}' -m pip install langgraph"


def test_an_environment_that_uv_made_is_filled_by_uv(project: Path) -> None:
    python = fake_environment(project / ".venv", uv="0.9.2")

    command = installing.command(python, "langgraph", str(project))

    assert command == f"uv pip install --python {python} langgraph"


@pytest.mark.parametrize(
    ("mark", "adding"),
    [
        ("uv.lock", "uv add"),
        ("poetry.lock", "poetry add"),
        ("pdm.lock", "pdm add"),
        ("Pipfile", "pipenv install"),
    ],
)
def test_a_project_s_own_environment_is_filled_by_the_tool_that_keeps_it(
    project: Path, mark: str, adding: str
) -> None:
    (project / mark).touch()
    (project / "src").mkdir()
    python = fake_environment(project / ".venv")

    command = installing.command(python, "langgraph", str(project / "src"))

    assert command == f"cd {project} && {adding} langgraph"


def test_a_tool_does_not_fill_an_environment_that_it_does_not_keep(project: Path, tmp_path: Path) -> None:
    (project / "uv.lock").touch()
    python = with_pip(fake_environment(tmp_path / "another"))

    assert installing.command(python, "langgraph", str(project)) == f"{python} -m pip install langgraph"


def test_an_environment_that_poetry_or_pipenv_keeps_elsewhere_is_theirs(
    project: Path, tmp_path: Path
) -> None:
    python = fake_environment(tmp_path / "pypoetry" / "virtualenvs" / "project-ABC-py3.12")
    (project / "poetry.lock").touch()
    assert installing.command(python, "x", str(project)) == f"cd {project} && poetry add x"

    (project / "poetry.lock").unlink()
    (project / "Pipfile").touch()
    python = fake_environment(tmp_path / "virtualenvs" / "project-ABC")
    (tmp_path / "virtualenvs" / "project-ABC" / ".project").write_text(str(project))
    assert installing.command(python, "x", str(project)) == f"cd {project} && pipenv install x"


def test_an_environment_without_pip_gets_it_first_where_there_is_no_uv(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = fake_environment(project / ".venv")

    monkeypatch.setenv("PATH", "")
    command = installing.command(python, "langgraph")
    assert command == f"{python} -m ensurepip && {python} -m pip install langgraph"

    tool = tmp_path / "bin" / "uv"
    tool.parent.mkdir()
    tool.touch(0o755)
    monkeypatch.setenv("PATH", str(tool.parent))
    assert installing.command(python, "langgraph") == f"uv pip install --python {python} langgraph"


def test_a_python_that_refuses_packages_gets_an_environment_for_the_project(
    project: Path, tmp_path: Path
) -> None:
    python = fake_installation(tmp_path / "usr", "3.12.1")
    (tmp_path / "usr" / "lib" / "python3.12").mkdir(parents=True)
    (tmp_path / "usr" / "lib" / "python3.12" / "EXTERNALLY-MANAGED").touch()

    assert installing.command(python, "langgraph", str(project)) == (
        f"{python} -m venv {project}/.venv && {project}/.venv/bin/python -m pip install langgraph"
    )


@pytest.mark.parametrize(
    ("module", "distribution"),
    [
        ("langgraph.graph", "langgraph"),
        ("langgraph.checkpoint.sqlite.aio", "langgraph-checkpoint-sqlite"),
        ("langchain_openai", "langchain-openai"),
        ("cv2.dnn", "opencv-python"),
        ("stepgraph.graph", "stepscope"),
    ],
)
def test_a_module_is_not_always_called_like_what_brings_it(module: str, distribution: str) -> None:
    assert installing.distribution_of(module) == distribution
