"""A langgraph.json that cannot be meant is told with its line and with what to write."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepscope_host.failures import LoadFailed
from stepscope_host.loading.langgraph_json import read

GOOD = '"graphs": {"a": "./a.py:graph"}'


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('{\n "graphs": {}\n "env": 1}', 3, "langgraph.json is not JSON: "),
        ("", 1, "langgraph.json is not JSON: Expecting value, line 1 column 1."),
        ("[]", 1, "langgraph.json holds a list, not an object."),
        ("{}", 1, 'names no graphs. Write it like {"dependencies": ["."], "graphs": '),
        ('{\n "graphs": ["a"]}', 2, "has no object under 'graphs'."),
        ('{\n "graphs": {\n  "a": 3}}', 3, "The graph 'a' in langgraph.json is a number. Write \"a\": "),
        ('{"graphs": {\n "a": {"description": "x"}}}', 2, "The graph 'a' in langgraph.json has no path."),
        ('{"graphs": {\n "a": "./a.py"}}', 2, 'Write the name behind a colon: "./a.py:graph"'),
        ('{"graphs": {\n "a": "C:\\\\a.py"}}', 2, 'Write the name behind a colon: "C:\\a.py:graph"'),
        (
            '{\n "dependencies": ".",\n' + GOOD + "}",
            2,
            "'dependencies' in langgraph.json is no list",
        ),
        ('{"dependencies": [\n 1], ' + GOOD + "}", 1, 'Write "dependencies": ["."]'),
        (
            '{\n "env": ["A"],\n' + GOOD + "}",
            2,
            "'env' in langgraph.json is a list. Write the path",
        ),
        (
            '{"env": {\n "A": true}, ' + GOOD + "}",
            2,
            "The variable 'A' under 'env'",
        ),
        ('{"env": {\n "A=B": "c"}, ' + GOOD + "}", 1, "'A=B' under 'env' in langgraph.json cannot be a var"),
        ('{\n "python_version": 3.11,\n' + GOOD + "}", 2, 'is a number. Write "python_version": "3.12"'),
        (
            '{"checkpointer": {\n "path": "./saver.py"}, ' + GOOD + "}",
            2,
            "The checkpointer in langgraph.json is './saver.py', which names a file but nothing in it.",
        ),
        ('{"graphs": {"a": "\\u0000:graph"}}', None, "langgraph.json holds a zero byte"),
        ("[" * 100_000, None, "langgraph.json is nested too deeply to be read."),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, line: int | None, said: str) -> None:
    path = tmp_path / "langgraph.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LoadFailed) as caught:
        read(path)
    failure = caught.value.failure
    assert said in f"{failure['message']} {failure['remedy']}"
    assert failure["traceback"] == ""
    if line is not None:
        assert (failure["where"]["file"], failure["where"]["line"]) == (str(path.resolve()), line)


def test_what_is_no_text_or_no_file_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "langgraph.json"
    with pytest.raises(LoadFailed, match="There is no file"):
        read(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LoadFailed, match="is not UTF-8 text"):
        read(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(LoadFailed, match="cannot be read: Is a directory"):
        read(path)


def test_a_mark_before_the_text_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "langgraph.json"
    path.write_text("{" + GOOD + "}", encoding="utf-8-sig")
    assert list(read(path).entries) == ["a"]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
KEYS = st.sampled_from(
    ["graphs", "dependencies", "env", "python_version", "source", "checkpointer", "auth", "x"]
)


@settings(deadline=None)
@given(st.dictionaries(KEYS, JSON | st.dictionaries(st.text(), st.text() | JSON)))
def test_any_json_is_a_project_or_refused(tmp_path_factory: pytest.TempPathFactory, data: object) -> None:
    path = tmp_path_factory.getbasetemp() / "any_json" / "langgraph.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(data), encoding="utf-8")
    with contextlib.suppress(LoadFailed):
        project = read(path)
        assert project.entries
        assert project.entries_of(path) == []
