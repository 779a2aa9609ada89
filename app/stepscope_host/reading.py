"""Reads a stream's chunks: each becomes the events that tell it.

Tasks are told from `debug` chunks alone, since only they carry the superstep; mixing in `tasks`
would tell a task before its step is known. The current step of each graph labels what carries none.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from stepscope_host.debugging.debugger import Namespace, Task, path_of
from stepscope_host.debugging.states import States
from stepscope_host.failures import failure, from_exception
from stepscope_host.showing.speaking import text_of
from stepscope_host.showing.values import Plain, plain

MODES = ("values", "updates", "custom", "messages", "debug")
INTERRUPT = "__interrupt__"
"""As this node a graph asks, and under this key."""
_QUESTION_LENGTH = 300


class Reader:
    """The chunks of one run. `tell(event, **parts)` takes what they say, values made plain by `show`.

    Checkpoints are not told where they are not of the graph's own making: to make them plain takes as long as
    all else of a small superstep.
    """

    def __init__(
        self,
        tell: Callable[..., None],
        show: Callable[[Any], Plain],
        folder: str,
        known_keys: tuple[str, ...],
        states: States,
        *,
        tells_checkpoints: bool,
    ) -> None:
        self._tell = tell
        self._show = show
        self._folder = folder
        self.known_keys = known_keys
        self._states = states
        self._tells_checkpoints = tells_checkpoints
        self.started: dict[Namespace, dict[str, Task]] = {}  # told as started and not as finished
        self.ended: Task | None = None  # what the last chunk ended
        self.root_step = 0
        self.question: str | None = None
        self._pending: dict[str, Any] = {}  # questions of the outermost graph, until it is told who asks
        self._askers: dict[str, Task] = {}  # by question, the innermost first
        self.asked: list[Task] = []  # the tasks that have asked, and those around them
        self._settled: Counter[tuple[Namespace, str]] = Counter()
        self._arrived: dict[Namespace, list[Task]] = {}  # those that have ended, since a task began last
        self.failed_node = ""
        self.failed_path: tuple[str, ...] = ()
        self._steps: dict[Namespace, int] = {}
        self._failures: dict[int, tuple[Any, dict[str, Any]]] = {}

    def has_started(self, task: Task) -> bool:
        """True from the telling of a task's start to that of its end."""
        return task.id in self.started.get(task.namespace, ())

    def all_started(self) -> Iterator[Task]:
        """The tasks that have been told as started and not as ended."""
        return itertools.chain.from_iterable(tasks.values() for tasks in self.started.values())

    def read(self, namespace: Namespace, mode: str, data: Any) -> Task | None:
        """Tell one chunk; returns the task that it announces, if it does."""
        self.ended = None
        if mode == "custom":
            self._tell("custom", namespace=namespace, step=self.step(namespace), data=self._show(data))
        elif mode == "messages":
            self._message(namespace, data)
        elif mode == "updates":
            self._updates(namespace, data)
        elif mode == "values":
            step, data = self.step(namespace), _state(data)
            self._states.add(namespace, step, data)
            self._tell("values", namespace=namespace, step=step, values=self._show(data))
        elif mode == "debug":
            return self._debug(namespace, data)
        return None

    def step(self, namespace: Namespace) -> int:
        """The superstep that a graph is in."""
        return self._steps.get(namespace, 0)

    def arrived(self, namespace: Namespace) -> list[str]:
        """The names of the tasks that have ended in a graph's superstep."""
        step = self.step(namespace)
        return [task.name for task in self._arrived.get(namespace, ()) if task.step == step]

    def _updates(self, namespace: Namespace, data: Mapping[str, Any]) -> None:
        step = self.step(namespace)
        was_cached = (data.get("__metadata__") or {}).get("cached")
        for node, update in data.items():
            if node == "__metadata__":
                continue
            is_cached = {"is_cached": True} if was_cached and not self._is_settled(namespace, node) else {}
            if node == INTERRUPT and not namespace:
                self._ask(update)
            self._tell(
                "updated", namespace=namespace, step=step, node=node, update=self._show(update), **is_cached
            )

    def _ask(self, interrupts: Any) -> None:
        if not interrupts:
            self.question = "stopped where the graph's interrupt_before or interrupt_after says"
            return
        for interrupt in interrupts:
            self._pending[str(getattr(interrupt, "id", ""))] = interrupt
        values = [getattr(interrupt, "value", interrupt) for interrupt in interrupts]
        texts = [value if isinstance(value, str) else text_of(value, _QUESTION_LENGTH) for value in values]
        asked = "; ".join(text[:_QUESTION_LENGTH] for text in texts)
        self.question = f"{self.question}; {asked}" if self.question else f"asks: {asked}"

    def tell_questions(self) -> None:
        """Tell the questions that have come and are not told yet, with the nodes that ask them."""
        for id, interrupt in self._pending.items():
            asker = self._askers.get(id)
            self.tell_question(interrupt, asker.namespace if asker else (), asker.name if asker else "")
        self._pending.clear()

    def tell_question(
        self, interrupt: Any, namespace: Namespace, node: str, has_answer: bool = False
    ) -> None:
        """Tell a question; `has_answer` for one whose answer was taken, and whose node has failed with it."""
        self._tell(
            "asked",
            id=str(getattr(interrupt, "id", "")),
            value=self._show(getattr(interrupt, "value", interrupt)),
            schema=_answer_schema(interrupt),
            namespace=namespace,
            node=node,
            has_answer=has_answer,
        )

    def _debug(self, namespace: Namespace, data: Mapping[str, Any]) -> Task | None:
        step, kind, payload = data["step"], data["type"], data["payload"]
        if kind == "task":
            return self._task(namespace, step, payload)
        if kind == "task_result":
            self._result(namespace, step, payload)
        elif kind == "checkpoint" and self._tells_checkpoints:
            self._tell("checkpoint", namespace=namespace, step=step, payload=self._show(payload))
        return None

    def _task(self, namespace: Namespace, step: int, payload: Mapping[str, Any]) -> Task:
        self._steps[namespace] = step
        if not namespace:
            self.root_step = step
        task = Task(payload["id"], payload["name"], namespace, step)
        self._arrived.pop(namespace, None)
        self.started.setdefault(namespace, {})[task.id] = task
        self._tell(
            "task_started",
            namespace=namespace,
            step=step,
            task=task.id,
            node=task.name,
            input=self._show(payload["input"]),
            triggers=list(payload["triggers"]),
        )
        return task

    def _result(self, namespace: Namespace, step: int, payload: Mapping[str, Any]) -> None:
        self.ended = task = Task(payload["id"], payload["name"], namespace, step)
        self._arrived.setdefault(namespace, []).append(task)
        self.started.get(namespace, {}).pop(task.id, None)
        self._settle_inside(task)
        # A task that asks a question has not finished: the run ends, and the task is left as it stands.
        if asked := payload.get("interrupts"):
            for interrupt in asked:
                self._askers.setdefault(str(interrupt.get("id", "")), task)
            self.asked.append(task)
            if not namespace:
                self.tell_questions()
            return
        error = payload.get("error")
        if error is not None and not self.failed_node:
            self.failed_node = task.name
            self.failed_path = path_of(task)
        self._tell_finished(
            task, self._show(payload["result"]), None if error is None else self._failure(error)
        )

    def settle(self, task: Task, update: Any) -> None:
        """A task that was told as started has ended before; what it wrote is told once more."""
        self._settled[task.namespace, task.name] += 1
        self.started.get(task.namespace, {}).pop(task.id, None)
        self._arrived.setdefault(task.namespace, []).append(task)
        self._tell_finished(task, self._show(update), None)

    def _is_settled(self, namespace: Namespace, node: str) -> bool:
        """True for the update of a task that was settled; for each of them once."""
        self._settled[namespace, node] -= 1
        return self._settled[namespace, node] >= 0

    def _settle_inside(self, task: Task) -> None:
        """What a subgraph left unreported ends with the task around it: Command.PARENT aborts its node."""
        first = (*task.namespace, f"{task.name}:{task.id}")
        # A second and third call of a subgraph in one task add a counter.
        counted = ((*first, str(number)) for number in itertools.count(1))
        repeated = itertools.takewhile(self.started.__contains__, counted)
        for inside in ((*task.namespace, task.name), first, *repeated):
            self._states.left(inside)
            self._arrived.pop(inside, None)
            for inner in self.started.pop(inside, {}).values():
                self._settle_inside(inner)
                self._tell_finished(inner, None, None)

    def _tell_finished(self, task: Task, result: Any, failure: dict[str, Any] | None) -> None:
        self._tell(
            "task_finished",
            namespace=task.namespace,
            step=task.step,
            task=task.id,
            node=task.name,
            result=result,
            failure=failure,
        )

    def _failure(self, error: Any) -> dict[str, Any]:
        """One error passes through each graph around it; it is read once."""
        if not isinstance(error, BaseException):
            return failure("Error", str(error))
        known = self._failures.get(id(error))
        if known is None:
            known = self._failures[id(error)] = (error, from_exception(error, self._folder, self.known_keys))
        return known[1]

    def _message(self, namespace: Namespace, data: Any) -> None:
        message, metadata = data
        kind = type(message).__name__
        is_chunk = kind.endswith("Chunk")
        self._tell(
            "token",
            namespace=namespace,
            step=int(metadata.get("langgraph_step") or self.step(namespace)),
            node=str(metadata.get("langgraph_node", "")),
            message=str(getattr(message, "id", None) or id(message)),
            kind=kind,
            text=_text(getattr(message, "content", "")),
            tool_calls=_tool_calls(message, is_chunk),
            tags=[str(tag) for tag in metadata.get("tags") or ()],
            whole=not is_chunk or getattr(message, "chunk_position", None) == "last",
        )


