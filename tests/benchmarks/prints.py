"""Printing and logging, through a worker and the real window: ``python -m tests.benchmarks.prints``.

With the Console in front, a node does it, and then a file while it is imported. Prints how long that took and
the longest gaps between two ticks of a 16 ms timer: by the clock, and in processor time of the window's own
thread.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication
from tests.benchmarks.flood import Ticks

from stepscope.application import THREAD_SWITCH_SECONDS, Workbench, _settle_memory
from stepscope.run import loop
from stepscope.run.settings import Settings
from stepscope.session.worker import WorkerSession
from stepscope.theme import Scheme

LINES = 60_000
RUNS = 5

PROGRAM = f"""
import logging, sys
from typing import TypedDict
from stepgraph.graph import START, StateGraph

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("agent")

class State(TypedDict):
    x: int

def node(state: State):
    for number in range({LINES}):
        SPEAK

if IMPORT:
    node({{"x": 0}})

graph = StateGraph(State).add_node(node).add_edge(START, "node").compile()
inputs = {{"x": 0}}
"""

WAYS = {
    "print": 'print(number, "a line that a node prints, of about the usual length")',
    "print in one go": 'sys.stdout.write(f"{number} a line that a node prints, all in one piece\\n" * 100)',
    "print to stderr": 'print(number, "a line that a node prints, of the usual length", file=sys.stderr)',
    "log": 'log.info("%d a record that a node logs, of the usual length", number)',
    "progress": 'print(f"\\r{number} of many", end="", flush=True)',
}


async def measure(workbench: Workbench, path: Path, label: str, while_importing: bool) -> None:
    took, gaps = [], []
    ticks = Ticks()
    if not while_importing:
        assert await workbench.commands.open(str(path), has_consent=True)
    workbench.window.docks.show("console")
    for _ in range(RUNS):
        await asyncio.sleep(0.3)
        ticks.start()
        began = time.perf_counter()
        if while_importing:
            await workbench.commands.open(str(path), has_consent=True)
        else:
            await workbench.commands.begin()
            await workbench.controller.ended()
        took.append(time.perf_counter() - began)
        await asyncio.sleep(0.3)
        gaps.append(ticks.stop())
    clock, own = (", ".join(f"{gap:.0f}" for gap in kind) for kind in zip(*gaps, strict=True))
    median = statistics.median(took)
    printed = workbench.model.console.printed
    print(
        f"{label:28} {median:5.2f} s   {printed:>10,} lines in all   longest gaps {clock} ms, own {own} ms",
        flush=True,
    )


async def main() -> int:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        workbench = Workbench(app, WorkerSession(), Settings(home / "settings.ini"), Scheme.DARK)
        workbench.show()
        await asyncio.sleep(0.2)
        _settle_memory()
        for while_importing in (False, True):
            for way, code in WAYS.items():
                path = home / f"{way}_{while_importing}.py".replace(" ", "_")
                path.write_text(PROGRAM.replace("SPEAK", code).replace("IMPORT", str(while_importing)))
                label = f"{way}, imported" if while_importing else way
                await measure(workbench, path, label, while_importing)
        await workbench.close()
    return 0


if __name__ == "__main__":
    sys.setswitchinterval(THREAD_SWITCH_SECONDS)
    application = QApplication([])
    sys.exit(loop.run(main, application))
