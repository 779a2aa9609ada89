"""Who waits at the gates of a run, and what is told of that, whatever order the news come in."""

from __future__ import annotations

from typing import Any

from stepscope_host.debugging.breakpoints import Breakpoints
from stepscope_host.debugging.debugger import Task
from stepscope_host.debugging.gatekeeper import Gatekeeper
from stepscope_host.debugging.states import States

WRITER = Task("1", "writer", (), 1)


class Gatehouse:
    """A gatekeeper, what it tells, and the tasks of whose start the stream has told."""

    def __init__(self, **request: Any) -> None:
        self.news: list[tuple[str, dict[str, Any]]] = []
        self.started: list[Task] = []
        breakpoints = Breakpoints(request.get("breakpoints", ()), self._tell, States())
        self.keeper = Gatekeeper(
            self._tell, lambda value: value, self.started.__contains__, breakpoints, request
        )

    @property
    def told(self) -> list[str]:
        return [event for event, _ in self.news]

    def _tell(self, event: str, **parts: Any) -> None:
        self.news.append((event, parts))


async def test_a_task_that_begins_before_a_pause_is_not_told_as_held_by_a_stream_that_lags() -> None:
    house = Gatehouse()
    assert house.keeper.lets_in(WRITER)
    house.keeper.order("pause", {})
    house.keeper.announce(WRITER)
    assert house.told == []


async def test_a_task_that_is_announced_during_a_pause_is_held() -> None:
    house = Gatehouse()
    house.keeper.order("pause", {})
    house.keeper.announce(WRITER)
    assert house.told == ["task_held"]
    assert not house.keeper.lets_in(WRITER)


async def test_nobody_is_asked_about_a_task_unless_somebody_has_something_to_say() -> None:
    at_writer = {"id": "1", "path": ["writer"], "when": "before"}
    minded: list[dict[str, Any]] = [
        {"start": "paused"},
        {"run_to": ["writer"]},
        {"breakpoints": [at_writer]},
        {"breakpoints": [{"id": "1", "path": [], "when": "custom"}]},
        {"pins": [{"path": ["editor"], "output": {}}]},
    ]
    assert Gatehouse().keeper.lets_in(WRITER)
    assert Gatehouse(breakpoints=[{**at_writer, "path": ["editor"]}]).keeper.lets_in(WRITER)
    for request in minded:
        assert not Gatehouse(**request).keeper.lets_in(WRITER), request
    for when in ("after", "error"):
        assert not Gatehouse(breakpoints=[{**at_writer, "when": when}]).keeper.lets_out(WRITER.id)
    assert Gatehouse(breakpoints=[at_writer]).keeper.lets_out(WRITER.id)
    assert not Gatehouse().keeper.reroutes
    assert Gatehouse(pins=[{"path": ["writer"], "to": ["end"]}]).keeper.reroutes


async def test_visits_are_counted_while_nobody_asks_for_them() -> None:
    house = Gatehouse()
    for number in range(3):
        task = Task(str(number), "writer", (), number)
        assert house.keeper.lets_in(task)
        assert house.keeper.lets_out(task.id)
    seen = {"id": "1", "path": ["writer"], "when": "before", "log": "visit {visit}"}
    house.keeper.order("breakpoints", {"breakpoints": [seen]})
    last = Task("4", "writer", (), 4)
    house.started.append(last)
    assert await house.keeper.enter(last, {}) is None
    assert house.news[-1][1]["text"] == "visit 4"
