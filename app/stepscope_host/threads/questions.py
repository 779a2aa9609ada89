"""The questions of a thread that are still open after a run with answers to them has failed."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

from stepscope_host import shape
from stepscope_host.reading import Reader

Open = tuple[Any, tuple[str, ...], str]
"""A question, the namespace of the graph whose node asks it, and that node."""


async def tell_open(
    graph: Any, thread: str, error: BaseException | None, answers: Mapping[str, Any], reader: Reader
) -> None:
    """Tell them again.

    An answer that does not fit its question's schema is not taken. One that is taken stays: with another one
    the node would fail like before, unless it is asked anew.
    """
    try:
        state = await graph.aget_state({"configurable": {"thread_id": thread}}, subgraphs=True)
    except Exception:  # a subgraph that is not there to be asked, or a saver that has gone
        return
    is_refused = _is_refused(graph, error)
    for interrupt, namespace, node in _open(state):
        reader.tell_question(interrupt, namespace, node, not is_refused and interrupt.id in answers)


def _open(state: Any, namespace: tuple[str, ...] = ()) -> Iterator[Open]:
    for task in state.tasks:
        inner: list[Open] = []
        if hasattr(task.state, "tasks"):
            inner = list(_open(task.state, (*namespace, f"{task.name}:{task.id}")))
        known = {interrupt.id for interrupt, _, _ in inner}
        yield from inner
        yield from ((asked, namespace, task.name) for asked in task.interrupts if asked.id not in known)


def _is_refused(graph: Any, error: BaseException | None) -> bool:
    """True for the error of an answer that does not fit the schema of its question."""
    errors = importlib.import_module(f"{shape.engine(graph).partition(' ')[0]}.errors")
    tells = getattr(errors, "is_invalid_resume", None)  # older ones check no answers
    return bool(tells and tells(error))
