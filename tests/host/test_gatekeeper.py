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
            *(self._tell, lambda value: value, self.started.__contains__, lambda: self.started),
            *(breakpoints, request),
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


async def test_a_pause_in_the_middle_finds_what_runs_and_what_has_not_begun() -> None:
    house, editor = Gatehouse(), Task("2", "editor", (), 1)
    house.started += [WRITER, editor]
    house.keeper.passage.enter(*WRITER)  # nobody was asked
    assert house.keeper.running == [WRITER]
    house.keeper.order("pause", {})
    assert house.keeper.debugger.running == [WRITER]
    assert house.keeper.debugger.waiting == [editor]


async def test_a_pause_does_not_take_what_has_ended_for_something_that_has_not_begun() -> None:
    house = Gatehouse()
    house.keeper.passage.enter(*WRITER)
    house.started.append(WRITER)
    house.keeper.passage.leave(WRITER.id)  # which the stream has not told yet
    house.keeper.order("pause", {})
    assert house.keeper.debugger.running == house.keeper.debugger.waiting == []


async def test_a_task_that_is_over_before_the_stream_tells_of_its_start_is_not_told_as_held() -> None:
    house = Gatehouse()
    house.keeper.order("pause", {})
    house.keeper.order("release", {"task": WRITER.id})
    assert house.keeper.lets_in(WRITER)
    assert house.keeper.lets_out(WRITER.id)
    house.keeper.announce(WRITER)
    assert "task_held" not in house.told


async def test_tasks_are_asked_about_until_the_last_order_is_undone() -> None:
    house = Gatehouse()
    passage, at_writer = house.keeper.passage, {"id": "1", "path": ["writer"], "when": "before"}
    orders: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("breakpoints", {"breakpoints": [at_writer]}, {"breakpoints": []}),
        ("pins", {"pins": [{"path": ["writer"], "output": {}}]}, {"pins": []}),
        ("pins", {"pins": [{"path": ["writer"], "to": ["end"]}]}, {"pins": []}),
    ]
    for kind, order, undone in orders:
        assert passage.is_free
        house.keeper.order(kind, order)
        assert not passage.is_free
        house.keeper.order(kind, undone)
    house.keeper.order("pause", {})
    assert not passage.is_free
    house.keeper.order("resume", {})
    assert passage.is_free


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
