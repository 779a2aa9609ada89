"""Arrays of numpy: by shape and head, and in pages when they are asked for."""

from __future__ import annotations

from typing import Any

import pytest

from stepscope_host.showing.handles import Handles
from stepscope_host.showing.values import plain

np = pytest.importorskip("numpy")


def fetched(handles: Handles, shown: Any) -> Any:
    return handles.fetch(shown["$handle"])["value"]


def test_a_small_array_is_told_whole() -> None:
    assert plain(np.array([[1.0, 2.5], [3.0, 4.0]])) == {
        "$type": "ndarray",
        "$fields": {"shape": [2, 2], "dtype": "float64", "values": [[1.0, 2.5], [3.0, 4.0]]},
    }


def test_a_large_array_is_told_by_its_shape_and_its_head() -> None:
    shown = plain(np.zeros((1000, 1000)))
    assert (shown["$fields"]["shape"], shown["$size"]) == ([1000, 1000], 1_000_000)
    assert shown["$fields"]["head"] == [[0.0] * 100]


def test_an_array_that_no_memory_could_hold_is_told_at_once() -> None:
    endless = np.broadcast_to(np.float64(1), (10**6, 10**6))
    assert plain(endless)["$size"] == 10**12


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (np.float64(1.5), 1.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.str_("hi"), "hi"),
        (np.float64("nan"), {"$type": "float", "$text": "nan"}),
        (np.bytes_(b"x"), {"$type": "bytes", "$text": "b'x'"}),
        (np.longdouble(1.5), {"$type": "longdouble", "$text": "1.5"}),
        (np.array(3), 3),
        (np.array("2020-01-01", "M8[D]"), "2020-01-01"),
        (np.datetime64("2020-01-01T00:00", "ns"), "2020-01-01T00:00:00.000000000"),
    ],
)
def test_scalars_are_what_they_are_in_python(value: Any, shown: Any) -> None:
    told = plain(value)
    assert told == shown or told.get("$text") == shown


@pytest.mark.parametrize(
    ("value", "values"),
    [
        (np.array(["2020-01-01", "NaT"], "M8[D]"), ["2020-01-01", "NaT"]),
        (np.array([{"a": 1}, [2], None], dtype=object), [{"a": 1}, [2], None]),
        (np.array([(1, "x")], [("a", "i4"), ("b", "U3")]), [{"$type": "tuple", "$items": [1, "x"]}]),
        (np.ma.array([1, 2], mask=[False, True]), [1, None]),
        (np.zeros((0, 3)), []),
    ],
)
def test_arrays_of_other_things_than_numbers(value: Any, values: Any) -> None:
    assert plain(value)["$fields"]["values"] == values


def test_an_array_that_holds_itself_ends_there() -> None:
    loop = np.empty(1, dtype=object)
    loop[0] = loop
    assert plain(loop)["$fields"]["values"] == [{"$type": "ndarray", "$cycle": True}]


def test_a_users_own_class_of_array_is_one() -> None:
    class Image(np.ndarray):
        __module__ = "app"

    assert plain(np.zeros(2).view(Image))["$fields"]["values"] == [0.0, 0.0]


def test_the_elements_of_an_array_come_in_pages() -> None:
    handles = Handles()
    opened = fetched(handles, handles.plain(np.arange(2_500)))
    elements = opened["$fields"]["elements"]
    assert opened["$fields"]["shape"] == [2500]
    assert (elements["$items"], elements["$size"]) == (list(range(1000)), 2500)
    second = fetched(handles, elements)
    last = fetched(handles, second)
    assert second["$items"][0] == 1000
    assert last["$items"] == list(range(2000, 2500))
    assert "$handle" not in last


def test_the_rows_of_an_array_are_arrays() -> None:
    handles = Handles()
    opened = fetched(handles, handles.plain(np.arange(600).reshape(3, 200)))
    row = opened["$fields"]["elements"]["$items"][1]
    assert (row["$fields"]["shape"], row["$size"]) == ([200], 200)
    assert fetched(handles, row)["$fields"]["elements"]["$items"] == list(range(200, 400))
