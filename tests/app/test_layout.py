"""Laws of every layout, and the looks of the common ones."""

from __future__ import annotations

import math
import os
import statistics
import subprocess
import sys
from itertools import combinations, pairwise

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.benchmarks.graphs import chain_with_leaps, chance, corrective_rag, prebuilt_agent, supervisor, web
from tests.benchmarks.picture import crossings, ours

from stepscope.model.geometry import Point, Rect
from stepscope.model.layout import Layout, Options, layered
from stepscope.model.topology import END, START, NodeKey, Topology

from .layout_graphs import graph, label_sizes, size, topologies

_laws = settings(max_examples=80)
# Random graphs seldom have nine twins, but often two.
_options = st.builds(
    Options, direction=st.sampled_from(["down", "right"]), fold_above=st.sampled_from([8, 8, 1])
)
_RIGHT = Options(direction="right")


def _laid_out(topology: Topology, options: Options | None = None) -> Layout:
    return layered(topology, size, label_sizes(topology), options)


def _rect(layout: Layout, key: NodeKey) -> Rect:
    return layout.nodes[key] if key in layout.nodes else layout.groups[key]


def _crosses(layout: Layout, index: int, rect: Rect) -> bool:
    """Whether an edge runs through the inside of a rectangle."""
    inside = rect.grown(-1)
    for a, b in pairwise(layout.edges[index].path.flattened(24)):
        steps = max(1, int(math.dist(a, b) / 4))
        for step in range(steps + 1):
            if inside.contains(Point(a.x + (b.x - a.x) * step / steps, a.y + (b.y - a.y) * step / steps)):
                return True
    return False


def _is_on_border(point: Point, rect: Rect) -> bool:
    return rect.grown(0.01).contains(point) and not rect.grown(-0.01).contains(point)


@given(topologies(), _options)
@_laws
def test_everything_gets_a_place_of_the_size_it_asked_for(topology: Topology, options: Options) -> None:
    layout = _laid_out(topology, options)
    assert {*layout.nodes} | {*layout.groups} == {*topology.nodes}
    assert {*layout.groups} == {key for key in topology.nodes if topology.children(key)}
    assert [route.edge for route in layout.edges] == list(topology.edges)
    for key, rect in layout.nodes.items():
        assert (rect.width, rect.height) == pytest.approx(size(topology.nodes[key]))
    for index, (width, height) in label_sizes(topology).items():
        rect = layout.edges[index].label_rect
        assert rect is not None
        assert (rect.width, rect.height) == pytest.approx((width, height))


@given(topologies(), _options)
@_laws
def test_no_node_frame_or_label_lies_on_another(topology: Topology, options: Options) -> None:
    _assert_nothing_overlaps(topology, _laid_out(topology, options))


def _assert_nothing_overlaps(topology: Topology, layout: Layout) -> None:
    places: dict[NodeKey, list[Rect]] = {}
    for key in topology.nodes:
        places.setdefault(key[:-1], []).append(_rect(layout, key))
    for route in layout.edges:
        if route.label_rect:
            places[route.edge.source[:-1]].append(route.label_rect)
    for siblings in places.values():
        for a, b in combinations(siblings, 2):
            assert not a.grown(-0.01).intersects(b.grown(-0.01))


@given(topologies(), _options)
@_laws
def test_what_a_subgraph_holds_lies_in_its_frame_below_the_title(
    topology: Topology, options: Options
) -> None:
    layout = _laid_out(topology, options)
    for key in topology.nodes:
        if len(key) > 1:
            frame = layout.groups[key[:-1]]
            below_title = Rect(frame.x, frame.y + 28, frame.width, frame.height - 28)
            assert below_title.grown(0.01).contains(_rect(layout, key))
    for route in layout.edges:
        around = layout.groups.get(route.edge.source[:-1], layout.bounds).grown(0.01)
        assert around.contains(route.path.bounds)
        assert route.label_rect is None or around.contains(route.label_rect)


@given(topologies(), _options)
@_laws
def test_edges_end_on_the_borders_of_their_nodes(topology: Topology, options: Options) -> None:
    layout = _laid_out(topology, options)
    for route in layout.edges:
        assert _is_on_border(route.path.start, _rect(layout, route.edge.source))
        assert _is_on_border(route.path.end, _rect(layout, route.edge.target))


