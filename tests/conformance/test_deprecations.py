"""What LangGraph has deprecated works still, and both engines warn of it in the same place."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from langgraph.checkpoint.memory import InMemorySaver
from tests.kit.scrub import Scrubber
from typing_extensions import TypedDict

ENGINES = ("langgraph", "stepgraph")


class State(TypedDict):
    x: int


class Other(TypedDict):
    y: int


def inputs(package: str, **options: Any) -> list[str]:
    """The keys that a graph made with these options takes."""
    graph = import_module(f"{package}.graph").StateGraph(State, **options)
    compiled = graph.add_node("a", lambda state: None).add_edge("__start__", "a").compile()
    return list(compiled.get_input_jsonschema()["properties"])


def outputs(package: str, **options: Any) -> list[str]:
    graph = import_module(f"{package}.graph").StateGraph(State, **options)
    compiled = graph.add_node("a", lambda state: None).add_edge("__start__", "a").compile()
    return list(compiled.get_output_jsonschema()["properties"])


def context(package: str, **options: Any) -> Any:
    return import_module(f"{package}.graph").StateGraph(State, **options).context_schema


def conversation(package: str) -> Any:
    builder = import_module(f"{package}.graph").MessageGraph()
    builder.add_node("a", lambda messages: AIMessage(f"{len(messages)} so far", id="2"))
    graph = builder.add_edge("__start__", "a").compile()
    return [(message.type, message.content) for message in graph.invoke([("user", "hi")])]


def with_node(package: str, **options: Any) -> Any:
    """What a node is given and how often it is tried, when it is added with these options."""
    tries: list[Any] = []

    def node(state: Any) -> None:
        tries.append(state)
        raise ConnectionError

    builder = import_module(f"{package}.graph").StateGraph(State).add_node("a", node, **options)
    with contextlib.suppress(ConnectionError):
        builder.add_edge("__start__", "a").compile().invoke({"x": 1})
    return tries


def saved(package: str, **options: Any) -> int:
    """How many checkpoints a run leaves."""
    builder = import_module(f"{package}.graph").StateGraph(State).add_node("a", lambda state: None)
    graph = builder.add_edge("__start__", "a").compile(checkpointer=InMemorySaver())
    thread = {"configurable": {"thread_id": "1"}}
    graph.invoke({"x": 1}, thread, **options)
    return len(list(graph.get_state_history(thread)))


def stops(package: str) -> Any:
    """What a node streams that raises NodeInterrupt until it is run for the third time."""
    errors = import_module(f"{package}.errors")
    runs = []

    def node(state: State) -> Any:
        runs.append(state)
        if len(runs) < 3:
            raise errors.NodeInterrupt("why")
        return {"x": 9}

    builder = import_module(f"{package}.graph").StateGraph(State).add_node(node)
    graph = builder.add_edge("__start__", "node").compile(checkpointer=InMemorySaver())
    thread = {"configurable": {"thread_id": "1"}}
    inputs: list[Any] = [{"x": 0}, import_module(f"{package}.types").Command(resume="an answer"), None]
    modes = ["values", "updates", "tasks"]
    chunks = [list(graph.stream(input, thread, stream_mode=modes)) for input in inputs]
    return Scrubber()((chunks, graph.get_state(thread).next))


def name(package: str, module: str, attribute: str) -> Any:
    found = getattr(import_module(f"{package}.{module}"), attribute)
    return found if isinstance(found, str) else found.__name__


DEPRECATED: dict[str, Callable[[str], Any]] = {
    "input=": lambda package: inputs(package, input=Other),
    "input=None": lambda package: inputs(package, input=None),
    "input= beside input_schema=": lambda package: inputs(package, input=Other, input_schema=State),
    "output=": lambda package: outputs(package, output=Other),
    "config_schema=": lambda package: context(package, config_schema=Other),
    "config_schema= beside context_schema=": lambda package: context(
        package, config_schema=Other, context_schema=State
    ),
    "MessageGraph": conversation,
    "MessageGraph of graph.message": lambda package: name(package, "graph.message", "MessageGraph"),
    "constants.Send": lambda package: name(package, "constants", "Send"),
    "constants.INPUT": lambda package: name(package, "constants", "INPUT"),
    "constants.ERROR": lambda package: name(package, "constants", "ERROR"),
    "constants.RESUME": lambda package: name(package, "constants", "RESUME"),
    "constants.NS_SEP": lambda package: name(package, "constants", "NS_SEP"),
    "constants.NS_END": lambda package: name(package, "constants", "NS_END"),
    "NodeInterrupt": stops,
    "add_node(input=)": lambda package: with_node(package, input=Other),
    "add_node(retry=)": lambda package: with_node(
        package, retry=import_module(f"{package}.types").RetryPolicy(initial_interval=0, max_attempts=2)
    ),
    "Interrupt.interrupt_id": lambda package: import_module(f"{package}.types").Interrupt(1).interrupt_id,
    "constants.TASKS": lambda package: name(package, "constants", "TASKS"),
}


def told(package: str, ask: Callable[[str], Any]) -> tuple[Any, list[tuple[str, str]]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = ask(package)
    return found, [(warning.category.__name__, _place(warning.filename)) for warning in caught]


def _place(filename: str) -> str:
    """A file, but LangGraph's own ones, where it warns of some things, as the place that it means."""
    return __file__ if f"{os.sep}langgraph{os.sep}" in filename else filename


@pytest.mark.parametrize("what", DEPRECATED)
def test_it_works_and_is_warned_of_alike(what: str) -> None:
    theirs, ours = (told(package, DEPRECATED[what]) for package in ENGINES)
    assert ours == theirs


@pytest.mark.parametrize("during", [True, False])
def test_checkpoint_during_is_a_durability(during: bool) -> None:
    # LangGraph warns from within itself, stepgraph where the option stands.
    theirs, ours = (told(package, lambda p: saved(p, checkpoint_during=during)) for package in ENGINES)
    assert ours[0] == theirs[0]
    assert [category for category, _ in ours[1]] == ["LangGraphDeprecatedSinceV10"]
    assert {category for category, _ in theirs[1]} == {"LangGraphDeprecatedSinceV10"}
    assert ours[1][0][1] == __file__


@pytest.mark.parametrize("package", ENGINES)
def test_a_module_knows_only_the_names_that_it_ever_had(package: str) -> None:
    assert not hasattr(import_module(f"{package}.constants"), "Sned")


def test_an_option_that_never_was_is_an_error_with_a_suggestion() -> None:
    # LangGraph takes any option, and ignores it.
    with pytest.raises(TypeError, match=r"has no option 'inputschema'. Did you mean 'input_schema'\?"):
        inputs("stepgraph", inputschema=Other)
