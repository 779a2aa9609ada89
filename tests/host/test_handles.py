"""What was cut comes when it is asked for, in pages that make up the whole, while the values are kept."""

from __future__ import annotations

import collections
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kit.odd_values import Huge, Plain
from tests.kit.programs import Programs, Recorder

from stepscope_host.showing.handles import GONE, Handles

PARTS = "$items", "$entries", "$text"


@pytest.fixture
def handles() -> Handles:
    return Handles()


def pages(handles: Handles, shown: Any) -> list[Any]:
    """A value as it is told, and all that follows of it."""
    found = [shown]
    while isinstance(found[-1], dict) and "$handle" in found[-1]:
        answer = handles.fetch(found[-1]["$handle"])
        assert json.loads(json.dumps(answer, allow_nan=False)) == answer
        found.append(answer["value"])
    return found


def parts(page: Any) -> Any:
    """The characters or parts of a page."""
    return next(page[key] for key in PARTS if key in page) if isinstance(page, dict) else page


def whole(handles: Handles, shown: Any) -> Any:
    first, *others = (parts(page) for page in pages(handles, shown))
    for other in others:
        first = first + other
    return first


@given(st.integers(0, 350_000), st.text(min_size=1, max_size=3))
def test_the_pages_of_a_string_make_up_the_string(length: int, text: str) -> None:
    handles, value = Handles(), (text * length)[:length]
    assert whole(handles, handles.plain(value)) == value


@given(st.integers(0, 3_500), st.sampled_from([list, tuple, collections.deque]))
def test_the_pages_of_a_sequence_make_up_the_sequence(length: int, kind: Any) -> None:
    handles = Handles()
    assert whole(handles, handles.plain(kind(range(length)))) == list(range(length))


@pytest.mark.parametrize("length", [1, 999, 1000, 1001, 2000, 3456])
def test_the_pages_of_a_dictionary_and_of_a_set_make_them_up(handles: Handles, length: int) -> None:
    value = {n: str(n) for n in range(length)}
    assert [tuple(entry) for entry in whole(handles, handles.plain(value))] == list(value.items())
    assert set(whole(handles, handles.plain(set(value)))) == set(value)


def test_the_pages_of_bytes_make_them_up(handles: Handles) -> None:
    value = bytes(range(256)) * 300
    shown = pages(handles, handles.plain(value))
    assert b"".join(eval(page["$text"]) for page in shown) == value
    assert all(page["$text"].startswith("b'") for page in shown)


def test_what_follows_a_huge_repr_comes_too(handles: Handles) -> None:
    assert whole(handles, handles.plain(Huge())) == "y" * 1_000_000


def test_a_value_that_is_told_whole_has_no_handle(handles: Handles) -> None:
    assert "$handle" not in json.dumps(handles.plain({"a": [1, {2}], "b": "x" * 20_000, "c": Plain(a=1)}))


def test_a_deep_part_comes_with_all_that_is_in_it(handles: Handles) -> None:
    deep: Any = {"bottom": True}
    for _ in range(40):
        deep = [deep]
    shown, levels = handles.plain(deep), 0
    while isinstance(shown, list):
        shown, levels = shown[0], levels + 1
    assert (levels, shown["$items"], shown["$size"]) == (24, [], 1)
    rest = handles.fetch(shown["$handle"])["value"]
    for _ in range(40 - 24):
        (rest,) = rest
    assert rest == {"bottom": True}


def test_an_object_that_was_left_out_comes_with_its_attributes(handles: Handles) -> None:
    chain = Plain(name="last")
    for _ in range(5):
        chain = Plain(next=chain)
    shown = handles.plain(chain)
    while "$fields" in shown:
        shown = shown["$fields"]["next"]
    assert shown["$text"] == "…"
    assert "$fields" in handles.fetch(shown["$handle"])["value"]


def test_a_value_that_has_changed_since_is_told_as_it_is_now(handles: Handles) -> None:
    value = list(range(2_000))
    shown = handles.plain(value)
    value[1_500] = "changed"
    assert handles.fetch(shown["$handle"])["value"]["$items"][500] == "changed"
    value.clear()
    assert handles.fetch(shown["$handle"])["value"]["$items"] == []


def test_one_value_in_many_events_is_kept_once(handles: Handles) -> None:
    value = list(range(2_000))
    assert handles.plain({"a": value, "b": [value]})["a"] == handles.plain(value)
    assert handles.plain(list(range(2_000)))["$handle"] != handles.plain(value)["$handle"]


def test_the_oldest_is_forgotten_first() -> None:
    handles = Handles(most=2)
    texts = ["x" * 30_000 + str(n) for n in range(3)]
    first, second = (handles.plain(text)["$handle"] for text in texts[:2])
    handles.fetch(first)  # is the newer one now
    handles.plain(texts[2])
    assert handles.fetch(second) == {"gone": GONE}
    assert "value" in handles.fetch(first)


def test_only_so_much_memory_is_held() -> None:
    handles = Handles(most_bytes=100_000)
    shown = [handles.plain(f"{n}" * 40_000)["$handle"] for n in range(5)]
    assert ["gone" in handles.fetch(handle) for handle in shown] == [True, True, True, False, False]
    large = handles.plain("x" * 10_000_000)["$handle"]
    assert "value" in handles.fetch(large)


def test_a_handle_of_an_earlier_run_finds_nothing_in_this_one(handles: Handles) -> None:
    old = handles.plain("x" * 30_000)["$handle"]
    handles.clear()
    handles.plain("y" * 30_000)
    assert handles.fetch(old) == {"gone": GONE}
    assert handles.fetch("nonsense") == {"gone": GONE}


LARGE = """
def a(state: State):
    return {"word": "x" * 50_000, "log": [list(range(5_000))]}

builder = StateGraph(State)
builder.add_node(a)
builder.add_edge(START, "a")
graph = builder.compile()
"""


async def test_what_a_run_told_can_be_fetched_until_the_next_one(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(LARGE))
    await recorder.run({"word": "", "log": []})
    word = recorder.all("values")[-1]["values"]["word"]
    log = recorder.all("updated")[0]["update"]["log"][0]
    assert recorder.host.fetch(word["$handle"]) == {"value": "x" * 30_000}
    assert recorder.host.fetch(log["$handle"])["value"]["$items"][0] == 1_000

    await recorder.run({"word": "", "log": []})
    assert recorder.host.fetch(word["$handle"]) == {"gone": GONE}


async def test_what_a_run_told_can_be_fetched_while_it_stands(programs: Programs, recorder: Recorder) -> None:
    recorder.open(
        programs.graph(
            LARGE.replace("graph = ", 'builder.add_node("b", a)\nbuilder.add_edge("a", "b")\ngraph = ')
        )
    )
    found: list[Any] = []

    def look(event: dict[str, Any]) -> None:
        word = recorder.all("values")[-1]["values"]["word"]
        found.append(recorder.host.fetch(word["$handle"]))
        recorder.host.order("resume", {})

    recorder.on("paused", look)
    await recorder.run({"word": "", "log": []}, start="step")
    assert found == [{"value": "x" * 30_000}]


async def test_opening_another_program_lets_go_of_what_was_kept(
    programs: Programs, recorder: Recorder
) -> None:
    recorder.open(programs.graph(LARGE))
    await recorder.run({"word": "", "log": []})
    word = recorder.all("values")[-1]["values"]["word"]
    recorder.host.load("no such file.py")
    assert "value" in recorder.host.fetch(word["$handle"])
    recorder.open(programs.graph(LARGE, "other.py"))
    assert recorder.host.fetch(word["$handle"]) == {"gone": GONE}
