"""A plain value as a tree: its rows, what changed in them, and rows that are made when opened."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from stepscope.run.state_tree import ABSENT, MOST_LINES, RowKind, StateTree


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
