"""The Tasks pane: the tasks of the superstep side by side, each with its glyph and how it stands."""

from __future__ import annotations

import pytest
from tests.kit.pane_probe import click_row, empty_text, rows
from tests.kit.pane_stage import PaneStage
from tests.kit.run_script import RunScript

from stepscope.model.events import Outcome
from stepscope.panes.tasks import TasksPane


class Clock:
    """Says what the test wants, in seconds since the run began."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def tasks(qtbot) -> PaneStage[TasksPane]:
    stage = PaneStage(qtbot, lambda *looked_at: TasksPane(*looked_at, clock=CLOCK), (230, 200))
    CLOCK.now = 1000.0
    return stage


CLOCK = Clock()


def test_an_empty_pane_says_what_will_appear_here(tasks):
    assert empty_text(tasks.pane).startswith("The tasks of each superstep")


def test_each_task_says_how_it_stands(tasks):
    script = RunScript().begin().run(1, "plan").at(2).start("researcher", 2).start("writer", 2)
    script.start("fact_check", 2).hold("writer").at(2.9).finish("fact_check")
    tasks.show(script)
    CLOCK.now = 1003.2

    assert tasks.pane.heading == "TASKS OF SUPERSTEP 2"
    assert rows(tasks.pane) == ["researcher running 1.2 s", "writer held", "fact_check arrived 0.9 s"]


def test_a_failed_task_and_one_that_was_stopped_say_so(tasks):
    script = RunScript().begin().start("writer", 1).start("fact_check", 1).at(0.25).fail("writer")
    tasks.show(script.end(Outcome.FAILED))

    assert rows(tasks.pane) == ["writer failed 0.2 s", "fact_check stopped"]


def test_tasks_of_one_node_are_told_apart_by_a_number(tasks):
    script = RunScript().begin().start("writer#a", 1).start("fact_check", 1).start("writer#b", 1)
    tasks.show(script.hold("writer#a").hold("writer#b").hold("fact_check"))

    assert rows(tasks.pane) == ["writer #1 held", "fact_check held", "writer #2 held"]


def test_the_tasks_of_a_subgraph_stand_below_the_task_they_run_in(tasks):
    script = RunScript().begin().start("researcher", 1).start("writer", 1)
    tasks.show(script.start("query", 1, ("researcher:researcher",)))

    assert [row.split()[0] for row in rows(tasks.pane)] == ["researcher", "query", "writer"]


def test_clicking_a_task_selects_its_node_and_selecting_a_node_marks_its_task(tasks):
    tasks.show(RunScript().begin().start("researcher", 1).start("writer", 1))
    click_row(tasks.pane, 1)
    assert tasks.selected == [("writer",)]

    tasks.selection.select(("researcher",))
    assert tasks.pane.rows.currentIndex().row() == 0

    tasks.selection.select(("plan",))
    assert not tasks.pane.rows.currentIndex().isValid()


def test_a_task_whose_output_the_person_gave_says_so(tasks):
    script = RunScript().begin().start("writer", 1).hold("writer").act("writer", "supplied", {"n": 1})
    tasks.show(script.finish("writer", result={"n": 1}))
    assert rows(tasks.pane) == ["writer supplied by you"]


def test_one_of_a_nodes_tasks_is_selected_and_no_other(tasks):
    tasks.show(RunScript().begin().start("writer#a", 1).start("writer#b", 1).start("writer#c", 1))
    click_row(tasks.pane, 1)
    assert (tasks.selection.node, tasks.selection.task) == (("writer",), "writer#b")

    tasks.selection.select(("writer",), "writer#c")
    assert tasks.pane.rows.currentIndex().row() == 2


def test_the_row_that_is_marked_for_its_node_can_still_be_chosen(tasks):
    tasks.show(RunScript().begin().start("writer#a", 1).start("writer#b", 1))
    tasks.selection.select(("writer",))
    assert tasks.selection.task is None

    click_row(tasks.pane, 0)
    assert tasks.selection.task == "writer#a"


def test_the_next_superstep_takes_the_place_of_the_last(tasks):
    script = RunScript().begin().run(1, "plan")
    tasks.show(script)
    tasks.show(script.start("route", 2))

    assert tasks.pane.heading == "TASKS OF SUPERSTEP 2"
    assert [row.split()[0] for row in rows(tasks.pane)] == ["route"]
