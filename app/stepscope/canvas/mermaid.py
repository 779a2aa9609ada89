"""A graph as Mermaid's text, which many places that show Markdown draw."""

from __future__ import annotations

from collections.abc import Iterator

from stepscope.canvas.sketch import Sketch
from stepscope.model.topology import EdgeShape, NodeKey, NodeShape
from stepscope.theme import GLYPHS, LIGHT, Theme

_ESCAPED = str.maketrans(
    {
        '"': "#quot;",
        "#": "#35;",
        "<": "#lt;",
        ">": "#gt;",
        "&": "#amp;",
        "`": "#96;",
        "\\": "#92;",
        "%": "#37;",  # two of them would begin a comment, or a directive, even in quotes
    }
)


def mermaid(sketch: Sketch, theme: Theme = LIGHT) -> str:
    """A flowchart in the direction of the sketch, subgraphs as frames."""
    return "\n".join(_lines(sketch, theme)) + "\n"


def _lines(sketch: Sketch, theme: Theme) -> Iterator[str]:
    names = sketch.identifiers()
    yield "flowchart TD" if sketch.direction == "down" else "flowchart LR"
    yield from _inside(sketch, names, (), "    ")
    for edge in sketch.topology.edges:
        label = sketch.label(edge)
        words = f'|"{label.translate(_ESCAPED)}"|' if label else ""
        yield f"    {names[edge.source]} {_arrow(sketch, edge)}{words} {names[edge.target]}"
    for phase, keys in sketch.stands():
        fill, stroke = theme.fill(phase), theme.phase(phase)
        yield f"    classDef {phase.value} fill:{fill},stroke:{stroke},color:{theme.text}"
        yield f"    class {','.join(names[key] for key in keys)} {phase.value}"
    taken = [str(index) for index, edge in enumerate(sketch.topology.edges) if sketch.taken.get(edge)]
    if taken:
        yield f"    linkStyle {','.join(taken)} stroke:{theme.accent}"


def _inside(sketch: Sketch, names: dict[NodeKey, str], prefix: NodeKey, indent: str) -> Iterator[str]:
    for node in sketch.topology.children(prefix):
        words = _words(sketch, node)
        if sketch.topology.children(node.key):
            yield f"{indent}subgraph {names[node.key]} [{words}]"
            yield from _inside(sketch, names, node.key, indent + "    ")
            yield f"{indent}end"
        elif node.kind in ("start", "end"):
            yield f"{indent}{names[node.key]}([{words}])"
        else:
            yield f"{indent}{names[node.key]}[{words}]"


def _words(sketch: Sketch, node: NodeShape) -> str:
    lines = [line.translate(_ESCAPED) for line in sketch.caption(node)]
    mark = GLYPHS[sketch.phases[node.key]] if node.key in sketch.phases and node.kind not in _ENDS else ""
    text = "<br/>".join(lines)
    return f'"{text} {mark}"' if mark else f'"{text}"'


_ENDS = ("start", "end")


def _arrow(sketch: Sketch, edge: EdgeShape) -> str:
    if sketch.taken.get(edge):
        return "==>"
    return "-.->" if edge.conditional or edge.kind != "declared" else "-->"
