"""What there is to tell of one task: how it stands, what it wrote, and what the state made of that."""

from __future__ import annotations

from dataclasses import dataclass

from stepscope.model import cut, plain
from stepscope.model.duration import duration
from stepscope.model.events import Acted, Plain
from stepscope.model.message import Message
from stepscope.model.phase import Phase
from stepscope.model.run_state import RunState
from stepscope.model.task_state import TaskState

_ROOM = 44
"""Characters of a value in a line that tells of two."""

_SENT = "__pregel_push"
"""What a task is triggered by that a Send has made."""

WORDS = {
    "supplied": "output supplied by you",
    "skipped": "skipped by you",
    "retried": "tried again by you",
    "input changed": "input changed by you",
    "failed": "made to fail by you",
    "pinned": "output pinned by you",
    "rerouted": "sent another way by you",
}
"""What the person did to a task, as it is told on it for ever."""

_SHORT_WORDS = {
    "supplied": "supplied by you",
    "skipped": "skipped by you",
    "pinned": "pinned by you",
    "rerouted": "rerouted by you",
}
"""The same where there is little room, of what took no time that would be worth telling."""


@dataclass(frozen=True)
class Write:
    """A key that a task wrote. `made` says what became of it: ``1 item → 3 items  (add, with one other)``."""

    key: str
    wrote: Plain
    made: str


def standing(task: TaskState, now: float) -> str:
    """How it stands, in words, with how long it took."""
    took = duration((now if task.ended is None else task.ended) - task.started)
    match task.phase:
        case Phase.RUNNING:
            return f"running {took}"
        case Phase.HELD if task.asks:
            return "asks a question: answer it in Questions"
        case Phase.HELD if task.kept:
            return "failed, and is kept: choose in Tasks" if task.failure else "has ended, and is kept"
        case Phase.HELD:
            return "held: it has not begun"
        case Phase.DONE:
            return f"arrived after {took}"
        case Phase.FAILED:
            return f"failed after {took}"
        case _:
            return "stopped"


def circumstances(state: RunState, task: TaskState) -> list[str]:
    """Which of its node's tasks it is, where it belongs, and how often it was tried."""
    told = [f"superstep {state.step_text(task.namespace, task.step)}"]
    visits = state.nodes[task.key].tasks
    if len(visits) > 1:
        told.append(f"visit {visits.index(task.id) + 1} of {len(visits)}")
    tries = 1 + sum(act.what in ("retried", "input changed") for act in task.acts)
    if tries > 1:
        told.append(f"attempt {tries}")
    if _SENT in task.triggers:
        told.append("sent by Send")
    return told


def deed(act: Acted) -> str:
    """What the person did to it, with what they gave."""
    words = WORDS.get(act.what, f"{act.what} by you")
    return words if act.value is None else f"{words}: {plain.line(act.value, 80)}"


def short_deed(task: TaskState) -> str:
    """What the person did to it last, when that took the place of its own doing; else ""."""
    return _SHORT_WORDS.get(task.acts[-1].what, "") if task.acts else ""


def speech(messages: list[Message]) -> str:
    """How much its model calls said, and how fast: ``2 messages · 120 tokens · 38 tok/s``."""
    if not messages:
        return ""
    tokens = sum(message.tokens for message in messages)
    told = [_counted(len(messages), "message"), _counted(tokens, "token")]
    first = next((m.first_token_seconds for m in messages if m.first_token_seconds is not None), None)
    if first is not None:
        told.append(f"first token {duration(first)}")
    speed = messages[-1].tokens_per_second
    if speed is not None:
        told.append(f"{speed:,.0f} tok/s")
    return " · ".join(told)


def writes(state: RunState, task: TaskState) -> list[Write]:
    """The keys of the state that it wrote, each with what the state had before and has after."""
    result = task.result
    if not isinstance(result, dict) or "$type" in result:
        return []
    before = _keys(state.history.before(task.namespace, task.step))
    after = _keys(state.history.after(task.namespace, task.step))
    found = []
    for key, value in result.items():
        made = _made(key, value, before, after)
        joined = "" if after is None else _joined(state, task, key)
        found.append(Write(key, value, f"{made}  {joined}" if joined else made))
    return found


def state_change(state: RunState, task: TaskState) -> tuple[dict[str, Plain], dict[str, Plain]]:
    """The written keys of the state before its superstep and after it; nothing before that is known."""
    keys = [write.key for write in writes(state, task)]
    before = _keys(state.history.before(task.namespace, task.step)) or {}
    after = _keys(state.history.after(task.namespace, task.step)) or {}
    return (
        {key: before[key] for key in keys if key in before},
        {key: after[key] for key in keys if key in after},
    )


def _made(key: str, value: Plain, before: dict[str, Plain] | None, after: dict[str, Plain] | None) -> str:
    if after is None:
        return f"{plain.line(value, _ROOM)}, applied when the superstep ends"
    if key not in after:
        return plain.line(value, _ROOM)
    now = plain.summary(after[key], _ROOM)
    if not before or key not in before:
        return f"new: {now}"
    if cut.same(before[key], after[key]):
        return f"unchanged: {now}"
    return f"{plain.summary(before[key], _ROOM)} → {now}"


def _joined(state: RunState, task: TaskState, key: str) -> str:
    """How its write was joined to what the state had, and to those of others: ``(add, with 2 others)``."""
    written = state.history.writes(task.namespace, task.step)
    others = sum(isinstance(event.update, dict) and key in event.update for event in written) - 1
    words = [state.topology.reducers.get(task.key[:-1], {}).get(key, "")]
    if others > 0:
        words.append("with one other" if others == 1 else f"with {others:,} others")
    return f"({', '.join(filter(None, words))})" if any(words) else ""


def _keys(values: object) -> dict[str, Plain] | None:
    state = getattr(values, "values", None)
    if isinstance(state, dict) and "$type" in state:
        state = state.get("$fields")
    return state if isinstance(state, dict) else None


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
