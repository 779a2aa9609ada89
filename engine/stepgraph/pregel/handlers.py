"""Error handlers: a node that takes over, in the same superstep, from one that has failed for good."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from stepgraph.constants import HANDLES, NAMESPACE_SEPARATOR, PUSH
from stepgraph.errors import GraphBubbleUp, NodeError
from stepgraph.pregel.task_ids import handler_id
from stepgraph.pregel.tasks import Task

if TYPE_CHECKING:
    from stepgraph.graph.nodes import Node
    from stepgraph.pregel.pending import Left
    from stepgraph.runtime import Runtime
    from stepgraph.types import Namespace

_PATH_END: Final = (HANDLES, False)
_TRIGGERS: Final = (PUSH,)


def handler_of(task: Task, error: BaseException) -> Task | None:
    """The task that takes over from one that raised `error`, or None where there is none.

    What the failed task wrote before one of its paths failed stays written, and its edges are followed; if
    it had not come that far, they are not.
    """
    return _take_over(task, error) if is_handled(task, error) else None


def is_handled(task: Task, error: BaseException) -> bool:
    """Whether there is a node to take over from a task that raised `error`."""
    policies = task.node.policies
    if policies is None or policies.handler is None:
        return False
    return isinstance(error, Exception) and not isinstance(error, GraphBubbleUp)


def handlers_left(tasks: Iterable[Task], left: Mapping[str, Left]) -> list[Task]:
    """The tasks that take over from those that had failed before their run was gone on with.

    A handler that had ended is run again, as LangGraph has it; it keeps the answers that it had.
    """
    found = []
    for task in tasks:
        policies, before = task.node.policies, left.get(task.id)
        if before is None or before.failed_node is None or not before.is_open:
            continue
        if policies is not None and policies.handler is not None:
            handler = _take_over(task, before.error)
            task.is_done = True
            if handler.id in left:
                handler.answers = left[handler.id].answers
            found.append(handler)
    return found


def _take_over(task: Task, error: Any) -> Task:
    policies, run = task.node.policies, task.run
    assert policies is not None
    assert policies.handler is not None
    handler = HandlerTask(run.topology.nodes[policies.handler], task, error)
    thread = run.checkpoints
    if thread is None or thread.id is None:
        run.join(handler)
    else:
        handler.join(run, task.step, handler_id(thread.id, task, handler.name))
    run.handlers[task] = handler
    if not (task.writes or task.targets):
        task.node = task.node.without_exits()
    return handler


def after_failures(tasks: Sequence[Task], handlers: Mapping[Task, Task]) -> list[Task]:
    """A superstep's tasks, each that failed followed by the one that took over."""
    planned = (task for task in tasks if not isinstance(task, HandlerTask))
    return [each for task in planned for each in _with_handler(task, handlers)]


def _with_handler(task: Task, handlers: Mapping[Task, Task]) -> Iterator[Task]:
    yield task
    if task in handlers:
        yield handlers[task]


class HandlerTask(Task):
    """Runs on the input of the task that failed and stands inside it: what it sends out comes from there."""

    __slots__ = ("_error", "_failed")

    def __init__(self, node: Node, failed: Task, error: Any) -> None:
        super().__init__(node, (*failed.path, *_PATH_END), _TRIGGERS, failed.input)
        self._failed = failed
        self._error = NodeError(failed.name, error)

    @property
    def error(self) -> NodeError:
        return self._error

    @property
    def namespace(self) -> Namespace:
        return (*self.run.namespace, self._failed.segment)

    @property
    def checkpoint_ns(self) -> str:
        return NAMESPACE_SEPARATOR.join((*self.namespace, self.segment))

    @property
    def metadata(self) -> dict[str, Any]:
        return {**self._failed.metadata, **super().metadata}

    def _make_runtime(self) -> Runtime[Any]:
        # To the outside it is still the failed task's turn.
        failed = self._failed
        runtime = super()._make_runtime()
        return runtime.patch_execution_info(checkpoint_ns=failed.checkpoint_ns, task_id=failed.id)
