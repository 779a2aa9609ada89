"""The one face that all sessions have: open a target, stream the events of a run, steer it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from stepscope.model.events import Event, Plain
from stepscope.model.program import Program
from stepscope.model.topology import Namespace

Start = Literal["free", "step", "paused"]


@dataclass(frozen=True)
class RunRequest:
    """What to run, as JSON-able data: the graph's input, and the `context` and `config` to run it with.

    It starts ``"free"``, runs one superstep and pauses (``"step"``), or pauses at once (``"paused"``). It
    stops before the node `run_to`, a path, the first time it is that node's turn, and where the `breakpoints`
    say, plain data as `stepscope_host.debugging.breakpoints` reads it.

    `pins` fix what nodes return, or where they lead: ``{"path", "output"}`` or ``{"path", "to"}``.

    It runs in `thread`, or in a new one. With `resume` it takes up a thread whose graph has asked something:
    a dictionary has the answers by the questions' ids. With a thread and no input it goes on from the
    thread's `checkpoint`, "" for the newest, which is one `of` the graph in a namespace; what lies around the
    graph `inside` begins, even paused. A run that `continues` counts visits on from the last one.
    """

    input: Plain
    start: Start = "free"
    context: Plain = None
    config: Mapping[str, Plain] = field(default_factory=dict)
    run_to: tuple[str, ...] = ()
    pins: tuple[Plain, ...] = ()
    thread: str = ""
    resume: Plain = None
    breakpoints: Sequence[Plain] = ()
    checkpoint: str = ""
    of: str = ""
    inside: Namespace = ()
    continues: bool = False


class Session(Protocol):
    """A graph that can be opened and run, wherever it lives. Used from the Qt loop only."""

    async def open(self, target: str, python: str | None = None) -> Program:
        """Load a target (``file.py``, ``file.py:name``, ``package.module:name``).

        `python` is the interpreter to run it in, where the session can choose; None leaves that to it.
        Raises OpenFailed with what is wrong; its `choices` are set when several graphs were found.
        """

    def has_choice_of_python(self, target: str) -> bool:
        """True when `open` takes the interpreter it is given; False for what runs in this process."""

    def astream(self, request: RunRequest) -> AsyncIterator[Event]:
        """Run the opened graph. The first event is RunStarted, the last RunFinished, whatever happens."""

    def order(self, kind: str, **parts: Plain) -> None:
        """Steer the run: `debugging.gatekeeper` of the host has the kinds, and what goes with each."""

    def stop(self) -> None:
        """End the run now. RunFinished follows at once and names what could not be stopped.

        What is being opened is given up, if the session can do that: `open` raises OpenFailed then.
        """

    async def fetch(self, handle: str) -> Plain:
        """More of a value that was cut: its ``"$handle"`` brings it, while the program that holds it lives.

        Raises LookupError, saying why it cannot be had any more.
        """

    async def evaluate(self, expression: str, namespace: Namespace = (), step: int | None = None) -> Plain:
        """What a Python expression over the `state` of a graph is worth: after a superstep, or now.

        Of the run that is on, also while it stands, or of the last one. Raises LookupError, saying why it has
        no value.
        """

    async def ask(self, what: str, **parts: Plain) -> dict[str, Plain]:
        """Ask something of the graph's threads: `stepscope_host.threads.asking` has what can be asked.

        Raises LookupError, saying why it cannot be answered.
        """

    def listen(self, hear: Callable[[Event], None]) -> None:
        """Call `hear` with what happens while no run is on: `Printed`, or `Lost` with the process."""

    async def close(self) -> tuple[str, ...]:
        """Let go of everything; returns the nodes whose code still runs in a thread."""
