"""Steers a run in a host: answers each of its stops by the next order, and tells why it stood."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.kit.programs import Recorder

Order = str | Callable[[Recorder], None]
"""One that the host knows and that names no task, or what to do instead."""


async def stops(recorder: Recorder, *orders: Order, start: str = "paused", **request: Any) -> list[str]:
    """Answer each pause by the next order, and by Continue when none is left; returns the reasons."""
    left = list(orders)

    def answer(paused: dict[str, Any]) -> None:
        order = left.pop(0) if left else "resume"
        if callable(order):
            order(recorder)
        else:
            recorder.host.order(order, {})

    recorder.on("paused", answer)
    last = await recorder.run({"log": []}, start=start, **request)
    assert last["outcome"] == "finished", last
    held = recorder.all("task_held") + recorder.all("task_lingers")
    released = recorder.all("task_released")
    assert sorted(event["node"] for event in held) == sorted(event["node"] for event in released)
    return [event["reason"] for event in recorder.all("paused")]


def log_of(recorder: Recorder) -> list[Any]:
    """What the run has left in the key `log`."""
    log: list[Any] = recorder.all("values")[-1]["values"]["log"]
    return log
