"""Graphviz's own picture of a graph, with the same sizes and distances as ours."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from typing import Any

from tests.app.layout_graphs import label_sizes, size
from tests.benchmarks.picture import Picture, Polyline

from stepscope.model.geometry import Cubic, Point, Rect, Segment
from stepscope.model.layout import Options
from stepscope.model.layout.cycles import back_arrows
from stepscope.model.layout.parts import Arrow, Box
from stepscope.model.topology import NodeKey, Topology

_INCH = 72.0


def draw(topology: Topology, timeout: float = 120.0) -> Picture:
    """Its time has a process in it (some 10 ms). Raises subprocess.TimeoutExpired."""
    began = time.perf_counter()
    done = run(source(topology), "json", timeout)
    took = 1000 * (time.perf_counter() - began)
    return _picture(json.loads(done), took, topology)


def run(text: str, format_: str, timeout: float = 120.0) -> bytes:
    """What `dot` makes of a text."""
    return subprocess.run(
        ["dot", f"-T{format_}"], input=text.encode(), capture_output=True, check=True, timeout=timeout
    ).stdout


def source(topology: Topology, shows_names: bool = False) -> str:
    """A graph as dot reads it: each node is a box of our size, each label a table of our size."""
    options = Options()
    gaps = f"nodesep={options.node_gap / _INCH} ranksep={options.row_gap / _INCH}"
    number = {key: at for at, key in enumerate(topology.nodes)}
    lines = [
        f"digraph {{ compound=true {gaps} fontname=sans; edge [arrowsize=0.7 fontname=sans fontsize=10];"
    ]
    lines.append("node [shape=box style=rounded fixedsize=true fontname=sans fontsize=11];")
    lines.append('graph [style="rounded,dashed"];')
    lines.extend(_inside(topology, number, (), shows_names))
    labels, turned = label_sizes(topology), _turned(topology)
    for index, edge in enumerate(topology.edges):
        looks = [f'id="{index}"']
        if index in labels:
            width, height = labels[index]
            text = edge.label if shows_names and edge.label else ""
            looks.append(f"label={_table(width, height, text)}")
        looks += ['style="dashed"'] if edge.conditional else []
        looks += ["dir=back"] if index in turned else []
        upper, lower = (edge.target, edge.source) if index in turned else (edge.source, edge.target)
        looks += [f'ltail="cluster_{number[upper]}"'] if topology.children(upper) else []
        looks += [f'lhead="cluster_{number[lower]}"'] if topology.children(lower) else []
        ends = number[_inner(topology, upper, -1)], number[_inner(topology, lower, 0)]
        lines.append(" -> ".join(map(str, ends)) + f" [{' '.join(looks)}];")
    return "\n".join([*lines, "}"])


def _inside(
    topology: Topology, number: dict[NodeKey, int], prefix: NodeKey, shows_names: bool
) -> Iterator[str]:
    options = Options()
    for node in topology.children(prefix):
        at = number[node.key]
        name = node.name.strip("_") if shows_names else ""
        if topology.children(node.key):
            title = _table(size(node)[0], options.title_height, name)
            yield f'subgraph cluster_{at} {{ label={title}; margin={options.padding:.0f}; id="{at}";'
            yield from _inside(topology, number, node.key, shows_names)
            yield "}"
        else:
            width, height = size(node)
            yield f'{at} [width={width / _INCH} height={height / _INCH} label="{name}" id="{at}"];'


def _turned(topology: Topology) -> set[int]:
    """The edges that run against the flow, where there are clusters: dot ranks each of those by itself first,
    and without a word about what comes first it has START in the middle and the flow upwards."""
    nests = [key for key in topology.nodes if topology.children(key)]
    turned = set()
    for prefix in [(), *nests] if nests else []:
        number = {node.key: at for at, node in enumerate(topology.children(prefix))}
        kinds = (node.kind for node in topology.children(prefix))
        boxes = [Box(1, 1, kind if kind in ("start", "end") else "node") for kind in kinds]
        edges = topology.edges_in(prefix)
        arrows = [Arrow(number[edge.source], number[edge.target]) for _, edge in edges]
        turned |= {edges[at][0] for at in back_arrows(boxes, arrows)}
    return turned


def _table(width: float, height: float, text: str) -> str:
    """A label that takes the room it is given, whatever it says."""
    return (
        '<<table border="0" cellspacing="0" cellpadding="0" fixedsize="true" '
        f'width="{width:.0f}" height="{height:.0f}"><tr><td>{text}</td></tr></table>>'
    )


def _inner(topology: Topology, key: NodeKey, at: int) -> NodeKey:
    """No edge ends at a cluster: it leaves the last node inside or meets the first, cut at the frame."""
    while children := topology.children(key):
        inside = sorted(children, key=lambda node: (node.kind == "end") - (node.kind == "start"))
        key = inside[at].key
    return key


def _picture(drawn: dict[str, Any], took: float, topology: Topology) -> Picture:
    keys = [*topology.nodes]
    nodes: dict[NodeKey, Rect] = {}
    frames: dict[NodeKey, Rect] = {}
    for item in drawn.get("objects", ()):
        key = keys[int(item["id"])]
        if "pos" in item:
            x, y = _numbers(item["pos"])
            width, height = _INCH * float(item["width"]), _INCH * float(item["height"])
            nodes[key] = Rect.around(Point(x, y), width, height)
        else:
            left, low, right, high = _numbers(item["bb"])
            frames[key] = Rect(left, low, right - left, high - low)
    ways: list[Polyline] = [[]] * len(topology.edges)
    labels: dict[int, Rect] = {}
    sizes = label_sizes(topology)
    for edge in drawn.get("edges", ()):
        index = int(edge["id"])
        ways[index] = _way(edge["pos"])
        if "lp" in edge and index in sizes:
            labels[index] = Rect.around(Point(*_numbers(edge["lp"])), *sizes[index])
    left, low, right, high = _numbers(drawn["bb"])
    return Picture(took, nodes, frames, ways, labels, right - left, high - low)


def _numbers(text: str) -> list[float]:
    return [float(word) for word in text.split(",")]


def _way(text: str) -> Polyline:
    """A spline, with the points of its arrows, which dot gives before it."""
    head: list[Point] = []
    tail: list[Point] = []
    points = []
    for word in text.split():
        if word.startswith(("e,", "s,")):
            (head if word[0] == "e" else tail).append(Point(*_numbers(word[2:])))
        else:
            points.append(Point(*_numbers(word)))
    flat = [points[0]]
    for a, b, end in zip(points[1::3], points[2::3], points[3::3], strict=True):
        piece: Segment = Cubic(a, b, end)
        origin = flat[-1]
        flat.extend(piece.point_at(origin, step / 8) for step in range(1, 9))
    return [*tail, *flat, *head]
