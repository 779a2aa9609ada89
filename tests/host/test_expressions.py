"""Python expressions of the person's: what they see, what they may cost, and what they may not do to us."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from stepscope_host.debugging.expressions import Expression, NoValue, guarded
from stepscope_host.debugging.states import Keyed, keyed
from stepscope_host.debugging.templates import Template


def value_of(text: str, module: dict[str, Any] | None = None, **names: Any) -> Any:
    return Expression(text, module or {}).value(names)


def why_none(text: str, **names: Any) -> str:
    with pytest.raises(NoValue) as caught:
        value_of(text, **names)
    return str(caught.value)


class Unready:
    """Truth, text and all else of it raise."""

    def __bool__(self) -> bool:
        raise ValueError("neither")


def test_an_expression_sees_the_names_it_is_given_and_builtins() -> None:
    assert value_of("sorted(state)[-1] + visit", state=[2, 3], visit=4) == 7
    assert value_of("  [n * visit for n in state if n > visit]\n", state=[2, 5], visit=4) == [20]


def test_other_names_are_those_of_the_programs_module() -> None:
    module = {"Limit": 3, "state": "the module's", "unused": object()}
    assert value_of("[n for n in state if n > Limit]", module, state=[2, 5]) == [5]


def test_an_expression_that_raises_says_what() -> None:
    assert why_none("state['x']", state={}) == "raises KeyError: 'x'"
    assert why_none("nobody") == "raises NameError: name 'nobody' is not defined"
    assert why_none("exit()") == "raises SystemExit"


def test_one_that_is_no_expression_says_so_when_it_is_used() -> None:
    assert why_none("x = 1").startswith("cannot be read: ")
    assert why_none("").startswith("cannot be read: ")
    assert why_none("a\0b").startswith("cannot be read: ")


def test_what_is_neither_true_nor_false_is_a_reason_as_well() -> None:
    with pytest.raises(NoValue, match="raises ValueError: neither"):
        Expression("it").is_true({"it": Unready()})


@pytest.mark.parametrize(
    "text", ["[0 for _ in iter(int, 1)]", "next(n for n in iter(int, 1) if n)", "sum(iter(lambda: 1, 2))"]
)
def test_one_that_hangs_is_ended(text: str) -> None:
    with pytest.raises(NoValue, match=r"takes longer than 0.05 s"):
        Expression(text).value({}, 0.05)


def test_one_that_catches_everything_is_ended_all_the_same() -> None:
    def stubborn() -> None:
        for _ in range(3):
            try:
                while True:
                    pass
            except BaseException:
                continue

    with pytest.raises(NoValue, match="takes longer"):
        Expression("stubborn()").value({"stubborn": stubborn}, 0.05)


def test_time_that_is_up_just_as_the_work_is_done_does_no_harm_afterwards() -> None:
    for _ in range(30):
        end = time.monotonic() + 0.01
        with_luck: Any = None
        try:
            with_luck = guarded(
                lambda end=end: [0 for _ in iter(lambda: time.monotonic() < end, False)], 0.01
            )  # type: ignore[misc]
        except NoValue as problem:
            with_luck = str(problem)
        assert with_luck
    assert sum(1 for _ in range(100_000)) == 100_000


def test_one_that_cannot_be_ended_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stepscope_host.debugging.expressions.STUCK", 0.0)
    said = threading.Event()
    # The wait ends when it has been named: so this takes no longer than it must.
    with pytest.raises(NoValue, match="takes longer"):
        guarded(said.wait, 0.05, said.set)
    assert said.is_set()


def test_an_interrupt_of_the_run_passes_through() -> None:
    def stopped() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        guarded(stopped, 1.0)
    assert value_of("1 + 1") == 2


def test_expressions_of_several_threads_do_not_end_each_other() -> None:
    results: list[Any] = []

    def evaluate() -> None:
        results.extend(value_of("sum(range(n))", n=n) for n in range(300))

    threads = [threading.Thread(target=evaluate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == sorted([sum(range(n)) for n in range(300)] * 4)


def test_a_state_has_its_keys_as_attributes_too() -> None:
    state = keyed({"log": [1], "items": 3})
    assert value_of("state.log == state['log'] == [1] and state.items == 3", state=state)
    assert isinstance(state, Keyed)
    assert keyed([1]) == [1]
    assert why_none("state.lug", state=state) == (
        "raises AttributeError: there is no 'lug' in it. It has log, items."
    )


NAMES = frozenset({"state", "visit", "step"})


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("visit {visit}: {state[word]}", "visit 2: hi"),
        ("{state['word']} {state.word!r} {state[word]!r:>6}", "hi 'hi'   'hi'"),
        ("{len(state['log'])} of {visit:03d}", "3 of 002"),
        ("{ {'a': {1: 2}}['a'][1] } {{literally}}", "2 {literally}"),
        ("{state[log][0]} {state['log'][visit]}", "1 3"),
        ("{'}'} {visit != 3}", "} True"),
        ("{state[none]}!", "{state['none'] raises KeyError: 'none'}!"),
        ("{visit", "{visit"),
        ("{1 +}", "{1 + cannot be read: invalid syntax}"),
        ("{visit:nonsense}", "{visit raises ValueError: Invalid format specifier"),
        ("plain }", "plain }"),
    ],
)
def test_a_template_is_filled_in(template: str, told: str) -> None:
    names = {"state": keyed({"word": "hi", "log": [1, 2, 3]}), "visit": 2, "step": 1}
    assert Template(template, NAMES).text(names).startswith(told)
