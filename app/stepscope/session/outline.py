"""Only looking: what a target's source says of its graph, while nothing of it runs.

A process of our own interpreter reads it, cut off from all that is installed: a source may be made to crash
the parser or to keep it busy for ever, and while Python parses, no other thread of the process gets on.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import stepscope_host
from stepscope.model.program import OpenFailed, Program
from stepscope.session import environment, examples, own_python

_PROGRAM = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from stepscope_host.outline.__main__ import main; main(sys.argv[2])"
)
_NO_WINDOW = 0x08000000 if os.name == "nt" else 0


async def outline(target: str) -> Program:
    """What can be told of a target without running it.

    Raises OpenFailed with what is wrong; its `choices` are set when several graphs were found.
    """
    answer = await asyncio.to_thread(_ask, examples.resolved(target))
    if "failure" in answer:
        raise OpenFailed.from_plain(answer)
    return Program.from_plain(answer["opened"])


def _ask(target: str) -> dict[str, Any]:
    try:
        ended = subprocess.run(
            [*_command(), target],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment.for_others(os.environ, environment.bundle()),
            creationflags=_NO_WINDOW,
        )
        answer = json.loads(ended.stdout) if ended.returncode == 0 else None
    except (OSError, ValueError):  # no process, or no argument for one
        answer = None
    if isinstance(answer, dict):
        return answer
    problem = {
        "type": "TooMuch",
        "message": "The source is too much to be looked at.",
        "remedy": "Trust it and load it, if you know where it comes from.",
    }
    return {"failure": {"where": None, "traceback": "", **problem}, "choices": []}


def _command() -> list[str]:
    """Nothing that is installed is imported, and no variable of the environment is heeded."""
    if environment.bundle():  # nothing is installed in that
        return [*own_python.command(own_python.own_python()), "-m", "stepscope_host.outline"]
    code = str(Path(stepscope_host.__file__).parent.parent)
    return [sys.executable, "-I", "-S", "-X", "utf8", "-W", "ignore", "-c", _PROGRAM, code]
