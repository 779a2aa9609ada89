"""The Values pane: the newest state, an older one, a subgraph's; what changed; what stays open."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from tests.kit.pane_probe import choices, choose, empty_text, open_row, tree
from tests.kit.pane_stage import PaneStage
from tests.kit.run_script import RunScript

from stepscope.panes.values import ValuesPane

INSIDE = ("researcher:researcher",)


@pytest.fixture
def values(qtbot) -> PaneStage[ValuesPane]:
    return PaneStage(qtbot, ValuesPane, (400, 300))


def settle(stage: PaneStage[ValuesPane], qtbot) -> None:
    """Until the newest state is shown: states that come in a rush are shown a few times a second."""
    newest = stage.model.state.values[-1]
    qtbot.waitUntil(lambda: stage.pane.shown is newest)


def test_an_empty_pane_says_what_will_appear_here(values):
    assert empty_text(values.pane).startswith("The state after each superstep")


def test_the_newest_state_is_shown_with_what_changed(values, qtbot):
    script = RunScript().begin().values(0, {"topic": "ice", "tmp": 1})
    script.values(1, {"topic": "ice", "notes": ["a"]}).values(2, {"topic": "snow", "notes": ["a", "b"]})
    values.show(script)

    assert tree(values.pane) == ['~ topic "snow" str', "~ notes 2 items list"]


def test_the_state_that_others_look_at_is_shown_and_what_is_chosen_here_is_told(values, qtbot):
    script = RunScript().begin().values(0, {"topic": "ice"}).values(0, {"q": 1}, INSIDE)
    values.show(script.values(1, {"q": 2}, INSIDE))
    values.selection.look_at(INSIDE, 0)
    assert tree(values.pane) == ["q 1 int"]
    assert (values.pane.graphs.currentText(), values.pane.steps.currentText()) == (
        "researcher",
        "0, the input",
    )

    choose(values.pane.steps, "1")
    assert (values.selection.namespace, values.selection.step) == (INSIDE, 1)
    values.selection.look_at(())
    assert tree(values.pane) == ['topic "ice" str']


def test_a_graph_that_has_no_state_yet_is_shown_as_soon_as_it_has(values, qtbot):
    script = RunScript().begin().values(0, {"topic": "ice"})
    values.show(script)
    values.selection.look_at(INSIDE)
    assert tree(values.pane) == ['topic "ice" str']

    values.show(script.values(0, {"q": 1}, INSIDE))
    settle(values, qtbot)
    assert tree(values.pane) == ["q 1 int"]


def test_a_changed_key_tells_who_wrote_it_in_that_superstep(values):
    script = RunScript().begin().values(0, {"notes": [], "score": 0}).update("writer", 1, {"score": 1})
    script.values(1, {"notes": [], "score": 1})
    script.update("researcher", 2, {"notes": ["a"]}).update("fact_check", 2, {"notes": ["b"], "score": 1})
    values.show(script.values(2, {"notes": ["a", "b"], "score": 1}))

    assert tree(values.pane) == ["~ notes 2 items by researcher, fact_check list", "score 1 int"]
    choose(values.pane.steps, "1")
    assert tree(values.pane) == ["notes empty list", "~ score 1 by writer int"]


def test_a_node_that_wrote_a_key_in_several_tasks_is_named_once(values):
    script = RunScript().begin().values(0, {"notes": []})
    script.update("writer", 1, {"notes": ["a"]}).update("writer", 1, {"notes": ["b"]})
    values.show(script.values(1, {"notes": ["a", "b"]}))

    assert tree(values.pane) == ["~ notes 2 items by writer list"]


def test_a_key_that_is_gone_is_still_told(values):
    values.show(RunScript().begin().values(0, {"tmp": 1, "n": 1}).values(1, {"n": 1}))

    assert tree(values.pane) == ["n 1 int", "− tmp 1 int"]


def test_a_row_opens_with_the_right_arrow_and_stays_open_in_the_next_superstep(values, qtbot):
    script = RunScript().begin().values(1, {"notes": ["a"], "n": 1})
    values.show(script)
    open_row(values.pane, "notes")
    assert tree(values.pane) == ["notes 1 item list", '  0 "a" str', "n 1 int"]

    values.show(script.values(2, {"notes": ["a", "b"], "n": 1}))
    settle(values, qtbot)
    assert tree(values.pane) == ["~ notes 2 items list", '  0 "a" str', '  + 1 "b" str', "n 1 int"]


def test_a_row_that_was_closed_stays_closed(values, qtbot):
    script = RunScript().begin().values(1, {"notes": ["a"]})
    values.show(script)
    open_row(values.pane, "notes")
    QTest.keyClick(values.pane.tree, Qt.Key.Key_Left)
    values.show(script.values(2, {"notes": ["a", "b"]}))
    settle(values, qtbot)

    assert tree(values.pane) == ["~ notes 2 items list"]


def test_the_selected_row_stays_selected(values, qtbot):
    script = RunScript().begin().values(1, {"a": 1, "b": 2})
    values.show(script)
    open_row(values.pane, "b")
    values.show(script.values(2, {"a": 2, "b": 3}))
    settle(values, qtbot)

    assert values.pane.tree.tree.row_at(values.pane.tree.currentIndex()).path == ("b",)


def test_an_older_superstep_can_be_looked_at_while_new_ones_come(values, qtbot):
    script = RunScript().begin().values(0, {"n": 0}).values(1, {"n": 1}).values(2, {"n": 2})
    values.show(script)
    assert choices(values.pane.steps) == ["newest", "0, the input", "1", "2"]

    choose(values.pane.steps, "1")
    assert tree(values.pane) == ["~ n 1 int"]

    values.show(script.values(3, {"n": 3}))
    qtbot.waitUntil(lambda: "3" in choices(values.pane.steps))
    assert tree(values.pane) == ["~ n 1 int"]

    choose(values.pane.steps, "newest")
    assert tree(values.pane) == ["~ n 3 int"]


def test_the_state_of_a_subgraph_can_be_chosen_and_is_compared_with_its_own_last(values):
    script = RunScript().begin().values(1, {"n": 1}).start("researcher", 2)
    script.values(0, {"q": 1}, INSIDE).values(1, {"q": 2}, INSIDE)
    values.show(script)
    assert tree(values.pane) == ["n 1 int"]

    choose(values.pane.graphs, "researcher")
    assert tree(values.pane) == ["~ q 2 int"]
    assert choices(values.pane.steps) == ["newest", "0, the input", "1"]


def test_two_runs_of_a_subgraph_are_told_apart(values):
    script = RunScript().begin().values(1, {"n": 1})
    script.values(0, {"q": 1}, ("researcher:r1",)).values(0, {"q": 5}, ("researcher:r2",))
    values.show(script)

    assert choices(values.pane.graphs) == ["root", "researcher", "researcher #2"]
    choose(values.pane.graphs, "researcher #2")
    assert tree(values.pane) == ["q 5 int"]


def test_a_graph_without_subgraphs_offers_no_choice_of_graph(values):
    values.show(RunScript().begin().values(1, {"n": 1}))

    assert not values.pane.graphs.isVisible()


def test_a_new_run_follows_the_newest_superstep_again(values):
    script = RunScript().begin().values(0, {"n": 0}).values(1, {"n": 1})
    values.show(script)
    choose(values.pane.steps, "0, the input")
    values.run_again(RunScript().begin().values(0, {"n": 7}))

    assert tree(values.pane) == ["n 7 int"]
    assert choices(values.pane.steps) == ["newest", "0, the input"]


def test_supersteps_in_a_rush_end_with_the_newest(values, qtbot):
    script = RunScript().begin()
    for number in range(500):
        values.show(script.values(number, {"n": number}))
    settle(values, qtbot)

    assert tree(values.pane) == ["~ n 499 int"]


def test_copying_takes_the_whole_value_of_the_row(values):
    values.show(RunScript().begin().values(1, {"draft": "a\nb" * 200, "notes": ["x"]}))
    open_row(values.pane, "draft")
    QTest.keyClick(values.pane.tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "a\nb" * 200

    open_row(values.pane, "notes")
    QTest.keyClick(values.pane.tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == '[\n  "x"\n]'


def test_a_value_that_was_cut_says_so(values):
    values.show(
        RunScript().begin().values(1, {"page": {"$type": "str", "$text": "x" * 200, "$size": 50_000_000}})
    )
    open_row(values.pane, "page")

    assert tree(values.pane)[-1].strip() == "… … 49,999,800 more characters"


# What was cut, and is fetched.

CUT = {"$type": "list", "$items": list(range(40)), "$size": 80, "$handle": "7"}


@pytest.fixture
def asked(values) -> list[str]:
    handles: list[str] = []
    values.model.more_wanted.connect(handles.append)
    return handles


def click(stage: PaneStage[ValuesPane], *path: str, twice: bool = False) -> None:
    """Click a row, or double-click it."""
    view = stage.pane.tree
    index = view.tree.index_of(path)
    view.scrollTo(index)
    place, left = view.visualRect(index).center(), Qt.MouseButton.LeftButton
    QTest.mouseClick(view.viewport(), left, pos=place)
    if twice:
        QTest.mouseDClick(view.viewport(), left, pos=place)


def current(stage: PaneStage[ValuesPane]) -> str:
    return str(stage.pane.tree.currentIndex().data())


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Right])
def test_a_note_is_chosen_by_key(values, asked, key):
    values.show(RunScript().begin().values(1, {"n": CUT}))
    open_row(values.pane, "n")
    click(values, "n", "…")
    QTest.keyClick(values.pane.tree, key)

    assert asked == ["7"]
    assert tree(values.pane)[-1].strip() == "… fetching…"


def test_a_note_is_chosen_by_a_double_click_and_not_by_a_single_one(values, asked):
    values.show(RunScript().begin().values(1, {"n": CUT}))
    open_row(values.pane, "n")
    click(values, "n", "…")
    assert asked == []

    click(values, "n", "…", twice=True)
    assert asked == ["7"]


def test_what_was_fetched_stands_where_the_note_was_and_the_eye_need_not_move(values, asked):
    values.show(RunScript().begin().values(1, {"a": 1, "n": CUT}))
    open_row(values.pane, "n")
    click(values, "n", "…")
    view = values.pane.tree
    scrolled, top = view.verticalScrollBar().value(), view.visualRect(view.currentIndex()).top()
    assert scrolled > 0
    QTest.keyClick(view, Qt.Key.Key_Return)
    values.model.more_arrived.emit("7", {"$type": "list", "$items": list(range(40, 80))})

    assert current(values) == "40 40"
    assert view.verticalScrollBar().value() == scrolled
    assert view.visualRect(view.currentIndex()).top() == top
    assert len(tree(values.pane)) == 2 + 80


def test_a_person_who_has_gone_elsewhere_stays_there(values, asked):
    values.show(RunScript().begin().values(1, {"a": 1, "n": CUT}))
    open_row(values.pane, "n")
    click(values, "n", "…", twice=True)
    click(values, "a")
    values.model.more_arrived.emit("7", {"$type": "list", "$items": [0]})

    assert current(values) == "a 1"


def test_opening_a_part_that_was_left_out_fetches_it(values, asked):
    values.show(
        RunScript().begin().values(1, {"d": {"$type": "dict", "$entries": [], "$size": 1, "$handle": "7"}})
    )
    open_row(values.pane, "d")
    assert asked == ["7"]
    assert tree(values.pane) == ["d 1 key dict", "  … fetching…"]
    values.model.more_arrived.emit("7", {"inside": [1]})
    assert tree(values.pane) == ["d 1 key dict", "  inside 1 item list"]

    open_row(values.pane, "d", "inside")
    assert tree(values.pane)[-1].strip() == "0 1 int"


def test_a_part_that_stays_open_is_fetched_again_of_the_next_state(values, asked, qtbot):
    script = RunScript().begin()
    script.values(1, {"d": {"$type": "dict", "$entries": [], "$size": 1, "$handle": "7"}})
    values.show(script)
    open_row(values.pane, "d")
    values.model.more_arrived.emit("7", {"inside": 1})
    values.show(script.values(2, {"d": {"$type": "dict", "$entries": [], "$size": 1, "$handle": "8"}}))
    settle(values, qtbot)

    assert asked == ["7", "8"]


def test_why_more_cannot_be_had_is_said_and_asked_again(values, asked):
    values.show(RunScript().begin().values(1, {"n": CUT}))
    open_row(values.pane, "n")
    click(values, "n", "…")
    QTest.keyClick(values.pane.tree, Qt.Key.Key_Return)
    values.model.more_refused.emit("7", "The program has moved on.")
    assert tree(values.pane)[-1].strip() == "… The program has moved on."

    QTest.keyClick(values.pane.tree, Qt.Key.Key_Return)
    assert asked == ["7", "7"]


def test_what_was_fetched_is_copied_with_its_value(values, asked):
    page = {"$type": "str", "$text": "a\n" * 100, "$size": 203, "$handle": "7"}
    values.show(RunScript().begin().values(1, {"page": page}))
    open_row(values.pane, "page")
    click(values, "page", "…", twice=True)
    values.model.more_arrived.emit("7", "end")
    click(values, "page")
    QTest.keyClick(values.pane.tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert QGuiApplication.clipboard().text() == "a\n" * 100 + "end"


def test_the_lines_of_a_long_text_are_as_long_as_the_pane_is_wide(values, qtbot):
    text = "".join(chr(97 + number % 26) for number in range(2_000))
    values.show(RunScript().begin().values(1, {"text": text}))
    open_row(values.pane, "text")
    view = values.pane.tree

    def lines() -> list[str]:
        children = view.tree.row_at(view.tree.index_of(("text",))).children or []
        return [child.text for child in children]

    narrow = lines()
    assert "".join(narrow) == text
    assert 20 < len(narrow[0]) < 60
    values.pane.resize(800, 300)
    qtbot.waitUntil(lambda: len(lines()[0]) > len(narrow[0]))
    assert "".join(lines()) == text
