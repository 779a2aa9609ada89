"""What was not edited stays the very object that it was, wherever it stands among what was."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stepscope_host.threads.reconciling import Remade, as_edited, reconciled


class Odd:
    """Nothing that JSON has words for."""

    def __str__(self) -> str:
        return "odd"


@dataclass
class Point:
    x: int
    other: Any = None


scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.floats(allow_nan=False)
parts = scalars | st.builds(Odd) | st.builds(Point, st.integers(), st.builds(Odd))
values = st.recursive(
    parts,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values)
def test_a_value_that_was_not_edited_is_itself(value: Any) -> None:
    shown = as_edited(value)
    assert reconciled(value, shown, copy.deepcopy(shown)) is value


@given(values, values)
def test_an_edit_of_one_key_leaves_the_other_values_themselves(value: Any, other: Any) -> None:
    original = {"kept": value, "edited": 1}
    shown = as_edited(original)
    result = reconciled(original, shown, {**copy.deepcopy(shown), "edited": as_edited(other)})
    assert result["kept"] is value


@given(st.lists(st.builds(Point, st.integers(), st.builds(Odd)), min_size=1, max_size=6), st.data())
def test_an_item_taken_out_of_a_list_moves_the_others_as_they_are(points: list[Point], data: Any) -> None:
    place = data.draw(st.integers(0, len(points) - 1))
    shown = as_edited(points)
    after = [*shown[:place], *shown[place + 1 :]]
    result = reconciled(points, shown, after)
    assert [as_edited(item) for item in result] == after
    assert all(any(item is point for point in points) for item in result)


def test_an_edited_object_remembers_its_class_and_the_rest_of_its_fields() -> None:
    odd = Odd()
    point = Point(1, odd)
    result = reconciled((point,), [{"x": 1, "other": "odd"}], [{"x": 2, "other": "odd"}])
    assert type(result) is tuple
    [remade] = result
    assert isinstance(remade, Remade)
    assert (remade.kind, remade["x"]) == (Point, 2)
    assert remade["other"] is odd


def test_items_with_an_id_are_known_by_it_wherever_they_move() -> None:
    items = [{"id": "a", "odd": Odd()}, {"id": "b", "odd": Odd()}]
    shown = as_edited(items)
    assert reconciled(items, shown, [shown[1], shown[0]]) == [items[1], items[0]]


def test_true_is_not_one() -> None:
    assert reconciled(1, 1, True) is True
    assert reconciled({"a": [1]}, {"a": [1]}, {"a": [True]})["a"][0] is True