@given(topologies(), _options)
@_laws
def test_edges_run_through_no_node_but_through_their_own_label(topology: Topology, options: Options) -> None:
    layout = _laid_out(topology, options)
    for index, route in enumerate(layout.edges):
        for key in topology.nodes:
            if key[:-1] == route.edge.source[:-1]:
                assert not _crosses(layout, index, _rect(layout, key)), key
        if route.label_rect and route.edge.source != route.edge.target:
            assert _crosses(layout, index, route.label_rect), "the label is not on its edge"


@given(topologies(), _options)
@_laws
def test_start_is_first_and_end_last_of_what_they_are_joined_with(
    topology: Topology, options: Options
) -> None:
    layout = _laid_out(topology, options)
    for key in topology.nodes:
        if key[-1] not in (START, END):
            continue
        here = _rect(layout, key)
        for other in nx.node_connected_component(topology.graph(key[:-1]).to_undirected(), key) - {key}:
            first, last = (here, _rect(layout, other)) if key[-1] == START else (_rect(layout, other), here)
            is_down = options.direction == "down"
            assert first.bottom < last.top if is_down else first.right < last.left


@given(topologies(), _options)
@_laws
def test_the_same_graph_is_laid_out_the_same_way(topology: Topology, options: Options) -> None:
    assert _laid_out(topology, options) == _laid_out(topology, options)


def test_the_layout_does_not_depend_on_the_hash_seed() -> None:
    program = (
        "from tests.app.test_layout import graph, _laid_out\n"
        "arrows = ['S>a', 'a?b:x', 'a?c:y', 'b>d', 'c>d', 'd?a:z', 'd>E', 'q>r', 'r>q', 'q>q', 'a>E']\n"
        "print(_laid_out(graph(arrows)))"
    )
    pictures = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(pictures) == 1


def test_an_empty_graph_has_an_empty_picture() -> None:
    layout = _laid_out(graph([]))
    assert layout == Layout({}, {}, (), Rect(0, 0, 0, 0))


def test_a_single_node_stands_at_the_origin() -> None:
    assert _laid_out(graph([], ["only"])).nodes == {("only",): Rect(0, 0, 96, 44)}


def test_a_sequence_is_one_upright_line() -> None:
    layout = _laid_out(graph(["S>one", "one>two", "two>three", "three>E"]))
    assert len({rect.centre.x for rect in layout.nodes.values()}) == 1
    assert all(route.path.bounds.width == 0 for route in layout.edges)


def test_siblings_stand_in_one_row_in_the_order_of_their_declaration() -> None:
    layout = _laid_out(graph(["S>plan", "plan>a", "plan>b", "plan>c", "a>join", "b>join", "c>join"]))
    a, b, c = (layout.nodes[name,].centre for name in "abc")
    assert a.x < b.x < c.x
    assert a.y == b.y == c.y
    assert b.x == pytest.approx(layout.nodes["plan",].centre.x)
    assert b.x == pytest.approx(layout.nodes["join",].centre.x)


def test_two_siblings_stand_evenly_below_what_leads_to_them() -> None:
    layout = _laid_out(graph(["S>joke", "S>poem", "joke>join", "poem>join", "join>E"]))
    joke, poem = layout.nodes["joke",].centre, layout.nodes["poem",].centre
    middle = (joke.x + poem.x) / 2
    assert layout.nodes[START,].centre.x == pytest.approx(middle)
    assert layout.nodes["join",].centre.x == pytest.approx(middle)


def test_a_way_back_goes_round_the_right_side() -> None:
    layout = _laid_out(graph(["S>plan", "plan>a", "plan>b", "a>edit", "b>edit", "edit?plan:redo", "edit>E"]))
    back = layout.edges[5]
    assert back.path.start.x == layout.nodes["edit",].right
    assert back.path.end.x == layout.nodes["plan",].right
    assert back.label_rect is not None
    assert back.label_rect.left > layout.nodes["b",].right


def test_parallel_edges_have_ends_of_their_own() -> None:
    layout = _laid_out(graph(["a>b", "a>b", "a>b"]))
    assert len({route.path.start for route in layout.edges}) == 3
    assert len({route.path.end for route in layout.edges}) == 3


def test_parts_that_nothing_joins_stand_beside_one_another() -> None:
    layout = _laid_out(graph(["S>supervisor"], ["researcher", "writer", "E"]))
    tops = [layout.nodes[START,].top, layout.nodes["researcher",].top, layout.nodes["writer",].top]
    assert tops == [0, 0, 0]
    assert layout.nodes[END,].top > layout.nodes["supervisor",].bottom


