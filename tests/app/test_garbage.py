"""Whoever makes the garbage, the window's thread collects it while a program runs."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from stepscope.run.garbage import collect_when_due
from stepscope.run.loop import run


class Knot:
    """Garbage that only the collector can free, and that knows which thread did."""

    freed_in: set[threading.Thread] = set()  # noqa: RUF012 - the instances are gone when it is read

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        Knot.freed_in.add(threading.current_thread())


@pytest.fixture(autouse=True)
def small_thresholds() -> Iterator[None]:
    thresholds, was_enabled = gc.get_threshold(), gc.isenabled()
    gc.collect()
    Knot.freed_in.clear()
    gc.set_threshold(100, 5, 5)
    yield
    gc.set_threshold(*thresholds)
    if was_enabled:
        gc.enable()
    else:
        gc.disable()


def make_knots() -> None:
    for _ in range(10_000):
        Knot()


def test_garbage_that_a_thread_makes_is_collected_in_the_windows_thread(qapp: QApplication) -> None:
    async def main() -> None:
        await asyncio.to_thread(make_knots)
        while not Knot.freed_in:
            await asyncio.sleep(0.01)

    gc.enable()
    run(main, qapp)
    gc.disable()
    assert Knot.freed_in == {threading.main_thread()}


def test_after_the_program_python_collects_by_itself_again(qapp: QApplication) -> None:
    async def main() -> bool:
        return gc.isenabled()

    gc.enable()
    assert run(main, qapp) == 0
    assert gc.isenabled()
    gc.disable()
    assert run(main, qapp) == 0
    assert not gc.isenabled()


def test_nothing_is_collected_before_it_is_due() -> None:
    gc.disable()
    gc.collect()
    Knot()
    collect_when_due()
    assert Knot.freed_in == set()


def test_old_garbage_is_collected_in_the_end() -> None:
    gc.disable()
    knot = Knot()
    gc.collect()  # Survived, so it is of the oldest generation.
    del knot
    for _ in range(100):
        if Knot.freed_in:
            break
        kept = [[] for _ in range(200)]
        collect_when_due()
        del kept
    assert Knot.freed_in == {threading.main_thread()}
