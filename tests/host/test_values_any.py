"""Laws of plain values, whatever the value: never an error, never too much, the same each time."""

from __future__ import annotations

import collections
import decimal
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.kit.odd_values import QUICK, BadDict, BadList

from stepscope_host.showing.values import GENEROUS, Limits, plain

SMALL = Limits(string=3, text=3, items=2, depth=2, objects=1, nodes=9, characters=20)

leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text()
    | st.binary()
    | st.dates()
    | st.datetimes(timezones=st.timezones())
    | st.decimals()
    | st.fractions()
    | st.uuids()
    | st.sampled_from([len, json, type, dict, decimal.Context, collections.UserString("x"), object()])
    | st.sampled_from(QUICK).map(lambda kind: kind())
)
keys = st.text() | st.integers() | st.just("$type") | st.tuples(st.integers())


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(keys, inner)
        | st.dictionaries(keys, inner).map(BadDict)
        | st.dictionaries(keys, inner).map(collections.UserDict)
        | st.lists(inner).map(BadList)
        | st.lists(inner).map(collections.deque)
        | st.frozensets(st.integers())
        | st.dictionaries(st.text(), inner).map(_made)
        | st.lists(inner).map(lambda parts: ValueError(*parts))
    )


class Made:
    """Has attributes, and no repr."""


def _made(parts: dict[str, Any]) -> Made:
    made = Made()
    made.__dict__.update(parts)
    return made


anything = st.recursive(leaves, containers, max_leaves=30)


@given(anything, st.sampled_from([Limits(), GENEROUS, SMALL]))
def test_json_can_carry_whatever_comes_out(value: Any, limits: Limits) -> None:
    shown = plain(value, limits)
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown


@given(anything, st.sampled_from([Limits(), SMALL]))
def test_a_value_is_told_the_same_way_each_time(value: Any, limits: Limits) -> None:
    assert plain(value, limits) == plain(value, limits)


@given(anything)
def test_what_comes_out_is_never_more_than_the_limits_allow(value: Any) -> None:
    shown = plain(value, SMALL)
    assert _depth(shown) <= 3 * SMALL.depth + 3  # a mark, its entries, an entry
    assert len(json.dumps(shown)) < 5_000


def _depth(shown: Any) -> int:
    inside = shown.values() if isinstance(shown, dict) else shown if isinstance(shown, list) else ()
    return 1 + max(map(_depth, inside), default=0)
