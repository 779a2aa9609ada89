"""Whether a state can be edited while a run stands: the run is stopped then, and taken up where it stood.

What is held begins anew, with the edited state. A task that has ended in the superstep would run once more,
as what it gave belongs to the state before: so nothing may have begun in the graph whose state it is. What
has ended in the graphs around it is kept, and given again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from stepscope_host.debugging.debugger import Debugger, Namespace

MOVING = "The run goes on, and its state with it. Pause it first (F6), then edit the state."
HAS_RUN = (
    "{} already run in this superstep, and would run again with another state. Step on (F10) and edit "
    "before the next superstep, or give a held task another input."
)
KEPT = "{} run and is kept from ending: what it gave would be lost. Let it go on (F10), then edit the state."
INSIDE = (
    "{} begun, and would begin again with another state. Step out of it (Shift+F11), then edit the state."
)


def why_not_edit(
    debugger: Debugger, failed: Collection[str], arrived: Iterable[str], namespace: Namespace
) -> str:
    """Why a graph's state cannot be edited now, in words that say what to do; "" when it can be.

    `failed` are the ids of tasks that are kept after an error, which began for nothing; `arrived` the names
    of those that have ended in the graph's superstep.
    """
    if not debugger.stands:
        return MOVING
    if kept := [task.name for task in debugger.lingering if task.id not in failed]:
        return KEPT.format(_have(kept))
    if names := list(arrived):
        return HAS_RUN.format(_have(names))
    inside = [task.name for task in debugger.running if task.namespace == namespace]
    return INSIDE.format(_have(inside)) if inside else ""


def _have(names: list[str]) -> str:
    each = dict.fromkeys(f"`{name}`" for name in names)
    return f"{', '.join(each)} {'has' if len(each) == 1 else 'have'}"
