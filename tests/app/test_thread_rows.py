"""How a history with forks is drawn, and what threads and checkpoints are called."""

from __future__ import annotations

import time

from stepscope.model.history_rows import HistoryRow, history_rows
from stepscope.model.thread import Beneath, Checkpoint, Thread, moment


def rows(*links: str) -> list[HistoryRow]:
    """``"c<b"`` is a checkpoint c that came of b; the newest first."""
    pairs = (link.partition("<") for link in links)
    return history_rows(Checkpoint(id, parent) for id, _, parent in pairs)


def test_a_history_without_forks_is_one_line() -> None:
    found = rows("c<b", "b<a", "a<")
    assert [row.lane for row in found] == [0, 0, 0]
    assert [row.is_led_to for row in found] == [False, True, True]
    assert [row.leads_down for row in found] == [True, True, False]
    assert not any(row.through or row.joins for row in found)


def test_the_newest_line_keeps_the_first_lane_and_an_older_one_joins_it_where_it_forked() -> None:
    d, c, b, a = rows("d<a", "c<b", "b<a", "a<")
    assert [row.lane for row in (d, c, b, a)] == [0, 1, 1, 0]
    assert c.through == b.through == (0,)
    assert a.joins == (1,)
    assert a.lanes == 2


def test_a_lane_is_used_again_when_its_line_has_ended() -> None:
    found = rows("f<c", "e<c", "d<c", "c<b", "x<b", "b<a", "a<")
    assert [row.lane for row in found] == [0, 1, 2, 0, 1, 0, 0]
    assert found[3].joins == (1, 2)
    assert found[5].joins == (1,)


def test_a_checkpoint_whose_parent_is_not_listed_begins_its_line() -> None:
    [only] = rows("b<gone")
    assert not only.leads_down


def two_subgraphs() -> Checkpoint:
    names = ("find #1", "find #2")
    return Checkpoint("b", "a", inside=tuple(Beneath(("", "b"), f"find:{name[-1]}", name) for name in names))


def test_what_is_unfolded_lies_beneath_its_checkpoint_and_the_line_goes_on_past_it() -> None:
    inside = Beneath(("", "b"), "sub:1", "sub")
    listed = [Checkpoint("c", "b"), Checkpoint("b", "a", inside=(inside,)), Checkpoint("a")]
    unfolded = {inside: (Checkpoint("y", "x", namespace="sub:1"), Checkpoint("x", namespace="sub:1"))}
    assert [row.fold for row in history_rows(listed)] == [None, inside, None]
    found = history_rows(listed, unfolded)
    assert [row.checkpoint.id for row in found] == ["c", "b", "y", "x", "a"]
    assert [row.lane for row in found] == [0, 0, 1, 1, 0]
    assert [row.through for row in found] == [(), (), (0,), (0,), ()]
    assert [row.is_open for row in found] == [False, True, False, False, False]
    assert found[4].is_led_to


def test_several_subgraphs_are_listed_before_one_of_them_is_unfolded() -> None:
    b = two_subgraphs()
    assert b.beneath is not None
    closed = history_rows([b], {b.beneath: ()})
    assert [row.title for row in closed] == ["", "find #1", "find #2"]
    second = b.inside[1]
    found = history_rows([b], {b.beneath: (), second: (Checkpoint("x", namespace="find:2"),)})
    assert [row.title or row.checkpoint.id for row in found] == ["b", "find #1", "find #2", "x"]
    assert len({row.key for row in found}) == len(found)


def test_a_subgraph_that_has_saved_nothing_says_so() -> None:
    inside = Beneath(("", "a"), "sub:1", "sub")
    _, note = history_rows([Checkpoint("a", inside=(inside,))], {inside: ()})
    assert note.title == "sub has saved nothing here"
    assert note.fold is None


def test_a_thread_is_called_by_its_title_or_by_what_it_began_with() -> None:
    assert Thread("12345678-90", "Mine", "owls").name == "Mine"
    assert Thread("12345678-90", "", "owls").name == "owls"
    assert Thread("12345678-90").name == "Thread 12345678"


def test_a_time_of_today_has_no_date() -> None:
    now = time.mktime((2026, 5, 4, 15, 0, 0, 0, 0, -1))
    assert moment(now - 3600, now) == "14:00"
    assert moment(now - 86400, now) == "03 May 2026"


def test_a_checkpoint_tells_what_made_it_and_what_comes_next() -> None:
    told = [
        Checkpoint("", source="input", next=("__start__",)),
        Checkpoint("", source="loop", step=0, next=("a", "b")),
        Checkpoint("", source="loop", writers=("a", "b"), next=("c",), asks=1),
        Checkpoint("", source="update", writers=("a",)),
        Checkpoint("", source="fork", next=("d", "e", "d")),
    ]
    assert [each.made_by for each in told] == ["input", "begin", "a, b", "edited as a", "forked"]
    assert [each.leads_to for each in told] == ["", "a, b", "c asks", "", "d ×2, e"]
