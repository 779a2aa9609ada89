"""What is said of a Python that cannot run a graph, and which command is given to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.kit.environments import base_python, fake_environment, fake_installation, fake_python, real_venv

from stepscope.session.interpreters import problem_of


def test_nothing_is_said_against_one_that_works(tmp_path: Path) -> None:
    assert problem_of(real_venv(tmp_path / ".venv", "3.10")) == ""
    assert problem_of(base_python("3.13")) == ""


@pytest.mark.parametrize("version", ["3.9.18", "3.6.15", "2.7.18"])
def test_one_that_is_too_old_is_to_be_made_again_with_a_newer_one(tmp_path: Path, version: str) -> None:
    problem = problem_of(fake_environment(tmp_path / ".venv", version))

    assert problem == (
        f"Python {version} is too old: a graph needs 3.10 or newer. "
        f"Make the environment again: python3.12 -m venv --clear {tmp_path}/.venv"
    )


def test_a_newer_one_than_anyone_knows_is_not_refused(tmp_path: Path) -> None:
    assert problem_of(fake_environment(tmp_path / ".venv", "3.99.0")) == ""


def test_an_installation_that_is_too_old_is_to_be_replaced(tmp_path: Path) -> None:
    python = fake_installation(tmp_path / "versions" / "3.8.18", "3.8.18")

    assert problem_of(python) == "Python 3.8.18 is too old: a graph needs 3.10 or newer. Choose another one."


def test_an_environment_whose_base_is_gone_is_to_be_made_again(tmp_path: Path) -> None:
    python = Path(fake_environment(tmp_path / ".venv"))
    python.unlink()
    python.symlink_to(tmp_path / "versions" / "python3.12")

    assert problem_of(str(python)) == (
        f"{python} is a link to {tmp_path}/versions/python3.12, which is gone. "
        f"Make it again: python3 -m venv --clear {tmp_path}/.venv"
    )


def test_an_environment_of_copies_whose_base_is_gone_is_told_as_well(tmp_path: Path) -> None:
    problem = problem_of(fake_environment(tmp_path / ".venv", home=str(tmp_path / "gone" / "bin")))

    assert f"was made from the Python in {tmp_path}/gone/bin, which is gone" in problem


def test_a_uv_project_is_made_again_by_uv(tmp_path: Path) -> None:
    python = Path(fake_environment(tmp_path / ".venv", "3.9.1", uv="0.9.2"))
    assert problem_of(str(python)).endswith(f": uv venv --clear --python 3.12 {tmp_path}/.venv")

    (tmp_path / "uv.lock").touch()
    assert problem_of(str(python)).endswith(f": cd {tmp_path} && uv sync --python 3.12")

    python.unlink()
    assert problem_of(str(python)) == f"There is no {python}. Make it again: cd {tmp_path} && uv sync"


def test_one_that_is_gone_is_to_be_made_again_or_replaced(tmp_path: Path) -> None:
    gone = tmp_path / ".venv" / "bin" / "python"
    assert problem_of(str(gone)) == (
        f"There is no {gone}. Make it again: python3 -m venv --clear {tmp_path}/.venv"
    )

    gone = tmp_path / "versions" / "3.12.1" / "bin" / "python"
    assert problem_of(str(gone)) == f"There is no {gone}. Make it again: pyenv install 3.12.1"

    gone = tmp_path / "anything"
    assert problem_of(str(gone)) == f"There is no {gone}. Choose another one."


def test_of_a_folder_the_python_in_it_is_named(tmp_path: Path) -> None:
    python = fake_environment(tmp_path / ".venv")

    assert problem_of(str(tmp_path / ".venv")).endswith(f"is a folder. The Python in it is {python}")
    assert "a folder without a Python in it" in problem_of(str(tmp_path))


def test_one_that_may_not_be_run_comes_with_the_command_that_allows_it(tmp_path: Path) -> None:
    python = Path(fake_environment(tmp_path / "my env"))
    python.chmod(0o644)

    assert problem_of(str(python)) == f"{python} may not be run. Allow it: chmod +x '{python}'"


def test_a_program_that_is_no_python_is_told_from_one(tmp_path: Path) -> None:
    assert "does not look like a Python" in problem_of(fake_python(tmp_path / "ls"))
    assert problem_of(fake_python(tmp_path / "python-for-work")) == ""


def test_a_loop_of_links_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / "python").symlink_to(tmp_path / "python3")
    (tmp_path / "python3").symlink_to(tmp_path / "python")

    assert "is a link to" in problem_of(str(tmp_path / "python"))
