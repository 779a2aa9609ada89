"""Getting about: the minimap under the mouse, tooltips, and a double click that opens the source."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot
from tests.kit.canvas_probe import key_of
from tests.kit.canvas_stage import NEWSROOM, Stage, program
from tests.kit.run_script import RunScript, topology
from tests.kit.window_probe import a_window

from stepscope.canvas.minimap import Minimap
from stepscope.model.topology import Source, Topology
from stepscope.theme import DARK


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    stage = Stage(qtbot)
    stage.open(NEWSROOM)
    return stage


@pytest.fixture
def minimap(stage: Stage) -> Minimap:
    minimap = Minimap(stage.view, stage.model)
    stage.view.zoom_by(3.0)
    stage.view.look_at(stage.probe.box_of("START").center())
    return minimap


def colours(minimap: Minimap) -> set[str]:
    image = minimap.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_the_minimap_shows_only_while_the_graph_does_not_fit(stage: Stage) -> None:
    minimap = Minimap(stage.view, stage.model)
    assert not minimap.isVisible()
    stage.view.zoom_by(3.0)
    assert minimap.isVisible()
    stage.view.fit()
    assert not minimap.isVisible()


def test_it_lies_in_the_lower_right_corner_whatever_the_size(stage: Stage, minimap: Minimap) -> None:
    for width, height in ((1000, 800), (500, 400)):
        stage.view.resize(width, height)
        gap = stage.view.rect().bottomRight() - minimap.geometry().bottomRight()
        assert (gap.x(), gap.y()) == (12, 12)


def test_the_lens_covers_what_is_in_view(stage: Stage, minimap: Minimap) -> None:
    high = minimap.lens
    stage.view.look_at(stage.probe.box_of("END").center())
    low = minimap.lens
    assert low.top() > high.bottom()
    assert low.size() == high.size()
    stage.view.zoom_by(1.2)
    assert minimap.lens.width() == pytest.approx(low.width() / 1.2, rel=0.01)


def test_a_click_moves_the_view_there_and_a_drag_takes_it_along(stage: Stage, minimap: Minimap) -> None:
    bottom = QPoint(minimap.width() // 2, minimap.height() - 8)
    QTest.mouseClick(minimap, Qt.MouseButton.LeftButton, pos=bottom)
    assert stage.probe.is_in_view("END")
    assert stage.selection.node is None

    QTest.mousePress(minimap, Qt.MouseButton.LeftButton, pos=bottom)
    QTest.mouseMove(minimap, QPoint(minimap.width() // 2, 12))
    QTest.mouseRelease(minimap, Qt.MouseButton.LeftButton, pos=QPoint(minimap.width() // 2, 12))
    assert stage.probe.is_in_view("START")


def test_a_node_that_is_selected_comes_out_from_under_the_minimap(stage: Stage, minimap: Minimap) -> None:
    below = stage.view.viewport().rect().bottomRight() - QPoint(70, 60)
    stage.view.pan(*(below - stage.probe.box_in_view("writer").center()).toTuple())
    assert minimap.geometry().intersects(stage.probe.box_in_view("writer"))

    stage.selection.select(("writer",))
    assert stage.probe.is_in_view("writer")
    assert not minimap.geometry().intersects(stage.probe.box_in_view("writer"))


def test_it_shows_what_is_selected_and_what_is_dim(stage: Stage, minimap: Minimap, qtbot: QtBot) -> None:
    def shown() -> QImage:
        return minimap.grab().toImage()

    plain = shown()
    stage.selection.select(key_of("START"))
    qtbot.waitUntil(lambda: shown() != plain)
    selected = shown()
    stage.view.set_focus(True)
    qtbot.waitUntil(lambda: shown() not in (plain, selected))
    stage.view.set_focus(False)
    qtbot.waitUntil(lambda: shown() == selected)


def test_it_shows_how_the_run_stands(stage: Stage, minimap: Minimap, qtbot: QtBot) -> None:
    assert DARK.failed not in colours(minimap)
    stage.play(RunScript().begin().start("plan", 1).fail("plan"))
    qtbot.waitUntil(lambda: DARK.failed in colours(minimap))


async def test_it_can_be_switched_off_for_good(tmp_path: Path) -> None:
    async with a_window(tmp_path) as window:
        await newsroom(window, NEWSROOM)
        window.workbench.canvas.zoom_by(3.0)
        minimap = window.window.findChild(Minimap)
        assert minimap is not None
        assert minimap.isVisible()
        await window.choose("View", "Minimap")
        assert not minimap.isVisible()
    async with a_window(tmp_path) as window:
        await newsroom(window, NEWSROOM)
        window.workbench.canvas.zoom_by(3.0)
        minimap = window.window.findChild(Minimap)
        assert minimap is not None
        assert not minimap.isVisible()


# Tooltips and the source


def described(shape: Topology, **words: object) -> Topology:
    nodes = {
        key: replace(node, **words) if key == ("writer",) else node  # type: ignore[arg-type]
        for key, node in shape.nodes.items()
    }
    return Topology(nodes, shape.edges)


def test_a_tooltip_tells_what_a_node_is_for_before_it_has_run(stage: Stage) -> None:
    stage.open(described(NEWSROOM, doc="Write <the> draft.", is_open=True))
    point = stage.probe.point_of("writer")
    here = QPoint(point)
    event = QHelpEvent(QEvent.Type.ToolTip, here, stage.view.viewport().mapToGlobal(here))
    QApplication.sendEvent(stage.view.viewport(), event)
    said = "writer<br>Write &lt;the&gt; draft.<br>It may lead where it does not declare."
    assert QToolTip.text() == f"<qt>{said}</qt>"
    QToolTip.hideText()


async def newsroom(window, shape: Topology) -> None:
    window.workbench.model.set_program(program(shape))
    window.window.frame.show_graph("a.py", "newsroom")
    await window.until(lambda: bool(window.canvas.nodes()))


async def test_a_double_click_opens_the_source_in_the_editor(tmp_path: Path) -> None:
    opened = tmp_path / "opened"
    script = tmp_path / "editor.py"
    script.write_text("import sys; open(sys.argv[1], 'w').write(' '.join(sys.argv[2:]))")
    async with a_window(tmp_path) as window:
        window.workbench.settings.editor = f'"{sys.executable}" "{script}" "{opened}" {{file}} {{line}}'
        await newsroom(window, described(NEWSROOM, source=Source("/home/ada/news.py", 7, 9, "write")))
        window.canvas.double_click("START")
        assert not window.banner
        window.canvas.double_click("writer")
        await window.until(lambda: opened.exists() and bool(opened.read_text()))
        assert opened.read_text() == "/home/ada/news.py 7"


def test_a_view_looks_no_further_than_the_graph_goes(stage: Stage) -> None:
    stage.open(topology("START -> a", "a -> END"))
    stage.view.zoom_by(3.0)
    stage.view.look_at(QPointF(1e6, 1e6))
    assert stage.probe.is_in_view("END")
