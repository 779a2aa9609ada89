"""What is remembered between two starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from stepscope.run.settings import (
    EARLIER_INPUTS,
    LONGEST_EARLIER,
    LONGEST_INPUT,
    RECENT_TARGETS,
    REMEMBERED_INPUTS,
    REMEMBERED_INTERPRETERS,
    Settings,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.ini"


def reopened(settings: Settings, path: Path) -> Settings:
    settings.save()
    return Settings(path)


def test_nothing_is_known_at_the_first_start(path: Path) -> None:
    settings = Settings(path)

    assert (settings.scheme, settings.layout, settings.recent, settings.trusted) == ("system", None, [], [])


def test_what_was_set_is_there_after_a_restart(path: Path) -> None:
    settings = Settings(path)
    settings.scheme = "dark"
    settings.reloads_automatically = True
    settings.layout = (QByteArray(b"\x00\xff geometry"), QByteArray(b"state"))
    settings.add_recent("/a b/ü.py:graph")
    settings.remember_input("/a.py:graph", '{"x": "ü, ;\\n"}')

    after = reopened(settings, path)

    assert after.scheme == "dark"
    assert after.reloads_automatically
    assert after.layout == (QByteArray(b"\x00\xff geometry"), QByteArray(b"state"))
    assert after.recent == ["/a b/ü.py:graph"]
    assert after.input_of("/a.py:graph") == '{"x": "ü, ;\\n"}'
    assert after.input_of("/b.py:graph") is None


def test_the_newest_recent_file_stands_first_and_only_once(path: Path) -> None:
    settings = Settings(path)
    for number in range(RECENT_TARGETS + 3):
        settings.add_recent(f"{number}.py")
    settings.add_recent("8.py")

    assert settings.recent[:3] == ["8.py", "12.py", "11.py"]
    assert len(settings.recent) == RECENT_TARGETS


def test_only_so_many_inputs_of_reasonable_size_are_kept(path: Path) -> None:
    settings = Settings(path)
    for number in range(REMEMBERED_INPUTS + 1):
        settings.remember_input(str(number), "{}")
    settings.remember_input("huge", "x" * (LONGEST_INPUT + 1))

    assert settings.input_of("0") is None
    assert settings.input_of("1") == "{}"
    assert settings.input_of("huge") is None


def test_a_python_is_kept_for_each_folder_until_it_is_forgotten(path: Path) -> None:
    settings = Settings(path)
    for folder in range(REMEMBERED_INTERPRETERS + 1):
        settings.remember_interpreter(f"/{folder}", f"/{folder}/.venv/bin/python")
    settings.remember_interpreter("/7", "/usr/bin/python3")
    settings.forget_interpreter("/8")

    after = reopened(settings, path)

    assert after.interpreter_of("/7") == "/usr/bin/python3"
    assert after.interpreter_of("/9") == "/9/.venv/bin/python"
    assert after.interpreter_of("/8") is None
    assert after.interpreter_of("/0") is None  # the oldest makes room


@pytest.mark.parametrize(
    "garbage", ["scheme=\x00\x01", "recent={{", "[%General]\nrecent=7\ninputs=[]", "\ufeff"]
)
def test_a_damaged_file_is_as_good_as_none(path: Path, garbage: str) -> None:
    path.write_text(garbage)

    settings = Settings(path)

    assert settings.recent == []
    assert settings.input_of("a") is None


def test_the_input_the_context_and_the_config_of_a_target_are_kept_apart(path: Path) -> None:
    settings = Settings(path)
    settings.remember_input("a.py:graph", "1")
    settings.remember_input("a.py:graph", "2", "context")
    settings.remember_input("a.py:graph", "3", "config")
    settings.forget_input("a.py:graph", "context")

    after = reopened(settings, path)

    assert [after.input_of("a.py:graph", part) for part in ("input", "context", "config")] == ["1", None, "3"]


def test_of_what_was_run_the_newest_stand_first_each_once(path: Path) -> None:
    settings = Settings(path)
    for number in range(EARLIER_INPUTS + 3):
        settings.add_earlier_input("a.py:graph", str(number))
    settings.add_earlier_input("a.py:graph", "9")
    settings.add_earlier_input("b.py:graph", "other")

    earlier = reopened(settings, path).earlier_inputs("a.py:graph")

    assert earlier[:3] == ["9", "22", "21"]
    assert (len(earlier), len(set(earlier))) == (EARLIER_INPUTS, EARLIER_INPUTS)


def test_what_was_run_long_ago_goes_when_it_has_become_too_much(path: Path) -> None:
    settings = Settings(path)
    for target in "abcd":
        for number in range(10):
            settings.add_earlier_input(target, f"{number}{'x' * (LONGEST_EARLIER - 1)}")
    settings.add_earlier_input("d", "x" * (LONGEST_EARLIER + 1))

    kept = {target: len(settings.earlier_inputs(target)) for target in "abcd"}
    assert kept == {"a": 0, "b": 0, "c": 10, "d": 10}


def test_a_form_is_shown_until_json_was_chosen(path: Path) -> None:
    settings = Settings(path)
    assert settings.input_face == "form"

    settings.input_face = "json"

    assert reopened(settings, path).input_face == "json"