def test_a_hundred_lonely_nodes_fill_a_page_not_a_line() -> None:
    layout = _laid_out(graph([], [f"n{number}" for number in range(100)]))
    assert 1 < layout.bounds.width / layout.bounds.height < 3


def test_workers_answer_their_supervisor_beside_its_call() -> None:
    workers = ["a", "b", "c"]
    layout = _laid_out(graph([*(f"boss?{name}" for name in workers), *(f"{name}>boss" for name in workers)]))
    for answer in layout.edges[3:]:
        assert answer.path.start.y == layout.nodes["a",].top
        assert answer.path.end.y == layout.nodes["boss",].bottom
    assert len({route.path.start for route in layout.edges}) == 6


def test_edges_of_an_open_subgraph_end_at_its_frame() -> None:
    layout = _laid_out(graph(["S>team", "team>E", "team/S>team/a", "team/a>team/E"]))
    frame = layout.groups["team",]
    assert layout.edges[0].path.end.y == frame.top
    assert layout.edges[1].path.start.y == frame.bottom


def test_a_wide_fan_of_twins_is_folded_into_a_grid() -> None:
    workers = [f"worker_{number}" for number in range(20)]
    layout = _laid_out(
        graph(["S>boss", *(f"boss?{name}:ask" for name in workers), *(f"{name}>boss" for name in workers)])
    )
    assert len({layout.nodes[name,].y for name in workers}) > 2
    assert layout.bounds.width < 1200
    assert layout.bounds.height < 800


@pytest.mark.parametrize("options", [Options(), _RIGHT])
@pytest.mark.parametrize("workers", [9, 20, 33])
def test_nothing_crosses_where_a_grid_of_twins_answers_who_called_them(
    workers: int, options: Options
) -> None:
    assert crossings(ours(supervisor(workers), options)) == 0


def test_eight_twins_still_stand_in_a_row() -> None:
    workers = [f"worker_{number}" for number in range(8)]
    layout = _laid_out(graph([*(f"plan>{name}" for name in workers), *(f"{name}>join" for name in workers)]))
    assert len({layout.nodes[name,].y for name in workers}) == 1


def test_the_way_back_of_an_agent_loop_crosses_nothing() -> None:
    layout = _laid_out(graph(["S>agent", "agent?tools", "agent?E", "tools>agent"]))
    to_end, back = layout.edges[2].path, layout.edges[3].path
    assert max(point.x for point in to_end.flattened()) < layout.nodes["tools",].left
    assert min(point.x for point in back.flattened()) >= layout.nodes["agent",].right


@pytest.mark.parametrize("options", [Options(), _RIGHT])
@pytest.mark.parametrize("topology", [corrective_rag(), web(30, 5)], ids=["corrective RAG", "web"])
def test_a_way_back_meets_its_node_from_below_where_a_lane_would_cross_something(
    topology: Topology, options: Options
) -> None:
    assert crossings(ours(topology, options)) == 0


def test_lanes_beside_one_another_do_not_count_as_crossing() -> None:
    """Else they would be led to their node from below, for nothing."""
    layout = _laid_out(prebuilt_agent())
    back = [route.path for route in layout.edges if route.path.end.y < route.path.start.y]
    assert len(back) == 2
    assert all(path.end.x == layout.nodes["pre_model_hook",].right for path in back)


def test_long_edges_take_the_side_on_which_they_cross_least() -> None:
    """Moved row by row they would cross 380: on the way to the other side they cross more."""
    assert crossings(ours(web(1_000))) < 330


def test_many_ways_back_to_one_node_share_a_lane() -> None:
    steps = [f"n{number}" for number in range(8)]
    chain = [f"{a}>{b}" for a, b in pairwise(steps)]
    layout = _laid_out(graph(["S>n0", *chain, *(f"{name}?n0" for name in steps[2:])]))
    lanes = layout.edges[1 + len(chain) :]
    assert len({route.path.bounds.right for route in lanes}) == 1
    assert len({route.path.end for route in lanes}) == 1
    assert len({route.path.start for route in lanes}) == len(lanes)


def test_a_graph_that_flows_to_the_right_is_one_line_of_nodes_with_ways_back_beneath() -> None:
    layout = _laid_out(graph(["S>one", "one>two", "two>one", "two>E"]), _RIGHT)
    assert len({rect.centre.y for rect in layout.nodes.values()}) == 1
    lefts = [layout.nodes[name,].left for name in (START, "one", "two", END)]
    assert lefts == sorted(lefts)
    back = layout.edges[2].path
    assert back.start.y == layout.nodes["two",].bottom
    assert back.bounds.bottom > layout.nodes["one",].bottom


