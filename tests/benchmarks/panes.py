"""How fast events reach the screen, and how long the window ever stands still meanwhile.

Run with ``python -m tests.benchmarks.panes [repeats]``. Each row feeds a `RunModel` in slices from a
coroutine on the window's own loop while a timer ticks every 16 ms; only the measured pane exists.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from itertools import pairwise

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from stepscope.model.events import Custom, Event, Location, Printed, Token, Updated, Values
from stepscope.panes.console import ConsolePane
from stepscope.panes.messages import MessagesPane
from stepscope.panes.pane import Pane
from stepscope.panes.tables import CustomPane, UpdatesPane
from stepscope.panes.values import ValuesPane
from stepscope.run.controller import READ_SECONDS
from stepscope.run.loop import QtEventLoop
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection
from stepscope.theme import DARK


def customs() -> Iterable[Event]:
    return (
        Custom(n, float(n), (), 1, {"progress": n, "of": 50_000, "note": "x" * 40}) for n in range(50_000)
    )


def updates() -> Iterable[Event]:
    return (Updated(n, float(n), (), n, "node", {"log": [n], "count": n}) for n in range(50_000))


def values() -> Iterable[Event]:
    items = list(range(500))
    return (Values(n, float(n), (), n, {"items": items, "n": n}) for n in range(5_000))


def one_stream() -> Iterable[Event]:
    return (_token(n, "message") for n in range(50_000))


def eight_streams() -> Iterable[Event]:
    return (_token(n, f"message {n % 8}") for n in range(50_000))


def thousands_of_messages() -> Iterable[Event]:
    return (_token(n, f"message {n // 10}") for n in range(50_000))


def prints() -> Iterable[Event]:
    """300,000 lines, as many in a piece as a pipe holds."""
    lines = [f"{n}: a line that a node prints, of about the usual length\n" for n in range(300_000)]
    return (Printed(n, float(n), "stdout", "".join(lines[n : n + 1_000])) for n in range(0, 300_000, 1_000))


def single_prints() -> Iterable[Event]:
    return (Printed(n, float(n), "stdout", f"{n}: a line that a node prints\n") for n in range(60_000))


def coloured_prints() -> Iterable[Event]:
    line = "\x1b[32m✓\x1b[0m {n}: a line in \x1b[1mcolour\x1b[0m\n"
    return (
        Printed(n, float(n), "stdout", "".join(line.format(n=m) for m in range(n, n + 100)))
        for n in range(0, 60_000, 100)
    )


def logs() -> Iterable[Event]:
    where = Location("/home/ada/agent.py", 12, "fetch", "log.info(...)")
    return (
        Printed(n, float(n), "log", f"{n}: a record of the usual length", "INFO", "agent", where, "node")
        for n in range(60_000)
    )


def progress() -> Iterable[Event]:
    return (Printed(n, float(n), "stderr", f"\r {n} of 60,000") for n in range(60_000))


def _token(n: int, message: str) -> Token:
    return Token(n, n / 1000, (), 1, "model", message, "AIMessageChunk", " word", "", ("tag",), False)


CASES: list[tuple[str, type[Pane], Callable[[], Iterable[Event]], str]] = [
    ("50,000 custom rows", CustomPane, customs, ""),
    ("50,000 custom rows, filtered", CustomPane, customs, "49"),
    ("50,000 updates", UpdatesPane, updates, ""),
    ("5,000 values of 500 items", ValuesPane, values, ""),
    ("300,000 lines in 300 pieces", ConsolePane, prints, ""),
    ("60,000 lines one by one", ConsolePane, single_prints, ""),
    ("60,000 lines, filtered", ConsolePane, single_prints, "49"),
    ("60,000 coloured lines", ConsolePane, coloured_prints, ""),
    ("60,000 log records", ConsolePane, logs, ""),
    ("60,000 steps of a progress bar", ConsolePane, progress, ""),
    ("50,000 tokens, one message", MessagesPane, one_stream, ""),
    ("50,000 tokens, eight at once", MessagesPane, eight_streams, ""),
    ("50,000 tokens, 5,000 messages", MessagesPane, thousands_of_messages, ""),
]


async def measure(pane_class: type[Pane], events: Iterable[Event], needle: str) -> tuple[float, float, float]:
    """Seconds until all is shown, those of the processor, and the longest time between two ticks."""
    model = RunModel()
    pane = pane_class(model, Selection(), DARK)
    pane.resize(700, 400)
    pane.show()
    await asyncio.sleep(0.05)
    if needle:
        pane.events.filter.setText(needle)  # type: ignore[attr-defined]
    batch = list(events)
    ticks: list[float] = []
    timer = QTimer(interval=16)
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    timer.start()
    await asyncio.sleep(0.05)
    began, worked = time.perf_counter(), time.thread_time()
    turn_ends = time.perf_counter() + READ_SECONDS
    for event in batch:
        model.feed(event)
        if time.perf_counter() > turn_ends:
            await asyncio.sleep(0)
            turn_ends = time.perf_counter() + READ_SECONDS
    model.flush()
    while needle and pane.events.table.is_behind:  # type: ignore[attr-defined]
        await asyncio.sleep(0)
    pane.repaint()
    took, work = time.perf_counter() - began, time.thread_time() - worked
    await asyncio.sleep(0.05)
    timer.stop()
    gaps = [after - before for before, after in pairwise(ticks)]
    pane.close()
    pane.deleteLater()
    return took, work, max(gaps) * 1000


async def main(repeats: int) -> None:
    print(f"{'':34}{'seconds':>9}{'CPU':>9}{'longest gap':>14}   median of {repeats}")
    for name, pane_class, events, needle in CASES:
        runs = [await measure(pane_class, events(), needle) for _ in range(repeats)]
        seconds = statistics.median(run[0] for run in runs)
        work = statistics.median(run[1] for run in runs)
        gap = statistics.median(run[2] for run in runs)
        print(f"{name:34}{seconds:9.2f}{work:9.2f}{gap:11.0f} ms", flush=True)


if __name__ == "__main__":
    application = QApplication([])
    application.setQuitOnLastWindowClosed(False)
    with QtEventLoop(application) as loop:
        loop.run_until_complete(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
