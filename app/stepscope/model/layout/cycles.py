"""Which arrows run against the flow."""

from __future__ import annotations

from collections.abc import Sequence

from stepscope.model.layout.parts import Arrow, Box


def back_arrows(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> set[int]:
    """The indices of the arrows that close a cycle on a walk from START, self-loops left out.

    Without them the graph has no cycle, and each leads to a box that comes before its own.
    """
    leaving: list[list[int]] = [[] for _ in boxes]
    entered = [0] * len(boxes)
    back = set()
    for index, (source, target, *_) in enumerate(arrows):
        if source == target:
            continue
        if boxes[target].kind == "start" or boxes[source].kind == "end":
            back.add(index)
        else:
            leaving[source].append(index)
            entered[target] += 1
    # START first, then what nothing leads to, then whatever was declared first.
    roots = sorted(range(len(boxes)), key=lambda box: (boxes[box].kind != "start", entered[box] > 0))
    unseen, open_, done = 0, 1, 2
    state = [unseen] * len(boxes)
    for root in roots:
        if state[root] != unseen:
            continue
        state[root] = open_
        stack = [(root, iter(leaving[root]))]
        while stack:
            box, rest = stack[-1]
            for index in rest:
                target = arrows[index].target
                if state[target] == open_:
                    back.add(index)
                elif state[target] == unseen:
                    state[target] = open_
                    stack.append((target, iter(leaving[target])))
                    break
            else:
                state[box] = done
                stack.pop()
    return back
