"""What ships beside the code."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from stepscope import assets


@pytest.mark.parametrize("size", [16, 256])
def test_the_icon_can_be_drawn_small_and_large(qapp: QApplication, size: int) -> None:
    image = QIcon(str(assets.icon())).pixmap(size, size).toImage()
    assert (image.width(), image.height()) == (size, size)
    colours = {image.pixelColor(x, y).name() for x in range(size) for y in range(size)}
    assert {"#15181d", "#4fc08d", "#f2b84b"} <= colours


def test_every_example_has_a_title_of_its_own() -> None:
    titles = [example.title for example in assets.examples()]
    assert len(titles) > 15
    assert len(set(titles)) == len(titles)
