"""The canvas as a person sees it: what is drawn for a program, for a run, in both themes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QHelpEvent, QImage, QTextDocumentFragment
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot
from tests.kit.canvas_probe import CanvasProbe
from tests.kit.canvas_stage import NEWSROOM, Stage, at_the_barrier
from tests.kit.run_script import RunScript, topology

from stepscope.canvas.barrier_note import BarrierNote
from stepscope.canvas.view import GraphView
from stepscope.model.events import Failure, Outcome
from stepscope.model.phase import Phase
from stepscope.model.topology import EMPTY
from stepscope.theme import DARK, LIGHT, Theme


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    return Stage(qtbot)


@pytest.fixture
def newsroom(stage: Stage) -> Stage:
    stage.open(NEWSROOM)
    return stage


def test_without_a_program_the_canvas_says_how_to_open_one(stage: Stage):
    assert stage.probe.hint() == "Open a Python file to see its graph: Ctrl+O"
    assert stage.probe.nodes() == []


def test_a_program_without_nodes_says_so(stage: Stage):
    stage.open(EMPTY)
    assert stage.probe.hint().startswith("newsroom has no nodes.")


def test_every_node_edge_and_label_of_a_program_is_drawn(newsroom: Stage):
    probe = newsroom.probe
    assert probe.hint() == ""
    assert set(probe.nodes()) >= {"START", "END", "plan", "researcher", "researcher/query", "researcher/END"}
    assert len(probe.nodes()) == len(NEWSROOM.nodes)
    assert "route ?> writer" in probe.edges()
    assert "researcher/query -> researcher/tools" in probe.edges()
    assert probe.labels() == ["search", "write", "revise"]


def test_another_program_replaces_the_picture(newsroom: Stage):
    newsroom.selection.select(("plan",))
    newsroom.open(topology("START -> only", "only -> END"))
    assert newsroom.probe.nodes() == ["END", "START", "only"]
    assert newsroom.selection.node is None


def test_the_whole_graph_is_in_view_after_opening_and_after_a_resize(newsroom: Stage):
    assert all(newsroom.probe.is_in_view(name) for name in newsroom.probe.nodes())
    newsroom.view.resize(500, 400)
    assert all(newsroom.probe.is_in_view(name) for name in newsroom.probe.nodes())


def test_a_small_graph_is_not_blown_up(stage: Stage):
    stage.open(topology("START -> a", "a -> END"))
    assert stage.view.zoom == pytest.approx(1.25)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_each_phase_has_its_border_fill_mark_and_word(qtbot: QtBot, theme: Theme):
    stage = Stage(qtbot, theme)
    stage.open(NEWSROOM)
    stage.play(at_the_barrier())
    probe = stage.probe
    seen = {
        "fact_check": (Phase.DONE, "fact_check ✓ 0.9 s"),
        "writer": (Phase.HELD, "writer ❚❚ held"),
        "researcher/tools": (Phase.RUNNING, "tools ● running 0.8 s"),
    }
    for name, (phase, text) in seen.items():
        assert probe.phase_of(name) is phase
        assert probe.colour_of(name) == theme.phase(phase)
        assert probe.fill_of(name) == theme.fill(phase)
        assert probe.text_of(name) == text
    assert probe.phase_of("editor") is Phase.IDLE
    assert probe.text_of("editor") == "editor"
    assert probe.fill_of("editor") == theme.node


def test_a_theme_is_switched_while_the_graph_is_shown(newsroom: Stage):
    newsroom.play(at_the_barrier())
    newsroom.view.set_theme(LIGHT)
    assert newsroom.probe.colour_of("writer") == LIGHT.phase(Phase.HELD)
    corner = newsroom.probe.image().pixelColor(2, 2).name()
    assert corner == LIGHT.canvas


def test_the_path_taken_shows_on_the_edges(newsroom: Stage):
    newsroom.play(at_the_barrier())
    probe = newsroom.probe
    assert probe.is_edge_taken("START", "plan")
    assert probe.is_edge_taken("route", "writer")
    assert not probe.is_edge_taken("editor", "plan")
    assert not probe.is_edge_taken("writer", "editor")


def test_a_taken_edge_has_the_accent_in_the_picture_and_an_untaken_one_has_not(newsroom: Stage):
    before = pixels_of(newsroom.probe, DARK.accent)
    newsroom.play(at_the_barrier())
    assert before == 0
    assert pixels_of(newsroom.probe, DARK.accent) > 100


def test_a_way_that_was_taken_just_now_glows_and_the_glow_fades(newsroom: Stage, qtbot: QtBot):
    newsroom.play(RunScript().begin().start("plan", 1))
    glowing = newsroom.probe.image()
    qtbot.waitUntil(lambda: not newsroom.view.is_fading)
    faded = newsroom.probe.image()

    assert around_edge(newsroom.probe, glowing) != DARK.canvas
    assert around_edge(newsroom.probe, faded) == DARK.canvas


def test_nothing_glows_without_motion(newsroom: Stage):
    newsroom.view.set_motion(False)
    newsroom.play(RunScript().begin().start("plan", 1))

    assert not newsroom.view.is_fading
    assert newsroom.probe.is_edge_taken("START", "plan")
    assert around_edge(newsroom.probe, newsroom.probe.image()) == DARK.canvas


def around_edge(probe: CanvasProbe, image: QImage) -> str:
    """The colour close beside the straight edge from START to plan."""
    start, plan = probe.box_in_view("START"), probe.box_in_view("plan")
    return image.pixelColor(start.center().x() + 4, (start.bottom() + plan.top()) // 2 - 2).name()


def pixels_of(probe: CanvasProbe, colour: str) -> int:
    image = probe.image()
    return sum(
        image.pixelColor(x, y).name() == colour for x in range(image.width()) for y in range(image.height())
    )


def test_a_node_that_ran_twice_says_so(newsroom: Stage):
    newsroom.play(RunScript().begin().run(1, "plan").run(2, "route").run(3, "plan"))
    assert newsroom.probe.text_of("plan").endswith("×2")
    assert "×" not in newsroom.probe.text_of("route")


def test_a_failed_node_shows_the_error_in_its_facts_and_its_tooltip(newsroom: Stage):
    newsroom.play(RunScript().begin().start("plan", 1).fail("plan").end(Outcome.FAILED))
    assert newsroom.probe.text_of("plan") == "plan ✕ no such city"
    assert "ValueError: no such city\nGive a city that the table has." in newsroom.probe.tooltip_of("plan")
    assert newsroom.probe.colour_of("plan") == DARK.phase(Phase.FAILED)


def test_a_subgraph_frame_shows_how_its_task_stands(newsroom: Stage):
    newsroom.play(at_the_barrier())
    assert newsroom.probe.phase_of("researcher") is Phase.RUNNING
    assert newsroom.probe.text_of("researcher").endswith("●")


def test_the_barrier_says_who_has_arrived_and_who_is_awaited(newsroom: Stage):
    newsroom.play(at_the_barrier())
    assert newsroom.probe.caption() == (
        "superstep 3 · 1 of 3 tasks has arrived · waiting 1.2 s for researcher · held: writer"
    )
    box = newsroom.probe.band_of()
    assert box is not None
    assert all(box.contains(newsroom.probe.box_of(name)) for name in ("researcher", "writer", "fact_check"))
    assert not any(box.intersects(newsroom.probe.box_of(name)) for name in ("route", "editor"))


def test_tasks_that_wait_for_one_another_in_a_subgraph_have_a_band_in_its_frame(stage: Stage, qtbot: QtBot):
    stage.open(
        topology(
            "START -> team", "team/START -> team/a", "team/START -> team/b", "team/a -> team/c",
            "team/b -> team/c",
        )
    )  # fmt: skip
    inside = ("team:team",)
    script = RunScript().begin().start("team", 1).start("a", 1, inside).start("b", 1, inside)
    stage.play(script.at(1.0).finish("a").at(2.0))

    band = stage.probe.band_of("team")
    assert stage.probe.caption("team") == "1.1 · 1 of 2 · waiting 2.0 s for b"
    assert band is not None
    assert stage.probe.box_of("team").contains(band)
    assert band.contains(stage.probe.box_of("team/a").united(stage.probe.box_of("team/b")))

    stage.now += 1.0
    qtbot.waitUntil(lambda: stage.probe.caption("team") == "1.1 · 1 of 2 · waiting 3.0 s for b")
    assert stage.probe.band_of("team") == band


def test_a_barrier_whose_band_cannot_be_seen_is_told_in_a_corner(newsroom: Stage):
    note = BarrierNote(newsroom.view)
    newsroom.play(at_the_barrier())
    assert not note.isVisible()

    newsroom.view.zoom_by(0.4 / newsroom.view.zoom)
    assert note.isVisible()
    assert note.text() == newsroom.probe.caption()

    newsroom.view.fit()
    assert not note.isVisible()
    newsroom.view.zoom_by(4.0)
    newsroom.view.bring(("plan",))
    assert note.isVisible()

    newsroom.play(RunScript().end())
    assert not note.isVisible()


def test_tasks_that_stand_apart_have_no_band_and_the_corner_tells_of_them(stage: Stage):
    stage.open(topology("START -> a", "START -> b", "b -> c", "c -> d", "a -> d"))
    note = BarrierNote(stage.view)
    stage.play(RunScript().begin().start("b", 1).start("d", 1).at(2.0))

    assert stage.probe.band_of() is None
    assert note.text().startswith("superstep 1 · 0 of 2 tasks have arrived · waiting 2.0 s for")


def test_no_band_is_drawn_once_the_run_is_over(newsroom: Stage):
    newsroom.play(at_the_barrier().end(Outcome.STOPPED))
    assert newsroom.probe.caption() == ""
    assert newsroom.probe.band_of() is None


def test_a_new_run_begins_with_an_idle_picture(newsroom: Stage):
    newsroom.play(at_the_barrier())
    newsroom.model.reset()
    assert {newsroom.probe.phase_of(name) for name in newsroom.probe.nodes()} == {Phase.IDLE}
    assert not newsroom.probe.is_edge_taken("START", "plan")
    assert newsroom.probe.caption() == ""


def test_opening_the_same_graph_again_keeps_zoom_and_selection(newsroom: Stage):
    newsroom.selection.select(("writer",))
    newsroom.view.zoom_in()
    zoom = newsroom.view.zoom
    newsroom.open(NEWSROOM)
    assert newsroom.view.zoom == zoom
    assert newsroom.probe.selected() == "writer"


def test_the_picture_is_told_in_words(newsroom: Stage):
    newsroom.play(at_the_barrier())
    newsroom.selection.select(("writer",))
    assert newsroom.view.accessibleName() == "Graph newsroom"
    told = newsroom.view.accessibleDescription()
    assert "The run goes on." in told
    assert "1 of 3 tasks has arrived" in told
    assert "Selected: writer, held." in told


def test_the_elapsed_time_follows_the_clock_only_while_something_runs(newsroom: Stage, qtbot: QtBot):
    newsroom.play(RunScript().begin().start("plan", 1))
    newsroom.now += 3.0
    qtbot.waitUntil(lambda: "running 3.0 s" in newsroom.probe.text_of("plan"))
    newsroom.play(RunScript().at(4.0).start("plan", 1).finish("plan"))
    assert not newsroom.view.is_ticking


def test_a_hundred_changes_are_painted_once(stage: Stage, qtbot: QtBot):
    names = [f"n{number}" for number in range(100)]
    stage.open(topology(*(f"START -> {name}" for name in names)))
    qtbot.waitUntil(lambda: not stage.probe.hint())
    QApplication.processEvents()
    paints = count_paints(stage.view)
    script = RunScript().begin()
    for name in names:
        script.start(name, 1)
    stage.play(script)
    QApplication.processEvents()
    assert paints() == 1


def count_paints(view: GraphView) -> Callable[[], int]:
    class Counter(QObject):
        seen = 0

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            self.seen += event.type() == QEvent.Type.Paint
            return False

    counter = Counter(view)
    view.viewport().installEventFilter(counter)
    return lambda: counter.seen


def test_a_big_graph_is_laid_out_in_the_background_and_the_canvas_says_so(stage: Stage, qtbot: QtBot):
    names = [f"n{number}" for number in range(150)]
    chain = topology("START -> n0", *(f"{a} -> {b}" for a, b in pairwise(names)))
    with qtbot.waitSignal(stage.view.graph_shown):
        stage.open(chain)
        assert stage.probe.hint() == "Laying out 151 nodes …"
        assert stage.probe.nodes() == []
    assert len(stage.probe.nodes()) == 151
    assert stage.probe.hint() == ""


def test_a_layout_that_comes_too_late_is_not_shown(stage: Stage, qtbot: QtBot):
    names = [f"n{number}" for number in range(150)]
    with qtbot.waitSignal(stage.view.graph_shown):
        stage.open(topology("START -> n0", *(f"{a} -> {b}" for a, b in pairwise(names))))
        stage.open(topology(*(f"START -> m{number}" for number in range(150))))
    assert "m7" in stage.probe.nodes()
    assert "n7" not in stage.probe.nodes()


def test_a_layout_does_not_come_back_after_another_program_took_its_place(stage: Stage, qtbot: QtBot):
    names = [f"n{number}" for number in range(150)]
    stage.open(topology(*(f"{a} -> {b}" for a, b in pairwise(names))))
    stage.open(EMPTY)
    with qtbot.assertNotEmitted(stage.view.graph_shown, wait=600):
        pass
    assert stage.probe.nodes() == []
    assert stage.probe.hint().startswith("newsroom has no nodes.")


def test_long_names_and_texts_of_many_lines_stay_in_their_boxes(stage: Stage):
    long = "a_name_that_goes_on_and_on_" * 6
    stage.open(topology(f"START -> {long}", f"{long} ?> END"))
    failure = Failure("ValueError", "first line\nsecond line " + "x" * 500)
    stage.play(RunScript().begin().start(long, 1).fail(long, failure).end(Outcome.FAILED))
    text = stage.probe.text_of(long)
    assert text.startswith("a_name_that")
    assert "…" in text
    assert "\n" not in text
    assert stage.probe.box_of(long).width() <= 280
    assert ink_beside(stage.probe, long) == 0


def test_a_long_subgraph_name_leaves_room_for_its_error(stage: Stage):
    long = "a_name_that_goes_on_and_on_" * 6
    stage.open(topology(f"START -> {long}", f"{long}/START -> {long}/x"))
    stage.play(RunScript().begin().start(long, 1).fail(long))
    assert "no such city" in stage.probe.text_of(long)


def test_an_error_that_is_too_long_for_its_node_is_told_by_its_kind_and_in_whole_in_the_tooltip(
    newsroom: Stage,
):
    words = "The program has ended by itself (exit status 139): it crashed in native code"
    script = RunScript().begin().start("plan", 1).fail("plan", Failure("Crash", words, "", None, ""))
    newsroom.play(script)

    assert newsroom.probe.text_of("plan") == "plan ✕ Crash"
    assert f"Crash: {words}" in newsroom.probe.tooltip_of("plan")


def ink_beside(probe: CanvasProbe, name: str) -> int:
    """How many pixels left and right of a node are not the canvas's own."""
    image, box = probe.image(), probe.box_in_view(name)
    beside = [*range(box.left() - 30, box.left() - 3), *range(box.right() + 4, box.right() + 30)]
    rows = range(box.top() + 8, box.bottom() - 8)
    return sum(image.pixelColor(x, y).name() != DARK.canvas for x in beside for y in rows)


