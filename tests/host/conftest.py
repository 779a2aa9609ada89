"""What the host's tests share: programs for each engine, and a host whose events are kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.kit.programs import Programs, Recorder


@pytest.fixture(params=["stepgraph", "langgraph"])
def programs(request: pytest.FixtureRequest, tmp_path: Path) -> Programs:
    return Programs(tmp_path, request.param)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    recorder = Recorder()
    yield recorder
    recorder.host.close()  # its folders would be on the path of the next one
