"""Programs written for LangGraph say under the drop-in what they say without it, word for word."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conformance.oracle import CARRIES_CONTEXT, WRITES_IN_ASYNC_NODES
from tests.kit.examples import FOLDER, NAMES, PROVIDER_VARIABLES
from tests.kit.processes import DROPIN, ENGINE
from tests.kit.scrub import Scrubber

PROGRAMS = Path(__file__).parent / "programs"
RACING = {"joke_and_poem", "map_reduce", "failing"}
"""Examples in which nodes race one another: what they say is compared, but not in which order."""

ADDRESS = re.compile(r"0x[0-9a-f]+")
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00")

EVERY_EXAMPLE = """
import contextlib, io, runpy, sys
for name in sys.argv[1:]:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        try:
            runpy.run_path(name + ".py", run_name="__main__")
        except Exception as error:
            print(type(error).__name__, error)
    print("\\n##", name)
    print(said.getvalue(), end="")
"""


def said_by_both(folder: Path, *command: str) -> list[str]:
    """What a program prints, without the drop-in and under it."""
    environment = {**os.environ, "PYTHONPATH": str(ENGINE), "STEPSCOPE_EXAMPLE_DELAY": "0"}
    for variable in PROVIDER_VARIABLES:
        environment.pop(variable, None)
    started = [
        subprocess.Popen(
            [sys.executable, *before, *command],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for before in ([], DROPIN)
    ]
    ended = [process.communicate(timeout=300) for process in started]
    assert [process.returncode for process in started] == [0, 0], "\n".join(errors for _, errors in ended)
    return [out for out, _ in ended]


def comparable(text: str, *, ordered: bool = True) -> list[str]:
    """Lines without what no two runs have in common."""
    scrub = Scrubber(numbered=ordered)
    lines = [scrub(TIME.sub("a time", ADDRESS.sub("0x", line))) for line in text.splitlines()]
    return lines if ordered else sorted(lines)


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """What each of the bundled examples says as a LangGraph program, to both engines."""
    folder = tmp_path_factory.mktemp("examples")
    for name in NAMES:
        source = (FOLDER / f"{name}.py").read_text().replace("from stepgraph.", "from langgraph.")
        (folder / f"{name}.py").write_text(source)
    (folder / "example_models").symlink_to(FOLDER / "example_models")
    (folder / "every.py").write_text(EVERY_EXAMPLE)
    said = [
        re.split(r"^## (\w+)\n", out, flags=re.MULTILINE) for out in said_by_both(folder, "every.py", *NAMES)
    ]
    return [dict(zip(parts[1::2], parts[2::2], strict=True)) for parts in said]


@pytest.mark.parametrize("name", NAMES)
def test_an_example_says_the_same_under_the_drop_in(examples: list[dict[str, str]], name: str) -> None:
    theirs, ours = (comparable(said[name], ordered=name not in RACING) for said in examples)
    assert ours
    if CARRIES_CONTEXT or name not in WRITES_IN_ASYNC_NODES:
        assert ours == theirs


@pytest.mark.parametrize(
    "program", sorted(path.stem for path in PROGRAMS.glob("*.py") if path.stem != "telling")
)
def test_a_program_says_the_same_under_the_drop_in(program: str) -> None:
    theirs, ours = map(comparable, said_by_both(PROGRAMS, f"{program}.py"))
    assert len(ours) > 5
    assert ours == theirs
