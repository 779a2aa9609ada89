"""Errors as a person reads them: their own line, a short traceback, a word on what to do."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from stepscope_host import failures
from stepscope_host.failures import did_you_mean, from_exception, is_users


def failure_of(tmp_path: Path, text: str, **more: Any) -> dict[str, Any]:
    """What running a file of this text fails with."""
    path = tmp_path / "users.py"
    path.write_text(text)
    try:
        exec(compile(text, str(path), "exec"), {})
    except BaseException as error:
        return from_exception(error, str(tmp_path), **more)
    raise AssertionError("it did not fail")


def test_the_users_line_comes_before_the_librarys(tmp_path: Path) -> None:
    failure = failure_of(tmp_path, "import json\n\njson.loads('{')\n")
    assert failure["where"] == {
        "file": str(tmp_path / "users.py"),
        "line": 3,
        "function": "<module>",
        "source": "json.loads('{')",
    }
    assert "decoder.py" in failure["traceback"], "other libraries stay in the traceback"


def test_what_stands_behind_an_error_is_kept(tmp_path: Path) -> None:
    text = "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise ValueError('outer') from e\n"
    traceback = failure_of(tmp_path, text)["traceback"]
    assert "ZeroDivisionError" in traceback
    assert "direct cause" in traceback
    assert "outer" in traceback


def test_a_message_of_a_megabyte_is_cut(tmp_path: Path) -> None:
    failure = failure_of(tmp_path, "raise ValueError('x' * 1_000_000)")
    assert len(failure["message"]) < 50_000
    assert len(failure["traceback"]) < 200_000


def test_an_error_that_cannot_be_told_is_told_all_the_same(tmp_path: Path) -> None:
    text = "class Bad(Exception):\n    def __str__(self):\n        raise RuntimeError\nraise Bad\n"
    failure = failure_of(tmp_path, text)
    assert failure["type"] == "Bad"
    assert "cannot be shown" in failure["message"]


def test_endless_recursion_has_a_short_traceback(tmp_path: Path) -> None:
    failure = failure_of(tmp_path, "def f():\n    f()\nf()\n")
    assert failure["type"] == "RecursionError"
    assert failure["where"]["function"] == "f"
    assert len(failure["traceback"]) < 10_000


@pytest.mark.skipif(sys.version_info < (3, 11), reason="exceptions have notes since Python 3.11")
def test_notes_are_kept(tmp_path: Path) -> None:
    failure = failure_of(tmp_path, "e = ValueError('x')\ne.add_note('in node a')\nraise e\n")
    assert "in node a" in failure["traceback"]


def test_a_missing_key_of_the_state_is_told_from_another(tmp_path: Path) -> None:
    assert "give it in the input" in failure_of(tmp_path, "{}['topic']", known_keys=("topic",))["remedy"]
    assert failure_of(tmp_path, "{}['topic']", known_keys=("joke",))["remedy"] == ""


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("import cv2.nothing", "-m pip install opencv-python"),
        ("import json.nothing", "'json' is installed, but has no 'nothing'"),
        ("__package__ = __name__ = ''\nfrom . import sibling", "Open it as a module"),
        ("raise SystemExit(1)", 'under `if __name__ == "__main__":`'),
    ],
)
def test_common_errors_come_with_what_to_do(tmp_path: Path, text: str, remedy: str) -> None:
    assert remedy in failure_of(tmp_path, text)["remedy"]


@pytest.mark.parametrize(
    ("code", "message"), [("2", "exit status 2"), ("'no key is set'", "no key is set"), ("", "")]
)
def test_an_exit_says_its_status_or_the_words_it_was_given(tmp_path: Path, code: str, message: str) -> None:
    assert failure_of(tmp_path, f"raise SystemExit({code})")["message"] == message


def test_of_a_namespace_that_several_distributions_share_the_missing_one_is_to_be_installed(
    tmp_path: Path,
) -> None:
    # LangGraph's savers alone bring a package `langgraph`, which has no `graph`.
    remedy = failure_of(tmp_path, "import langgraph\nimport langgraph.nothing")["remedy"]
    assert remedy.endswith("-m pip install langgraph")


def test_near_words_are_proposed_and_far_ones_are_not() -> None:
    assert did_you_mean("writr", ["reader", "writer"]) == " Did you mean 'writer'?"
    assert did_you_mean("zebra", ["reader", "writer"]) == ""


def test_users_files_are_told_from_the_rest(tmp_path: Path) -> None:
    import json

    import langgraph.graph

    import stepgraph.graph

    assert is_users(str(tmp_path / "a.py"))
    others = [
        json.__file__,
        langgraph.graph.__file__,
        stepgraph.graph.__file__,
        pytest.__file__,
        "<frozen x>",
    ]
    assert not any(is_users(path) for path in others)


def test_an_error_that_never_says_what_it_is_is_told_by_its_class_and_its_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(failures, "MESSAGE_SECONDS", 0.1)
    go = threading.Event()

    class Mute(Exception):
        def __str__(self) -> str:
            go.wait()
            return "at last"

    try:
        raise Mute
    except Mute as error:
        told = from_exception(error)
    go.set()
    assert told["type"] == "Mute"
    assert told["message"] == "(its message cannot be shown: str() takes longer than 0.1 s)"
    assert told["where"]["source"] == "raise Mute"
    assert "raise Mute" in told["traceback"]
