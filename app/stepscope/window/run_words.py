"""Where the run stands, in words: a glyph, a word and one sentence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from stepscope.model.answers import asked_words
from stepscope.model.duration import duration
from stepscope.model.phase import Phase, RunPhase
from stepscope.model.run_state import RunState
from stepscope.model.thread import Looked
from stepscope.run.controller import Asked
from stepscope.theme import LOOKING_GLYPH, RUN_GLYPHS


@dataclass(frozen=True)
class Standing:
    """What the strip beside the run's buttons says; `code` between backticks is the user's."""

    phase: RunPhase
    glyph: str
    word: str
    sentence: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.glyph, self.word, self.sentence) if part)


LOOKING = Standing(RunPhase.IDLE, LOOKING_GLYPH, "Only looking", "at the source; nothing of it has run")


def looking_back(looked: Looked) -> Standing:
    """That another checkpoint is looked at than the run's newest."""
    return Standing(RunPhase.IDLE, LOOKING_GLYPH, "Looking", f"at {looked}: nothing is changed")


def standing(state: RunState, asked: Asked = Asked.NOTHING, has_reloaded: bool = False) -> Standing:
    """How a run stands now, and what is about to change; `has_reloaded`: its program is another by now."""
    word, sentence = _SAYINGS[state.phase](state)
    if asked is Asked.STOP and state.phase.is_live:
        word = "Stopping"
    elif asked is Asked.PAUSE and state.phase is RunPhase.RUNNING:
        sentence = f"{sentence}; pauses when that has ended"
    elif has_reloaded and state.phase.is_over:
        sentence = f"{sentence}; the file was reloaded since"
    return Standing(state.phase, RUN_GLYPHS[state.phase], word, sentence)


def starting(asked: Asked = Asked.NOTHING) -> Standing:
    """A run was asked for and nothing of it has come, as its process may have to be started first."""
    word = "Stopping" if asked is Asked.STOP else "Starting"
    return Standing(RunPhase.RUNNING, RUN_GLYPHS[RunPhase.RUNNING], word, "the program's process")


def status(state: RunState) -> str:
    """The status bar's left side: the superstep and its tasks, counted by where they stand."""
    if state.phase is RunPhase.IDLE:
        return "Not run yet"
    tasks = Counter("asking" if task.asks else _TASK_WORDS.get(task.phase, "") for task in state.step_tasks())
    counted = [f"{tasks[word]} {word}" for word in (*_TASK_WORDS.values(), "asking") if tasks[word]]
    total = sum(tasks.values())
    noun = "task" if total == 1 else "tasks"
    return f"Superstep {state.step}" + (f"    {total} {noun}: {', '.join(counted)}" if counted else "")


MOST_NAMES = 3
_MOST_ASKED = 200  # characters of a question; all of it stands under Questions
_TASK_WORDS = {
    Phase.RUNNING: "running",
    Phase.HELD: "held",
    Phase.DONE: "arrived",
    Phase.FAILED: "failed",
    Phase.STOPPED: "stopped",
}


def _idle(state: RunState) -> tuple[str, str]:
    return "Ready", "F5 runs it, F10 goes superstep by superstep"


def _running(state: RunState) -> tuple[str, str]:
    if not state.step:
        return "Running", "begins"
    names = list(dict.fromkeys(task.key[-1] for task in state.step_tasks() if task.phase is Phase.RUNNING))
    shown = ", ".join(f"`{name}`" for name in names[:MOST_NAMES])
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return "Running", f"superstep {state.step}{': ' if shown else ''}{shown}{more}"


def _paused(state: RunState) -> tuple[str, str]:
    return "Paused", state.reason


def _finished(state: RunState) -> tuple[str, str]:
    steps = f"{state.step} superstep" if state.step == 1 else f"{state.step} supersteps"
    return "Finished", f"after {steps}{_took(state, 'in')}"


def _failed(state: RunState) -> tuple[str, str]:
    # The innermost node is where it happened; the subgraphs around it only passed the error on.
    failed = [node for node in state.nodes.values() if node.phase is Phase.FAILED]
    innermost = max(failed, key=lambda node: len(node.key), default=None)
    failure = (innermost and innermost.failure) or state.failure
    headline = failure.headline if failure else state.reason
    if innermost is None:
        return "Failed", headline
    return "Failed", f"in `{' › '.join(innermost.key)}`: {headline}"


def _stopped(state: RunState) -> tuple[str, str]:
    if not state.still_running:
        where = f"in superstep {state.step}" if state.step else "before the first superstep"
        return "Stopped", f"{where}{_took(state, 'after')}"
    names = ", ".join(f"`{name}`" for name in state.still_running)
    verb, they = ("runs", "it") if len(state.still_running) == 1 else ("run", "they")
    return "Stopped", f"{names} still {verb} in a thread: {they} cannot be ended from here"


def _interrupted(state: RunState) -> tuple[str, str]:
    waiting = [question for question in state.questions.values() if not question.has_answer]
    if waiting:
        words = " ".join(asked_words(waiting[0].value).split())[:_MOST_ASKED]
        others = f"; {len(waiting) - 1} more under Questions" if len(waiting) > 1 else ""
        return "Interrupted", f"asks: {words}{others}"
    return "Interrupted", state.reason or f"the graph asks a question in superstep {state.step}"


_SAYINGS = {
    RunPhase.IDLE: _idle,
    RunPhase.RUNNING: _running,
    RunPhase.PAUSED: _paused,
    RunPhase.FINISHED: _finished,
    RunPhase.FAILED: _failed,
    RunPhase.STOPPED: _stopped,
    RunPhase.INTERRUPTED: _interrupted,
}


def _took(state: RunState, word: str) -> str:
    if state.started is None or state.ended is None:
        return ""
    return f" {word} {duration(state.ended - state.started)}"
