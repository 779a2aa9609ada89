"""A picture that is looked at from far away: what can still be read, and what is told without words."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot
from tests.kit.canvas_stage import NEWSROOM, Stage
from tests.kit.run_script import RunScript, topology

from stepscope.canvas.far_name import FarName
from stepscope.canvas.looks import NodeLook
from stepscope.canvas.measures import Lettering
from stepscope.model.phase import Phase
from stepscope.theme import DARK, LIGHT, Theme

FAR = (0.28, 0.35, 0.42, 0.53)


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    stage = Stage(qtbot)
    stage.open(NEWSROOM)
    return stage


def seen_from(stage: Stage, zoom: float, name: str) -> QImage:
    """A node as it is seen at a zoom."""
    stage.view.zoom_by(zoom / stage.view.zoom)
    box = stage.probe.box_in_view(name)
    assert stage.view.viewport().rect().contains(box)
    return stage.probe.image().copy(box.adjusted(2, 2, -2, -2))


def height_of_letters(image: QImage) -> int:
    """In how many rows something as light as text is drawn."""
    left = QRect(0, 0, 2 * image.width() // 3, image.height())
    rows = [
        max(QColor(image.pixel(x, y)).lightness() for x in range(left.width())) for y in range(left.height())
    ]
    return sum(lightness > QColor(DARK.dim).lightness() for lightness in rows)


@pytest.mark.parametrize("zoom", [*FAR, 0.62, 1.0])
def test_a_name_is_never_drawn_smaller_than_it_can_be_read(stage: Stage, zoom: float) -> None:
    assert height_of_letters(seen_from(stage, zoom, "plan")) >= 5


def test_farther_away_no_name_is_drawn(stage: Stage) -> None:
    assert height_of_letters(seen_from(stage, 0.2, "plan")) == 0


@pytest.mark.parametrize("zoom", FAR)
def test_states_can_be_told_from_far_away_without_their_colours(stage: Stage, zoom: float) -> None:
    script = RunScript().begin().run(1, "plan").start("route", 2).fail("route")
    stage.play(script.start("writer", 3).start("fact_check", 3).hold("fact_check"))
    shapes = set()
    for name in ("plan", "route", "writer", "fact_check"):
        image = seen_from(stage, zoom, name)
        mark = image.copy(image.width() - image.height(), 0, image.height(), image.height())
        shapes.add(
            bytes(
                mark.convertToFormat(
                    QImage.Format.Format_Mono, Qt.ImageConversionFlag.ThresholdDither
                ).constBits()
            )
        )
    assert len(shapes) == 4


def test_a_name_too_long_for_its_box_is_written_smaller_and_only_then_cut(qtbot: QtBot) -> None:
    letters, look = Lettering.of_system().far, NodeLook(Phase.DONE)
    stage = Stage(qtbot)
    stage.open(
        topology("START -> fact_check", "fact_check -> a_name_that_nobody_would_ever_call_a_short_one")
    )
    rooms = {item.node.name: item.far_room for item in stage.view.graph_scene.node_items()}
    assert FarName("fact_check", look, rooms["fact_check"], letters).text == "fact_check"
    (longest,) = (name for name in rooms if name.startswith("a_name"))
    cut = FarName(longest, look, rooms[longest], letters).text
    assert cut.startswith("a_name")
    assert cut.endswith("_one")
    assert "…" in cut


def test_a_graph_of_hundreds_of_edges_is_flat_where_a_small_one_still_has_names(stage: Stage) -> None:
    stage.view.zoom_by(0.3 / stage.view.zoom)
    assert not stage.view.is_overview
    ways = [f"n{number} -> n{number + ahead}" for ahead in (1, 2, 3) for number in range(95)]
    stage.open(topology("START -> n0", *ways))
    stage.view.zoom_by(0.3 / stage.view.zoom)
    assert stage.view.is_overview


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_very_far_away_nodes_stand_out_from_the_many_lines_between_them(qtbot: QtBot, theme: Theme) -> None:
    stage = Stage(qtbot, theme)
    stage.open(NEWSROOM)
    stage.view.zoom_by(0.12 / stage.view.zoom)
    image, canvas = stage.probe.image(), QColor(theme.canvas).lightness()
    box = stage.probe.box_in_view("editor")
    below = QRect(box.left(), box.bottom() + 2, box.width(), 2)

    def strength(x: int, y: int) -> int:
        return abs(image.pixelColor(x, y).lightness() - canvas)

    line = max(
        strength(x, y) for x in range(below.left(), below.right()) for y in range(below.top(), below.bottom())
    )
    assert strength(box.center().x(), box.center().y()) > line > 0
