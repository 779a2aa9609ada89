"""From a key press to the next stop shown: ``python -m tests.benchmarks.stops``.

Steps through a graph in a worker by F10, in the real window, and prints how long it takes until the canvas
has painted that the run stands again: the nodes' own time is next to nothing.
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

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.benchmarks.supersteps import program

from stepscope.application import THREAD_SWITCH_SECONDS, Workbench
from stepscope.model.phase import RunPhase
from stepscope.run import loop
from stepscope.run.settings import Settings
from stepscope.session.worker import WorkerSession
from stepscope.theme import Scheme

STOPS = 100


class Stops(QObject):
    """Notes when the canvas has painted a stop: no earlier than the run is known to stand."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self._model = workbench.model
        self._step_on = workbench.actions["step"]
        self._step = 0
        self._shown: asyncio.Future[float] | None = None
        workbench.canvas.viewport().installEventFilter(self)

    def next(self) -> asyncio.Future[float]:
        """When the next one has been painted."""
        self._step = self._model.state.step
        self._shown = asyncio.get_running_loop().create_future()
        return self._shown

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        state, shown = self._model.state, self._shown
        # The window's buttons follow the run's state within a frame; until then they take no key.
        stands = state.phase is RunPhase.PAUSED and state.step != self._step and self._step_on.isEnabled()
        if event.type() == QEvent.Type.Paint and stands and shown is not None and not shown.done():
            asyncio.get_running_loop().call_soon(_settle, shown)
        return False


def _settle(shown: asyncio.Future[float]) -> None:
    if not shown.done():
        shown.set_result(time.perf_counter())


async def measure(workbench: Workbench, path: str) -> list[float]:
    opened = await workbench.commands.open(path, has_consent=True)
    assert opened is not None
    stops, took = Stops(workbench), []
    shown = stops.next()
    await workbench.commands.begin(start="paused")
    await shown
    for _ in range(STOPS):
        shown = stops.next()
        began = time.perf_counter()
        QTest.keyClick(workbench.window, Qt.Key.Key_F10)
        took.append(await shown - began)
    await workbench.controller.stop()
    return took


async def main() -> int:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    with tempfile.TemporaryDirectory() as place:
        for engine in ("stepgraph", "langgraph"):
            home = Path(place, engine)
            home.mkdir()
            workbench = Workbench(app, WorkerSession(), Settings(home / "settings.ini"), Scheme.DARK)
            workbench.show()
            took = await measure(workbench, program(home, engine, "def"))
            *_, worst = statistics.quantiles(took, n=20)
            print(
                f"{engine:10} {statistics.median(took) * 1000:6.1f} ms, 1 in 20 over {worst * 1000:6.1f} ms"
            )
            await workbench.close()
    return 0


if __name__ == "__main__":
    sys.setswitchinterval(THREAD_SWITCH_SECONDS)
    application = QApplication([])
    sys.exit(loop.run(main, application))
