"""Questions answered in the window: the patterns of LangGraph's human in the loop, on both engines."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QPlainTextEdit, QPushButton, QWidget
from tests.kit.window_probe import CTRL, WindowProbe, a_window

from stepscope.session.local import LocalSession
from stepscope.session.worker import WorkerSession
from stepscope.window.question_box import QuestionBox

BEGINNING = """
import operator
from typing import Annotated, Any
from typing_extensions import TypedDict
from pydantic import BaseModel, field_validator
from ENGINE.graph import END, START, StateGraph
from ENGINE.types import Command, interrupt

class State(TypedDict):
    log: Annotated[list[Any], operator.add]

inputs = {"log": []}
"""
Open = Callable[[str], Any]


@pytest.fixture(params=["stepgraph worker", "langgraph local"])
async def window(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[WindowProbe]:
    engine, kind = request.param.split()
    session = LocalSession() if kind == "local" else WorkerSession(str(tmp_path / "data"))
    async with a_window(tmp_path, session) as window:
        window.engine = engine  # type: ignore[attr-defined]
        yield window


async def asked(window: WindowProbe, folder: Path, program: str, questions: int = 1) -> list[QuestionBox]:
    """Open a program, run it, and see what it asks."""
    path = folder / "program.py"
    path.write_text((BEGINNING + program).replace("ENGINE", window.engine))  # type: ignore[attr-defined]
    await window.workbench.commands.open(str(path), has_consent=True)
    await window.opened("program.py")
    window.press(Qt.Key.Key_F5)
    return await boxes(window, questions)


async def boxes(window: WindowProbe, count: int = 1) -> list[QuestionBox]:
    found = window.workbench.questions
    await window.until(lambda: len(found.boxes) == count and shows(found.boxes[0]))
    return found.boxes


def shows(widget: QWidget) -> bool:
    return widget.isVisible() and not widget.visibleRegion().isEmpty()


async def click(window: WindowProbe, parent: QWidget, text: str) -> None:
    def button() -> QPushButton:
        found = [each for each in parent.findChildren(QPushButton) if each.text() == text]
        return next(each for each in found if each.isVisibleTo(parent))

    window.workbench.questions.ensureWidgetVisible(button())
    await window.until(lambda: shows(button()))
    QTest.mouseClick(button(), Qt.MouseButton.LeftButton)


def answer_with(box: QuestionBox, way: str) -> None:
    choice = next(each for each in box.findChildren(QComboBox) if each.accessibleName() == "How to answer")
    choice.setCurrentIndex(choice.findText(way))


async def write(window: WindowProbe, box: QuestionBox, text: str) -> None:
    """Type an answer as JSON."""
    buttons = [each for each in box.findChildren(QPushButton) if each.text() == "JSON" and each.isVisible()]
    if buttons:
        await click(window, box, "JSON")
    field = box.findChild(QPlainTextEdit, "the answerText")
    assert field is not None
    field.setPlainText(text)


def notes(box: QuestionBox) -> list[str]:
    labels = box.findChildren(QLabel, "fieldWords")
    return [label.text() for label in labels if label.isVisible()]


async def log(window: WindowProbe) -> list[Any]:
    await window.until_said("Finished")
    window.workbench.model.flush()
    found: list[Any] = window.workbench.model.state.values[-1].values["log"]
    return found


APPROVE = """
def pay(state):
    return {"log": [interrupt({"question": "Do you approve the payment?", "amount": 100})]}

graph = StateGraph(State).add_node(pay).add_edge(START, "pay").compile()
"""


async def test_the_next_run_has_asked_nothing_yet(window: WindowProbe, tmp_path: Path) -> None:
    await asked(window, tmp_path, APPROVE)
    assert "Questions 1" in window.tabs_beside("Messages")
    window.press(Qt.Key.Key_F5, CTRL)
    await window.until_said("Paused")
    assert "Questions" in window.tabs_beside("Messages")


@pytest.mark.parametrize(("button", "answer"), [("Approve", True), ("Reject", False)])
async def test_what_asks_for_consent_is_approved_or_rejected_by_a_click(
    window: WindowProbe, tmp_path: Path, button: str, answer: bool
) -> None:
    [box] = await asked(window, tmp_path, APPROVE)
    assert box.asker == "pay asks"
    assert box.words == "question: Do you approve the payment?\namount: 100"
    await click(window, box, button)
    assert await log(window) == [answer]
    assert window.workbench.canvas.hasFocus(), "the button that was clicked is gone"


VALIDATE = """
def age(state):
    prompt = "How old are you?"
    while not isinstance(answer := interrupt(prompt), int) or answer < 0:
        prompt = f"{answer!r} is no age. How old are you?"
    return {"log": [answer]}

graph = StateGraph(State).add_node(age).add_edge(START, "age").compile()
"""


async def test_a_node_asks_again_until_the_answer_is_valid(window: WindowProbe, tmp_path: Path) -> None:
    [box] = await asked(window, tmp_path, VALIDATE)
    box.editor.take_focus()
    await write(window, box, '"old"')
    await click(window, box, "Answer")
    await window.until(lambda: [b.words for b in window.workbench.questions.boxes] == [
        "'old' is no age. How old are you?"
    ])  # fmt: skip
    [box] = await boxes(window)
    answer_with(box, "a number")
    await write(window, box, "36")
    await click(window, box, "Answer")
    assert await log(window) == [36]


REVIEW = """
def review(state):
    return {"log": [interrupt({"instruction": "Review and edit this content", "content": "once upon"})]}

