"""Goes where a run stops, and back: the graph that stands is the one whose state is looked at."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from stepscope.model.phase import RunPhase
from stepscope.model.topology import Namespace
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection

_ENDS = frozenset({RunPhase.FINISHED, RunPhase.STOPPED, RunPhase.INTERRUPTED})


class Follower(QObject):
    """What the person looks at between two stops is left alone; so is a graph in which the run has failed.

    Signals
        stopped(list of NodeKey): other tasks are held than at the last stop, those of these nodes.
    """

    stopped = Signal(object)

    def __init__(self, model: RunModel, selection: Selection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._selection = selection
        self._held: frozenset[str] = frozenset()
        self._went: Namespace = ()
        model.run_changed.connect(self._on_run_changed)

    def _on_run_changed(self) -> None:
        state = self._model.state
        if state.phase in _ENDS:
            self._go_back()
        if state.phase is not RunPhase.PAUSED:
            return
        held = [task for task in state.tasks.values() if task.is_held]
        ids = frozenset(task.id for task in held)
        if held and ids != self._held:
            self._went = _innermost_around(task.namespace for task in held)
            self._selection.look_at(self._went)
            self.stopped.emit(list(dict.fromkeys(task.key for task in held)))
        self._held = ids

    def _go_back(self) -> None:
        """Away from the graph of the last stop, if that is still looked at: to who asks, or to the root."""
        selection = self._selection
        if self._went and (selection.namespace, selection.step) == (self._went, None):
            waiting = [question.namespace for question in self._model.state.questions.values()]
            selection.look_at(_innermost_around(waiting or [()]))
        self._went = ()


def _innermost_around(graphs: Iterable[Namespace]) -> Namespace:
    """The innermost graph that has all of these in it, itself being one of them or around them."""
    first, *others = graphs
    depth = 0
    while depth < len(first) and all(other[: depth + 1] == first[: depth + 1] for other in others):
        depth += 1
    return first[:depth]
