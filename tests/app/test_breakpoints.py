"""The person's breakpoints: what a key does to them, and what is kept of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from tests.kit.canvas_stage import NEWSROOM, program
from tests.kit.run_script import topology

from stepscope.model.breakpoint import ERRORS, Breakpoint, Sign, problem_of, sign_of
from stepscope.model.topology import START
from stepscope.run.breakpoints import Breakpoints
from stepscope.run.run_model import RunModel
from stepscope.run.settings import Settings

WRITER, QUERY = ("writer",), ("researcher", "query")


class Desk:
    """A store, and all it looks at."""

    def __init__(self, folder: Path) -> None:
        self.model = RunModel()
        self.settings = Settings(folder / "settings.ini")
        self.store = Breakpoints(self.model, self.settings)
        self.model.set_program(program(NEWSROOM))

    @property
    def told(self) -> list[str]:
        return [each.sentence for each in self.store.items if not each.is_fixed]


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot) -> Desk:
    return Desk(tmp_path)


def test_a_breakpoint_is_set_and_taken_away_by_the_same_key(desk: Desk) -> None:
    desk.store.toggle(QUERY)
    assert desk.told == ["Breakpoint on researcher › query"]
    desk.store.toggle(QUERY)
    assert desk.told == []


def test_one_with_a_condition_is_disabled_by_the_key_and_not_lost(desk: Desk) -> None:
    desk.store.add(Breakpoint("", WRITER, condition="len(state.log) > 2", visits=3))
    desk.store.toggle(WRITER)
    assert desk.told == ["Breakpoint on writer, if len(state.log) > 2, from visit 3 on (disabled)"]
    assert desk.store.plain() == ()
    desk.store.toggle(WRITER)
    assert desk.told == ["Breakpoint on writer, if len(state.log) > 2, from visit 3 on"]


def test_every_change_is_told(desk: Desk, qtbot: QtBot) -> None:
    for change in (
        lambda: desk.store.toggle(WRITER),
        lambda: desk.store.enable("1", False),
        lambda: desk.store.enable_all(True),
        lambda: desk.store.replace(replace(desk.store["1"], log="here")),
        lambda: desk.store.remove("1"),
        lambda: desk.store.enable(ERRORS, True),
        desk.store.remove_all,
    ):
        with qtbot.waitSignal(desk.store.changed, timeout=0):
            change()
    with qtbot.assertNotEmitted(desk.store.changed):
        desk.store.remove_all()


def test_a_run_is_told_of_what_is_enabled_and_has_its_node(desk: Desk) -> None:
    desk.store.toggle(WRITER)
    desk.store.add(Breakpoint("", QUERY, log="at {visit}"))
    desk.store.add(Breakpoint("", ("gone",)))
    desk.store.add(Breakpoint("", (), "change", key="log"))
    desk.store.enable("1", False)
    desk.store.enable(ERRORS, True)
    assert [(item["id"], item["when"], item["path"]) for item in desk.store.plain()] == [
        ("errors", "error", []),
        ("2", "before", ["researcher", "query"]),
        ("4", "change", []),
    ]


def test_breakpoints_outlive_the_window(desk: Desk, tmp_path: Path) -> None:
    desk.store.add(Breakpoint("", QUERY, "after", "update", 2, "{update}", enabled=False))
    desk.store.enable(ERRORS, True)
    desk.settings.save()
    again = Desk(tmp_path)
    assert again.store.items == desk.store.items
    assert again.store[ERRORS].enabled


def test_breakpoints_are_those_of_their_graph(desk: Desk) -> None:
    desk.store.toggle(WRITER)
    desk.model.set_program(replace(program(NEWSROOM), target="other.py:graph"))
    assert desk.told == []
    desk.model.set_program(program(NEWSROOM))
    assert desk.told == ["Breakpoint on writer"]


def test_a_breakpoint_whose_node_is_gone_waits_for_it(desk: Desk) -> None:
    desk.store.toggle(WRITER)
    desk.model.renew_program(program(topology("START -> plan", "plan -> END")))
    assert desk.store.is_gone(desk.store["1"])
    assert desk.store.plain() == ()
    desk.model.renew_program(program(NEWSROOM))
    assert not desk.store.is_gone(desk.store["1"])


def test_what_cannot_be_read_of_what_was_kept_is_left_out(desk: Desk, tmp_path: Path) -> None:
    good = Breakpoint("7", WRITER).to_plain()
    bad = [{}, 3, None, {**good, "when": "never"}, {**good, "path": None}, {**good, "visits": "x"}]
    desk.settings.remember_breakpoints(program(NEWSROOM).target, [*bad, good])
    desk.settings.save()
    again = Desk(tmp_path)
    assert again.told == ["Breakpoint on writer"]
    again.store.toggle(QUERY)
    assert again.store.items[-1].id == "8"


def test_the_two_ends_hold_no_breakpoint(desk: Desk) -> None:
    assert desk.store.can_hold(WRITER)
    assert desk.store.can_hold(("researcher",))
    assert not desk.store.can_hold((START,))
    assert not desk.store.can_hold(("gone",))
    assert not desk.store.can_hold(None)


def test_breakpoints_of_a_graph_are_no_breakpoints_of_its_node(desk: Desk) -> None:
    desk.store.add(Breakpoint("", ("researcher",), "change", key="log"))
    assert desk.store.at(("researcher",)) == []


def test_one_mark_stands_for_all_breakpoints_of_a_node() -> None:
    off = Breakpoint("1", WRITER, enabled=False)
    log = Breakpoint("2", WRITER, log="x")
    on = Breakpoint("3", WRITER)
    assert sign_of([off]) is Sign.BREAKPOINT_OFF
    assert sign_of([off, log]) is Sign.LOGPOINT
    assert sign_of([off, log, on]) is Sign.BREAKPOINT
    assert sign_of([replace(log, enabled=False)]) is Sign.LOGPOINT_OFF


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        (Breakpoint("1", QUERY, "after"), "Breakpoint on researcher › query, after"),
        (Breakpoint("1", QUERY, "error"), "Breakpoint on researcher › query, on an error"),
        (Breakpoint("1", (), "error"), "Breakpoint on any error"),
        (Breakpoint("1", (), "error", unhandled=True), "Breakpoint on errors not handled"),
        (Breakpoint("1", (), "change", key="log"), "Breakpoint on log, changes"),
        (Breakpoint("1", QUERY, "change", key="log"), "Breakpoint on log in researcher › query, changes"),
        (Breakpoint("1", (), "custom", "message.n"), "Breakpoint on custom message, if message.n"),
        (Breakpoint("1", WRITER, log="{visit}"), "Logpoint on writer, log “{visit}”"),
    ],
)
def test_a_breakpoint_is_told_in_words(item: Breakpoint, sentence: str) -> None:
    assert item.sentence == sentence


def test_an_expression_that_cannot_be_read_is_told_before_it_is_used() -> None:
    assert problem_of("") == problem_of("  len(state) > 2 ") == ""
    assert problem_of("len(state") == "'(' was never closed (at character 4)"
    assert problem_of("x = 1").startswith("invalid syntax")
