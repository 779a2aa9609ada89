"""Interrupts: a node asks, its run stops, and goes on with an answer.

A node that is answered runs again from its top. What it asks first is answered by the first answer that it
was given, and so on; the question that has no answer yet stops it. Answers that a task has used are kept with
the thread, so that they are there again when the next question stops it.
"""

from __future__ import annotations

import re
import threading
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from stepgraph.channels import MISSING
from stepgraph.errors import INVALID_RESUME, GraphInterrupt
from stepgraph.pregel.task_ids import interrupt_id
from stepgraph.runtime import running_task
from stepgraph.warnings import LangGraphDeprecatedSinceV10

if TYPE_CHECKING:
    from stepgraph.pregel.tasks import Task


@dataclass(frozen=True)
class Interrupt:
    """A question that a run has stopped for.

    `id` is what an answer of several is given by; `response_schema` the JSON schema of the answer, if the
    node said one.
    """

    value: Any
    id: str = "placeholder-id"
    response_schema: dict[str, Any] | None = field(default=None, kw_only=True)

    @classmethod
    def from_ns(
        cls, value: Any, ns: str, *, response_schema: dict[str, Any] | type | None = None
    ) -> Interrupt:
        """The first question of the task in namespace `ns`."""
        return cls(value, interrupt_id(ns, 0), response_schema=_json_schema(response_schema))

    @property
    def interrupt_id(self) -> str:
        """The `id`, under a name that LangGraph deprecated."""
        warnings.warn("An Interrupt's id is its `id`", LangGraphDeprecatedSinceV10, stacklevel=2)
        return self.id


def interrupt(value: Any, *, response_schema: dict[str, Any] | type | None = None) -> Any:
    """Stop the run and ask; once it is gone on with, return the answer.

    `value` is any question, such as a text or a dict. The run goes on with `Command(resume=answer)`, for
    which its graph needs a checkpointer. `response_schema` says what an answer looks like: a pydantic model,
    a TypedDict or a dataclass checks it and gives an instance; a JSON schema is only shown.

    Raises RuntimeError outside of a run, pydantic's ValidationError for an answer of another shape.
    """
    return _ask(running_task("interrupt"), value, response_schema)


def _ask(task: Task, value: Any, schema: dict[str, Any] | type | None) -> Any:
    index = task.asked
    task.asked += 1
    if index < len(task.answers):
        return _checked(task.answers[index], schema)
    id = interrupt_id(task.checkpoint_ns, index)
    answer = task.run.answers.take(id)
    if answer is MISSING:
        raise GraphInterrupt((Interrupt(value, id, response_schema=_json_schema(schema)),))
    # An answer that does not fit is not kept: the next one is to be looked at in its place.
    checked = _checked(answer, schema)
    task.answers.append(answer)
    return checked


def _json_schema(schema: dict[str, Any] | type | None) -> dict[str, Any] | None:
    if schema is None or isinstance(schema, Mapping):
        return schema
    from pydantic import TypeAdapter

    return TypeAdapter(schema).json_schema()


def _checked(answer: Any, schema: dict[str, Any] | type | None) -> Any:
    if schema is None or isinstance(schema, Mapping):
        return answer
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(schema).validate_python(answer)
    except ValidationError as error:
        setattr(error, INVALID_RESUME, True)
        raise


class Answers:
    """What the caller answers: one value, for whichever question comes first, or values by interrupt id.

    One object for a whole run, shared by all graphs within it, on any thread.
    """

    def __init__(self, resume: Any = None) -> None:
        self._lock = threading.Lock()
        self._by_id: Mapping[str, Any] = resume if is_by_id(resume) else {}
        self._value = MISSING if resume is None or is_by_id(resume) else resume

    def take(self, id: str) -> Any:
        """The answer for this interrupt, or MISSING. A value that is for any question is given once."""
        if id in self._by_id:
            return self._by_id[id]
        with self._lock:
            value, self._value = self._value, MISSING
        return value


def is_by_id(resume: Any) -> bool:
    """Whether these are answers by the ids of interrupts; `{}` is a map of none."""
    return isinstance(resume, dict) and all(
        isinstance(key, str) and _IS_ID.fullmatch(key) is not None for key in resume
    )


_IS_ID: Final = re.compile("[0-9a-f]{32}")

NO_ANSWERS: Final = Answers()


def as_payload(interrupts: Iterable[Interrupt]) -> list[dict[str, Any]]:
    """Interrupts as modes `tasks` and `debug` show them."""
    return [
        {"value": asked.value, "id": asked.id, "response_schema": asked.response_schema}
        for asked in interrupts
    ]
