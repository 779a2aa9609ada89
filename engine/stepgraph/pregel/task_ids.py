"""The ids of tasks and interrupts in a thread.

Tasks of a thread are known by ids that follow from the checkpoint they start from, so that a run that is gone
on with, in another process or by LangGraph, finds what they have left. The rule was observed: XXH3 over the
checkpoint's id in binary and the parts below, written like a UUID. An interrupt's id is XXH3 over the
namespace of its task.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stepgraph.constants import HANDLES, NAMESPACE_SEPARATOR, PULL, PUSH

if TYPE_CHECKING:
    from stepgraph.pregel.tasks import Task


def task_id(
    checkpoint_id: str, namespace: str, step: int, name: str, path: tuple[Any, ...], triggers: tuple[str, ...]
) -> str:
    """The id of the task that node `name` has in superstep `step` of the graph in `namespace`.

    A child task stands in the namespace of its parent.
    """
    where = f"{namespace}{NAMESPACE_SEPARATOR}{name}" if namespace else name
    if path[0] == PULL:
        how = f"{PULL}{''.join(triggers)}"
    elif len(path) == 4:
        how = f"{PUSH}{path_text(path[1])}{path[2]}"
    else:
        how = f"{PUSH}{path[1]}"
    return hashed_id(checkpoint_id, where, str(step), name, how)


def handler_id(checkpoint_id: str, failed: Task, name: str) -> str:
    """The id of the task that node `name` has to take over from one that failed."""
    where = f"{failed.checkpoint_ns}{NAMESPACE_SEPARATOR}{name}"
    return hashed_id(checkpoint_id, where, str(failed.step), name, f"{PUSH}{HANDLES}", failed.id)


def hashed_id(checkpoint_id: str, *parts: str) -> str:
    """The id that follows from a checkpoint and from these parts."""
    from xxhash import xxh3_128_hexdigest

    text = xxh3_128_hexdigest(bytes.fromhex(checkpoint_id.replace("-", "")) + "".join(parts).encode())
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def path_text(path: Any) -> str:
    """A task's path as savers keep it, so that its texts sort as the tasks do."""
    if isinstance(path, tuple):
        return f"~{', '.join(map(path_text, path))}" if path else ""
    return f"{path:010d}" if isinstance(path, int) else str(path)


def interrupt_id(namespace: str, index: int) -> str:
    """The id of the question number `index`, from 0, that a task asks; `namespace` is the task's own."""
    from xxhash import xxh3_128_hexdigest

    return xxh3_128_hexdigest((f"{namespace}|{index}" if index else namespace).encode())
