"""Tables, and tensors on a device: by shape and head, in pages when asked, never by waking what is far away.

The libraries are large, so the classes here stand in for theirs, with as much as is looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from stepscope_host.showing.handles import Handles
from stepscope_host.showing.values import plain


def fetched(handles: Handles, shown: Any) -> Any:
    return handles.fetch(shown["$handle"])["value"]


class Device:
    def __init__(self, type: str) -> None:
        self.type = type

    def __str__(self) -> str:
        return f"{self.type}:0"


class Tensor:
    """As much of a torch tensor as is looked at; one on a device must not be read unasked."""

    __module__ = "torch"
    dtype = "torch.float32"
    layout = "torch.strided"

    def __init__(self, values: list[float], device: str) -> None:
        self._values, self.device = values, Device(device)
        self.shape = (len(values),)
        self.nbytes = 4 * len(values)
        self.is_asked_for = False

    def __getitem__(self, key: Any) -> Tensor:
        return Tensor(self._values[key[0] if isinstance(key, tuple) else key], self.device.type)

    def tolist(self) -> list[float]:
        assert self.device.type == "cpu", "the program waited for the device"
        return self._values

    def detach(self) -> Tensor:
        return self

    def cpu(self) -> Tensor:
        return Tensor(self._values, "cpu")


def test_a_tensor_in_memory_is_told_with_its_head() -> None:
    assert plain(Tensor([1.0, 2.0], "cpu"))["$fields"] == {
        "shape": [2],
        "dtype": "torch.float32",
        "values": [1.0, 2.0],
    }


def test_a_tensor_on_a_device_is_read_only_when_it_is_asked_for() -> None:
    handles = Handles()
    shown = handles.plain({"weights": Tensor([1.0, 2.0], "cuda")})["weights"]
    assert shown["$fields"] == {"shape": [2], "dtype": "torch.float32", "device": "cuda:0"}
    assert fetched(handles, shown)["$fields"]["elements"]["$items"] == [1.0, 2.0]


class Frame:
    """As much of a table of pandas as is looked at."""

    __module__ = "pandas"

    def __init__(self, columns: list[Any], rows: list[tuple[Any, ...]], start: int = 0) -> None:
        self.columns, self._rows, self._start = columns, rows, start
        self.dtypes = ["int64"] * len(columns)
        self.shape = (len(rows), len(columns))
        self.index = range(start, start + len(rows))

    @property
    def iloc(self) -> Frame:
        return self

    def __getitem__(self, key: Any) -> Frame:
        rows, columns = key if isinstance(key, tuple) else (key, slice(None))
        start = rows.start or 0
        return Frame(self.columns[columns], [row[columns] for row in self._rows[rows]], self._start + start)

    def head(self, count: int) -> Frame:
        return self[:count]

    def itertuples(self, index: bool, name: None) -> Iterator[tuple[Any, ...]]:
        return iter(self._rows)

    def __str__(self) -> str:
        return f"{self.columns} and {len(self._rows)} rows"


Frame.__name__ = Frame.__qualname__ = "DataFrame"


def test_a_table_is_told_by_its_shape_its_columns_and_its_head() -> None:
    shown = plain(Frame(["city", "n"], [(n, n) for n in range(5000)]))
    assert shown == {
        "$type": "DataFrame",
        "$fields": {
            "shape": [5000, 2],
            "columns": {"city": "int64", "n": "int64"},
            "head": "['city', 'n'] and 10 rows",
        },
        "$size": 5000,
    }


def test_the_rows_of_a_table_come_in_pages_by_their_labels() -> None:
    handles = Handles()
    rows = fetched(handles, handles.plain(Frame(["city", "n"], [(n, -n) for n in range(500)])))["$fields"][
        "rows"
    ]
    assert rows["$entries"][7] == [7, {"city": 7, "n": -7}]
    count = len(rows["$entries"])
    assert count < 500
    assert fetched(handles, rows)["$entries"][0] == [count, {"city": count, "n": -count}]


def test_columns_of_one_name_are_all_told() -> None:
    handles = Handles()
    rows = fetched(handles, handles.plain(Frame(["a", "a"], [(1, 2)])))["$fields"]["rows"]
    assert rows["$entries"] == [[0, {"$type": "dict", "$entries": [["a", 1], ["a", 2]]}]]


def test_an_empty_table_has_no_more() -> None:
    shown = Handles().plain(Frame([], []))
    assert "$handle" not in shown
    assert json.dumps(shown)
