"""A graph that goes round and round, and runs of it in different ways, measured side by side.

The ways are run in turns, each first in its share of the rounds; a ratio is that of two runs of the same
round, and the median of all rounds is told. What counts is processor time: other load on the machine hardly
changes that. The node does next to nothing, so a real one makes every ratio smaller.
"""

from __future__ import annotations

import gc
import statistics
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from stepscope.session.session import RunRequest

STEPS = 400
ROUNDS = 21

PROGRAM = """
from typing import TypedDict
from ENGINE.graph import END, START, StateGraph
SETUP

class State(TypedDict):
    n: int

DEFINE step(state: State):
    return {"n": state["n"] + 1}

DEFINE more(state: State):
    return "step" if state["n"] < STEPS else END

builder = StateGraph(State).add_node("step", step).add_edge(START, "step")
graph = builder.add_conditional_edges("step", more, ["step", END]).compile(SAVER)
"""

Way = Callable[[], Awaitable[float]]


def program(
    folder: Path, engine: str, define: str, *, setup: str = "", saver: str = "checkpointer=False"
) -> str:
    """Write the program to a file of its own."""
    words = {"ENGINE": engine, "DEFINE": define, "STEPS": str(STEPS), "SETUP": setup, "SAVER": saver}
    text = PROGRAM
    for word, value in words.items():
        text = text.replace(word, value)
    path = folder / f"program_{len(list(folder.iterdir()))}.py"
    path.write_text(text)
    return str(path)


def request(breakpoints: Sequence[Any] = ()) -> RunRequest:
    return RunRequest({"n": 0}, config={"recursion_limit": STEPS + 5}, breakpoints=breakpoints)


async def race(ways: Sequence[Way]) -> list[list[float]]:
    """What each way took, by round."""
    rounds = []
    for number in range(-1, ROUNDS):
        took = [0.0] * len(ways)
        for place in range(len(ways)):
            which = (place + number) % len(ways)
            gc.collect()
            took[which] = await ways[which]()
        rounds.append(took)
    return rounds[1:]  # the first one warms up


def told(rounds: Sequence[Sequence[float]], *names: str) -> str:
    """What a superstep takes in each way, and how many times that of the first one."""
    words = []
    for way, name in enumerate(names):
        each = statistics.median(took[way] for took in rounds) / STEPS * 1e6
        ratio = statistics.median(took[way] / took[0] for took in rounds)
        words.append(f"{each:6.0f} us {name}" + (f" ({ratio:.3f})" if way else ""))
    return ", ".join(words)
