"""What is looked at follows the run: into the graph that it stops in, and out of it when it is over."""

from __future__ import annotations

import pytest
from tests.kit.canvas_stage import NEWSROOM, program
from tests.kit.run_script import RunScript

from stepscope.model.events import Outcome
from stepscope.run.follower import Follower
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection

INSIDE = ("researcher:r",)


class Followed:
    """A run that is followed; `selection` says what is looked at."""

    def __init__(self) -> None:
        self.model, self.selection = RunModel(), Selection()
        self.follower = Follower(self.model, self.selection)
        self.model.set_program(program(NEWSROOM))
        self.script = RunScript().begin().run(1, "plan").start("researcher#r", 2)
        self.told = 0
        self.script.start("query", 1, INSIDE).hold("query").pause(2, "query")
        self.show()

    def show(self) -> None:
        for event in self.script.events[self.told :]:
            self.model.feed(event)
        self.told = len(self.script.events)
        self.model.flush()


@pytest.fixture
def followed(qapp: object) -> Followed:
    return Followed()


def test_a_stop_inside_a_graph_shows_that_graph(followed: Followed) -> None:
    assert followed.selection.namespace == INSIDE


@pytest.mark.parametrize("outcome", [Outcome.FINISHED, Outcome.STOPPED])
def test_a_run_that_is_over_shows_the_root_again(followed: Followed, outcome: Outcome) -> None:
    followed.script.resume().end(outcome)
    followed.show()
    assert followed.selection.namespace == ()


def test_a_graph_in_which_the_run_has_failed_is_still_looked_at(followed: Followed) -> None:
    followed.script.resume().end(Outcome.FAILED)
    followed.show()
    assert followed.selection.namespace == INSIDE


def test_a_run_that_asks_shows_the_graph_of_who_asks(followed: Followed) -> None:
    followed.script.resume().ask("i-1", "why?", INSIDE, "query").end(Outcome.INTERRUPTED)
    followed.show()
    assert followed.selection.namespace == INSIDE


def test_what_the_person_looks_at_is_left_alone(followed: Followed) -> None:
    followed.selection.look_at(INSIDE, 1)
    followed.script.resume().end(Outcome.FINISHED)
    followed.show()
    assert (followed.selection.namespace, followed.selection.step) == (INSIDE, 1)