def _state(values: Any) -> Any:
    """A graph's state, without the questions that some engines put beside it: these are told as such."""
    if isinstance(values, dict) and INTERRUPT in values:
        return {key: value for key, value in values.items() if key != INTERRUPT}
    return values


def _answer_schema(interrupt: Any) -> dict[str, Any]:
    """The JSON schema of the answer, where the question came with one."""
    schema = getattr(interrupt, "response_schema", None)
    return schema if isinstance(schema, dict) else {}


def _text(content: Any) -> str:
    """The text of a message's content: a string, or a list of blocks of which some carry text."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    return "".join(
        block if isinstance(block, str) else str(block.get("text") or "")
        for block in content
        if isinstance(block, str | dict)
    )


def _arriving(call: Mapping[str, Any]) -> str:
    """A part of a call: only its first one carries the name."""
    name, args = call.get("name"), call.get("args") or ""
    line = "\n" if call.get("index") else ""
    return f"{line}{name} {args}" if name else args


def _tool_calls(message: Any, is_chunk: bool) -> str:
    """Each call's name, then its arguments as JSON, as they arrive; each call on a line."""
    if is_chunk:
        return "".join(_arriving(call) for call in getattr(message, "tool_call_chunks", None) or ())
    calls = getattr(message, "tool_calls", None) or ()
    return "\n".join(
        f"{call.get('name')} {json.dumps(plain(call.get('args')), ensure_ascii=False)}" for call in calls
    )
