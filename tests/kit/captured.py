"""A program in a process of its own, whose logging and warnings are heard, or are not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

LAUNCHER = """
import json, os, runpy, sys
from stepscope_host.serving import console
file, events, is_heard, keeps_streams = sys.argv[1:]
events = os.open(events, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
if is_heard == "True":
    console.capture(lambda event: os.write(events, json.dumps(event).encode() + b"\\n"))
own = sys.stdout, sys.stderr
if keeps_streams == "False":
    sys.stdout = open(1, "w", encoding="utf-8", buffering=1, closefd=False)
    sys.stderr = open(2, "w", encoding="utf-8", buffering=1, closefd=False)
sys.argv = [file]
runpy.run_path(file, run_name="__main__")
"""
"""Nothing is swallowed of what is written to other streams than the process's first."""


@dataclass
class Said:
    status: int
    out: str
    err: str
    events: list[dict[str, Any]]

    @property
    def logged(self) -> list[str]:
        """``LEVEL logger: text`` of each event."""
        return [f"{event['level']} {event['logger']}: {event['text']}" for event in self.events]


def run(
    folder: Path,
    program: str,
    *flags: str,
    is_heard: bool = True,
    keeps_streams: bool = True,
) -> Said:
    """Run a program; `flags` are the interpreter's. Without `keeps_streams` it writes to new ones."""
    file, events = folder / "program.py", folder / "events.jsonl"
    file.write_text(program, encoding="utf-8")
    events.unlink(missing_ok=True)
    paths = os.pathsep.join(str(ROOT / name) for name in ("app", "engine"))
    ran = subprocess.run(
        [sys.executable, *flags, "-c", LAUNCHER, str(file), str(events), str(is_heard), str(keeps_streams)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        encoding="utf-8",
        errors="backslashreplace",
        timeout=120,
        check=False,
    )
    told = events.read_text(encoding="utf-8").splitlines() if events.exists() else []
    return Said(ran.returncode, ran.stdout, ran.stderr, [json.loads(line) for line in told])
