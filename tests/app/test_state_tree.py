"""A plain value as a tree: its rows, what changed in them, and rows that are made when opened."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from stepscope.run.state_rows import ABSENT, MOST_LINES, RowKind
from stepscope.run.state_tree import StateTree


@pytest.fixture
def tree(qapp):
    tree = StateTree()
    tester = QAbstractItemModelTester(tree, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield tree
    del tester


def rows(tree: StateTree, *path: str) -> list[str]:
    """The rows below a path, each with its mark."""
    parent = tree.index_of(path)
    assert not path or parent.isValid()
    found = (tree.index(place, 0, parent) for place in range(tree.rowCount(parent)))
    return [f"{tree.row_at(index).mark.value} {index.data()}".strip() for index in found]


def test_the_rows_are_the_keys_of_the_state(tree):
    tree.show({"topic": "storms", "notes": ["a", "b"]})

    assert rows(tree) == ['topic "storms"', "notes 2 items"]
    assert rows(tree, "notes") == ['0 "a"', '1 "b"']


def test_a_state_that_is_one_bare_value_has_one_row(tree):
    tree.show(42, 41)

    assert rows(tree) == ["~ value 42"]


def test_added_changed_and_removed_keys_are_marked(tree):
    tree.show({"same": 1, "other": 2, "new": 3}, {"same": 1, "other": 1, "old": 0})

    assert rows(tree) == ["same 1", "~ other 2", "+ new 3", "− old 0"]


def test_without_a_value_before_nothing_is_marked(tree):
    tree.show({"a": 1}, ABSENT)

    assert rows(tree) == ["a 1"]


def test_a_change_inside_is_marked_all_the_way_down(tree):
    tree.show({"a": {"b": [1, 2]}}, {"a": {"b": [1]}})

    assert rows(tree) == ["~ a 1 key"]
    assert rows(tree, "a") == ["~ b 2 items"]
    assert rows(tree, "a", "b") == ["0 1", "+ 1 2"]


def test_what_is_new_as_a_whole_has_no_marks_inside(tree):
    tree.show({"a": [1]}, {})

    assert rows(tree) == ["+ a 1 item"]
    assert rows(tree, "a") == ["0 1"]


def test_a_value_of_another_type_is_changed_and_its_parts_are_not_compared(tree):
    tree.show({"a": [1]}, {"a": {"0": 1}})

    assert rows(tree) == ["~ a 1 item"]
    assert rows(tree, "a") == ["0 1"]


def test_true_where_one_stood_is_a_change(tree):
    tree.show({"a": True}, {"a": 1})

    assert rows(tree) == ["~ a true"]


def test_an_object_is_opened_to_its_fields_and_a_dict_with_odd_keys_to_them(tree):
    tree.show(
        {
            "m": {"$type": "AIMessage", "$fields": {"content": "hi", "id": "1"}},
            "d": {"$type": "dict", "$entries": [[1, "a"], [{"$type": "tuple", "$items": [1, 2]}, "b"]]},
        }
    )

    assert rows(tree, "m") == ['content "hi"', 'id "1"']
    assert rows(tree, "d") == ['1 "a"', '(1, 2) "b"']


def test_what_was_cut_ends_the_rows_as_a_note(tree):
    tree.show({"n": {"$type": "list", "$items": [1], "$size": 1_000_000}})

    assert rows(tree, "n") == ["0 1", "… 999,999 more items"]
    assert tree.row_at(tree.index(1, 0, tree.index_of(("n",)))).kind is RowKind.NOTE


def test_a_long_string_opens_to_its_lines(tree):
    tree.show({"draft": "first\n" + "x" * 150, "short": "one line"})

    assert rows(tree, "draft") == ["first", "x" * 100, "x" * 50]
    assert not tree.hasChildren(tree.index_of(("short",)))


def test_an_endless_string_opens_to_a_bounded_number_of_lines(tree):
    tree.show({"draft": "\n" * 100_000})

    assert tree.rowCount(tree.index_of(("draft",))) == MOST_LINES + 1


def test_a_value_that_contains_itself_ends_there(tree):
    tree.show({"loop": {"$type": "list", "$cycle": True}})

    assert rows(tree) == ["loop list that contains itself"]
    assert not tree.hasChildren(tree.index_of(("loop",)))


def test_a_path_that_leads_nowhere_gives_no_index(tree):
    tree.show({"a": [1]})

    assert not tree.index_of(("a", "7")).isValid()
    assert not tree.index_of(("b",)).isValid()


def test_rows_say_aloud_what_the_glyph_says(tree):
    tree.show({"n": 2}, {"n": 1})

    spoken = tree.index(0, 0, QModelIndex()).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "n, changed, 2, int"


# What was cut, and comes when it is asked for.


@pytest.fixture
def asked(tree):
    handles: list[str] = []
    tree.more_wanted.connect(handles.append)
    return handles


def want(tree: StateTree, *path: str) -> None:
    tree.want(tree.index_of(path))


CUT = {"$type": "list", "$items": [1, 2], "$size": 4, "$handle": "7"}


def test_a_note_asks_for_what_was_cut_and_says_that_it_is_coming(tree, asked):
    tree.show({"n": CUT})
    want(tree, "n", "…")
    want(tree, "n", "…")

    assert asked == ["7"]
    assert rows(tree, "n") == ["0 1", "1 2", "fetching…"]


def test_what_comes_stands_where_the_note_stood(tree, asked):
    tree.show({"n": CUT})
    want(tree, "n", "…")
    tree.take("7", {"$type": "list", "$items": [3], "$size": 4, "$handle": "8"})

    assert rows(tree, "n") == ["0 1", "1 2", "2 3", "… 1 more items"]
    want(tree, "n", "…")
    tree.take("8", {"$type": "list", "$items": [{"a": 1}]})
    assert asked == ["7", "8"]
    assert rows(tree, "n") == ["0 1", "1 2", "2 3", "3 1 key"]
    assert rows(tree, "n", "3") == ["a 1"]


def test_what_does_not_come_is_told_and_can_be_asked_for_again(tree, asked):
    tree.show({"n": CUT})
    want(tree, "n", "…")
    tree.refuse("7", "The program has moved on.")
    assert rows(tree, "n")[-1] == "The program has moved on."

    want(tree, "n", "…")
    assert asked == ["7", "7"]


def test_a_part_that_was_left_out_comes_whole(tree, asked):
    tree.show({"deep": {"$type": "dict", "$entries": [], "$size": 2, "$handle": "7"}})
    assert rows(tree, "deep") == ["… 2 more keys"]
    want(tree, "deep")
    tree.take("7", {"a": 1, "b": [2]})

    assert rows(tree, "deep") == ["a 1", "b 1 item"]
    assert rows(tree, "deep", "b") == ["0 2"]


def test_a_part_that_is_empty_by_now_has_no_rows(tree, asked):
    tree.show({"deep": {"$type": "dict", "$entries": [], "$size": 2, "$handle": "7"}})
    want(tree, "deep")
    tree.take("7", {})

    assert rows(tree, "deep") == []
    assert rows(tree) == ["deep empty"]


def test_an_object_that_was_left_out_is_told_when_it_comes(tree, asked):
    tree.show({"city": {"$type": "City", "$text": "…", "$handle": "7"}})
    want(tree, "city")
    tree.take("7", {"$type": "City", "$fields": {"name": "Ulm"}})

    assert rows(tree) == ['city City(name="Ulm")']
    assert rows(tree, "city") == ['name "Ulm"']


def test_the_elements_of_an_array_take_the_place_of_its_head(tree, asked):
    tree.show({"a": {"$type": "ndarray", "$fields": {"shape": [9], "head": [1]}, "$size": 9, "$handle": "7"}})
    assert rows(tree, "a") == ["shape 1 item", "head 1 item", "… 9 elements in all"]
    want(tree, "a", "…")
    tree.take("7", {"$type": "ndarray", "$fields": {"shape": [9], "elements": [1, 2]}})

    assert rows(tree, "a") == ["shape 1 item", "elements 2 items"]


def test_what_is_gone_since_before_stays_below_what_comes(tree, asked):
    tree.show({"n": CUT}, {"n": {"$type": "list", "$items": [1, 5, 6], "$size": 3}})
    assert rows(tree, "n") == ["0 1", "~ 1 2", "− 2 6", "… 2 more items"]
    want(tree, "n", "…")
    tree.take("7", {"$type": "list", "$items": [3, 4]})

    assert rows(tree, "n") == ["0 1", "~ 1 2", "2 3", "3 4", "− 2 6"]


def test_a_text_goes_on_in_the_line_in_which_it_was_cut(tree, asked):
    tree.show({"t": {"$type": "str", "$text": "first\nsec", "$size": 16, "$handle": "7"}})
    assert rows(tree, "t") == ["first", "sec", "… 7 more characters"]
    want(tree, "t", "…")
    tree.take("7", "ond\nend")

    assert rows(tree, "t") == ["first", "second", "end"]


def test_a_text_of_which_nothing_was_told_comes_too(tree, asked):
    tree.show({"t": {"$type": "str", "$text": "", "$size": 5, "$handle": "7"}})
    assert rows(tree, "t") == ["… 5 more characters"]
    want(tree, "t")
    tree.take("7", "a\nb c")

    assert rows(tree, "t") == ["a", "b c"]


def test_the_lines_of_an_endless_text_are_shown_in_turns_without_asking(tree, asked):
    tree.show({"draft": "\n" * 5_000})
    assert rows(tree, "draft")[MOST_LINES] == "… 3,000 more characters"
    want(tree, "draft", "…")
    assert tree.rowCount(tree.index_of(("draft",))) == 2 * MOST_LINES + 1
    want(tree, "draft", "…")

    assert tree.rowCount(tree.index_of(("draft",))) == 5_001
    assert asked == []


def test_the_repr_of_an_object_opens_to_its_lines(tree, asked):
    tree.show({"table": {"$type": "Index", "$text": "Index([1,\n2])", "$size": 19, "$handle": "7"}})
    assert rows(tree, "table") == ["Index([1,", "2])", "… 6 more characters"]
    want(tree, "table", "…")
    tree.take("7", "\nlast.")

    assert rows(tree, "table") == ["Index([1,", "2])", "last."]


def test_a_state_with_more_keys_than_are_told_is_fetched_too(tree, asked):
    tree.show({"$type": "dict", "$entries": [["a", 1]], "$size": 2, "$handle": "7"})
    assert rows(tree) == ["a 1", "… 1 more keys"]
    want(tree, "…")
    tree.take("7", {"$type": "dict", "$entries": [["b", 2]]})

    assert rows(tree) == ["a 1", "b 2"]


def test_what_comes_for_a_value_that_is_not_shown_any_more_changes_nothing(tree, asked):
    tree.show({"n": CUT})
    want(tree, "n", "…")
    tree.show({"n": CUT})
    tree.take("7", {"$type": "list", "$items": [3, 4]})
    tree.refuse("7", "gone")

    assert rows(tree, "n") == ["0 1", "1 2", "… 2 more items"]


def test_a_note_of_what_cannot_be_had_asks_for_nothing(tree, asked):
    tree.show({"n": {"$type": "list", "$items": [1], "$size": 3}})
    want(tree, "n", "…")

    assert asked == []
    assert rows(tree, "n") == ["0 1", "… 2 more items"]


def test_a_handle_that_is_another_one_is_no_change(tree):
    tree.show({"n": CUT}, {"n": {**CUT, "$handle": "3"}})

    assert rows(tree) == ["n 4 items"]


def test_rows_are_compared_with_those_before_when_they_are_looked_at(tree):
    tree.show({"n": list(range(1_000))}, {"n": list(range(1, 1_001))})
    parent = tree.index_of(("n",))
    seen = tree.row_at(tree.index(7, 0, parent))
    other = tree.row_at(tree.index(8, 0, parent))

    assert seen.mark.word == "changed"
    assert other.told is None


# The width of lines.


def test_lines_are_cut_anew_for_another_width(tree):
    tree.show({"t": "a" * 90 + "\n" + "b" * 50})
    assert rows(tree, "t") == ["a" * 90, "b" * 50]
    tree.set_line_length(40, 0)
    assert rows(tree, "t") == ["a" * 40, "a" * 40, "a" * 10, "b" * 40, "b" * 10]
    tree.set_line_length(100, 0)
    assert rows(tree, "t") == ["a" * 90, "b" * 50]


def test_lines_end_after_a_word_where_they_can(tree):
    tree.set_line_length(20, 0)
    tree.show({"t": "the quick brown fox jumps over the lazy dog", "long": "a " + "x" * 30})

    assert [row.rstrip() for row in rows(tree, "t")] == ["the quick brown fox", "jumps over the lazy", "dog"]
    assert rows(tree, "long") == ["a " + "x" * 18, "x" * 12]


def test_lines_are_shorter_the_deeper_they_stand(tree):
    tree.set_line_length(50, 2.5)
    tree.show({"t": "x" * 100, "in": {"t": "x" * 100}})

    assert [len(line) for line in rows(tree, "t")] == [47, 47, 6]
    assert [len(line) for line in rows(tree, "in", "t")] == [45, 45, 10]


def test_as_much_of_a_text_as_was_shown_is_shown_at_another_width(tree, asked):
    tree.show({"t": {"$type": "str", "$text": "x" * 250_000, "$size": 300_000, "$handle": "7"}})
    want(tree, "t")
    tree.set_line_length(50, 0)
    lines = rows(tree, "t")

    assert "".join(lines[:-1]) == "x" * 250_000
    assert lines[-1] == "… 50,000 more characters"
    want(tree, "t", "…")
    tree.set_line_length(100, 0)
    assert rows(tree, "t")[-1] == "fetching…"
    tree.take("7", "y" * 50_000)
    assert "".join(rows(tree, "t")) == "x" * 250_000 + "y" * 50_000


def test_a_text_that_needs_more_room_than_a_line_has_can_be_opened(tree):
    tree.show({"t": "word " * 10})
    assert not tree.hasChildren(tree.index_of(("t",)))
    tree.set_line_length(40, 0)
    assert tree.hasChildren(tree.index_of(("t",)))


def test_what_comes_for_a_row_that_others_have_replaced_changes_nothing(tree, asked):
    inner = {"$type": "dict", "$entries": [], "$size": 1, "$handle": "8"}
    tree.show({"a": {"$type": "ndarray", "$fields": {"head": [inner]}, "$size": 9, "$handle": "7"}})
    want(tree, "a", "head", "0")
    want(tree, "a", "…")
    tree.take("7", {"$type": "ndarray", "$fields": {"elements": [1]}})
    tree.take("8", {"b": 1})

    assert rows(tree, "a") == ["elements 1 item"]
