"""The Inspector: one task of the selected node, with its values, what became of its writes, and its code."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from tests.kit.canvas_stage import NEWSROOM, at_the_barrier, program
from tests.kit.pane_probe import choices, choose, empty_text, tree
from tests.kit.pane_stage import PaneStage
from tests.kit.run_script import BOOM, RunScript

from stepscope.model.topology import NodeKey, Source, Topology
from stepscope.panes.inspector import InspectorPane


class Clock:
    """Says what the test wants, in seconds."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


CLOCK = Clock()


@pytest.fixture
def inspector(qtbot) -> PaneStage[InspectorPane]:
    CLOCK.now = 1000.0
    return PaneStage(qtbot, lambda *looked_at: InspectorPane(*looked_at, clock=CLOCK), (400, 700))


def finished_plan() -> RunScript:
    script = RunScript().begin().values(0, {"notes": ["a", "b"], "score": 0.64, "topic": "ice"})
    script.start("plan", 1, input={"topic": "ice"}).at(0.9)
    written = {"notes": ["c"], "score": 0.71, "angle": "x"}
    script.finish("plan", result=written).update("plan", 1, written)
    return script


def test_with_nothing_selected_it_says_what_will_appear(inspector):
    assert empty_text(inspector.pane).startswith("Select a node or a task")


def test_a_node_that_has_not_run_says_so(inspector):
    inspector.selection.select(("plan",))
    assert inspector.pane.said == ["plan", "has not run"]


def test_a_running_task_says_since_when_and_where_it_belongs(inspector):
    inspector.show(at_the_barrier())
    CLOCK.now = 1001.6
    inspector.selection.select(("researcher", "tools"))

    assert inspector.pane.said[:3] == ["researcher › tools", "●  running 1.2 s", "superstep 3.2"]


def test_a_finished_task_shows_input_and_output(inspector):
    inspector.show(finished_plan())
    inspector.selection.select(("plan",))

    assert inspector.pane.said[1] == "✓  arrived after 0.9 s"
    assert tree(inspector.pane.tree) == [
        "input 1 key dict",
        '  topic "ice" str',
        "output 3 keys dict",
        "  notes 1 item list",
        "  score 0.71 float",
        '  angle "x" str',
    ]


def test_what_it_wrote_waits_for_the_end_of_the_superstep(inspector):
    inspector.show(finished_plan())
    inspector.selection.select(("plan",))

    assert 'notes  ["c"], applied when the superstep ends' in inspector.pane.said[-1]


def test_what_it_wrote_is_told_with_what_the_state_made_of_it(inspector, qtbot):
    script = finished_plan()
    inspector.show(script)
    inspector.selection.select(("plan",))
    inspector.show(script.values(1, {"notes": ["a", "b", "c"], "score": 0.71, "topic": "ice", "angle": "x"}))

    told = 'notes  2 items → 3 items\nscore  0.64 → 0.71\nangle  new: "x"'
    qtbot.waitUntil(lambda: told in inspector.pane.said)
    assert "~ state after 3 keys dict" in tree(inspector.pane.tree)
    assert "  ~ score 0.71 float" in tree(inspector.pane.tree)


def test_the_reducer_and_the_writes_of_others_are_told(inspector):
    shape = Topology(NEWSROOM.nodes, NEWSROOM.edges, {(): {"notes": "add"}})
    inspector.model.set_program(program(shape))
    script = RunScript().begin().values(0, {"notes": []}).start("writer", 1).start("fact_check", 1)
    for node in ("writer", "fact_check"):
        script.finish(node, result={"notes": [node]}).update(node, 1, {"notes": [node]})
    inspector.show(script.values(1, {"notes": ["writer", "fact_check"]}))
    inspector.selection.select(("writer",))

    assert "notes  empty → 2 items  (add, with one other)" in inspector.pane.said


def test_a_failure_is_told_with_its_remedy_and_leads_to_the_problem(inspector):
    wanted: list[object] = []
    inspector.pane.problem_wanted.connect(wanted.append)
    inspector.show(RunScript().begin().start("plan", 1).fail("plan"))
    inspector.selection.select(("plan",))

    assert inspector.pane.said[-1] == f"{BOOM.headline}\n/home/ada/weather.py:12\n{BOOM.remedy}"
    click(inspector, "Show Problem")
    assert wanted == [BOOM]


def test_what_the_person_did_is_told_with_what_they_gave(inspector):
    script = RunScript().begin().start("plan", 1).act("plan", "retried").act("plan", "supplied", {"n": 1})
    inspector.show(script.finish("plan", result={"n": 1}))
    inspector.selection.select(("plan",))

    assert "superstep 1 · attempt 2" in inspector.pane.said
    assert 'tried again by you\noutput supplied by you: {"n": 1}' in inspector.pane.said


