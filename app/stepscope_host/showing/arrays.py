"""Arrays and tables of numpy, torch, pandas and their like: by shape and head, without waking what is lazy.

None of these libraries is imported here. The head is read of what lies in this machine's memory: an array
on another device, or one that is not computed yet, is told by its shape until more of it is asked for.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, Any

from stepscope_host.showing.classes import bases_of, member, module_of, name_of
from stepscope_host.showing.objects import fields

if TYPE_CHECKING:
    from stepscope_host.showing.values import Plain, Walk

_ARRAYS = {"ndarray", "Tensor", "ArrayImpl", "EagerTensor"}
_ARRAY_LIBRARIES = {"numpy", "torch", "jax", "jaxlib", "tensorflow", "cupy"}
_TABLES = {"DataFrame", "Series"}
_TABLE_LIBRARIES = {"pandas", "polars"}
_HEAD = 100
"""Elements that are shown of an array at first; columns of a table."""

_HEAD_ROWS = 10


def reader_of(kind: type) -> Callable[[Walk, Any], Plain] | None:
    """How an array, a table or a scalar of such a library is read; None for a class of another kind."""
    for base in bases_of(kind):
        library, name = _library(base), name_of(base)
        if library in _ARRAY_LIBRARIES and name in _ARRAYS:
            return array
        if library in _TABLE_LIBRARIES and name in _TABLES:
            return table
        if library in _ARRAY_LIBRARIES and name == "generic" and member(base, "dtype") is not None:
            return number
    return None


def array(walk: Walk, value: Any) -> Plain:
    """Shape, type, and the first elements in rows as they stand."""
    shape = _shape(value)
    is_here = _is_here(value)
    if not shape and is_here:
        return walk.convert(value.item() if not _is_time(value) else str(value))
    corner = _corner(shape)
    parts = _about(value, shape)
    if is_here:
        parts["values" if corner == shape else "head"] = _listed(value[tuple(map(slice, corner))])
    marked = fields(walk, value, parts)
    return marked if is_here and corner == shape else walk.cut(marked, math.prod(shape), value, _opened, 0)


def number(walk: Walk, value: Any) -> Plain:
    """A scalar of numpy: the plain one, or its text where Python has none."""
    item = str(value) if _is_time(value) else value.item()
    return (
        walk.text(value, str(value)) if type(item) is type(value) or _is_time(value) else walk.convert(item)
    )


def table(walk: Walk, value: Any) -> Plain:
    """Shape, columns, and the first rows as the library writes them."""
    marked = fields(walk, value, _about_table(value))
    walk.ask_later(marked["$fields"], "head", head, value)
    rows = int(value.shape[0])
    return walk.cut(marked, rows, value, _opened_table, 0) if rows else marked


def head(value: Any) -> str:
    return str(value.head(_HEAD_ROWS))


def bytes_in(value: Any) -> int:
    """How much memory an array takes; nothing for what is no array."""
    return int(value.nbytes) if reader_of(type(value)) is array else 0


def _opened(walk: Walk, value: Any, start: int) -> Plain:
    shape = _shape(value)
    if not shape:
        return walk.convert(_brought_here(value).item())
    marked = fields(walk, value, _about(value, shape))
    marked["$fields"]["elements"] = _elements(walk, _brought_here(value), 0)
    return marked


def _elements(walk: Walk, value: Any, start: int) -> Plain:
    """Numbers, or rows that are arrays themselves."""
    length, *inner = _shape(value)
    stop = min(length, start + min(walk.room, _HEAD if inner else walk.limits.items))
    parts = [value[place] for place in range(start, stop)] if inner else _listed(value[start:stop])
    marked: dict[str, Any] = {"$type": "list", "$items": [walk.convert(part) for part in parts]}
    return walk.cut(marked, length, value, _elements, stop) if stop < length else marked


def _opened_table(walk: Walk, value: Any, start: int) -> Plain:
    marked = fields(walk, value, _about_table(value))
    marked["$fields"]["rows"] = _rows(walk, value, 0)
    return marked


def _rows(walk: Walk, value: Any, start: int) -> Plain:
    length, *width = value.shape
    columns = list(value.columns[:_HEAD]) if width else []
    stop = min(length, start + max(1, walk.room // (len(columns) + 1)))
    if _library(type(value)) == "polars" or not hasattr(value, "iloc"):
        part, labels = value.slice(start, stop - start), list(range(start, stop))
        rows = part.select(columns).rows() if width else part.to_list()
    else:
        part = value.iloc[start:stop]
        labels = list(part.index)
        rows = part.iloc[:, :_HEAD].itertuples(index=False, name=None) if width else part.tolist()
    cells = _row if width else _cell
    entries = [
        [walk.convert(label), cells(walk, columns, row)] for label, row in zip(labels, rows, strict=True)
    ]
    marked: dict[str, Any] = {"$type": "dict", "$entries": entries}
    return walk.cut(marked, length, value, _rows, stop) if stop < length else marked


def _row(walk: Walk, columns: list[Any], row: Any) -> Plain:
    cells = dict(zip(columns, row, strict=True))
    if len(cells) == len(columns):
        return walk.convert(cells)
    entries = [[walk.convert(column), walk.convert(cell)] for column, cell in zip(columns, row, strict=True)]
    return {"$type": "dict", "$entries": entries}


def _cell(walk: Walk, columns: list[Any], cell: Any) -> Plain:
    return walk.convert(cell)


def _about(value: Any, shape: list[int]) -> dict[str, Any]:
    about = {"shape": shape, "dtype": str(value.dtype)}
    return about if _is_here(value) else about | {"device": str(getattr(value, "device", ""))}


def _about_table(value: Any) -> dict[str, Any]:
    shape = _shape(value)
    if len(shape) == 1:
        return {"shape": shape, "name": value.name, "dtype": str(value.dtype)}
    names = list(value.columns[:_HEAD])
    return {"shape": shape, "columns": dict(zip(names, map(str, islice(value.dtypes, _HEAD)), strict=True))}


def _shape(value: Any) -> list[int]:
    return [int(length) for length in value.shape]


def _corner(shape: list[int]) -> list[int]:
    """How far the head goes in each direction: along the last ones first."""
    corner, room = [], _HEAD
    for length in reversed(shape):
        corner.append(min(length, max(1, room)))
        room //= max(1, corner[-1])
    return corner[::-1]


def _listed(part: Any) -> Any:
    return (part.astype(str) if _is_time(part) else part).tolist()


def _is_time(value: Any) -> bool:
    """Dates of numpy, whose plain form is a count of nanoseconds."""
    return getattr(value.dtype, "kind", "") in ("M", "m")


def _is_here(value: Any) -> bool:
    """True for what can be read without waiting for another device."""
    library = next(_library(base) for base in bases_of(type(value)) if name_of(base) in _ARRAYS)
    if library == "torch":
        return value.device.type == "cpu" and str(value.layout) == "torch.strided"
    return library == "numpy"


def _brought_here(value: Any) -> Any:
    library = next(_library(base) for base in bases_of(type(value)) if name_of(base) in _ARRAYS)
    match library:
        case "torch":
            return (
                value.detach().cpu().to_dense()
                if str(value.layout) != "torch.strided"
                else value.detach().cpu()
            )
        case "cupy":
            return value.get()
        case "tensorflow":
            return value.numpy()
        case "jax" | "jaxlib":
            return sys.modules["numpy"].asarray(value)
    return value


def _library(kind: type) -> str:
    return module_of(kind).partition(".")[0]
