"""Objects, exceptions and code as values: by what they store and where they are, never by running them."""

from __future__ import annotations

import builtins
import functools
import json
import threading
import types
import warnings
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, PrivateAttr, RootModel, SecretStr, computed_field
from tests.kit import odd_values
from tests.kit.odd_values import BadDict, BadList, Huge, OddError, Plain

from stepscope_host.showing.values import Limits, plain

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pydantic.v1 import BaseModel as FirstModel
    from pydantic.v1 import PrivateAttr as FirstPrivate

HERE = __file__


class Model(BaseModel):
    model_config = ConfigDict(extra="allow")
    name: str = "x"
    secret: SecretStr = SecretStr("hidden")
    _private: int = PrivateAttr(1)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def computed(self) -> int:
        raise AssertionError("a property was read")

    @functools.cached_property
    def cached(self) -> int:
        return 1


class Old(FirstModel):
    name: str = "x"
    _private: int = FirstPrivate(1)


class Rows(RootModel[list[int]]):
    pass


class Slotted:
    __slots__ = ("never", "x")

    def __init__(self) -> None:
        self.x = 1


def counting() -> Iterator[int]:
    yield 1
    raise AssertionError("a generator was advanced")


async def later() -> None: ...


async def many() -> AsyncIterator[int]:
    yield 1


def test_a_pydantic_model_is_its_fields_without_what_is_private_or_computed() -> None:
    model = Model(more=3)
    assert model.cached == 1
    secret = {"$type": "SecretStr", "$text": "SecretStr('**********')"}
    assert plain(model) == {"$type": "Model", "$fields": {"name": "x", "secret": secret, "more": 3}}
    assert plain(Old()) == {"$type": "Old", "$fields": {"name": "x"}}
    assert plain(Rows([1])) == {"$type": "Rows", "$fields": {"root": [1]}}


def test_an_object_without_a_repr_is_its_attributes_and_no_property_of_it_runs() -> None:
    assert plain(Plain(a=1, _b=[2])) == {"$type": "Plain", "$fields": {"a": 1, "_b": [2]}}
    assert plain(Slotted()) == {"$type": "Slotted", "$fields": {"x": 1}}
    assert plain(types.SimpleNamespace(a=1)) == {"$type": "SimpleNamespace", "$fields": {"a": 1}}
    assert plain(object()) == {"$type": "object", "$text": "<object>"}


def test_objects_lead_to_others_only_so_far() -> None:
    chain = Plain()
    for _ in range(100):
        chain = Plain(next=chain)
    shown = plain(chain)
    assert len(json.dumps(shown)) < 400
    assert "…" in json.dumps(shown, ensure_ascii=False)


def test_an_object_that_holds_itself_ends_there() -> None:
    loop = Plain()
    loop.me = loop
    assert plain(loop)["$fields"]["me"] == {"$type": "Plain", "$cycle": True}


def test_an_object_of_thousands_of_attributes_keeps_the_first() -> None:
    shown = plain(Plain(**{f"a{n}": n for n in range(5000)}))
    assert (shown["$type"], len(shown["$entries"]), shown["$size"]) == ("Plain", 1000, 5000)


def test_dictionaries_and_lists_are_read_whatever_their_class_does() -> None:
    assert plain(BadDict(a=1)) == {"$type": "BadDict", "$entries": [["a", 1]]}
    assert plain(BadList([1])) == {"$type": "BadList", "$items": [1]}


@pytest.mark.parametrize("kind", ["OddClass", "OddDict", "Unasked", "Falsy"])
def test_an_object_whose_class_refuses_every_question_is_named_all_the_same(kind: str) -> None:
    value = getattr(odd_values, kind)()
    shown = plain({"it": value, "deep": [value]}, Limits(depth=2))
    assert shown["it"]["$type"] == kind
    assert shown["deep"][0]["$type"] == kind


def test_an_object_is_not_asked_for_its_class() -> None:
    class Posing:
        @property
        def __class__(self) -> Any:
            raise AssertionError("it was asked for its class")

    assert plain(Posing()) == {"$type": "Posing", "$text": "<Posing>"}


def test_an_object_that_may_ask_a_database_is_not_asked_for_its_repr() -> None:
    class QuerySet:
        __module__ = "django.db.models.query"

        def __init__(self) -> None:
            self.model = "City"

        def __repr__(self) -> str:
            raise AssertionError("the database was asked")

    class Cities(QuerySet):
        __module__ = "app.models"

    assert plain(Cities()) == {"$type": "Cities", "$fields": {"model": "City"}}


def test_a_send_is_told_with_its_parts() -> None:
    from langgraph.types import Send

    shown = plain(Send("write", {"topic": "ice"}))
    assert shown["$fields"]["node"] == "write"
    assert shown["$fields"]["arg"] == {"topic": "ice"}