@pytest.mark.qt_log_ignore("does not support raise")  # of the offscreen platform, about the tooltip
def test_an_error_that_looks_like_html_is_shown_as_it_is(newsroom: Stage, qtbot: QtBot):
    failure = Failure("ValueError", "<b>bold</b>")
    newsroom.play(RunScript().begin().start("plan", 1).fail("plan", failure))
    where = newsroom.probe.point_of("plan")
    viewport = newsroom.view.viewport()
    event = QHelpEvent(QEvent.Type.ToolTip, where, viewport.mapToGlobal(where))
    QApplication.sendEvent(viewport, event)
    shown = QTextDocumentFragment.fromHtml(QToolTip.text()).toPlainText()
    QToolTip.hideText()
    assert "ValueError: <b>bold</b>" in shown


def test_a_question_inside_a_subgraph_is_marked_on_the_node_that_asks_and_on_those_around(newsroom: Stage):
    script = RunScript().begin().run(1, "plan").run(2, "route").start("researcher", 3)
    script.run(1, "query", namespace=("researcher:researcher",)).start("tools", 2, ("researcher:researcher",))
    newsroom.play(script.end(Outcome.INTERRUPTED))
    for name in ("researcher", "researcher/tools"):
        assert newsroom.probe.phase_of(name) is Phase.HELD
        assert "asks a question" in newsroom.probe.text_of(name)


