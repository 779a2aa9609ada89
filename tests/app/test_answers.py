"""The likeliest way to answer a question comes first: told by its schema, its shape or its words."""

from __future__ import annotations

from typing import Any

import pytest

from stepscope.model.answers import Way, asked_words, ways
from stepscope.model.events import Asked
from stepscope.model.form import blank, field_of
from stepscope.model.form_check import problems


def found(value: Any, schema: Any = None) -> tuple[Way, ...]:
    return ways(Asked(1, 0.0, "1", value, schema or {}))


def fits(way: Way, value: Any) -> bool:
    return not list(problems(field_of(way.schema), value))


@pytest.mark.parametrize(
    ("value", "words", "suggested"),
    [
        ("Whose name?", "a text", ""),
        ("Do you approve of this?", "yes or no", None),
        ("Proceed? (y/n)", "yes or no", None),
        ({"question": "Do you want to proceed?", "details": "rm"}, "yes or no", None),
        ({"instruction": "Review and edit this content", "content": "once"}, "a text", "once"),
        ({"question": "What is your age?"}, "a text", ""),
        (
            {"call": "search", "args": {"q": "cats"}},
            "the value, edited",
            {"call": "search", "args": {"q": "cats"}},
        ),
        (
            {"action": "send_email", "to": "a@b", "message": "Approve sending this email?"},
            "the value, edited",
            {"action": "send_email", "to": "a@b", "message": "Approve sending this email?"},
        ),
        ([1, 2], "the value, edited", [1, 2]),
        (True, "yes or no", None),
        (3, "a text", ""),
        (None, "a text", ""),
    ],
)
def test_the_likeliest_way_comes_first(value: Any, words: str, suggested: Any) -> None:
    first = found(value)[0]
    assert (first.words, first.suggested) == (words, suggested)
    assert fits(first, first.suggested) is (suggested is not None), "yes or no is for the person to say"


def test_a_text_can_be_answered_by_a_number_too() -> None:
    assert [way.words for way in found("How old?")] == ["a text", "yes or no", "a number", "JSON"]


def test_a_question_with_a_schema_is_answered_as_the_graph_says() -> None:
    schema = {
        "type": "object",
        "properties": {"ok": {"type": "boolean"}, "why": {"type": "string", "default": "so"}},
        "required": ["ok", "why"],
    }
    [way] = found("approve?", schema)
    assert way.schema == schema
    assert way.suggested == {"ok": False, "why": "so"}
    assert dict(found("?", {"type": "boolean"})[0].quick) == {"Approve": True, "Reject": False}


TOOLS = {
    "action_requests": [
        {"name": "delete", "args": {"name": "a.txt"}, "description": "?"},
        {"name": "send", "args": {"to": "Bo", "times": 2}},
    ],
    "review_configs": [
        {"action_name": "delete", "allowed_decisions": ["approve", "edit", "reject"]},
        {"action_name": "send", "allowed_decisions": ["approve", "respond"]},
    ],
}


def test_each_action_of_an_agent_gets_one_of_its_allowed_decisions() -> None:
    way = found(TOOLS)[0]
    assert way.suggested == {"decisions": [{"type": "approve"}, {"type": "approve"}]}
    edit = {"type": "edit", "edited_action": {"name": "delete", "args": {"name": "b.txt"}}}
    assert fits(way, {"decisions": [edit, {"type": "respond", "message": "no need"}]})
    assert not fits(way, {"decisions": [edit, {"type": "reject", "message": "no"}]})
    assert not fits(way, {"decisions": [edit]})
    assert dict(way.quick) == {"Approve All": {"decisions": [{"type": "approve"}, {"type": "approve"}]}}


def test_what_is_asked_reads_as_words() -> None:
    assert asked_words("Whose name?") == "Whose name?"
    assert asked_words({"question": "Sure?", "amount": 3}) == "question: Sure?\namount: 3"
    assert asked_words(TOOLS) == "?\n\nsend(to='Bo', times=2)"


def test_an_edited_action_begins_as_what_the_agent_wants_to_do() -> None:
    way = found({**TOOLS, "action_requests": TOOLS["action_requests"][:1]})[0]
    options = field_of(way.schema).properties["decisions"].item(0).options
    assert [option.title for option in options] == ["approve", "edit", "reject"]
    assert blank(options[1]) == {
        "type": "edit",
        "edited_action": {"name": "delete", "args": {"name": "a.txt"}},
    }
    assert dict(way.quick) == {
        "Approve": {"decisions": [{"type": "approve"}]},
        "Reject": {"decisions": [{"type": "reject"}]},
    }


def test_an_earlier_human_interrupt_gets_a_list_of_responses() -> None:
    request = {
        "action_request": {"action": "delete", "args": {"name": "a"}},
        "config": {"allow_accept": True, "allow_edit": True, "allow_respond": False, "allow_ignore": True},
        "description": "?",
    }
    for asked in (request, [request]):
        way = found(asked)[0]
        assert way.suggested == [{"type": "accept", "args": None}]
        assert fits(way, [{"type": "edit", "args": {"action": "delete", "args": {"name": "b"}}}])
        assert fits(way, [{"type": "ignore", "args": None}])
        assert not fits(way, [{"type": "response", "args": "no"}])
