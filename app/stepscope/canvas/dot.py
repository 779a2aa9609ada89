"""A graph as DOT, the text that Graphviz draws."""

from __future__ import annotations

from collections.abc import Iterator

from stepscope.canvas.sketch import Sketch
from stepscope.model.topology import EdgeShape, NodeKey, NodeShape
from stepscope.theme import GLYPHS, LIGHT, Theme

_ENDS = ("start", "end")
_FONT = 'fontname="Helvetica,Arial,sans-serif"'


def dot(sketch: Sketch, theme: Theme = LIGHT) -> str:
    """A directed graph in the direction of the sketch, subgraphs as clusters."""
    return "\n".join(_lines(sketch, theme)) + "\n"


def _lines(sketch: Sketch, theme: Theme) -> Iterator[str]:
    names = sketch.identifiers()
    yield "digraph {"
    yield f"    compound=true {_FONT}"
    if sketch.direction == "right":
        yield "    rankdir=LR"
    colours = f'fillcolor="{theme.node}" color="{theme.edge}" fontcolor="{theme.text}"'
    yield f'    node [{_FONT} shape=box style="rounded,filled" {colours}]'
    yield f'    edge [{_FONT} color="{theme.edge}"]'
    yield from _inside(sketch, theme, names, (), "    ")
    for edge in sketch.topology.edges:
        yield f"    {_end(sketch, names, edge.source)} -> {_end(sketch, names, edge.target)}" + _list(
            _looks(sketch, theme, names, edge)
        )
    yield "}"


def _inside(
    sketch: Sketch, theme: Theme, names: dict[NodeKey, str], prefix: NodeKey, indent: str
) -> Iterator[str]:
    for node in sketch.topology.children(prefix):
        looks = {"label": _words(sketch, node)}
        phase = sketch.phases.get(node.key)
        if phase is not None:
            looks |= {"color": theme.phase(phase), "fillcolor": theme.fill(phase)}
        if not sketch.topology.children(node.key):
            if node.kind in _ENDS:
                looks["shape"] = "oval"
            yield f"{indent}{names[node.key]}{_list(looks)}"
            continue
        looks.pop("fillcolor", None)
        yield f"{indent}subgraph cluster_{names[node.key]} {{"
        for name, value in {"style": "rounded,dashed", "color": theme.edge, **looks}.items():
            yield f"{indent}    {name}={_quoted(value)}"
        yield from _inside(sketch, theme, names, node.key, indent + "    ")
        yield f"{indent}}}"


def _words(sketch: Sketch, node: NodeShape) -> str:
    text = "\n".join(sketch.caption(node))
    phase = sketch.phases.get(node.key)
    mark = GLYPHS[phase] if phase is not None and node.kind not in _ENDS else ""
    return f"{text} {mark}" if mark else text


def _end(sketch: Sketch, names: dict[NodeKey, str], key: NodeKey) -> str:
    """An edge cannot end at a cluster: it ends at a node inside, and is cut at the frame."""
    while children := sketch.topology.children(key):
        key = children[0].key
    return names[key]


def _looks(sketch: Sketch, theme: Theme, names: dict[NodeKey, str], edge: EdgeShape) -> dict[str, str]:
    looks = {}
    if sketch.topology.children(edge.source):
        looks["ltail"] = f"cluster_{names[edge.source]}"
    if sketch.topology.children(edge.target):
        looks["lhead"] = f"cluster_{names[edge.target]}"
    if label := sketch.label(edge):
        looks["label"] = label
    if edge.conditional:
        looks["style"] = "dotted" if edge.kind == "learnt" else "dashed"
    if edge.kind == "undeclared":
        looks |= {"style": "dashed", "arrowhead": "onormal"}
    if sketch.taken.get(edge):
        looks |= {"color": theme.accent, "penwidth": "2"}
    return looks


def _list(looks: dict[str, str]) -> str:
    inside = " ".join(f"{name}={_quoted(value)}" for name, value in looks.items())
    return f" [{inside}]" if inside else ""


def _quoted(text: str) -> str:
    # A backslash before a letter asks for something, such as `\N` for the node's own name.
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