def test_an_exception_that_says_no_more_is_its_message() -> None:
    assert plain(ValueError("no")) == {"$type": "ValueError", "$text": "no"}
    assert plain(KeyError("k")) == {"$type": "KeyError", "$text": "'k'"}
    assert plain(FileNotFoundError(2, "No", "f"))["$text"] == "[Errno 2] No: 'f'"


def test_an_exception_tells_its_line_its_cause_its_notes_and_more() -> None:
    try:
        try:
            raise KeyError("city")
        except KeyError as missing:
            raise ValueError("no such city") from missing
    except ValueError as error:
        error.__notes__ = ["while routing"]  # type: ignore[attr-defined]
        error.status = 404  # type: ignore[attr-defined]
        shown = plain(error)
    fields = shown["$fields"]
    assert fields["message"] == "no such city"
    assert fields["at"].startswith(f"{HERE}:")
    assert fields["at"].endswith("in test_an_exception_tells_its_line_its_cause_its_notes_and_more")
    assert (fields["status"], fields["notes"]) == (404, ["while routing"])
    assert fields["cause"]["$fields"]["message"] == "'city'"
    assert "context" not in fields


def test_an_exception_without_a_cause_tells_what_was_being_handled() -> None:
    error = ValueError("second")
    error.__context__ = KeyError("first")
    assert plain(error)["$fields"]["context"] == {"$type": "KeyError", "$text": "'first'"}
    error.__suppress_context__ = True
    assert plain(error) == {"$type": "ValueError", "$text": "second"}


def test_an_exception_whose_str_raises_is_told_all_the_same() -> None:
    assert plain(OddError()) == {"$type": "OddError", "$text": "<OddError, whose str() raises RuntimeError>"}
    error = OddError()
    error.code = 3  # type: ignore[attr-defined]
    shown = plain(error)["$fields"]
    assert shown == {"message": "<OddError, whose str() raises RuntimeError>", "code": 3}


def test_exceptions_that_cause_each_other_end() -> None:
    first, second = ValueError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first
    assert plain(first)["$fields"]["cause"]["$fields"]["cause"] == {"$type": "ValueError", "$cycle": True}


def test_a_group_of_exceptions_holds_them() -> None:
    group = getattr(builtins, "ExceptionGroup", None)
    if group is None:
        pytest.skip("Python 3.10 has none")
    shown = plain(group("two", [ValueError("a"), TypeError("b")]))
    assert [inner["$text"] for inner in shown["$fields"]["exceptions"]["$items"]] == ["a", "b"]


def test_functions_classes_and_modules_are_told_by_name_and_place() -> None:
    line = counting.__code__.co_firstlineno
    assert plain(counting) == {"$type": "function", "$text": f"counting ({HERE}:{line})"}
    assert plain(Slotted().__init__)["$text"].startswith(f"Slotted.__init__ ({HERE}:")  # type: ignore[misc]
    assert plain(Slotted)["$text"].endswith(".Slotted")
    assert plain(dict) == {"$type": "type", "$text": "dict"}
    assert plain(json) == {"$type": "module", "$text": f"json ({json.__file__})"}
    assert plain(functools.partial(len, [1]))["$fields"]["args"]["$items"] == [[1]]


def test_a_module_that_loads_at_the_first_look_is_not_woken() -> None:
    class Lazy(types.ModuleType):
        def __getattribute__(self, name: str) -> Any:
            raise AssertionError("the module was loaded")

    assert plain(Lazy("heavy")) == {"$type": "Lazy", "$text": "heavy"}


def test_generators_and_coroutines_are_told_by_where_they_stand_and_stay_there() -> None:
    generator, coroutine, stream = counting(), later(), many()
    next(generator)
    line = counting.__code__.co_firstlineno + 1
    assert plain(generator) == {"$type": "generator", "$text": f"counting ({HERE}:{line}), waiting"}
    assert plain(coroutine)["$text"].startswith("later (")
    assert plain(stream)["$text"].startswith("many (")
    generator.close()
    coroutine.close()
    assert plain(generator)["$text"].endswith(", finished")


def test_what_can_be_gone_through_once_is_not_gone_through() -> None:
    once = iter([1, 2])
    plain([once, map(str, once), zip(once, once, strict=False), enumerate(once)])
    assert list(once) == [1, 2]


def test_locks_and_the_like_are_told_by_their_own_words() -> None:
    assert "unlocked" in plain(threading.Lock())["$text"]


def test_a_huge_repr_is_cut() -> None:
    shown = plain(Huge())
    assert (len(shown["$text"]), shown["$size"]) == (Limits().text, 1_000_000)
