"""The worker's code in a person's cache: what other versions have left there goes, unless it is in use."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stepscope.session import copies, worker_code

USES_IT = """
from stepscope.session import worker_code
print(worker_code.folder(), flush=True)
"""
UNTIL_TOLD = "input()"
WAITS = """
import sys
from stepgraph.graph import START, StateGraph
print("loaded", file=sys.stderr)
input()
graph = StateGraph(dict).add_node("tell", lambda state: state).add_edge(START, "tell").compile()
inputs = {}
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    return worker_code.cache()


def left_by_another_version(cache: Path) -> Path:
    copy = cache / f"{copies.PREFIX}0123456789abcdef"
    (copy / "stepscope_host").mkdir(parents=True)
    (copy / "__main__.py").write_text("")
    return copy


def grow_old(copy: Path) -> None:
    then = time.time() - copies.UNUSED - 60
    os.utime(copy, (then, then))


@contextmanager
def a_window(code: str) -> Iterator[Path]:
    """A process that uses its copy until the block ends; yields that copy."""
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        copy = Path(process.stdout.readline().strip())
        yield copy
        process.communicate("\n")
    assert process.returncode == 0


def test_a_copy_that_nobody_has_used_for_long_is_removed(cache: Path) -> None:
    copy = left_by_another_version(cache)
    grow_old(copy)

    own = worker_code.folder()

    assert list(cache.iterdir()) == [own]


def test_a_copy_that_was_used_lately_stays(cache: Path) -> None:
    copy = left_by_another_version(cache)

    worker_code.folder()

    assert (copy / "__main__.py").is_file()


def test_what_a_killed_process_has_half_written_is_removed(cache: Path) -> None:
    half = cache / f"{copies.PREFIX}x1y2z3"
    half.mkdir(parents=True)
    grow_old(half)

    worker_code.folder()

    assert not half.exists()


def test_using_a_copy_keeps_it_from_growing_old(cache: Path) -> None:
    copy = worker_code.folder()
    grow_old(copy)

    worker_code.folder()

    assert copy.stat().st_mtime > time.time() - copies.UNUSED


def test_a_copy_stays_as_long_as_a_window_is_open_that_uses_it(cache: Path) -> None:
    with a_window(USES_IT + UNTIL_TOLD) as copy:
        grow_old(copy)
        copies.remove_unused(cache)
        assert (copy / "stepscope_host").is_dir()
    copies.remove_unused(cache)
    assert list(cache.iterdir()) == []


def test_a_run_in_another_python_holds_its_copy(cache: Path, tmp_path: Path) -> None:
    file = tmp_path / "waits.py"
    file.write_text(WAITS)
    command = [sys.executable, "-m", "stepscope", "run", str(file), "--python", sys.executable]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "loaded\n"
        (copy,) = cache.iterdir()
        grow_old(copy)
        copies.remove_unused(cache)
        assert (copy / "stepscope_host").is_dir()
        process.communicate("\n")
    assert process.returncode == 0
    copies.remove_unused(cache)
    assert list(cache.iterdir()) == []


def test_a_copy_that_was_made_again_is_held_again(cache: Path) -> None:
    twice = "(folder() / '__main__.py').unlink(); print(folder(), flush=True)"
    with a_window(f"from stepscope.session.worker_code import folder; {twice}; {UNTIL_TOLD}") as copy:
        grow_old(copy)
        copies.remove_unused(cache)
        assert (copy / "__main__.py").is_file()
