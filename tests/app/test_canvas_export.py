"""The graph in a file: pictures that can be read again, and text that other programs read."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox
from pytestqt.qtbot import QtBot
from tests.kit.canvas_stage import NEWSROOM, Stage, at_the_barrier, program
from tests.kit.run_script import fold, topology
from tests.kit.window_probe import CTRL, SHIFT, WindowProbe, a_window

from stepscope.canvas.dot import dot
from stepscope.canvas.drawing import Drawing, TooLarge
from stepscope.canvas.mermaid import mermaid
from stepscope.canvas.sketch import Sketch
from stepscope.model.topology import Topology
from stepscope.theme import DARK, LIGHT

AWKWARD = (
    "end", "graph", "subgraph", "class", "style", "click", "default", 'say "hi"', "a[b](c){d}", "日本語 ☃ 😀",
    "two\nlines", "", "  ", "a|b", "%%{init}%%", "x;y", "<script>", "`md`", "o--x", "#35;", "\\N \\l",
    "a\x00b", ":::c", "@{shape}",
)  # fmt: skip
RUN = Sketch.of(fold(NEWSROOM, at_the_barrier()))
ODD = 'say "hi" <b>&#`\\N'


def odd() -> Topology:
    shape = topology("START -> a", "a -> END")
    nodes = {key: replace(node, name=ODD) if key == ("a",) else node for key, node in shape.nodes.items()}
    return Topology(nodes, shape.edges)


def awkward() -> Topology:
    """Each name on a node, and as the label of the edge to it."""
    shape = topology(*(f"START ?> k{number}" for number in range(len(AWKWARD))))
    named = {(f"k{number}",): name for number, name in enumerate(AWKWARD)}
    nodes = {key: replace(node, name=named.get(key, node.name)) for key, node in shape.nodes.items()}
    return Topology(nodes, tuple(replace(edge, label=named[edge.target]) for edge in shape.edges))


def colours(image: QImage) -> set[str]:
    return {
        image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)
    }


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    stage = Stage(qtbot)
    stage.open(NEWSROOM)
    stage.play(at_the_barrier())
    return stage


# Text


def test_mermaid_tells_nodes_subgraphs_choices_and_labels() -> None:
    lines = [line.strip() for line in mermaid(Sketch(NEWSROOM)).splitlines()]
    names = Sketch(NEWSROOM).identifiers()
    route, researcher, editor = names[("route",)], names[("researcher",)], names[("editor",)]

    assert lines[0] == "flowchart TD"
    assert f'{route}["route"]' in lines
    assert f'subgraph {researcher} ["researcher"]' in lines
    assert f'{route} -.->|"search"| {researcher}' in lines
    assert f"{researcher} --> {editor}" in lines
    assert not any(line.startswith(("class", "linkStyle")) for line in lines)


def test_mermaid_with_the_run_tells_phases_by_mark_and_class_and_what_was_taken() -> None:
    lines = [line.strip() for line in mermaid(RUN).splitlines()]
    names = RUN.identifiers()
    plan, route, writer = names[("plan",)], names[("route",)], names[("writer",)]

    assert f'{plan}["plan ✓"]' in lines
    assert f'{writer}["writer ❚❚"]' in lines
    assert f"{plan} ==> {route}" in lines
    assert any(line.startswith("class ") and line.endswith(" held") and writer in line for line in lines)


def test_mermaid_quotes_what_would_mean_something_to_it() -> None:
    (line,) = (line for line in mermaid(Sketch(odd())).splitlines() if "say" in line)
    assert line.strip() == 'n1["say #quot;hi#quot; #lt;b#gt;#amp;#35;#96;#92;N"]'


def test_no_name_or_label_means_anything_to_mermaid() -> None:
    node = r'n\d+(\["[^"%`<>&\\]+"\]|\(\["(START|END)"\]\))'
    edge = r'n\d+ -\.->(\|"[^"%`<>&\\]+"\|)? n\d+'
    first, *lines = mermaid(Sketch(awkward())).splitlines()

    assert first == "flowchart TD"
    assert [line for line in lines if not re.fullmatch(rf"\s+({node}|{edge})", line)] == []
    assert len(lines) == 2 * len(AWKWARD) + 1
    assert all(sign.isprintable() for line in lines for sign in line)


def test_counts_are_told_of_nodes_and_ways_that_came_more_than_once() -> None:
    sketch = Sketch(NEWSROOM, runs={("plan",): 3}, taken={NEWSROOM.edges[8]: 2})
    assert "plan<br/>×3" in mermaid(sketch)
    assert "revise ×2" in mermaid(sketch)
    assert "plan\\n×3" in dot(sketch)


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
@pytest.mark.parametrize(
    "sketch", [Sketch(NEWSROOM), RUN, Sketch(odd()), Sketch(awkward()), Sketch(Topology({}, ()))]
)
def test_graphviz_reads_the_dot_text_without_a_word(sketch: Sketch) -> None:
    done = subprocess.run(["dot", "-Tplain"], input=dot(sketch).encode(), capture_output=True, check=True)
    assert done.stderr == b""


def test_dot_escapes_quotes_and_backslashes() -> None:
    assert '"say \\"hi\\" <b>&#`\\\\N"' in dot(Sketch(odd()))


# Pictures


def test_a_picture_is_as_large_as_its_scale_says_and_shows_the_run_or_not(stage: Stage) -> None:
    with_run, without = stage.view.drawing(True), stage.view.drawing(False)
    once, twice = with_run.image(1), with_run.image(2)
    assert abs(twice.width() - 2 * once.width()) <= 1
    assert DARK.held_fill in colours(once)
    assert DARK.held_fill not in colours(without.image(1))


def test_an_svg_holds_every_name_as_text_and_is_drawn_again_alike(stage: Stage) -> None:
    from PySide6.QtGui import QPainter
    from PySide6.QtSvg import QSvgRenderer

    drawing = stage.view.drawing(True)
    svg = drawing.svg("newsroom")
    root = ElementTree.fromstring(svg)
    words = " ".join("".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text"))
    for name in ("plan", "researcher", "query", "fact_check", "search"):
        assert name in words
    families = {text.get("font-family") for text in root.iter() if text.get("font-family")}
    assert all(str(family).endswith(", system-ui, sans-serif") for family in families)
    image = QImage(drawing.pixels(1), QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    QSvgRenderer(svg).render(painter)
    painter.end()
    assert DARK.held_fill in colours(image)


def test_a_picture_larger_than_memory_is_refused_in_words(stage: Stage) -> None:
    with pytest.raises(TooLarge, match="Take a smaller size, or SVG"):
        stage.view.drawing(False).image(60)


async def test_a_picture_is_made_in_another_thread_while_the_run_goes_on(stage: Stage) -> None:
    drawing: Drawing = stage.view.drawing(True)
    here = drawing.png(2)
    stage.play(at_the_barrier().release("writer").finish("writer"))
    assert await asyncio.to_thread(drawing.png, 2) == here


# The window


async def newsroom(window: WindowProbe) -> None:
    window.workbench.model.set_program(program(NEWSROOM))
    window.window.frame.show_graph("a.py", "newsroom")
    await window.until(lambda: bool(window.canvas.nodes()))


def choose(box: QComboBox, data: object) -> None:
    """By keys, as a person does."""
    QTest.keyClick(box, Qt.Key.Key_Home)
    while box.currentData() != data:
        QTest.keyClick(box, Qt.Key.Key_Down)


async def export(window: WindowProbe, format: str, path: Path) -> None:
    window.press(Qt.Key.Key_E, CTRL | SHIFT)
    await window.until(lambda: bool(window.question))
    boxes = window.window.findChildren(QComboBox)
    choose(next(box for box in boxes if box.isVisible() and box.findData(format) >= 0), format)
    window.answer("Export…")
    await window.choose_file(path)


@pytest.mark.parametrize(
    ("format", "begin"),
    [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("mmd", b"flowchart"), ("dot", b"digraph")],
)
async def test_each_format_is_written_where_the_person_says(
    tmp_path: Path, format: str, begin: bytes
) -> None:
    async with a_window(tmp_path) as window:
        await newsroom(window)
        path = tmp_path / f"mine.{format}"
        await export(window, format, path)
        await window.until(path.exists)
        assert path.read_bytes().startswith(begin)
        await window.until(lambda: window.window.statusBar().currentMessage() == f"Exported to {path}")
        assert not list(tmp_path.glob(".*.part"))


async def test_a_png_is_as_large_as_the_scale_that_was_typed(tmp_path: Path) -> None:
    async with a_window(tmp_path) as window:
        await newsroom(window)
        path = tmp_path / "mine.png"
        window.press(Qt.Key.Key_E, CTRL | SHIFT)
        await window.until(lambda: bool(window.question))
        boxes = window.window.findChildren(QComboBox)
        choose(next(box for box in boxes if box.isVisible() and box.findData("png") >= 0), "png")
        (scale,) = window.window.findChildren(QDoubleSpinBox)
        scale.selectAll()
        QTest.keyClicks(scale, scale.locale().toString(0.35, "f", 2))
        size = window.workbench.canvas.drawing(False).pixels(0.35)
        assert f"{size.width():,} × {size.height():,} pixels" in window.question
        window.answer("Export…")
        await window.choose_file(path)
        await window.until(lambda: "Exported" in window.window.statusBar().currentMessage())
        assert QImage(str(path)).size() == size


async def test_the_graph_is_printed_on_one_page(tmp_path: Path) -> None:
    async with a_window(tmp_path) as window:
        await newsroom(window)
        path = tmp_path / "printed.pdf"
        window.press(Qt.Key.Key_P, CTRL)
        await window.until(lambda: bool(window.window.findChildren(QPrintDialog)))
        (dialog,) = window.window.findChildren(QPrintDialog)
        dialog.printer().setOutputFileName(str(path))
        dialog.done(QPrintDialog.DialogCode.Accepted)
        await window.until(lambda: "Printed" in window.window.statusBar().currentMessage())
        assert path.read_bytes().startswith(b"%PDF")
        assert re.search(rb"/Count 1\b", path.read_bytes())


def test_on_paper_the_picture_is_light_whatever_the_window_wears(stage: Stage) -> None:
    assert {LIGHT.held_fill, "#ffffff"} <= colours(stage.view.drawing(True).on_paper().image(1))


async def test_a_folder_that_may_not_be_written_gives_a_message_that_says_what_to_do(tmp_path: Path) -> None:
    async with a_window(tmp_path) as window:
        await newsroom(window)
        path = tmp_path / "gone" / "mine.svg"
        path.parent.mkdir()
        window.press(Qt.Key.Key_E, CTRL | SHIFT)
        await window.until(lambda: bool(window.question))
        window.answer("Export…")
        await window.choose_file(path)
        path.parent.rmdir()  # between the choice and the writing
        await window.until(lambda: "Could not write" in window.banner)
        assert "choose another place" in window.banner


async def test_without_a_run_there_is_no_state_to_export(tmp_path: Path) -> None:
    async with a_window(tmp_path) as window:
        await newsroom(window)
        window.press(Qt.Key.Key_E, CTRL | SHIFT)
        await window.until(lambda: bool(window.question))
        (box,) = (box for box in window.window.findChildren(QCheckBox) if "state" in box.text())
        assert not box.isEnabled()
        assert not box.isChecked()
        window.answer("Cancel")


async def test_the_graph_is_copied_as_an_image_and_as_mermaid(tmp_path: Path) -> None:
    async with a_window(tmp_path) as window:
        await newsroom(window)
        clipboard = QGuiApplication.clipboard()
        clipboard.clear()
        window.press(Qt.Key.Key_C, CTRL | SHIFT)
        await window.until(lambda: not clipboard.image().isNull())
        assert DARK.node in colours(clipboard.image())
        await window.choose("Edit", "Copy as Mermaid")
        await window.until(lambda: clipboard.text().startswith("flowchart TD"))


def test_the_text_is_in_light_colours_whatever_the_window_wears() -> None:
    assert LIGHT.held_fill in mermaid(RUN)
