"""50,000 custom chunks of 200 bytes through the real window: ``python -m tests.benchmarks.flood``.

Once with the graph in this process, once with it in a worker. Prints how long it took from F5 to "Finished";
what it took of the processor in each process, and so how many chunks a second get through where nothing else
runs; and the longest gaps between two ticks of a 16 ms timer: by the clock, and in processor time of the
window's own thread. Other load on the machine changes what the clock says, and hardly the rest.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from tests.benchmarks import processor

from stepscope.application import THREAD_SWITCH_SECONDS, Workbench, _settle_memory
from stepscope.run import loop
from stepscope.run.settings import Settings
from stepscope.session.local import LocalSession
from stepscope.session.worker import WorkerSession
from stepscope.theme import Scheme

Session = LocalSession | WorkerSession

CHUNKS = 50_000
RUNS = 5
TICK_MS = 16

PROGRAM = """
from typing import TypedDict
from ENGINE.config import get_stream_writer
from ENGINE.graph import START, StateGraph

class State(TypedDict):
    x: int

DEF node(state: State):
    write = get_stream_writer()
    for number in range(CHUNKS):
        write({"progress": number, "of": CHUNKS, "text": "words " * 26})

graph = StateGraph(State).add_node(node).add_edge(START, "node").compile()
inputs = {"x": 0}
"""


class Ticks:
    """Notes when a 16 ms timer comes."""

    def __init__(self) -> None:
        self._clock: list[float] = []
        self._own: list[float] = []
        self._timer = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._note)

    def start(self) -> None:
        self._clock, self._own = [], []
        self._note()
        self._timer.start()

    def stop(self) -> tuple[float, float]:
        """The longest gap by the clock and in own processor time, in ms."""
        self._timer.stop()
        self._note()
        return _longest(self._clock), _longest(self._own)

    def _note(self) -> None:
        self._clock.append(time.perf_counter())
        self._own.append(time.thread_time())


def _longest(times: list[float]) -> float:
    return max(b - a for a, b in pairwise(times)) * 1000


async def measure(
    workbench: Workbench, session: LocalSession | WorkerSession, path: Path, label: str
) -> None:
    program = await workbench.commands.open(str(path), has_consent=True)
    assert program is not None
    workbench.window.docks.show("custom")
    ticks, took, busy, gaps = Ticks(), [], [], []
    for _ in range(RUNS):
        await asyncio.sleep(0.2)
        ticks.start()
        began, used = time.perf_counter(), processor_seconds(session)
        await workbench.commands.begin()
        await workbench.controller.ended()
        took.append(time.perf_counter() - began)
        busy.append([after - before for after, before in zip(processor_seconds(session), used, strict=True)])
        gaps.append(ticks.stop())
        state = workbench.model.state
        assert len(state.customs) == CHUNKS, f"{len(state.customs)} chunks: {state.phase}, {state.reason}"
    clock, own = (", ".join(f"{gap:.0f}" for gap in kind) for kind in zip(*gaps, strict=True))
    median, shares = statistics.median(took), [statistics.median(kind) for kind in zip(*busy, strict=True)]
    speed = f"{label:32} {median:5.2f} s, {CHUNKS / median / 1000:4.0f} k chunks/s"
    shared = " + ".join(f"{share:.2f}" for share in shares)
    alone = f"processor {shared} s, {CHUNKS / max(shares) / 1000:4.0f} k chunks/s alone"
    print(f"{speed}   {alone}   longest gaps {clock} ms, own {own} ms", flush=True)


def processor_seconds(session: Session) -> list[float]:
    """What this process and the worker, if there is one, have used so far."""
    worker = session.pid if isinstance(session, WorkerSession) else None
    return [processor.seconds_of(pid) for pid in (os.getpid(), worker) if pid is not None]


def _filled(text: str, words: dict[str, str]) -> str:
    for name, value in words.items():
        text = text.replace(name, value)
    return text


async def main() -> int:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    with tempfile.TemporaryDirectory() as folder:
        for kind in (LocalSession, WorkerSession):
            home = Path(folder, kind.__name__)
            home.mkdir()
            session = kind()
            workbench = Workbench(app, session, Settings(home / "settings.ini"), Scheme.DARK)
            workbench.show()
            await asyncio.sleep(0.2)
            _settle_memory()
            for engine in ("stepgraph", "langgraph"):
                for define in ("def", "async def"):
                    path = home / f"flood_{engine}_{define.replace(' ', '_')}.py"
                    words = {"ENGINE": engine, "DEF": define, "CHUNKS": str(CHUNKS)}
                    path.write_text(_filled(PROGRAM, words))
                    where = "worker" if kind is WorkerSession else "here"
                    await measure(workbench, session, path, f"{where}, {engine}, {define}")
            await workbench.close()
    return 0


if __name__ == "__main__":
    sys.setswitchinterval(THREAD_SWITCH_SECONDS)
    application = QApplication([])
    sys.exit(loop.run(main, application))
