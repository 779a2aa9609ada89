"""A dialog that is opened is one more thing to await; one that is executed stops tasks but breaks none."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot


async def answer(dialog: QDialog) -> int:
    """Open a dialog and wait for what the user does with it."""
    closed = asyncio.get_running_loop().create_future()
    dialog.finished.connect(closed.set_result)
    dialog.open()
    return await closed


async def count_for_ever(counted: list[int]) -> None:
    while True:
        counted.append(len(counted))
        await asyncio.sleep(0.001)


async def test_an_opened_dialog_is_awaited_while_other_tasks_run(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    dialog = QMessageBox(parent)
    counted: list[int] = []
    counting = asyncio.ensure_future(count_for_ever(counted))
    answering = asyncio.ensure_future(answer(dialog))
    await asyncio.sleep(0.02)
    assert dialog.isVisible()
    seen_while_open = len(counted)
    dialog.accept()
    assert await answering == QDialog.DialogCode.Accepted
    assert seen_while_open > 1
    counting.cancel()
    await asyncio.gather(counting, return_exceptions=True)


async def test_closing_the_last_window_does_not_end_the_loop(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    await asyncio.sleep(0.005)
    window.close()
    await asyncio.sleep(0.02)


async def test_tasks_run_on_under_a_dialog_that_a_slot_executes(qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    loop = asyncio.get_running_loop()
    closed = loop.create_future()
    # From Qt, not from a callback of the loop: no turn is under way.
    QTimer.singleShot(0, lambda: closed.set_result(dialog.exec()))
    counted: list[int] = []
    counting = asyncio.ensure_future(count_for_ever(counted))
    while len(counted) < 10:
        await asyncio.sleep(0.001)
    assert dialog.isVisible()
    dialog.accept()
    assert await closed == QDialog.DialogCode.Accepted
    counting.cancel()
    await asyncio.gather(counting, return_exceptions=True)


async def test_a_dialog_executed_in_a_task_makes_the_others_stand_still_and_no_more(qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    counted: list[int] = []
    counting = asyncio.ensure_future(count_for_ever(counted))
    await asyncio.sleep(0.01)
    before = len(counted)
    QTimer.singleShot(30, dialog.accept)
    dialog.exec()
    assert len(counted) == before
    while len(counted) < before + 5:
        await asyncio.sleep(0.001)
    assert not counting.done()
    counting.cancel()
    await asyncio.gather(counting, return_exceptions=True)


async def test_a_timer_that_rings_under_an_executed_dialog_waits_for_its_end(qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    loop = asyncio.get_running_loop()
    order: list[str] = []
    rang = asyncio.Event()

    async def execute() -> None:
        QTimer.singleShot(60, dialog.accept)
        dialog.exec()
        order.append("dialog closed")

    def ring() -> None:
        order.append("timer rang")
        rang.set()

    def begin() -> None:
        # Called by Qt between turns: Qt is asked to ring in 30 ms, and for the turn that executes the dialog.
        loop.call_later(0.03, ring)
        tasks.append(loop.create_task(execute()))

    tasks: list[asyncio.Task[None]] = []
    QTimer.singleShot(0, begin)
    await rang.wait()
    await tasks[0]
    assert order == ["dialog closed", "timer rang"]
