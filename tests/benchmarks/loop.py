"""What a callback, a task or a wake-up costs: asyncio, plain qasync and Stepscope's loop, turn about.

    python -m tests.benchmarks.loop [rounds]

Prints microseconds an operation (the median of the rounds) and how many times asyncio's each one is.
"""

from __future__ import annotations

import asyncio
import os
import socket
import statistics
import sys
import threading
import time
from collections.abc import Callable, Coroutine

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from stepscope.run.loop import QtEventLoop, qasync

Operation = Callable[[int], Coroutine[None, None, None]]


async def call_soon_chain(count: int) -> None:
    loop, done = asyncio.get_running_loop(), asyncio.Event()

    def go_on(left: int) -> None:
        if left:
            loop.call_soon(go_on, left - 1)
        else:
            done.set()

    go_on(count)
    await done.wait()


async def call_soon_burst(count: int) -> None:
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    for _ in range(count):
        loop.call_soon(int)
    loop.call_soon(done.set)
    await done.wait()


async def sleep_0(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def create_task_and_gather(count: int) -> None:
    async def nothing() -> None:
        pass

    await asyncio.gather(*(asyncio.create_task(nothing()) for _ in range(count)))


async def queue_of_one(count: int) -> None:
    queue: asyncio.Queue[int] = asyncio.Queue(1)

    async def put() -> None:
        for number in range(count):
            await queue.put(number)

    putting = asyncio.create_task(put())
    for _ in range(count):
        await queue.get()
    await putting


async def wait_for_in_time(count: int) -> None:
    for _ in range(count):
        await asyncio.wait_for(asyncio.sleep(0), 3600)


async def timers_of_1_ms(count: int) -> None:
    await asyncio.gather(*(asyncio.sleep(0.001) for _ in range(count)))


async def to_thread_and_back(count: int) -> None:
    loop = asyncio.get_running_loop()
    for _ in range(count):
        await loop.run_in_executor(None, int)


async def threadsafe_burst(count: int) -> None:
    loop, done = asyncio.get_running_loop(), asyncio.Event()

    def send() -> None:
        for _ in range(count):
            loop.call_soon_threadsafe(int)
        loop.call_soon_threadsafe(done.set)

    thread = threading.Thread(target=send)
    thread.start()
    await done.wait()
    thread.join()


async def socket_round_trip(count: int) -> None:
    ours, theirs = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=ours)
    there, back = await asyncio.open_connection(sock=theirs)

    async def echo() -> None:
        for _ in range(count):
            back.write(await there.readexactly(5))

    echoing = asyncio.create_task(echo())
    for _ in range(count):
        writer.write(b"hello")
        await reader.readexactly(5)
    await echoing
    for stream in (writer, back):
        stream.close()
        await stream.wait_closed()


async def socket_megabyte(count: int) -> None:
    ours, theirs = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=ours)
    _, back = await asyncio.open_connection(sock=theirs)
    block = bytes(1 << 20)
    for _ in range(count):
        back.write(block)
        await reader.readexactly(len(block))
    for stream in (writer, back):
        stream.close()
        await stream.wait_closed()


OPERATIONS: dict[Operation, int] = {
    call_soon_chain: 20_000,
    call_soon_burst: 20_000,
    sleep_0: 20_000,
    create_task_and_gather: 10_000,
    queue_of_one: 10_000,
    wait_for_in_time: 5_000,
    timers_of_1_ms: 5_000,
    to_thread_and_back: 1_000,
    threadsafe_burst: 10_000,
    socket_round_trip: 1_000,
    socket_megabyte: 50,
}


def cost(make: Callable[[], asyncio.AbstractEventLoop], operation: Operation, count: int) -> float:
    """Microseconds a single operation took, on a loop of its own."""
    loop = make()
    try:
        loop.run_until_complete(operation(max(1, count // 10)))
        began = time.perf_counter()
        loop.run_until_complete(operation(count))
        return (time.perf_counter() - began) / count * 1e6
    finally:
        loop.close()


def main(rounds: int) -> None:
    app = QApplication([])
    app.setQuitOnLastWindowClosed(False)
    loops: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
        "asyncio": asyncio.new_event_loop,
        "qasync": lambda: qasync.QEventLoop(app),
        "stepscope": lambda: QtEventLoop(app),
    }
    print(f"{'µs an operation':24}" + "".join(f"{name:>18}" for name in loops))
    for operation, count in OPERATIONS.items():
        took: dict[str, list[float]] = {name: [] for name in loops}
        for _ in range(rounds):
            for name, make in loops.items():
                took[name].append(cost(make, operation, count))
        medians = {name: statistics.median(costs) for name, costs in took.items()}
        cells = (f"{cost:9.2f} (x{cost / medians['asyncio']:4.1f})" for cost in medians.values())
        print(f"{operation.__name__:24}" + "".join(f"{cell:>18}" for cell in cells), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
