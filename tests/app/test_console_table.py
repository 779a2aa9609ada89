"""The console's rows: whatever is said, chosen and dropped, they are the lines that are left and pass."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from PySide6.QtWidgets import QApplication

from stepscope.model import console as fold
from stepscope.model.console import ERROR, MARK, WARNING, Console
from stepscope.model.events import Printed
from stepscope.run.console_table import ConsoleTable


def said(text: str, source: str = "stdout", level: str = "", logger: str = "") -> Printed:
    return Printed(0, 1000.0, source, text, level, logger)


@pytest.fixture
def console() -> Console:
    return Console()


@pytest.fixture
def table(qapp: QApplication, console: Console) -> Iterator[ConsoleTable]:
    table = ConsoleTable()
    tester = QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal)
    table.show(console)
    yield table
    del tester


def settled(table: ConsoleTable) -> list[str]:
    """The texts of the rows, once the table has caught up."""
    table.catch_up()
    while table.is_behind:
        QApplication.processEvents()
    return [table.event_at(row).text for row in range(table.rowCount())]


def test_a_line_without_end_changes_in_its_row(table: ConsoleTable, console: Console) -> None:
    console.add(said(" 10%"))
    console.add(said("beside\n", "stderr"))
    assert settled(table) == [" 10%", "beside"]

    changed = QSignalSpy(table.dataChanged)
    console.add(said("\r 20%"))
    assert settled(table) == [" 20%", "beside"]
    assert changed.count() == 1
    assert changed.at(0)[0].row() == 0

    console.add(said("\n"))
    assert settled(table) == [" 20%", "beside"]
    settled(table)
    assert changed.count() == 2  # it has its end


def test_a_line_that_grows_may_begin_or_cease_to_pass_the_filter(
    table: ConsoleTable, console: Console
) -> None:
    table.set_filter("done")
    console.add(said("first done\nwork"))
    console.add(said("x is done\n", "stderr"))
    assert settled(table) == ["first done", "x is done"]

    console.add(said(" done"))
    assert settled(table) == ["first done", "work done", "x is done"]

    console.add(said("\rnot yet"))
    assert settled(table) == ["first done", "x is done"]


def test_what_is_chosen_is_kept(table: ConsoleTable, console: Console) -> None:
    console.run_began(1.0)
    console.add(said("out\n"))
    console.add(said("err\n", "stderr"))
    for level in ("DEBUG", "INFO", "WARNING", "ERROR"):
        console.add(said(level.lower(), "log", level, "app"))
    console.add(said("old", "warning", "FutureWarning"))

    table.choose(least=WARNING)
    assert settled(table) == ["Run 1 started", "err", "warning", "error", "old"]
    table.choose(least=ERROR)
    assert settled(table) == ["Run 1 started", "error"]
    table.choose(source="log")
    assert settled(table) == ["debug", "info", "warning", "error"]
    table.choose(least=WARNING, source="log")
    table.set_filter("rr")
    assert settled(table) == ["error"]
    table.choose()
    table.set_filter("APP")
    assert settled(table) == ["debug", "info", "warning", "error"]


def test_the_rows_of_dropped_lines_go_and_their_number_is_told(
    table: ConsoleTable, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fold, "MOST_LINES", 100)
    monkeypatch.setattr(fold, "DROPPED_AT_ONCE", 20)
    console.add(said("".join(f"{number}\n" for number in range(110))))
    assert table.rowCount() == 0
    assert len(settled(table)) == 110

    console.add(said("".join(f"{number}\n" for number in range(1_000, 1_030))))
    assert table.event_at(0).source == MARK, "a line that is gone, and the table has not heard of it"
    assert table.data(table.index(0, 4)) == ""
    rows = settled(table)
    assert (rows[0], rows[-1], len(rows)) == ("40", "1029", 100)
    assert table.counted == "100, 40 older dropped"

    table.set_filter("99")
    assert settled(table) == ["99"]
    assert table.counted == "1 of 100, 40 older dropped"
    console.clear()
    assert settled(table) == []
    assert table.counted == "0 of 0"


def test_a_table_that_was_not_looked_at_while_all_was_dropped_shows_what_is_left(
    table: ConsoleTable, console: Console
) -> None:
    console.add(said("one\ntwo\n"))
    assert settled(table) == ["one", "two"]
    console.clear()
    console.add(said("three\n"))
    assert settled(table) == ["three"]


def test_a_row_gives_its_whole_record_and_is_copied_as_a_terminal_has_it(
    table: ConsoleTable, console: Console
) -> None:
    console.add(said("oh no\nTraceback\nValueError", "log", "ERROR", "app"))
    console.add(said("plain\n"))
    console.add(said("old", "warning", "FutureWarning"))
    settled(table)

    whole = table.data(table.index(2, 0), ConsoleTable.EventRole)
    assert [line.text for line in whole] == ["oh no", "Traceback", "ValueError"]
    copied = [table.copied(row) for row in range(table.rowCount())]
    assert copied == ["ERROR:app:oh no", "Traceback", "ValueError", "plain", "FutureWarning:old"]


def test_a_row_says_when_and_how_grave_it_is(table: ConsoleTable, console: Console) -> None:
    for source, level in (
        ("stdout", ""),
        ("stderr", ""),
        ("log", "DEBUG"),
        ("log", "INFO"),
        ("log", "WARNING"),
    ):
        console.add(said("x\n", source, level))
    console.add(said("x\ny", "log", "CRITICAL", "app"))
    console.add(said("x", "warning", "FutureWarning"))
    settled(table)

    cells = [[table.text_at(row, column) for column in (1, 3)] for row in range(table.rowCount())]
    assert cells == [
        ["› stdout", ""],
        ["» stderr", ""],
        ["· DEBUG", ""],
        ["i INFO", ""],
        ["! WARNING", ""],
        ["✕ CRITICAL", "app"],
        ["", ""],
        ["! warning", "FutureWarning"],
    ]
    assert table.text_at(0, 0).endswith(":40.000")  # 1000 s after the epoch, in any zone of whole hours
    assert table.headerData(4, Qt.Orientation.Horizontal) == "Text"


SAYINGS = st.tuples(
    st.sampled_from(["stdout", "stderr", "log", "warning"]),
    st.sampled_from(["a", "ab\n", "b\n\n", "a\nb\nc", "\rb", "\n" * 7]),
    st.sampled_from(["INFO", "ERROR"]),
)
ACTS = st.one_of(
    SAYINGS.map(lambda saying: ("say", saying)),
    st.sampled_from(["", "a", "b"]).map(lambda text: ("filter", text)),
    st.tuples(st.sampled_from([0, WARNING, ERROR]), st.sampled_from(["", "log", "stdout"])).map(
        lambda choice: ("choose", choice)
    ),
    st.sampled_from([("catch_up", None), ("clear", None), ("run", None), ("open", None)]),
)


@given(st.lists(ACTS, max_size=40))
def test_the_rows_are_always_the_lines_that_are_left_and_pass(qapp: QApplication, acts: list) -> None:
    """A table that looks now and then shows what one shows that looks for the first time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fold, "MOST_LINES", 12)
        patch.setattr(fold, "DROPPED_AT_ONCE", 4)
        console, table = Console(), ConsoleTable()
        tester = QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal)
        table.show(console)
        needle, choice = "", (0, "")
        for act, what in acts:
            match act:
                case "say":
                    source, text, level = what
                    console.add(said(text, source, level if source == "log" else ""))
                case "filter":
                    needle = what
                    table.set_filter(what)
                case "choose":
                    choice = what
                    table.choose(*what)
                case "catch_up":
                    settled(table)
                case "clear":
                    console.clear()
                case "run":
                    console.run_began(1.0)
                case "open":
                    console.opening(1.0, "b.py")
                    console.opened(is_another=True)
        fresh = ConsoleTable()
        fresh.show(console)
        fresh.set_filter(needle)
        fresh.choose(*choice)
        assert settled(table) == settled(fresh)
        del tester
