"""What is said of files that have changed."""

from __future__ import annotations

from datetime import datetime

import pytest

from stepscope.run.sightings import Difference
from stepscope.window import reload_words as words

MAIN = "/project/graph.py"
NOW = datetime(2026, 3, 2, 14, 40)


def changed(*paths: str, is_live: bool = False) -> str:
    return words.has_changed([Difference(path) for path in paths], MAIN, is_live)


@pytest.mark.parametrize(
    ("paths", "says"),
    [
        ((MAIN,), "graph.py has changed."),
        (("/project/lib/helper.py",), "helper.py has changed."),
        (("/project/a.py", MAIN), "graph.py and a.py have changed."),
        (("/project/a.py", MAIN, "/project/b.py"), "graph.py and 2 more files have changed."),
    ],
)
def test_the_file_that_is_open_is_named_first_and_many_are_counted(paths: tuple[str, ...], says: str) -> None:
    assert changed(*paths).startswith(says)


def test_a_live_run_is_said_to_go_on_with_the_old_code() -> None:
    assert "goes on with the old code" in changed(MAIN, is_live=True)
    assert "The next run takes the new code" in changed(MAIN)


def test_what_is_shown_is_dated_by_day_when_it_is_not_of_today() -> None:
    assert words.shown_as_of(datetime(2026, 3, 2, 9, 5), NOW) == "◷ Shown as of 09:05, before the error"
    assert "as it was read at 23:59 on 01 March" in words.is_gone(MAIN, datetime(2026, 3, 1, 23, 59), NOW)


def test_a_reason_ends_with_one_full_stop() -> None:
    assert "SyntaxError: bad. The next save" in words.could_not_reload(MAIN, "SyntaxError: bad.")
