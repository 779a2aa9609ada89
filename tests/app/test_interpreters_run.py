"""A worker in a Python of one's own: what it says of itself, and what it says when a module is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.kit.environments import real_venv

from stepscope.model.program import OpenFailed
from stepscope.session.worker import WorkerSession

TINY = """
class Graph:
    nodes = {}
    async def astream(self, *args, **options):
        yield
    def get_graph(self, **options):
        raise NotImplementedError

graph = Graph()
"""


@pytest.mark.parametrize("version", ["3.10", "3.13"])
async def test_an_opened_program_names_the_python_that_runs_it(tmp_path: Path, version: str) -> None:
    python = real_venv(tmp_path / ".venv", version)
    (tmp_path / "agent.py").write_text(TINY)
    session = WorkerSession()

    program = await session.open(str(tmp_path / "agent.py"), python)
    await session.close()

    assert program.python == python
    assert program.versions["Python"].startswith(f"{version}.")


async def test_a_missing_module_comes_with_the_command_for_that_very_python(tmp_path: Path) -> None:
    python = real_venv(tmp_path / ".venv", "3.10")
    (tmp_path / "agent.py").write_text("import langchain_openai\n" + TINY)
    (tmp_path / "uv.lock").touch()
    session = WorkerSession()

    with pytest.raises(OpenFailed) as caught:
        await session.open(str(tmp_path / "agent.py"), python)
    await session.close()

    assert caught.value.failure.type == "ModuleNotFoundError"
    assert caught.value.failure.remedy.endswith(f": cd {tmp_path} && uv add langchain-openai")
