"""The console as a fold: what was said, line by line, of which run, and what of it is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepscope.model.console import (
    DROPPED_AT_ONCE,
    ERROR,
    INFO,
    MARK,
    MOST_CHARACTERS,
    MOST_LINES,
    WARNING,
    Console,
    Line,
)
from stepscope.model.crash_report import LEFT_OUT
from stepscope.model.events import Location, Printed, parse


def said(text: str, source: str = "stdout", level: str = "", logger: str = "", node: str = "") -> Printed:
    return Printed(0, 1000.0, source, text, level, logger, None, node)


def kept(console: Console) -> list[Line]:
    return [console[number] for number in range(console.first, len(console))]


def texts(console: Console) -> list[str]:
    return [f"— {line.text}" if line.source == MARK else line.text for line in kept(console)]


def console_of(*events: Printed) -> Console:
    console = Console()
    for event in events:
        console.add(event)
    return console


def test_pieces_become_lines_each_where_it_began() -> None:
    console = console_of(said("Load"), said("oops", "stderr"), said("ing\nnext"), said("!\n", "stderr"))

    assert [(line.source, line.text) for line in kept(console)] == [
        ("stdout", "Loading"),
        ("stderr", "oops!"),
        ("stdout", "next"),
    ]
    assert console.open_lines == [2]


def test_a_progress_bar_is_one_line() -> None:
    console = console_of(said("\r 10%", "stderr"), said("beside\n"), said("\r 20%", "stderr"))
    assert texts(console) == [" 20%", "beside"]


def test_a_record_of_several_lines_is_one_record() -> None:
    console = console_of(
        said("before\n"), said("oh\nTraceback\nValueError\n", "log", "ERROR", "app"), said("after")
    )

    assert [line.is_more for line in kept(console)] == [False, False, True, True, False]
    assert {line.logger for line in kept(console)[1:4]} == {"app"}
    for number in (1, 2, 3):
        assert [line.text for line in console.record(number)] == ["oh", "Traceback", "ValueError"]
    assert [line.text for line in console.record(4)] == ["after"]


def test_levels_tell_how_grave_a_line_is() -> None:
    levels = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "Level 35", "SUCCESS", ""]
    console = console_of(*(said("x", "log", level) for level in levels))
    assert [line.grave for line in kept(console)] == [10, 20, 30, 40, 50, 35, 20, 20]

    console = console_of(said("x", "warning", "FutureWarning"), said("x\n"), said("x\n", "stderr"))
    assert [line.grave for line in kept(console)] == [WARNING, INFO, WARNING]


def test_a_traceback_is_grave_to_its_last_line() -> None:
    typed = (
        "Exception in thread poller:\nTraceback (most recent call last):\n"
        '  File "a.py", line 3, in poll\n    raise ValueError\nValueError: gone\nand on\n'
    )
    graves = [ERROR] * 5 + [WARNING]
    assert [line.grave for line in kept(console_of(said(typed, "stderr")))] == graves
    assert [line.grave for line in kept(console_of(*(said(c, "stderr") for c in typed)))] == graves


def test_runs_are_told_apart_once_they_say_something() -> None:
    console = console_of(said("import\n"))
    console.run_began(1.0)
    console.run_ended()
    console.run_began(2.0)
    console.add(said("no end"))
    console.run_ended()
    console.add(said(" yet\n"))
    console.run_began(3.0)
    console.add(said("third"))

    assert texts(console) == ["import", "— Run 2 started", "no end yet", "— Run 3 started", "third"]
    assert [line.run for line in kept(console) if line.source != MARK] == [0, 2, 3]
    assert console.printed == 3


def test_a_line_that_a_run_left_open_is_not_continued_by_the_next() -> None:
    console = console_of(said("left \x1b["))
    console.run_began(1.0)
    console.add(said("0mopen"))
    assert texts(console) == ["left ", "— Run 1 started", "open"]


def test_another_program_keeps_what_its_import_printed_and_nothing_older() -> None:
    console = console_of(said("old\n"))
    console.opening(1.0, "b.py")
    console.add(said("importing b\n"))
    console.opened(is_another=True)
    assert texts(console) == ["— Opening b.py", "importing b"]
    assert console.printed == 1

    console.run_began(2.0)
    console.add(said("hello\n"))
    assert texts(console)[2:] == ["— Run 1 started", "hello"]


def test_the_same_program_read_again_keeps_all() -> None:
    console = console_of(said("old\n"))
    console.opening(1.0, "a.py")
    console.add(said("again\n"))
    console.opened(is_another=False)
    assert texts(console) == ["old", "— Opening a.py", "again"]


def test_a_note_is_said_at_once() -> None:
    console = console_of(said("half"))
    console.note(1.0, "The program's process was killed.")
    assert texts(console) == ["half", "— The program's process was killed."]
    assert console.printed == 1


def test_clearing_forgets_all_and_goes_on_with_a_new_line() -> None:
    console = console_of(said("one\ntwo"))
    console.clear()
    assert (texts(console), console.printed) == ([], 0)

    console.add(said("three"))
    assert (texts(console), console.printed) == (["three"], 1)


def test_only_the_last_lines_are_kept_and_the_others_counted() -> None:
    console = Console()
    for start in range(0, 200_000, 500):
        console.add(said("".join(f"{number}\n" for number in range(start, start + 500))))

    assert MOST_LINES <= len(kept(console)) < MOST_LINES + DROPPED_AT_ONCE
    assert kept(console)[-1].text == "199999"
    assert (console.printed, console.dropped) == (200_000, 200_000 - len(kept(console)))


def test_a_million_lines_in_one_piece_are_no_more_than_their_end() -> None:
    console = console_of(said("x\n" * 1_000_000))
    assert len(kept(console)) < MOST_LINES + DROPPED_AT_ONCE
    assert console.printed == 1_000_000


def test_long_lines_are_kept_in_smaller_number() -> None:
    console = Console()
    for _ in range(100):
        console.add(said(("x" * 19_999 + "\n") * 50))
    assert sum(len(line.text) for line in kept(console)) <= MOST_CHARACTERS
    assert kept(console)


def test_an_open_line_that_was_dropped_is_begun_anew() -> None:
    console = console_of(said("open", "stderr"), said("x\n" * 200_000), said(" end\n", "stderr"))
    assert kept(console)[-1].text == "open end"


SOURCES = st.sampled_from(["stdout", "stderr"])
PIECES = st.lists(st.tuples(SOURCES, st.text(st.sampled_from("ab\n\r\b\x1b[m"), max_size=8)), max_size=12)


@given(PIECES, st.data())
def test_where_the_pieces_are_cut_never_changes_the_lines(
    pieces: list[tuple[str, str]], data: st.DataObject
) -> None:
    cut = []
    for source, text in pieces:
        place = data.draw(st.integers(0, len(text)))
        cut += [said(text[:place], source), said(text[place:], source)]

    whole = console_of(*(said(text, source) for source, text in pieces))
    assert kept(console_of(*cut)) == kept(whole)


def test_a_printed_event_may_leave_out_what_is_not_known() -> None:
    plain = {"event": "printed", "seq": 1, "time": 2.0, "source": "stdout", "text": "hi"}
    assert parse(plain) == Printed(1, 2.0, "stdout", "hi")

    where = {"file": "a.py", "line": 3, "function": "f", "source": "x"}
    more = {"source": "log", "level": "INFO", "logger": "app", "where": where, "node": "plan"}
    event = parse({**plain, **more})
    assert event == Printed(1, 2.0, "log", "hi", "INFO", "app", Location("a.py", 3, "f", "x"), "plan")


def test_gone_lines_are_not_mistaken_for_others() -> None:
    console = console_of(said("x\n" * 60_000))
    with pytest.raises(IndexError, match="is gone"):
        console[0]


CRASH = """\
Fatal Python error: Segmentation fault

