"""How often it has been each node's turn: a task counts once, however often it is tried."""

from __future__ import annotations

from stepscope_host.debugging.debugger import Namespace, Task

Path = tuple[str, ...]


class Visits:
    """Counts the tasks of a run by the path of their nodes."""

    def __init__(self) -> None:
        self._counts: dict[Path, int] = {}
        # The tasks of the superstep that each graph is in: the number of the visit, and of attempts.
        self._steps: dict[Namespace, tuple[int, dict[str, list[int]]]] = {}

    def enter(self, task: Task, path: Path) -> int:
        """A task is at its gate: which visit to its node this is, from 1."""
        step, tasks = self._steps.get(task.namespace, (None, None))
        if tasks is None or step != task.step:
            tasks = {}
            self._steps[task.namespace] = task.step, tasks
        known = tasks.get(task.id)
        if known is None:
            visit = self._counts[path] = self._counts.get(path, 0) + 1
            tasks[task.id] = [visit, 1]
            return visit
        known[1] += 1
        return known[0]

    def of(self, task: Task) -> int:
        """Which visit a task is."""
        return self._known(task.namespace, task.id)[0]

    def attempts(self, task_id: str) -> int:
        """How often a task has been at its gate."""
        found = (tasks[task_id] for _, tasks in self._steps.values() if task_id in tasks)
        return next(found, [0, 0])[1]

    def _known(self, namespace: Namespace, task_id: str) -> list[int]:
        _, tasks = self._steps.get(namespace, (0, {}))
        return tasks.get(task_id, [0, 0])
