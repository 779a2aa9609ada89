"""Pictures to be looked at, ours beside Graphviz's: `python -m tests.benchmarks.gallery FOLDER`."""

from __future__ import annotations

import argparse
import os
import re
import shutil
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication
from tests.benchmarks import graphviz
from tests.benchmarks.graphs import DRAWN

from stepscope.canvas.drawing import Drawing
from stepscope.canvas.measures import Lettering
from stepscope.model.layout import Direction, Options, layered
from stepscope.model.topology import Topology
from stepscope.theme import DARK, LIGHT, Theme

_GAP = 40
_MOST_SIDE = 4_000


def ours(topology: Topology, theme: Theme, direction: Direction = "down") -> QImage:
    """What the window's canvas and an exported picture show."""
    lettering = Lettering.of_system()
    labels = {
        index: size
        for index, edge in enumerate(topology.edges)
        if (size := lettering.label_size(edge)) is not None
    }
    layout = layered(topology, lettering.node_size, labels, Options(direction=direction))
    scale = min(1.0, _MOST_SIDE / max(layout.bounds.width, layout.bounds.height))
    return Drawing(topology, layout, theme, {}, {}).image(scale)


def theirs(topology: Topology) -> QImage:
    return _fitting(QImage.fromData(graphviz.run(graphviz.source(topology, shows_names=True), "png")))


def _fitting(image: QImage) -> QImage:
    if max(image.width(), image.height()) <= _MOST_SIDE:
        return image
    return image.scaled(
        _MOST_SIDE,
        _MOST_SIDE,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )


def beside(left: QImage, right: QImage) -> QImage:
    """Both in one picture, on white."""
    size = left.size().expandedTo(right.size())
    page = QImage(left.width() + _GAP + right.width(), size.height(), QImage.Format.Format_RGB32)
    page.fill(QColor("white"))
    painter = QPainter(page)
    painter.drawImage(QPointF(0, 0), left)
    painter.drawImage(QPointF(left.width() + _GAP, 0), right)
    painter.end()
    return page


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--only", default="", help="graphs with this in their names")
    parser.add_argument("--right", action="store_true", help="ours flowing to the right")
    parser.add_argument("--dark", action="store_true", help="ours in the dark theme")
    arguments = parser.parse_args()
    application = QApplication([])  # held until the end: Qt deletes one that nobody holds
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name, family in DRAWN.items():
        if arguments.only not in name:
            continue
        topology = family()
        picture = ours(topology, DARK if arguments.dark else LIGHT, "right" if arguments.right else "down")
        if shutil.which("dot") is not None:
            picture = beside(picture, theirs(topology))
        path = arguments.folder / f"{re.sub(r'[^a-z0-9]+', '-', name.lower())}.png"
        picture.save(str(path))
        print(path)
    del application


if __name__ == "__main__":
    main()
