"""What of a graph could not be read, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from stepscope_host.outline.draft import Draft, Gap

MOST_LINES = 4

FIRST = "Only looking: this is what the source says; nothing of it has run."
TOO_LONG = "It says too much to be read to its end."


def warnings(
    drafts: Sequence[Draft], strange: Iterable[str], tasks: Sequence[str], is_whole: bool
) -> list[str]:
    """Sentences about drafts that are drawn in one picture.

    `strange` are names that edges lead to though no node has them, `tasks` functions that an entrypoint may
    call. Not `is_whole` when the source was not read to its end.
    """
    gaps = list(dict.fromkeys(gap for draft in drafts for gap in draft.gaps))
    said = [FIRST]
    for kind, one, many in (
        ("node", "A node gets its name from", "{} nodes get their names from"),
        ("edge", "An edge is made by", "{} edges are made by"),
    ):
        if found := [gap for gap in gaps if gap.kind == kind]:
            subject = one if len(found) == 1 else many.format(len(found))
            said.append(f"{subject} code that only running can tell ({_lines(found)}).")
    if paths := [gap for gap in gaps if gap.kind == "path"]:
        names = _listed([f"`{_shown(gap.name)}`" for gap in paths])
        said.append(f"Where {names} may lead, only running can tell ({_lines(paths)}).")
    if helpers := [gap for gap in gaps if gap.kind == "helper"]:
        names = _listed([f"`{gap.name}`" for gap in helpers])
        said.append(f"What {names} may add, only running can tell ({_lines(helpers)}).")
    if conditions := [gap for gap in gaps if gap.kind == "condition"]:
        said.append(
            f"Whether all of it is added depends on what only running can tell ({_lines(conditions)})."
        )
    if unseen := [f"`{name}`" for name in strange]:
        nodes = "such node is" if len(unseen) == 1 else "such nodes are"
        said.append(f"Edges name {_listed(unseen)}, but no {nodes} to be seen.")
    if tasks:
        said.append(f"Its tasks: {_listed([f'`{task}`' for task in tasks])}.")
    return said if is_whole else [*said, TOO_LONG]


def _lines(gaps: Sequence[Gap]) -> str:
    lines = sorted({gap.line for gap in gaps})
    shown = [str(line) for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        return f"lines {', '.join(shown)}, …"
    return f"line {shown[0]}" if len(lines) == 1 else f"lines {_listed(shown)}"


def _listed(parts: Sequence[str]) -> str:
    parts = list(dict.fromkeys(parts))
    if len(parts) > MOST_LINES:
        return f"{', '.join(parts[:MOST_LINES])} and {len(parts) - MOST_LINES} more"
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _shown(name: str) -> str:
    return {"__start__": "START", "__end__": "END"}.get(name, name)