graph = StateGraph(State).add_node(review).add_edge(START, "review").compile()
"""


async def test_a_text_to_be_reviewed_is_answered_by_the_text_edited(
    window: WindowProbe, tmp_path: Path
) -> None:
    [box] = await asked(window, tmp_path, REVIEW)
    assert box.given.value == "once upon"
    await write(window, box, '"once upon a time"')
    await click(window, box, "Answer")
    assert await log(window) == ["once upon a time"]


CALL = """
def call(state):
    answer = interrupt({"action": "send", "to": "Ada", "message": "Approve sending this?"})
    return {"log": [answer]}

graph = StateGraph(State).add_node(call).add_edge(START, "call").compile()
"""


async def test_a_call_to_be_reviewed_is_edited_in_a_form_of_its_own_fields(
    window: WindowProbe, tmp_path: Path
) -> None:
    [box] = await asked(window, tmp_path, CALL)
    await write(window, box, '{"action": "approve", "to": "Bo"}')
    await click(window, box, "Form")
    await click(window, box, "Answer")
    assert await log(window) == [{"action": "approve", "to": "Bo"}]


SCHEMA = """
class Size(BaseModel):
    size: int

    @field_validator("size")
    def is_even(cls, size):
        if size % 2:
            raise ValueError("must be even")
        return size

def ask(state):
    answer = interrupt("How big?", response_schema=Size)
    return {"log": [type(answer).__name__, answer.size]}

inner = StateGraph(State).add_node("deep", ask).add_edge(START, "deep").compile()
graph = StateGraph(State).add_node("inner", inner).add_edge(START, "inner").compile()
"""


async def test_an_answer_is_checked_by_the_questions_schema_and_given_again(
    window: WindowProbe, tmp_path: Path
) -> None:
    [box] = await asked(window, tmp_path, SCHEMA)
    assert box.asker == "inner › deep asks"
    await write(window, box, '{"size": "large"}')
    await click(window, box, "Form")
    await click(window, box, "Answer")
    assert notes(box) == ["✕ Must be a whole number, and is a text."]
    await write(window, box, '{"size": 3}')
    await click(window, box, "Answer")
    await window.until_said("Failed")
    [box] = await boxes(window)
    assert "must be even" in box.refusal
    assert box.given.value == {"size": 3}
    await write(window, box, '{"size": 4}')
    await click(window, box, "Answer")
    assert (await log(window))[:2] == ["Size", 4]


HALVE = """
def halve(state):
    return {"log": [10 / interrupt("By how much?")]}

graph = StateGraph(State).add_node(halve).add_edge(START, "halve").compile()
"""


async def test_a_question_whose_answer_failed_its_node_can_be_asked_again(
    window: WindowProbe, tmp_path: Path
) -> None:
    [box] = await asked(window, tmp_path, HALVE)
    answer_with(box, "a number")
    await click(window, box, "Answer")
    await window.until_said("Failed")
    [box] = await boxes(window)
    assert "let it be asked again" in box.refusal
    await click(window, box, "Ask Again")
    await window.until(lambda: "asks" in window.said)
    [box] = await boxes(window)
    answer_with(box, "a number")
    await write(window, box, "5")
    await click(window, box, "Answer")
    assert await log(window) == [2.0]


SEVERAL = """
def consent(state):
    return {"log": [interrupt("Do you approve?")]}

def name(state):
    return {"log": [interrupt("Whose name?")]}

builder = StateGraph(State).add_node(consent).add_node(name)
graph = builder.add_edge(START, "consent").add_edge(START, "name").compile()
"""


async def test_several_questions_are_answered_together_once_each_has_an_answer(
    window: WindowProbe, tmp_path: Path
) -> None:
    found = await asked(window, tmp_path, SEVERAL, 2)
    consent = next(box for box in found if box.words == "Do you approve?")
    named = next(box for box in found if box is not consent)
    await write(window, named, '"Ada"')
    await click(window, window.workbench.questions, "Answer All")
    assert consent.refusal == "✕ Approve or reject it first."
    assert len(window.workbench.questions.boxes) == 2
    await click(window, consent, "Approve")
    await click(window, window.workbench.questions, "Answer All")
    assert sorted(map(str, await log(window))) == ["Ada", "True"]


AGENT = """
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import tool

class Model(BaseChatModel):
    _llm_type = "scripted"

    def bind_tools(self, tools, **kwargs):
        return self

    def _generate(self, messages, stop=None, run_manager=None, **kwargs):
        call = {"name": "delete", "args": {"name": "a.txt"}, "id": "1"}
        is_over = isinstance(messages[-1], ToolMessage)
        message = AIMessage("Done.") if is_over else AIMessage("", tool_calls=[call])
        return ChatResult(generations=[ChatGeneration(message=message)])

@tool
def delete(name: str) -> str:
    \"\"\"Delete a file.\"\"\"
    return f"{name} is gone"

graph = create_agent(Model(), [delete], middleware=[HumanInTheLoopMiddleware({"delete": True})])
inputs = {"messages": [{"role": "user", "content": "Delete it."}]}
"""
DECISIONS = {
    "Approve": (None, "a.txt is gone"),
    "Answer": (
        '{"decisions": [{"type": "edit", "edited_action": {"name": "delete", "args": {"name": "b.txt"}}}]}',
        "b.txt is gone",
    ),
    "Reject": (None, "rejected"),
}


@pytest.mark.parametrize("button", DECISIONS)
async def test_an_agents_tool_call_is_approved_edited_or_rejected(tmp_path: Path, button: str) -> None:
    async with a_window(tmp_path, LocalSession()) as window:
        window.engine = "langgraph"  # type: ignore[attr-defined]
        [box] = await asked(window, tmp_path, AGENT)
        text, result = DECISIONS[button]
        if text is not None:
            await write(window, box, text)
            await click(window, box, "Form")
        await click(window, box, button)
        await window.until_said("Finished")
        window.workbench.model.flush()
        assert result in str(window.workbench.model.state.values[-1].values["messages"])