def test_very_far_away_a_graph_is_flat_boxes_in_the_colours_of_its_phases(newsroom: Stage):
    newsroom.play(at_the_barrier())
    newsroom.view.zoom_by(0.14 / newsroom.view.zoom)
    assert newsroom.view.is_overview
    assert pixels_of(newsroom.probe, DARK.held) > 20
    assert pixels_of(newsroom.probe, DARK.running) > 20
    newsroom.view.fit()
    assert not newsroom.view.is_overview


def test_a_big_graph_is_seen_at_once_and_can_be_read_when_its_items_have_grown(stage: Stage, qtbot: QtBot):
    names = [f"n{number}" for number in range(1600)]
    ways = [f"{name} -> {next_one}" for name, next_one in pairwise(names)]
    with qtbot.waitSignal(stage.view.graph_shown):
        stage.open(topology("START -> n0", *ways))
    assert stage.view.graph_scene.is_growing
    stage.selection.select(("n7",))
    stage.play(RunScript().begin().run(1, "n0"))
    stage.view.zoom_by(1.0 / stage.view.zoom)
    stage.view.bring(("n0",))

    qtbot.waitUntil(lambda: not stage.view.graph_scene.is_growing)
    assert not stage.view.is_overview
    assert len(stage.probe.nodes()) == 1601
    assert len(stage.probe.edges()) == 1600
    assert stage.probe.phase_of("n0") is Phase.DONE
    assert stage.probe.is_edge_taken("START", "n0")
    assert stage.probe.selected() == "n7"
    assert stage.probe.colour_of("n0") == DARK.done
