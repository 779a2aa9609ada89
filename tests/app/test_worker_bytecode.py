"""A module that is saved twice within a second: the second version is the one that counts."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.kit import bare_graph

from stepscope.session.worker import WorkerSession


@pytest.fixture
async def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[WorkerSession]:
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"):
        monkeypatch.delenv(name, raising=False)
    session = WorkerSession(str(tmp_path / "threads"))
    yield session
    await session.close()


def save(module: Path, node: str, age: float) -> None:
    module.write_text(f"NAME = {node!r}\n")
    saved = int(time.time() - age)
    os.utime(module, (saved, saved))


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    node = "async def act(state): return {}\nact.__name__ = NAME\ngraph = Graph(act)\n"
    path.write_text(f"from names import NAME\n{bare_graph.SOURCE}\n{node}")
    return path


async def nodes(session: WorkerSession, program: Path) -> set[str]:
    topology = (await session.open(str(program))).topology
    return {key[0] for key in topology.nodes if not key[0].startswith("__")}


async def test_a_module_saved_again_in_the_same_second_is_read_anew(
    session: WorkerSession, program: Path
) -> None:
    # A minute ahead, so that it is young however long all this takes; and both times it is the same second.
    save(program.with_name("names.py"), "one", age=-60)
    second = program.with_name("names.py").stat().st_mtime
    assert await nodes(session, program) == {"one"}

    save(program.with_name("names.py"), "two", age=-60)
    os.utime(program.with_name("names.py"), (second, second))
    assert await nodes(session, program) == {"two"}


async def test_the_bytecode_of_what_was_saved_before_is_kept(session: WorkerSession, program: Path) -> None:
    save(program.with_name("names.py"), "one", age=60)
    assert await nodes(session, program) == {"one"}
    assert list((program.parent / "__pycache__").glob("names.*.pyc"))
