"""What of a graph could not be read, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from stepscope_host.outline.draft import END, START, Draft, Gap, Kind

MOST = 4
"""So many lines or names are listed; of more, it is told how many."""

FIRST = "The graph is drawn as its source says: trust it and load it to run it."
NOT_WHOLE = "It says too much to be read to its end."
OUTSIDE = "{} lies outside of the project, in {}."
NOT_CALLED = "{!r} builds it, which nothing at the top level calls."


def warnings(drafts: Sequence[Draft], strange: Iterable[str], tasks: Sequence[str]) -> list[str]:
    """Sentences about drafts that are drawn in one picture.

    `strange` are names that edges lead to though no node has them, `tasks` functions that an entrypoint may
    call.
    """
    gaps = list(dict.fromkeys(gap for draft in drafts for gap in draft.gaps))
    said: list[str] = []
    made = [_some(kind, gaps) for kind in ("node", "edge") if _of(kind, gaps)]
    if made:
        is_one = len(_of("node", gaps)) + len(_of("edge", gaps)) == 1
        verb = "is" if is_one else "are"
        said.append(f"{' and '.join(made).capitalize()} {verb} made by code that only running can tell.")
    if paths := _of("path", gaps):
        said.append(f"Where {_names(paths)} may lead, only running can tell ({_lines(paths)}).")
    if helpers := _of("helper", gaps):
        said.append(f"What {_names(helpers)} may add, only running can tell ({_lines(helpers)}).")
    told = {gap.line for gap in gaps if gap.kind != "condition"}
    if conditions := [gap for gap in _of("condition", gaps) if gap.line not in told]:
        verb = "is" if len(conditions) == 1 else "are"
        said.append(f"Whether {_lines(conditions)} {verb} reached, only running can tell.")
    if unseen := [f"{name!r}" for name in strange]:
        nodes = "such node is" if len(unseen) == 1 else "such nodes are"
        said.append(f"Edges name {_listed(unseen)}, but no {nodes} to be seen.")
    if tasks:
        said.append(f"Its tasks: {_listed([f'{task!r}' for task in tasks])}.")
    return said


def _of(kind: Kind, gaps: Sequence[Gap]) -> list[Gap]:
    return [gap for gap in gaps if gap.kind == kind]


def _some(kind: Kind, gaps: Sequence[Gap]) -> str:
    found = _of(kind, gaps)
    article = "an" if kind == "edge" else "a"
    subject = f"{article} {kind}" if len(found) == 1 else f"{len(found)} {kind}s"
    return f"{subject} ({_lines(found)})"


def _lines(gaps: Sequence[Gap]) -> str:
    lines = sorted({gap.line for gap in gaps})
    return f"line {lines[0]}" if len(lines) == 1 else f"lines {_listed([str(line) for line in lines])}"


def _names(gaps: Sequence[Gap]) -> str:
    shown = {START: "START", END: "END"}
    return _listed([shown.get(gap.name) or repr(gap.name) for gap in gaps])


def _listed(parts: Sequence[str]) -> str:
    parts = list(dict.fromkeys(parts))
    if len(parts) > MOST:
        return f"{', '.join(parts[:MOST])} and {len(parts) - MOST} more"
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
