"""Answers what is asked before a person gives a task or a node something: what to edit, and whether it fits.

Nothing is changed by that: what fits is given by an order, or pinned.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from stepscope_host.threads import given
from stepscope_host.threads.refusal import Refused, refuse_large

InputOf = Callable[[str], Awaitable[Any]]

QUESTIONS = ("giving", "fits")


async def answer(
    graph: Any, input_of: InputOf | None, question: str, parts: Mapping[str, Any]
) -> dict[str, Any]:
    """``{"values", "schema"}`` to edit, or ``{"errors": [...]}`` of a ``value``; else ``{"problem": words}``.

    `parts` have the ``path`` of a node, whether its ``"input"`` or ``"output"`` is given (``kind``), and the
    id of the held ``task``, "" when an output is pinned for all visits. `input_of` knows what a held task is
    given, and raises LookupError for one that is not held; it is None while no run is on.
    """
    place, task, is_input = (
        given.Place.at(graph, tuple(parts["path"])),
        parts["task"],
        parts["kind"] == "input",
    )
    try:
        input = await _input(input_of, task) if task else None
        if question == "fits":
            value = parts["value"]
            edit = given.input(place, value, input) if is_input else given.output(place, value)
            return {"errors": edit.errors}
        found = given.input_to_edit(place, input) if is_input else given.output_to_edit(place)
        refuse_large(found["values"], "This input")
    except Refused as refusal:
        return {"problem": str(refusal)}
    return found


async def _input(input_of: InputOf | None, task: str) -> Any:
    try:
        if input_of is None:
            raise LookupError("The run is over, and this task with it.")
        return await input_of(task)
    except LookupError as problem:
        raise Refused(str(problem)) from problem