def test_a_frame_has_its_title_on_top_whichever_way_the_graph_flows() -> None:
    layout = _laid_out(graph(["S>team", "team/S>team/a"]), _RIGHT)
    assert layout.nodes["team", "a"].top - layout.groups["team",].top >= Options().title_height


def test_a_loop_is_wider_than_its_label() -> None:
    for options in (Options(), _RIGHT):
        route = _laid_out(graph(["a>b", "b?b:once more"]), options).edges[1]
        assert route.label_rect is not None
        start, end = route.path.start, route.path.end
        assert math.dist(start, end) > min(route.label_rect.width, route.label_rect.height)


def _shifts(before: Layout, after: Layout) -> list[float]:
    """How far each node has moved that is in both, beside what most of them have moved together."""
    pairs = [(rect, after.nodes[key]) for key, rect in before.nodes.items() if key in after.nodes]
    moved = [(there.x - here.x, there.y - here.y) for here, there in pairs]
    across, down = statistics.median(x for x, _ in moved), statistics.median(y for _, y in moved)
    return [math.hypot(x - across, y - down) for x, y in moved]


@pytest.mark.parametrize("options", [Options(), _RIGHT])
@pytest.mark.parametrize(
    "arrows", [["n7>new"], ["n23>new", "new>n40"], ["n50?n61"], ["S>new", "new>E"]], ids=" ".join
)
def test_a_small_change_of_a_graph_moves_little(arrows: list[str], options: Options) -> None:
    before = web(100)
    added = graph(arrows, [key[0] for key in before.nodes])
    nodes = {**before.nodes, **{key: node for key, node in added.nodes.items() if key not in before.nodes}}
    after = Topology(nodes, (*before.edges, *added.edges))
    first = _laid_out(before, options)
    second = layered(after, size, label_sizes(after), options, first)
    assert statistics.median(_shifts(first, second)) < 60  # hardly more than half a node


def test_an_edge_that_is_gone_moves_little_even_where_another_order_would_cross_less() -> None:
    """Kept as it was, the picture would cross a fifth more than a new one; so only what crosses moves."""
    before = web(200)
    edges = before.edges
    after = Topology(before.nodes, (*edges[:32], *edges[33:]))
    first = _laid_out(before)
    second = layered(after, size, label_sizes(after), None, first)
    assert statistics.median(_shifts(first, second)) < 60


@given(topologies(), topologies(), _options)
@settings(max_examples=40)
def test_an_earlier_picture_whichever_it_was_breaks_no_law(
    before: Topology, topology: Topology, options: Options
) -> None:
    first = _laid_out(before, options)
    layout = layered(topology, size, label_sizes(topology), options, first)
    assert layout == layered(topology, size, label_sizes(topology), options, first)
    _assert_nothing_overlaps(topology, layout)


def test_a_graph_that_is_turned_keeps_its_order() -> None:
    topology = graph(["S>a", "S>b", "S>c", "a>E", "b>E", "c>E"])
    down = _laid_out(topology)
    right = layered(topology, size, None, _RIGHT, down)
    names = sorted("abc", key=lambda name: down.nodes[name,].x)
    assert names == sorted("abc", key=lambda name: right.nodes[name,].y)


@pytest.mark.parametrize(
    "topology", [chance(2_000, 9_000), chain_with_leaps(2_000, 9_000)], ids=["any to any", "leaps"]
)
def test_a_hairball_takes_no_more_than_its_share(topology: Topology) -> None:
    layout = layered(topology, size)
    assert len(layout.nodes) == len(topology.nodes)
    assert sum(len(route.path.segments) for route in layout.edges) < 10 * len(topology.edges)


def test_arrows_that_are_too_long_run_right_of_everything_and_end_at_their_nodes() -> None:
    topology = chain_with_leaps(400, 900)
    layout = layered(topology, size, {500: (60, 20)})
    rightmost = max(rect.right for rect in layout.nodes.values())
    outside = [route for route in layout.edges if route.path.bounds.right > rightmost + 60]
    assert outside
    for route in outside:
        assert _is_on_border(route.path.start, _rect(layout, route.edge.source))
        assert _is_on_border(route.path.end, _rect(layout, route.edge.target))


def test_sizes_may_be_given_as_a_table() -> None:
    topology = graph(["a>b"])
    layout = layered(topology, {("a",): (120, 50), ("b",): (90, 30)})
    assert [(rect.width, rect.height) for rect in layout.nodes.values()] == [(120, 50), (90, 30)]
