"""The tasks at their gates, and how often it has been each node's turn.

A task counts once, however often it is tried. It is known until it has left its gate and the stream has told
of its end, in whatever order that happens. Cancelled, or with a question asked, it has not been: it comes
again when the run is taken up.
"""

from __future__ import annotations

import threading
from typing import Any

from stepscope_host.debugging.debugger import Namespace, Task, node_path

Path = tuple[str, ...]


class Visits:
    """Counts the tasks of a run by the path of their nodes."""

    def __init__(self, before: Visits | None = None) -> None:
        """Count on from where another run came to its end, which this one takes up."""
        self.is_free = False
        """True while tasks enter and leave without a question."""
        self.in_threads = threading.Lock()
        """Whoever enters or leaves in another thread holds it, and who takes the freedom away."""
        self._counts: dict[Path, int] = {} if before is None else before._counts
        self._known: dict[str, list[int]] = {}  # by task: the number of the visit, and of attempts
        self._inside: dict[str, tuple[Any, ...]] = {}  # of those, the ones that have not left
        self._told: set[str] = set()  # the ones that have not left, though the stream has told of their end

    def enter(self, id: str, name: str, namespace: Namespace, step: int) -> None:
        """A task is at its gate."""
        known = self._known.get(id)
        if known is None:
            path = (*node_path(namespace), name) if namespace else (name,)
            number = self._counts[path] = self._counts.get(path, 0) + 1
            self._known[id] = [number, 1]
        else:
            known[1] += 1
        self._inside[id] = (id, name, namespace, step)  # making a Task takes as long as all else

    def leave(self, id: str) -> None:
        """A task is over, or this attempt at it."""
        self._inside.pop(id, None)
        if self._told and id in self._told:
            self._told.remove(id)
            del self._known[id]

    def enter_in_thread(self, task: Task) -> bool:
        """Enter if the passage is free; False where the task has to ask."""
        if not self.is_free:  # in a forked copy of the process the lock may be held for ever
            return False
        with self.in_threads:
            if self.is_free:
                self.enter(*task)
            return self.is_free

    def leave_in_thread(self, id: str) -> bool:
        """Leave if the passage is free; False where the task has to ask."""
        if not self.is_free:
            return False
        with self.in_threads:
            if self.is_free:
                self.leave(id)
            return self.is_free

    def undo(self, name: str, namespace: Namespace) -> None:
        """A task of this node was no visit, as it will come again."""
        path = (*node_path(namespace), name)
        self._counts[path] = self._counts.get(path, 1) - 1

    def reported(self, id: str) -> None:
        """The stream has told of a task's end."""
        if id in self._inside:
            self._told.add(id)
        else:
            self._known.pop(id, None)

    def undo_inside(self) -> None:
        """The tasks that have not left are about to be cancelled."""
        for _, name, namespace, _ in self._inside.values():
            self.undo(name, namespace)

    def knows(self, task_id: str) -> bool:
        """True from a task's first arrival at its gate until it has left and its end is told."""
        return task_id in self._known

    def has_left(self, task_id: str) -> bool:
        """True of a task that is over while the stream has not told of that."""
        return task_id in self._known and task_id not in self._inside

    @property
    def inside(self) -> list[Task]:
        """The tasks that have entered their gates and not left them."""
        return [Task(*each) for each in self._inside.values()]

    def of(self, task: Task) -> int:
        """Which visit to its node a task is, from 1."""
        return self._known.get(task.id, (0, 0))[0]

    def attempts(self, task_id: str) -> int:
        """How often a task has been at its gate."""
        return self._known.get(task_id, (0, 0))[1]
