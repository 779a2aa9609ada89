"""`stepscope --self-test` as a package's smoke test reads it: a line for each check, and the exit status."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.kit.environments import real_venv
from tests.kit.frozen import frozen_app

ROOT = Path(__file__).parent.parent.parent
SOURCES = {
    "PYTHONPATH": os.pathsep.join([str(ROOT / "engine"), str(ROOT / "app")]),
    "PYTHONWARNINGS": "ignore",
}
STEPSCOPE = (sys.executable, "-m", "stepscope")


def self_test(
    folder: Path, *words: str, command: tuple[str, ...] = STEPSCOPE, more: Mapping[str, str] = SOURCES
) -> subprocess.CompletedProcess[str]:
    """A self-test by a person who has never used Stepscope, and whose home is `folder`."""
    environment = {**os.environ, **more, "XDG_CONFIG_HOME": str(folder / "config"), "HOME": str(folder)}
    return subprocess.run([*command, "--self-test", *words], capture_output=True, text=True, env=environment)


def test_both_engines_are_stepped_and_all_that_is_shown_is_right(tmp_path: Path) -> None:
    ended = self_test(tmp_path, "--python", sys.executable, "--screenshot", str(tmp_path / "shot.png"))

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "FAILS" not in ended.stdout
    for line in (
        "ok  stepgraph pauses after a superstep",
        "ok  stepgraph shows review as held",
        "ok  langgraph is what runs it",
        "ok  langgraph runs to its end",
    ):
        assert line in ended.stdout
    assert ended.stdout.splitlines()[-1].startswith("All ")
    assert (tmp_path / "shot.png").stat().st_size > 10_000


def test_it_leaves_no_settings_behind(tmp_path: Path) -> None:
    self_test(tmp_path, "--python", sys.executable)

    assert not (tmp_path / "config").exists()


def test_a_frozen_app_tests_itself_with_the_python_inside_it(tmp_path: Path) -> None:
    ended = self_test(tmp_path, command=(str(frozen_app(tmp_path)),), more={"PYTHONWARNINGS": "ignore"})

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ", frozen, " in ended.stdout
    assert "ok  stepgraph runs to its end" in ended.stdout


def test_what_goes_wrong_is_named_and_is_the_exit_status(tmp_path: Path) -> None:
    bare = real_venv(tmp_path / "bare", f"3.{sys.version_info[1]}")

    ended = self_test(tmp_path, "--python", bare)

    assert ended.returncode == 1
    assert "ok  stepgraph runs to its end" in ended.stdout
    assert "FAILS  langgraph opens: " in ended.stdout
    assert "No module named 'langgraph'" in ended.stdout
    assert " checks passed" in ended.stdout.splitlines()[-1]
