"""The table of a growing log: rows come as the log grows, and a filter looks at each once."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from PySide6.QtWidgets import QApplication

from stepscope.run.event_table import Column, EventTable

COLUMNS = (
    Column("Number", lambda event, room: str(event)),
    Column("Word", lambda event, room: f"Word {event % 3}"),
)


@pytest.fixture
def table(qapp):
    table = EventTable(COLUMNS)
    tester = QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield table
    del tester


def shown(table: EventTable) -> list[int]:
    for _ in range(10_000):
        if not table.is_behind:
            break
        QApplication.processEvents()
    assert not table.is_behind, "the filter never came to its end"
    return [table.event_at(row) for row in range(table.rowCount())]


def test_rows_appear_when_the_table_catches_up_and_not_before(table):
    log = [1, 2]
    table.show(log)
    log.append(3)
    assert shown_now(table) == [1, 2]

    table.catch_up()
    assert shown_now(table) == [1, 2, 3]


def shown_now(table: EventTable) -> list[int]:
    return [table.event_at(row) for row in range(table.rowCount())]


def test_many_new_events_are_one_insertion(table):
    log = list(range(10))
    table.show(log)
    inserted = QSignalSpy(table.rowsInserted)
    log.extend(range(1_000))
    table.catch_up()

    assert inserted.count() == 1
    assert table.rowCount() == 1_010


def test_catching_up_with_nothing_new_tells_nothing(table):
    table.show([1])
    inserted = QSignalSpy(table.rowsInserted)
    table.catch_up()

    assert inserted.count() == 0


def test_a_filter_keeps_the_rows_that_have_the_text_in_any_column_whatever_its_case(table):
    table.show(list(range(9)))
    table.set_filter("word 2")
    assert shown(table) == [2, 5, 8]

    table.set_filter(" 7 ")
    assert shown(table) == [7]


def test_an_empty_filter_brings_all_rows_back(table):
    table.show(list(range(5)))
    table.set_filter("4")
    table.set_filter("  ")

    assert shown(table) == [0, 1, 2, 3, 4]


def test_new_events_pass_the_filter_one_by_one(table):
    log = [0, 1]
    table.show(log)
    table.set_filter("word 0")
    log += [2, 3, 4, 6]
    table.catch_up()

    assert shown(table) == [0, 3, 6]


def test_a_filter_over_a_long_log_comes_to_its_end_without_being_asked_again(table):
    table.show(list(range(8_000)))
    table.set_filter("7777")

    assert shown(table) == [7777]


def test_another_filter_in_the_midst_of_one_starts_from_the_first_row(table):
    table.show(list(range(8_000)))
    table.set_filter("7777")
    table.set_filter("222")

    assert shown(table)[:2] == [222, 1222]


def test_a_filter_stays_when_another_log_is_shown(table):
    table.show([1, 2])
    table.set_filter("word 2")
    table.show([5, 6])

    assert shown(table) == [5]


def test_the_titles_of_the_columns_are_told(table):
    from PySide6.QtCore import Qt

    assert [table.headerData(column, Qt.Orientation.Horizontal) for column in (0, 1)] == ["Number", "Word"]
