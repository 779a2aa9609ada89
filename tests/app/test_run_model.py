"""The run as Qt sees it: one burst of signals a frame, and none for nothing."""

from __future__ import annotations

from dataclasses import replace

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
        for name in ("program_changed", "was_reset", "run_changed", "rows_added", "console_changed"):
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
    assert heard.names == ["console_changed", "was_reset", "run_changed", "program_changed"]


def test_what_an_old_run_had_not_told_is_forgotten_with_it(qapp):
    model = RunModel()
    model.set_program(PROGRAM)
    feed(model, RunScript().begin().run(1, "a"))
    heard = Heard(model)
    model.reset()
    model.flush()

    assert heard.names == ["was_reset", "run_changed"]
    assert model.state.tasks == {}


def printed(model: RunModel) -> list[str]:
    return [model.console[number].text for number in range(model.console.first, len(model.console))]


def test_what_is_printed_is_told_once_a_frame_and_does_not_change_the_run(qapp):
    model = RunModel()
    model.set_program(PROGRAM)
    feed(model, RunScript().begin())
    model.flush()
    heard = Heard(model)
    feed(model, RunScript().print("one\n").print("two\n"))
    assert heard.names == []

    model.flush()
    assert heard.names == ["console_changed"]


def test_what_was_printed_outlives_the_run_and_what_is_not_told_yet_is_told(qapp):
    model = RunModel()
    model.set_program(PROGRAM)
    feed(model, RunScript().begin().print("first\n").end())
    heard = Heard(model)
    model.reset()
    assert heard.names == ["console_changed", "was_reset", "run_changed"]

    feed(model, RunScript().begin().print("second\n"))
    assert printed(model) == ["Run 1 started", "first", "Run 2 started", "second"]


def test_another_program_has_only_what_it_printed_itself(qapp):
    model = RunModel()
    model.set_program(PROGRAM)
    feed(model, RunScript().begin().print("old\n").end())
    model.opening(1.0, "b.py")
    model.hear(RunScript().print("importing\n").events[0])
    model.set_program(replace(PROGRAM, target="b.py:g"))
    assert printed(model) == ["Opening b.py", "importing"]

    model.opening(2.0, "b.py")
    model.hear(RunScript().print("again\n").events[0])
    model.set_program(replace(PROGRAM, target="b.py:g"))
    assert printed(model) == ["Opening b.py", "importing", "Opening b.py", "again"]


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
