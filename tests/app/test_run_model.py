"""The run as Qt sees it: one burst of signals a frame, and none for nothing."""

from __future__ import annotations

from PySide6.QtCore import QObject
from tests.kit.run_script import RunScript, topology

from stepscope.model.program import Program
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection

PROGRAM = Program(
    "a.py:g", "a.py", "g", ("g",), "stepgraph", topology("START -> a", "a -> END"), {}, {"n": 1}
)


class Heard(QObject):
    """Writes down every signal of a model, in order."""

    def __init__(self, model: RunModel) -> None:
        super().__init__(model)
        self.names: list[str] = []
        for name in ("program_changed", "was_reset", "run_changed", "rows_added"):
            getattr(model, name).connect(lambda name=name: self.names.append(name))
        for name in ("nodes_changed", "edges_changed", "messages_changed"):
            getattr(model, name).connect(lambda changed, name=name: self.names.append(name))


def feed(model: RunModel, script: RunScript) -> None:
    for event in script.events:
        model.feed(event)


def test_a_thousand_events_of_one_frame_are_told_once(qtbot):
    model = RunModel()
    heard = Heard(model)
    script = RunScript().begin()
    for number in range(1000):
        script.custom(1, number)

    with qtbot.waitSignal(model.rows_added):
        feed(model, script)
    assert heard.names == ["run_changed", "rows_added"]


def test_nothing_is_told_before_the_frame_is_over_unless_asked(qapp):
    model = RunModel()
    heard = Heard(model)
    feed(model, RunScript().begin().token("m", "a"))

    assert heard.names == []
    model.flush()
    assert heard.names == ["run_changed", "messages_changed"]


def test_a_flush_with_nothing_new_tells_nothing(qapp):
    model = RunModel()
    heard = Heard(model)
    model.flush()

    assert heard.names == []


def test_opening_a_program_begins_with_an_empty_run_of_its_shape(qapp):
    model = RunModel()
    heard = Heard(model)
    model.set_program(PROGRAM)

    assert model.state.topology is PROGRAM.topology
    assert heard.names == ["was_reset", "run_changed", "program_changed"]


def test_what_an_old_run_had_not_told_is_forgotten_with_it(qapp):
    model = RunModel()
    model.set_program(PROGRAM)
    feed(model, RunScript().begin().run(1, "a"))
    heard = Heard(model)
    model.reset()
    model.flush()

    assert heard.names == ["was_reset", "run_changed"]
    assert model.state.tasks == {}


def test_selecting_the_same_node_again_tells_nothing(qtbot):
    selection = Selection()
    told = []
    selection.node_changed.connect(told.append)
    selection.select(("a",))
    selection.select(("a",))
    selection.select(None)

    assert told == [("a",), None]


def test_a_program_that_is_read_again_resets_nothing(qapp):
    model = RunModel()
    model.set_program(PROGRAM)
    feed(model, RunScript().begin().run(1, "a").end())
    model.flush()
    heard = Heard(model)
    state = model.state

    model.renew_program(PROGRAM)

    assert heard.names == ["program_changed"]
    assert model.state is state
    assert model.has_reloaded

    model.reset()
    assert not model.has_reloaded
