"""The run as Qt sees it: takes events as they come, tells what changed at most once a frame."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from stepscope.model.called import as_seen_in
from stepscope.model.console import Console
from stepscope.model.events import Event, Printed, Resumed, RunFinished, RunStarted
from stepscope.model.program import Program
from stepscope.model.run_state import RunState
from stepscope.model.thread import Looked
from stepscope.model.topology import EMPTY, EdgeShape
from stepscope.run.pins import Pins

FRAME = 16
"""Milliseconds between two bursts of signals."""


class RunModel(QObject):
    """Holds the opened program, the `RunState` of its newest run, and what the program has printed.

    Canvas and panes look at nothing else. The console outlives runs, until another program is open.

    Signals
        program_changed: another program was opened and `state` is new, too; or the same one was read again.
        graph_grew: the same program's graph has more to it than was known: a node has called another graph.
        was_reset: a new run began, `state` is a new object: forget what was shown of the old one.
        run_changed: phase, reason, step, or a task of the superstep changed.
        nodes_changed(set of NodeKey), edges_changed(set of EdgeShape), messages_changed(set of ids)
        more_wanted(handle): a pane asks for more of a value that was cut; the controller answers with
            more_arrived(handle, value) or more_refused(handle, words).
        rows_added: one of the logs (updates, values, customs, debug) has grown.
        console_changed: the console has other lines.
        looked_changed: a checkpoint is looked at, another one, or none any more.
        next_thread_changed: the next run goes on in another thread, or in a new one.
    """

    program_changed = Signal()
    graph_grew = Signal()
    was_reset = Signal()
    run_changed = Signal()
    nodes_changed = Signal(object)
    edges_changed = Signal(object)
    messages_changed = Signal(object)
    rows_added = Signal()
    more_wanted = Signal(str)
    more_arrived = Signal(str, object)
    more_refused = Signal(str, str)
    console_changed = Signal()
    looked_changed = Signal()
    next_thread_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.program: Program | None = None
        self.has_reloaded = False  # since the run began that `state` tells of
        self.state = RunState(EMPTY)
        self.learnt: dict[EdgeShape, None] = {}  # edges of no topology that runs of this program have taken
        self.pins = Pins(self)
        self.looked: Looked | None = None
        self.next_thread = ""  # that the next run goes on in; "" for a new one
        self.console = Console()
        self._has_printed = False
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(FRAME)
        self._frame.timeout.connect(self.flush)

    def set_program(self, program: Program) -> None:
        """Show another program, or the same one read again, not yet run."""
        self.console.opened(self.program is None or program.target != self.program.target)
        if self.program is None or program.target != self.program.target:
            self.pins.clear()
            self.set_next_thread("")
            self.learnt.clear()
        self.program = self._with_called(program)
        self._has_printed = True
        self._begin()
        self.program_changed.emit()

    def renew_program(self, program: Program) -> None:
        """Show the same program as it reads now; what its last run has left stays."""
        self.console.opened(is_another=False)
        self.program = self._with_called(program)
        self.state.move_to(self.program.topology)
        self.has_reloaded = True
        self.program_changed.emit()

    def _with_called(self, program: Program) -> Program:
        """A program that is read again calls what it called before, until a run shows otherwise."""
        if self.program is None or program.target != self.program.target:
            return program
        return replace(program, topology=as_seen_in(program.topology, self.program.topology))

    def look(self, looked: Looked | None) -> None:
        """Look at a checkpoint in place of the run's newest state, which changes nothing."""
        if looked != self.looked:
            self.looked = looked
            self.looked_changed.emit()

    def set_next_thread(self, thread: str) -> None:
        """Have the next run go on in a thread, or begin a new one with ""."""
        if thread != self.next_thread:
            self.next_thread = thread
            self.next_thread_changed.emit()

    def reset(self) -> None:
        """Forget the last run; the program stays."""
        self._begin()

    def feed(self, event: Event) -> None:
        """Take one event in; the signals follow within a frame."""
        self.state.apply(event)
        match event:
            case Printed():
                self._print(event)
            case RunStarted():
                self.console.run_began(event.time)
            case Resumed():
                self.look(None)  # the eye goes with the run
            case RunFinished():
                self.console.run_ended()
        self._tell_soon()

    def hear(self, event: Printed) -> None:
        """Take in what the program has printed while no run is on."""
        self._print(event)
        self._tell_soon()

    def opening(self, time: float, name: str) -> None:
        """What is printed from now on is of a program that is being opened."""
        self.console.opening(time, name)

    def note(self, time: float, text: str) -> None:
        """Say something of our own in the console."""
        self.console.note(time, text)
        self._has_printed = True
        self._tell_soon()

    def clear_console(self) -> None:
        """Forget what was printed."""
        self.console.clear()
        self.console_changed.emit()

    def _print(self, event: Printed) -> None:
        self.console.add(event)
        self._has_printed = True

    def _tell_soon(self) -> None:
        if not self._frame.isActive():
            self._frame.start()

    def flush(self) -> None:
        """Tell now what has changed since the last time."""
        self._frame.stop()
        changes = self.state.take_changes()
        if changes.topology and self.program is not None:
            self.program = replace(self.program, topology=self.state.topology)
            self.graph_grew.emit()
        if changes.run:
            self.run_changed.emit()
        if changes.nodes:
            self.nodes_changed.emit(changes.nodes)
        self.learnt.update((edge, None) for edge in changes.edges if edge.kind == "learnt")
        if changes.edges:
            self.edges_changed.emit(changes.edges)
        if changes.messages:
            self.messages_changed.emit(changes.messages)
        if changes.rows:
            self.rows_added.emit()
        self._tell_what_was_printed()

    def _tell_what_was_printed(self) -> None:
        if self._has_printed:
            self._has_printed = False
            self.console_changed.emit()

    def _begin(self) -> None:
        self._frame.stop()
        self._tell_what_was_printed()
        self.has_reloaded = False
        self.state = RunState(self.program.topology if self.program else EMPTY)
        self.look(None)
        self.was_reset.emit()
        self.run_changed.emit()
