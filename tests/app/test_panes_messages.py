"""The Messages pane: bubbles that grow, filters by node and tag, selecting, copying, following the tail."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from tests.kit.pane_probe import bubbles, choices, drag_over, empty_text, filter_by_node, filter_by_tag
from tests.kit.pane_stage import PaneStage
from tests.kit.run_script import RunScript

from stepscope.panes.message_view import KEPT
from stepscope.panes.messages import MessagesPane
from stepscope.theme import DARK

INSIDE = ("researcher:researcher",)


@pytest.fixture
def messages(qtbot) -> PaneStage[MessagesPane]:
    return PaneStage(qtbot, MessagesPane, (400, 320))


def joke_and_poem() -> RunScript:
    script = RunScript().begin().at(1).start("plan", 1).start("writer", 1)
    script.at(1.5).token("j", "Why did", "plan", tags=("joke",)).token("p", "Roses", "writer", tags=("poem",))
    return script.at(2).token("j", " the cat", "plan").token("p", " are red", "writer")


def texts(stage: PaneStage[MessagesPane]) -> list[str]:
    return [bubble.text for bubble in bubbles(stage.pane)]


def test_an_empty_pane_says_what_will_appear_here(messages):
    assert empty_text(messages.pane).startswith("Each model call")


def test_a_scroll_bar_can_be_used_only_while_there_is_something_to_scroll(messages):
    messages.show(joke_and_poem())
    bar = messages.pane.view.verticalScrollBar()
    assert not bar.isEnabled()

    script = joke_and_poem()
    for number in range(30):
        script.token(f"m{number}", "a line\nand another", "plan")
    messages.show(script)
    assert bar.isEnabled()


def test_parallel_models_grow_in_a_bubble_each(messages):
    script = joke_and_poem()
    messages.show(script)
    assert texts(messages) == ["Why did the cat", "Roses are red"]

    messages.show(script.token("j", " cross?", "plan"))
    assert texts(messages) == ["Why did the cat cross?", "Roses are red"]


def test_a_bubble_is_headed_by_node_tags_superstep_first_token_and_speed(messages):
    messages.show(joke_and_poem())
    joke = bubbles(messages.pane)[0]

    assert (joke.node, joke.tags) == ("plan", ("joke",))
    assert joke.facts == ("superstep 1", "first token 0.50 s", "2 tok/s")


def test_a_node_in_a_subgraph_is_headed_by_its_path(messages):
    script = RunScript().begin().start("researcher", 4).start("query", 2, INSIDE)
    messages.show(script.token("m", "Dst", "query", 2, INSIDE))
    bubble = bubbles(messages.pane)[0]

    assert bubble.node == "researcher › query"
    assert bubble.facts[0] == "superstep 4.2"


def test_a_tool_call_and_its_result_say_what_they_are(messages):
    script = RunScript().begin().start("writer", 1).token("c", "", "writer", calls='lookup("Kp")', whole=True)
    messages.show(script.token("r", "8.7", "writer", kind="ToolMessage", whole=True))
    call, result = bubbles(messages.pane)

    assert (call.facts[0], call.tool_calls) == ("tool call", 'lookup("Kp")')
    assert (result.facts, result.text) == (("tool result", "superstep 1"), "8.7")


def cursor_is_painted(stage: PaneStage[MessagesPane]) -> bool:
    image = stage.pane.view.grab().toImage()
    running = QColor(DARK.running)
    return any(
        image.pixelColor(x, y) == running
        for x in range(0, image.width(), 2)
        for y in range(0, image.height(), 2)
    )


def test_the_bubble_that_grows_has_a_cursor_in_the_colour_of_what_runs(messages):
    script = joke_and_poem()
    messages.show(script)
    assert all(bubble.is_growing for bubble in bubbles(messages.pane))
    assert cursor_is_painted(messages)

    messages.show(script.finish("plan", "writer"))
    assert not any(bubble.is_growing for bubble in bubbles(messages.pane))
    assert not cursor_is_painted(messages)


def test_markup_is_shown_as_the_model_wrote_it(messages):
    messages.show(RunScript().begin().token("m", "<b>bold</b> <img src='file:///etc/passwd'>"))
    QTest.keyClick(messages.pane.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)

    assert messages.pane.view.selected_text == "<b>bold</b> <img src='file:///etc/passwd'>"


def test_the_filters_offer_what_has_been_seen(messages):
    messages.show(joke_and_poem())

    assert choices(messages.pane.nodes) == ["all", "plan", "writer"]
    assert choices(messages.pane.tags) == ["all", "joke", "poem"]


def test_filtering_by_tag_shows_only_messages_that_carry_it(messages):
    script = joke_and_poem()
    messages.show(script)
    filter_by_tag(messages.pane, "poem")
    assert texts(messages) == ["Roses are red"]

    messages.show(
        script.token("j2", "Another", "plan", tags=("joke",)).token("p2", "Violets", "writer", tags=("poem",))
    )
    assert texts(messages) == ["Roses are red", "Violets"]

    filter_by_tag(messages.pane, "all")
    assert len(texts(messages)) == 4


def test_filtering_by_node_and_tag_asks_for_both(messages):
    messages.show(joke_and_poem())
    filter_by_node(messages.pane, "plan")
    filter_by_tag(messages.pane, "poem")

    assert texts(messages) == []


def test_a_new_run_begins_with_no_bubbles_and_no_filters(messages):
    messages.show(joke_and_poem())
    filter_by_tag(messages.pane, "poem")
    messages.run_again(RunScript().begin().token("m", "fresh", "plan", tags=("new",)))

    assert texts(messages) == ["fresh"]
    assert choices(messages.pane.tags) == ["all", "new"]


def test_clicking_a_bubble_selects_its_node(messages):
    messages.show(joke_and_poem())
    point = messages.pane.view.bubble_rect(1).center().toPoint()
    QTest.mouseClick(messages.pane.view.viewport(), Qt.MouseButton.LeftButton, pos=point)

    assert messages.selected == [("writer",)]


def test_the_arrow_keys_walk_the_bubbles_and_enter_selects_the_node(messages):
    messages.show(joke_and_poem())
    QTest.keyClick(messages.pane.view, Qt.Key.Key_Up)
    QTest.keyClick(messages.pane.view, Qt.Key.Key_Up)
    QTest.keyClick(messages.pane.view, Qt.Key.Key_Return)

    assert messages.selected == [("plan",)]


def test_copying_without_a_selection_takes_the_current_message(messages):
    messages.show(joke_and_poem())
    QTest.keyClick(messages.pane.view, Qt.Key.Key_Down)
    QTest.keyClick(messages.pane.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert QGuiApplication.clipboard().text() == "Roses are red"


def test_a_drag_selects_text_across_bubbles_and_copies_it(messages):
    messages.show(joke_and_poem())
    first, second = messages.pane.view.bubble_rect(0), messages.pane.view.bubble_rect(1)
    drag_over(
        messages.pane,
        QPoint(round(first.left()), round(first.bottom()) - 16),
        QPoint(round(second.right()), round(second.bottom()) - 4),
    )
    QTest.keyClick(messages.pane.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert QGuiApplication.clipboard().text() == "Why did the cat\n\nRoses are red"


def test_a_double_click_selects_a_word(messages):
    messages.show(RunScript().begin().token("m", "solar storms", "plan", whole=True))
    area = messages.pane.view.bubble_rect(0)
    point = QPoint(round(area.left()) + 20, round(area.bottom()) - 18)
    QTest.mouseDClick(messages.pane.view.viewport(), Qt.MouseButton.LeftButton, pos=point)

    assert messages.pane.view.selected_text == "solar"


def test_line_breaks_are_kept_and_a_cut_paragraph_copies_as_one(messages):
    text = "first line\n\n" + "word " * 3000 + "\nlast"
    script = RunScript().begin()
    for start in range(0, len(text), 7):
        script.token("m", text[start : start + 7], "plan")
    messages.show(script)
    messages.pane.view.select_all()

    assert messages.pane.view.selected_text == text


def test_a_message_that_grew_while_out_of_sight_is_whole_when_scrolled_to(messages):
    script = RunScript().begin().token("first", "begun", "plan")
    for number in range(60):
        script.token(f"m{number}", f"message {number}", "writer", whole=True)
    messages.show(script)
    messages.show(script.token("first", " and grown\n" * 30, "plan"))
    messages.pane.view.verticalScrollBar().setValue(0)

    assert messages.pane.view.bubble_rect(0).height() > 30 * 10


def many(count: int) -> RunScript:
    script = RunScript().begin()
    for number in range(count):
        script.token(f"m{number}", f"message {number} " * (1 + number % 9), "writer", whole=True)
    return script


def test_the_tail_is_followed_until_the_person_scrolls_up_and_again_at_the_end(messages):
    script = many(50)
    messages.show(script)
    bar = messages.pane.view.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0

    bar.setValue(100)
    messages.show(script.token("m49", " more " * 400, "writer"))
    assert bar.value() == 100

    bar.setValue(bar.maximum())
    messages.show(script.token("m49", " more " * 400, "writer"))
    assert bar.value() == bar.maximum()


def test_what_is_read_stays_in_its_place_while_messages_above_are_measured(messages):
    messages.show(many(300))
    view = messages.pane.view
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 2)
    row = next(row for row in range(300) if view.bubble_rect(row).top() >= 0)
    before = view.bubble_rect(row).top()
    messages.show(many(301).token("m0", " longer" * 100, "writer"))

    assert view.bubble_rect(row).top() == pytest.approx(before, abs=1)


def test_only_what_is_in_sight_is_laid_out(messages):
    messages.show(many(2000))

    laid_out = [bubble for bubble in messages.pane.view.bubbles if bubble.is_filled]
    assert 0 < len(laid_out) < 30


def test_what_was_scrolled_past_lets_go_of_its_layout(messages):
    messages.show(many(1500))
    view = messages.pane.view
    for place in range(0, view.verticalScrollBar().maximum(), 300):
        view.verticalScrollBar().setValue(place)

    assert sum(bubble.is_filled for bubble in view.bubbles) <= KEPT + 20


def test_of_a_huge_message_only_what_is_in_sight_is_laid_out(messages):
    text = "a line\n" * 20_000 + "word " * 100_000
    messages.show(RunScript().begin().token("m", text, "plan", whole=True))
    bubble = messages.pane.view.bubbles[0]

    assert len([one for one in bubble.paragraphs if one.layout]) < 40
    messages.pane.view.select_all()
    assert messages.pane.view.selected_text == text


def test_scrolling_through_a_huge_message_shows_each_line_in_its_turn(messages):
    lines = [f"{number} " + "word " * (number % 50) for number in range(400)]
    messages.show(RunScript().begin().token("m", "\n".join(lines), "plan", whole=True))
    view = messages.pane.view
    bar = view.verticalScrollBar()
    bar.setValue(0)
    seen = set()
    while bar.value() < bar.maximum():
        bubble, top = view.bubbles[0], -view.bubble_rect(0).top()
        seen |= {one.text for one in bubble.paragraphs if top - 50 < one.top < top + 320 and one.layout}
        bar.setValue(bar.value() + 200)

    assert len(seen) >= 395


def test_a_call_that_comes_without_text_has_no_empty_line_above_it(messages):
    script = RunScript().begin().start("plan", 1).token("m", "", "plan")
    messages.show(script)
    messages.show(script.token("m", "", "plan", calls="look").token("m", "", "plan", calls="up()"))

    assert [one.text for one in messages.pane.view.bubbles[0].paragraphs] == ["lookup()"]


def test_text_and_call_stand_below_each_other_while_both_grow(messages):
    script = RunScript().begin().start("plan", 1)
    for text, call in (("I will", "look"), (" look", "up("), (".", ")")):
        messages.show(script.token("m", text, "plan", calls=call))
    messages.pane.view.select_all()

    assert messages.pane.view.selected_text == "I will look.\nlookup()"


def test_dragging_past_the_edge_takes_the_text_along(messages):
    messages.show(many(60))
    view = messages.pane.view
    view.verticalScrollBar().setValue(0)
    drag_over(messages.pane, QPoint(60, 100), QPoint(60, view.viewport().height() + 150))

    assert view.verticalScrollBar().value() == 150
    last = max(row for row in range(60) if view.bubble_rect(row).top() < view.viewport().height() - 40)
    assert f"message {last}" in view.selected_text


def test_a_narrower_pane_wraps_again(messages):
    messages.show(RunScript().begin().token("m", "word " * 40, "plan", whole=True))
    before = messages.pane.view.bubble_rect(0).height()
    messages.pane.resize(200, 320)

    assert messages.pane.view.bubble_rect(0).height() > before * 1.5


def test_a_screen_reader_hears_the_current_message(messages):
    messages.show(joke_and_poem())
    QTest.keyClick(messages.pane.view, Qt.Key.Key_Down)

    assert messages.pane.view.accessibleDescription().startswith("writer · poem · superstep 1")
    assert messages.pane.view.accessibleDescription().endswith("Roses are red")
