"""Filling in what a graph takes, for real graphs of both engines in a process of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from tests.kit.form_probe import FormProbe
from tests.kit.window_probe import WindowProbe

File = Callable[[str, str], Path]

SUPPORT = """
    from dataclasses import dataclass
    from typing import Annotated, Literal, Optional
    from typing_extensions import TypedDict
    from langchain_core.messages import AIMessage, AnyMessage
    from langchain_core.runnables import RunnableConfig
    from {engine}.graph import START, StateGraph
    from {engine}.graph.message import add_messages
    from {engine}.runtime import Runtime

    class Customer(TypedDict):
        name: str
        age: int

    class State(TypedDict):
        messages: Annotated[list[AnyMessage], add_messages]
        mood: Literal["calm", "cross"]
        customer: Customer
        order: Optional[str]

    @dataclass
    class Shop:
        name: str
        open: bool = True

    def answer(state: State, config: RunnableConfig, runtime: Runtime[Shop]):
        said = state["messages"][-1]
        words = [runtime.context.name, said.type, said.content, state["mood"], state["customer"]["name"]]
        return {{"messages": [AIMessage(" ".join([*words, *config["tags"]]))]}}

    graph = StateGraph(State, context_schema=Shop).add_node(answer).add_edge(START, "answer").compile()
"""


@pytest.mark.parametrize("engine", ["stepgraph", "langgraph"])
async def test_a_form_is_filled_in_by_keys_and_what_it_says_reaches_the_nodes(
    window: WindowProbe, file: File, engine: str
) -> None:
    window.drop(file("support.py", SUPPORT.format(engine=engine)))
    await window.until(lambda: bool(window.question))
    window.answer("Only this once")
    await window.until(lambda: not window.question)
    await window.opened("support.py")
    form = FormProbe(window.window)
    await window.until(lambda: "messages[0]" in form.rows)

    form.type("messages[0].content", "hi")
    form.pick("mood", "cross")
    if "customer.name" not in form.rows:
        form.click("Unfold customer")
    form.type("customer.name", "A")
    form.click("Unfold context")
    form.type("name", "L")
    form.click("Unfold config")
    form.type("Config as JSON", '{"tags": ["try"]}')
    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished")

    assert "L human hi cross A try" in " ".join(window.rows("Updates"))


@pytest.mark.parametrize("engine", ["stepgraph", "langgraph"])
async def test_a_context_that_lacks_a_key_is_asked_for_and_a_run_says_so_too(
    window: WindowProbe, file: File, engine: str
) -> None:
    window.drop(file("support.py", SUPPORT.format(engine=engine)))
    await window.until(lambda: bool(window.question))
    window.answer("Only this once")
    await window.until(lambda: not window.question)
    await window.opened("support.py")
    form = FormProbe(window.window)
    form.click("Unfold context")
    form.tick("open")
    assert form.words("name") == "✕ Must be given."

    window.press(Qt.Key.Key_F5)

    await window.until_said("No Shop can be made of the context")
