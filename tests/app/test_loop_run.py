"""A program on the Qt loop from beginning to end: its exit status, and what is cleaned up behind it."""

from __future__ import annotations

import asyncio
import logging
import threading

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from stepscope.run.loop import QtEventLoop, run


@pytest.mark.parametrize(("returned", "status"), [(None, 0), (0, 0), (3, 3)])
def test_the_programs_result_is_its_exit_status(
    qapp: QApplication, returned: int | None, status: int
) -> None:
    async def main() -> int | None:
        assert isinstance(asyncio.get_running_loop(), QtEventLoop)
        await asyncio.sleep(0)
        return returned

    assert run(main, qapp) == status


@pytest.mark.parametrize("error", [ValueError("as asked"), RuntimeError("as asked"), SystemExit("as asked")])
def test_the_programs_error_is_raised(qapp: QApplication, error: BaseException) -> None:
    async def main() -> None:
        raise error

    with pytest.raises(type(error), match="as asked"):
        run(main, qapp)


def test_tasks_that_are_left_are_cancelled_and_may_clean_up(qapp: QApplication) -> None:
    ended: list[str] = []

    async def sleeper() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0)
            ended.append("cleaned up")

    async def main() -> None:
        sleepers.append(asyncio.create_task(sleeper()))
        await asyncio.sleep(0)

    sleepers: list[asyncio.Task[None]] = []
    run(main, qapp)
    assert ended == ["cleaned up"]
    assert sleepers[0].cancelled()


def test_a_left_task_that_fails_while_it_is_cancelled_is_told(
    qapp: QApplication, caplog: pytest.LogCaptureFixture
) -> None:
    async def sleeper() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            raise ValueError("while cancelled")

    async def main() -> None:
        sleepers.append(asyncio.create_task(sleeper()))
        await asyncio.sleep(0)

    sleepers: list[asyncio.Task[None]] = []
    with caplog.at_level(logging.ERROR, "asyncio"):
        run(main, qapp)
    assert "ValueError: while cancelled" in caplog.text


def test_generators_that_are_left_open_are_closed(qapp: QApplication) -> None:
    ended: list[str] = []

    async def numbers() -> object:
        try:
            yield 1
        finally:
            await asyncio.sleep(0)
            ended.append("closed")

    async def main() -> None:
        await generator.__anext__()  # type: ignore[attr-defined]

    generator = numbers()
    run(main, qapp)
    assert ended == ["closed"]


def test_busy_threads_are_waited_for(qapp: QApplication) -> None:
    ended: list[str] = []
    release = threading.Event()

    def work() -> None:
        release.wait()
        ended.append("worked")

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.run_in_executor(None, work)
        # Set while the executor is being shut down, after `main` has returned.
        QTimer.singleShot(20, release.set)

    run(main, qapp)
    assert ended == ["worked"]


def test_closing_the_last_window_leaves_the_end_to_the_program(qapp: QApplication) -> None:
    async def main() -> int:
        window = QWidget()
        window.show()
        await asyncio.sleep(0.005)
        window.close()
        await asyncio.sleep(0.02)
        return 7

    qapp.setQuitOnLastWindowClosed(True)
    assert run(main, qapp) == 7


def test_when_qt_quits_the_program_is_cancelled_and_ends_well(qapp: QApplication) -> None:
    ended: list[str] = []

    async def main() -> None:
        QTimer.singleShot(0, qapp.quit)
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0)
            ended.append("saved")

    assert run(main, qapp) == 0
    assert ended == ["saved"]


def test_a_program_that_qt_quits_may_still_return_a_status(qapp: QApplication) -> None:
    async def main() -> int:
        QTimer.singleShot(0, qapp.quit)
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            return 5
        return 6

    assert run(main, qapp) == 5


def test_a_second_program_can_follow_the_first(qapp: QApplication) -> None:
    async def main() -> int:
        await asyncio.sleep(0.001)
        return 1

    assert [run(main, qapp), run(main, qapp)] == [1, 1]
