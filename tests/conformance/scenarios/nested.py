"""A graph that a node streams, in each mode: what the node gathers, and what is heard outside."""

from __future__ import annotations

import operator
from itertools import repeat
from typing import Annotated, Any

from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableConfig
from tests.conformance.scenario import SCENARIOS
from tests.kit.engines import Engine
from tests.kit.runs import Case
from tests.kit.scrub import Scrubber
from typing_extensions import TypedDict

INNER_MODES = ["values", "updates", "custom", "messages", "debug", "tasks", "checkpoints"]


class State(TypedDict):
    x: str
    log: Annotated[list[Any], operator.add]


def inner(engine: Engine) -> Any:
    """A graph with a node that writes and asks a model, and a subgraph that writes."""
    model = GenericFakeChatModel(messages=repeat(AIMessage("one two")))

    def asks(state: State, config: RunnableConfig, writer) -> Any:  # type: ignore[no-untyped-def]
        writer("asks")
        return {"x": model.invoke("?", config).content}

    def deep(state: State, writer) -> Any:  # type: ignore[no-untyped-def]
        writer("deep")
        return {"log": ["deep"]}

    sub = engine.StateGraph(State).add_node(deep).add_edge(engine.START, "deep").compile()
    builder = engine.StateGraph(State).add_node(asks).add_node("sub", sub)
    return builder.add_edge(engine.START, "asks").add_edge("asks", "sub").compile()


def outer(engine: Engine, options: dict[str, Any], hands_on: bool) -> Case:
    """A graph whose node gathers what the inner graph streams, after some words of its own."""
    graph = inner(engine)

    def gathers(state: State, config: RunnableConfig, writer) -> Any:  # type: ignore[no-untyped-def]
        writer("before")
        chunks = list(graph.stream(state, config if hands_on else None, **options))
        writer("after")
        return {"log": [repr(Scrubber(numbered=False)(chunks))]}

    builder = engine.StateGraph(State).add_node(gathers).add_edge(engine.START, "gathers")
    return Case(builder.compile(), {"x": "in", "log": []})


def _register(label: str, options: dict[str, Any], hands_on: bool) -> None:
    name = f"a_node_streams_{label}{'_handing_on_its_config' if hands_on else ''}"
    SCENARIOS[name] = lambda engine: outer(engine, options, hands_on)


for _mode in INNER_MODES:
    if _mode != "custom":  # What is heard then depends on who listens outside: see the differences.
        _register(_mode, {"stream_mode": _mode}, hands_on=False)
    _register(f"{_mode}_of_subgraphs", {"stream_mode": _mode, "subgraphs": True}, hands_on=True)
_register("nothing_special", {}, hands_on=False)
_register("nothing_special", {}, hands_on=True)
_register("several_modes", {"stream_mode": ["updates", "custom"], "subgraphs": True}, hands_on=False)
_register("parts", {"stream_mode": INNER_MODES, "subgraphs": True, "version": "v2"}, hands_on=False)
