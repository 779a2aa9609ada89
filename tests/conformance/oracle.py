"""What LangGraph answers: its outcome, and on old Pythons the one that it would like to give."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from tests.kit.runs import Case, Drive, Outcome, ainvoke, astream, invoke, stream

CARRIES_CONTEXT = sys.version_info >= (3, 11)
"""Whether asyncio tasks take a context: before Python 3.11 LangGraph's async runs lose writers and callbacks,
while stepgraph's keep them."""

SYNC_TWIN: dict[Drive, Drive] = {astream: stream, ainvoke: invoke}


WRITES_IN_ASYNC_NODES = {
    "a_graph_called_in_an_async_node",
    "an_async_node_runs_once_for_one_input",
    "the_writer_is_injected_into_async_nodes",
    "the_writer_works_in_an_async_tool",
    "async_custom_writer",
    "custom_raw_client",
}
"""Scenarios and examples that only an async run can run, and that LangGraph cannot before Python 3.11."""

CALLS_TASKS_ON_THE_LOOP = {
    "an_async_task_runs_once_for_one_input",
    "async_tasks",
    "async_tasks_in_async_tasks",
    "an_async_task_called_by_a_sync_entrypoint",
    "async_failures_gathered_as_results",
    "a_task_that_is_given_up",
    "tasks_in_an_async_node",
}
CALLS_TASKS_THAT_FAIL_ON_THE_LOOP = {
    "a_failure_cancels_the_other_tasks",
    "a_node_raises_a_cancellation",
    "a_task_takes_too_long",
    "an_async_task_that_fails",
    "an_entrypoint_whose_time_is_up",
}
"""More of them: before Python 3.11 LangGraph does not know who calls a task in async code, nor whether a node
was cancelled or says so of itself."""

WITHOUT_ORACLE = WRITES_IN_ASYNC_NODES | CALLS_TASKS_ON_THE_LOOP | CALLS_TASKS_THAT_FAIL_ON_THE_LOOP


def has_oracle(name: str, drive: Drive) -> bool:
    """Whether this Python's LangGraph can run the scenario or example of this name."""
    return CARRIES_CONTEXT or name not in WITHOUT_ORACLE or drive not in SYNC_TWIN


def langgraph_answers(
    build: Callable[[], Case], drive: Drive, options: dict[str, Any], compared: Callable[..., Outcome]
) -> list[Outcome]:
    """The outcomes of which stepgraph must give one.

    There are two where LangGraph's async run is hampered: its sync run tells what the async one lost.
    """
    drives = [drive]
    if not CARRIES_CONTEXT and drive in SYNC_TWIN:
        drives.append(SYNC_TWIN[drive])
    return [compared(each, build(), **options) for each in drives]
