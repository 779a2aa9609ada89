"""A layout that another process makes: the same as here, and nothing of that process is left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot
from tests.app.layout_graphs import graph, label_sizes, size, topologies
from tests.benchmarks.graphs import pipeline
from tests.kit import frozen
from tests.kit.canvas_stage import Stage

from stepscope.model.layout import Layout, Options, apart, layered, packed
from stepscope.model.layout.parts import Direction
from stepscope.model.topology import Topology
from stepscope.run.layout_process import LayoutLost, LayoutProcess
from stepscope.session import own_python

PATIENCE = 60_000
_directions = st.sampled_from(["down", "right"])


def work(topology: Topology, direction: Direction = "down", earlier: Layout | None = None) -> bytes:
    sizes = {key: size(node) for key, node in topology.nodes.items()}
    return packed.pack_work(topology, sizes, label_sizes(topology), direction, earlier)


def laid_out(topology: Topology, direction: Direction, earlier: Layout | None = None) -> Layout:
    return layered(topology, size, label_sizes(topology), Options(direction), earlier)


def assert_same(one: Layout, other: Layout) -> None:
    assert (one.nodes, one.groups, one.bounds) == (other.nodes, other.groups, other.bounds)
    assert (list(one.nodes), list(one.groups)) == (list(other.nodes), list(other.groups))
    assert list(one.edges) == list(other.edges)
    assert one.direction == other.direction
    assert (one.lines.records, list(one.lines.starts)) == (other.lines.records, list(other.lines.starts))


@given(topologies(), _directions)
@settings(deadline=None, max_examples=60)
def test_a_layout_is_the_same_when_it_has_been_packed(topology: Topology, direction: Direction) -> None:
    found = packed.unpack_layout(packed.answer(work(topology, direction)), topology)
    assert_same(found, laid_out(topology, direction))
    again = packed.unpack_layout(packed.pack_layout(found), topology)
    assert_same(again, found)


@given(topologies(), topologies(), _directions)
@settings(deadline=None, max_examples=40)
def test_a_layout_resembles_an_earlier_one_that_has_been_packed(
    before: Topology, after: Topology, direction: Direction
) -> None:
    earlier = laid_out(before, direction)
    unpacked = packed.unpack_layout(packed.pack_layout(earlier), before)
    found = packed.unpack_layout(packed.answer(work(after, direction, unpacked)), after)
    assert_same(found, laid_out(after, direction, earlier))


@given(topologies(), _directions)
@settings(deadline=None, max_examples=40)
def test_edges_from_far_away_go_where_they_go_from_near(topology: Topology, direction: Direction) -> None:
    layout = laid_out(topology, direction)
    for index, route in enumerate(layout.edges):
        points = layout.lines.points(index)
        assert points[0] == route.path.start
        assert points[-1] == route.path.end


def test_another_process_lays_out_the_same() -> None:
    topology = graph(["S>a", "a?b:yes", "a?c:no", "b>a", "c/S>c/x", "c/x>c/x", "c>E"])
    with LayoutProcess() as process:
        found = packed.unpack_layout(process.laid_out(work(topology)), topology)
    assert_same(found, laid_out(topology, "down"))


def test_a_process_that_is_killed_is_lost() -> None:
    with LayoutProcess() as process:
        process.kill()
        with pytest.raises(LayoutLost, match="has ended"):
            process.laid_out(work(pipeline(50)))


def test_a_process_ends_with_the_window_while_it_works() -> None:
    """A layout that takes minutes, and nobody left who wants it."""
    command = [sys.executable, "-m", apart.__name__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        chain = pipeline(40_000)
        process.stdin.write(apart.frame(work(chain)))
        process.stdin.close()
        assert process.wait(PATIENCE / 1000) == 1


def test_a_graph_is_shown_when_no_process_can_be_started(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(own_python, "own_python", lambda: str(tmp_path / "no python"))
    assert_shown(qtbot)
    assert "cannot be started" in caplog.text


@pytest.mark.skipif(os.name != "posix", reason="starts a script")
def test_a_graph_is_shown_when_its_process_is_lost(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\necho out of memory\nkill -9 $$\n")
    script.chmod(0o755)
    monkeypatch.setattr(own_python, "own_python", lambda: str(script))
    assert_shown(qtbot)
    assert "out of memory" in caplog.text


def assert_shown(qtbot: QtBot) -> None:
    stage = Stage(qtbot)
    with qtbot.waitSignal(stage.view.graph_shown, timeout=PATIENCE):
        stage.open(pipeline(2_000))
    assert len(stage.view.graph_scene.layout.nodes) == 2_002


@pytest.mark.skipif(os.name != "posix", reason="starts a script")
def test_another_graph_does_not_wait_for_the_one_before(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\nexec sleep 1000\n")
    script.chmod(0o755)
    real = own_python.own_python
    monkeypatch.setattr(own_python, "own_python", lambda: str(script))
    stage = Stage(qtbot)
    stage.open(pipeline(2_000))
    monkeypatch.setattr(own_python, "own_python", real)
    with qtbot.waitSignal(stage.view.graph_shown, timeout=PATIENCE):
        stage.open(pipeline(2_500))
    assert len(stage.view.graph_scene.layout.nodes) == 2_502


@pytest.mark.skipif(os.name != "posix", reason="starts a script")
def test_a_frozen_app_lays_out_in_a_process_of_itself(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    frozen.pretend_to_be(frozen.frozen_app(tmp_path), monkeypatch)
    assert_shown(qtbot)
    assert caplog.text == ""