def test_the_model_calls_of_the_task_are_counted(inspector, qtbot):
    script = RunScript().begin().start("plan", 1)
    inspector.show(script)
    inspector.selection.select(("plan",))
    for number in range(11):
        script.at(0.2 + 0.1 * number).token("m1", "word ", node="plan")
    inspector.show(script.token("m2", "elsewhere", node="route"))

    told = "1 message · 11 tokens · first token 0.2 s · 10 tok/s"
    qtbot.waitUntil(lambda: told in inspector.pane.said)


def fan() -> RunScript:
    script = RunScript().begin()
    for name in "abc":
        script.start(f"writer#{name}", 1, input=name)
    return script.finish("writer#a", "writer#b")


def test_the_tasks_of_a_node_can_be_chosen_and_the_newest_is_shown_first(inspector):
    inspector.show(fan())
    inspector.selection.select(("writer",))
    assert inspector.pane.said[2] == "superstep 1 · visit 3 of 3"
    assert choices(inspector.pane.visits) == ["newest", "1, superstep 1", "2, superstep 1", "3, superstep 1"]

    choose(inspector.pane.visits, "2, superstep 1")
    assert inspector.selection.task == "writer#b"
    assert tree(inspector.pane.tree)[0] == 'input "b" str'


def test_a_task_that_is_selected_elsewhere_is_the_one_that_is_shown(inspector):
    inspector.show(fan())
    inspector.selection.select(("writer",), "writer#a")

    assert inspector.pane.said[2] == "superstep 1 · visit 1 of 3"
    assert inspector.pane.visits.currentText() == "1, superstep 1"
    inspector.selection.select(("plan",))
    assert not inspector.pane.visits.isVisible()


def test_the_newest_visit_is_followed_and_a_chosen_one_stays(inspector, qtbot):
    script = RunScript().begin().run(1, "plan#1").run(2, "plan#2")
    inspector.show(script)
    inspector.selection.select(("plan",))
    inspector.show(script.run(3, "plan#3"))
    qtbot.waitUntil(lambda: "superstep 3 · visit 3 of 3" in inspector.pane.said)

    inspector.selection.select(("plan",), "plan#1")
    inspector.show(script.run(4, "plan#4"))
    qtbot.waitUntil(lambda: "superstep 1 · visit 1 of 4" in inspector.pane.said)


def test_another_run_has_other_tasks(inspector):
    inspector.show(fan())
    inspector.selection.select(("writer",), "writer#a")
    inspector.selection.forget_run()
    inspector.run_again(RunScript().begin())
    assert inspector.pane.said == ["writer", "has not run"]


def test_a_text_that_looks_like_markup_is_shown_as_it_is(inspector):
    inspector.show(RunScript().begin().start("plan", 1).finish("plan", result={"<b>": "<i>"}))
    inspector.selection.select(("plan",))

    labels = [label for label in inspector.pane.findChildren(QLabel) if label.isVisible()]
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in labels)


PLACE = Source("/home/ada/news.py", 12, 14, "plan")


def with_source(key: NodeKey) -> Topology:
    nodes = {k: replace(node, source=PLACE) if k == key else node for k, node in NEWSROOM.nodes.items()}
    return Topology(nodes, NEWSROOM.edges)


def test_the_code_of_the_node_is_asked_for_and_shown(inspector):
    asked: list[object] = []
    opened: list[object] = []
    inspector.pane.source_wanted.connect(asked.append)
    inspector.pane.editor_wanted.connect(opened.append)
    inspector.model.set_program(program(with_source(("plan",))))
    inspector.selection.select(("plan",))
    (node,) = asked
    inspector.pane.show_code(node, "def plan(state):\n    return {}")

    assert inspector.pane.said[-1] == "news.py:12, plan"
    assert inspector.pane.code == "12  def plan(state):\n13      return {}"
    click(inspector, "Open in Editor")
    assert opened == [PLACE]

    inspector.selection.select(("route",))
    inspector.pane.show_code(node, "too late")
    assert inspector.pane.code == ""


def test_a_subgraph_says_how_many_nodes_it_has(inspector):
    inspector.selection.select(("researcher",))
    assert inspector.pane.said[-1] == "a subgraph of 2 nodes"


def click(stage: PaneStage[InspectorPane], text: str) -> None:
    button = next(b for b in stage.pane.findChildren(QPushButton) if b.text() == text and b.isVisible())
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
