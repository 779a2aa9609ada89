"""What watched expressions are worth: after which superstep, against which, and when they are evaluated."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import pytest
from tests.kit.canvas_stage import NEWSROOM, program
from tests.kit.run_script import RunScript

from stepscope.model.events import Plain
from stepscope.model.topology import Namespace
from stepscope.run.jobs import Jobs
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection
from stepscope.run.settings import Settings
from stepscope.run.watches import Watches

INSIDE = ("researcher:1",)


class Started(Jobs):
    """Jobs whose ends can be waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[asyncio.Task[Any]] = []

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        self.started.append(super().start(work))
        return self.started[-1]


class Desk:
    """Watches with all that they look at; `asked` has what was evaluated, a hanging one takes too long."""

    def __init__(self, folder: Path) -> None:
        self.model, self.selection, self.jobs = RunModel(), Selection(), Started()
        self.settings = Settings(folder / "settings.ini")
        self.asked: list[tuple[str, Namespace, int | None]] = []
        self.watches = self.make()
        self.model.set_program(program(NEWSROOM))

    def make(self) -> Watches:
        return Watches(self.model, self.selection, self.settings, self._evaluate, self.jobs)

    async def _evaluate(self, expression: str, namespace: Namespace, step: int | None) -> Plain:
        self.asked.append((expression, namespace, step))
        if expression == "hangs":
            raise LookupError("takes longer than 2 s")
        event = self.model.state.history.after(namespace, step or 0)
        if event is None or expression not in event.values:
            raise LookupError(f"raises KeyError: {expression!r}")
        return event.values[expression]

    def show(self, script: RunScript) -> None:
        for event in script.events:
            self.model.feed(event)
        self.model.flush()

    async def look(self) -> list[str]:
        """The watches once they are known, as ``n: 2 -> 3``."""
        self.watches.look()
        while self.jobs.started:
            await self.jobs.started.pop()
        return [_line(one) for one in self.watches.watched]


def _line(one) -> str:
    if one.now is None:
        return f"{one.expression}: ?"
    now = one.now.problem or one.now.value
    before = f"{one.before.value} -> " if one.has_changed else ""
    return f"{one.expression}: {before}{now}"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    await desk.jobs.close()


def states(*numbers: int, namespace: Namespace = ()) -> RunScript:
    script = RunScript().begin()
    for step, number in enumerate(numbers):
        script.values(step, {"n": number, "same": 1}, namespace)
    return script


async def test_a_watch_tells_its_value_and_what_it_was_a_superstep_before(desk: Desk) -> None:
    desk.watches.add("n")
    desk.watches.add("same")
    assert await desk.look() == ["n: ?", "same: ?"]
    desk.show(states(2, 3))
    assert await desk.look() == ["n: 2 -> 3", "same: 1"]


async def test_an_older_superstep_is_compared_with_the_one_before_it(desk: Desk) -> None:
    desk.watches.add("n")
    desk.show(states(2, 3, 3, 7))
    desk.selection.look_at((), 1)
    assert await desk.look() == ["n: 2 -> 3"]
    desk.selection.look_at((), 2)
    assert await desk.look() == ["n: 3"]


async def test_the_graph_that_is_looked_at_is_the_one_whose_state_counts(desk: Desk) -> None:
    desk.watches.add("n")
    desk.show(states(2))
    desk.show(states(5, 6, namespace=INSIDE))
    desk.selection.look_at(INSIDE)
    assert await desk.look() == ["n: 5 -> 6"]


async def test_what_is_known_is_not_evaluated_again(desk: Desk) -> None:
    desk.watches.add("n")
    desk.show(states(2, 3))
    await desk.look()
    asked = len(desk.asked)
    await desk.look()
    assert len(desk.asked) == asked == 2


async def test_an_expression_without_a_value_says_why(desk: Desk) -> None:
    desk.watches.add("m")
    desk.show(states(2, 3))
    assert await desk.look() == ["m: raises KeyError: 'm'"]


async def test_one_that_takes_too_long_is_tried_once_a_run(desk: Desk) -> None:
    desk.watches.add("hangs")
    desk.show(states(1, 2, 3))
    assert await desk.look() == ["hangs: takes longer than 2 s"]
    desk.selection.look_at((), 1)
    assert await desk.look() == ["hangs: takes longer than 2 s"]
    assert len(desk.asked) == 1

    desk.model.reset()
    desk.show(states(1))
    await desk.look()
    assert len(desk.asked) == 2


async def test_a_watch_is_kept_with_its_file_and_only_once(desk: Desk) -> None:
    for expression in (" n ", "n", "", "same"):
        desk.watches.add(expression)
    desk.watches.change(1, "len(state.notes)")
    others = program(NEWSROOM, "other")
    desk.model.set_program(type(others)(**{**vars(others), "path": "b.py"}))
    assert desk.watches.watched == []

    again = desk.make()
    desk.model.set_program(program(NEWSROOM))
    assert [one.expression for one in again.watched] == ["n", "len(state.notes)"]
    again.remove(0)
    assert desk.settings.watches_of("a.py") == ["len(state.notes)"]