Current thread 0x00007f1 (most recent call first):
  File "/usr/lib/python3.11/ctypes/__init__.py", line 519 in string_at
  File "/home/ada/agent.py", line 34 in work
  File "/home/ada/.venv/lib/python3.11/site-packages/langchain_core/runnables/config.py", line 698 in wrapper
  File "/home/ada/.cache/stepscope/worker-2db13c51f8f4629d/stepscope_host/executor.py", line 65 in <lambda>

Thread 0x00007f2 (most recent call first):
  File "/home/ada/.cache/stepscope/worker-2db13c51f8f4629d/stepscope_host/descriptors.py", line 45 in read
  File "/usr/lib/python3.11/threading.py", line 982 in run

Thread 0x00007f3 (most recent call first):
  File "/home/ada/agent.py", line 12 in poll
  File "/usr/lib/python3.11/threading.py", line 982 in run

Thread 0x00007f4 (most recent call first):
  File "/home/ada/.cache/stepscope/worker-2db13c51f8f4629d/__main__.py", line 22 in <module>
  File "<frozen runpy>", line 88 in _run_code

Extension modules: xxhash._xxhash (total: 1)
"""


@given(st.integers(1, len(CRASH)))
def test_a_report_of_a_crash_is_shown_as_far_as_it_tells_of_the_program(size: int) -> None:
    pieces = [said(CRASH[at : at + size], "stderr") for at in range(0, len(CRASH), size)]
    console = console_of(said("before\n", "stderr"), *pieces, said("after\n", "stderr"))

    assert texts(console) == [
        "before",
        "Fatal Python error: Segmentation fault",
        "Current thread 0x00007f1 (most recent call first):",
        '  File "/usr/lib/python3.11/ctypes/__init__.py", line 519 in string_at',
        '  File "/home/ada/agent.py", line 34 in work',
        LEFT_OUT,
        "Thread 0x00007f3 (most recent call first):",
        '  File "/home/ada/agent.py", line 12 in poll',
        "after",
    ]
    assert [line.grave for line in kept(console)][:8] == [WARNING, *[ERROR] * 7]


def test_a_report_that_breaks_off_does_not_hide_what_comes_next() -> None:
    console = console_of(said(CRASH[:200], "stderr"))
    console.run_began(1.0)
    console.add(said("  indented\n", "stderr"))
    assert texts(console)[-1] == "  indented"


def test_a_timeout_that_the_program_asked_for_is_shown_whole() -> None:
    report = (
        'Timeout (0:00:01)!\nThread 0x00007f2 (most recent call first):\n  File "<string>", line 1 in f\n'
    )
    assert len(texts(console_of(said(report, "stderr")))) == 3
