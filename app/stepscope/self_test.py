"""`stepscope --self-test`: steps an example on each engine that is there, and reads what the window shows."""

from __future__ import annotations

import asyncio
import functools
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QFontInfo, QImage, QPainter
from PySide6.QtWidgets import QApplication

from stepscope import __version__, application, assets
from stepscope.application import Errand, Workbench
from stepscope.model.phase import Phase, RunPhase
from stepscope.panes.console import ConsolePane
from stepscope.panes.tables import UpdatesPane
from stepscope.panes.values import ValuesPane
from stepscope.run.run_model import FRAME
from stepscope.run.state_tree import StateTree
from stepscope.session.interpreters import find
from stepscope.window_options import WindowOptions

PATIENCE = 60.0
"""Seconds after which what was waited for will not come: a first start on a slow machine may take a while."""

GLANCE = 5.0
"""Seconds for which a pane is looked at that does not show what it should."""

EXAMPLE = "conditional_loop"
FIRST, SECOND = ("write",), ("review",)


def main(options: WindowOptions) -> int:
    """Print a line for each check; returns 0 when nothing went wrong, else 1.

    LangGraph is tried in the interpreter of the options, else in the first of this machine that has it.
    """
    with tempfile.TemporaryDirectory(prefix="stepscope-") as folder:
        do = functools.partial(_test, options, Path(folder))
        return application.perform(
            Errand(do, options.theme, stays=False, settings=Path(folder, "settings.ini"))
        )


async def _test(options: WindowOptions, folder: Path, workbench: Workbench) -> int:
    report = Report()
    report.say(f"Stepscope {__version__}, Python {sys.version.split()[0]}, {_place()}")
    report.check("the window is shown", workbench.window.isVisible(), "it is not visible")
    report.check("letters have shapes", _has_letters(workbench), "the picture of a word is empty")
    picture = QImage(str(assets.icon()))
    report.check("the icon can be drawn", not picture.isNull(), f"{assets.icon()} is no picture for Qt")
    target = assets.resolve(f"{assets.EXAMPLE_PREFIX}{EXAMPLE}")
    await _Engine("stepgraph", workbench, report).test(target, None)
    if options.screenshot is not None:
        is_saved = workbench.window.grab().save(str(options.screenshot))
        report.check("a picture is saved", is_saved, f"it could not be written to {options.screenshot}")
    python = options.python or await asyncio.to_thread(_with_langgraph, folder)
    if python is None:
        report.say(f"{'left out':>8}  LangGraph: no Python was found that has it")
    else:
        report.say(f"{'':>8}  LangGraph runs in {python}")
        file = folder / f"{EXAMPLE}.py"
        file.write_text(Path(target).read_text(encoding="utf-8").replace("stepgraph", "langgraph"), "utf-8")
        await _Engine("langgraph", workbench, report).test(str(file), python)
    return report.end()


class Report:
    """A line for each check, and the sum of them."""

    def __init__(self) -> None:
        self._passed = self._failed = 0

    def say(self, words: str) -> None:
        print(words, flush=True)

    def check(self, what: str, is_so: bool, otherwise: str) -> bool:
        """One check: what should be so, whether it is, and what is there instead."""
        self.say(f"{'ok':>8}  {what}" if is_so else f"{'FAILS':>8}  {what}: {otherwise}")
        self._passed += is_so
        self._failed += not is_so
        return is_so

    def end(self) -> int:
        """Tell the sum; returns the exit status."""
        total = self._passed + self._failed
        self.say(f"{self._passed} of {total} checks passed" if self._failed else f"All {total} checks passed")
        return 1 if self._failed else 0


class _Engine:
    """Opens, steps and runs the example on one engine."""

    def __init__(self, name: str, workbench: Workbench, report: Report) -> None:
        self._name = name
        self._workbench = workbench
        self._report = report

    async def test(self, target: str, python: str | None) -> None:
        commands, model = self._workbench.commands, self._workbench.model
        program = await commands.open(target, has_consent=True, may_ask=False, python=python)
        if not self._check("opens", program is not None, self._workbench.window.frame.banner.text):
            return
        assert program is not None
        self._check("is what runs it", program.engine.startswith(self._name), program.engine)
        await application.painted(self._workbench)
        self._check("is drawn", self._workbench.canvas.hint == "", self._workbench.canvas.hint)

        await self._until("step", lambda: model.state.phase is RunPhase.PAUSED)
        standing = str(self._workbench.window.run_bar.standing)
        self._check("pauses after a superstep", "superstep 2 is next: review" in standing, standing)
        self._check_lit({FIRST: Phase.DONE, SECOND: Phase.HELD})
        await self._check_pane("state", 'draft: "Hello!"', self._state)
        await self._check_pane("updates", "write", self._updates)

        await self._until("run", lambda: model.state.phase.is_over)
        standing = str(self._workbench.window.run_bar.standing)
        self._check("runs to its end", "Finished after 6 supersteps" in standing, standing)
        self._check_lit({FIRST: Phase.DONE, SECOND: Phase.DONE})
        await self._check_pane("state", 'draft: "Hello!!!"', self._state)
        await self._check_pane("console", "Attempt 3: Hello!!!", self._console)

    async def _until(self, command: str, is_so: Callable[[], bool]) -> None:
        """Give a command and wait until the run stands as it should, or for so long that it never will."""
        model, come = self._workbench.model, asyncio.get_running_loop().create_future()

        def look() -> None:
            if is_so() and not come.done():
                come.set_result(None)

        model.run_changed.connect(look)
        try:
            self._workbench.actions[command].trigger()
            await asyncio.wait([come], timeout=PATIENCE)
        finally:
            model.run_changed.disconnect(look)
            come.cancel()
        await application.painted(self._workbench)

    def _check(self, what: str, is_so: bool, otherwise: str) -> bool:
        return self._report.check(f"{self._name} {what}", is_so, otherwise)

    def _check_lit(self, wanted: dict[tuple[str, ...], Phase]) -> None:
        """The colour that each node's border has in the picture is that of its phase."""
        theme = self._workbench.appearance.theme
        for node, phase in wanted.items():
            colour = self._colour_of(node)
            self._check(f"shows {node[-1]} as {phase.value}", colour == theme.phase(phase), f"it is {colour}")

    def _colour_of(self, node: tuple[str, ...]) -> str:
        scene = self._workbench.canvas.graph_scene
        box, side = scene.box_of(node), 32
        image = QImage(side, side, QImage.Format.Format_RGB32)
        image.fill(QColor(self._workbench.canvas.backgroundBrush().color()))
        painter = QPainter(image)
        # So near that the border alone fills the middle.
        middle = QPointF(box.x, box.y + box.height / 2)
        scene.render(painter, QRectF(image.rect()), QRectF(middle.x() - 2, middle.y() - 2, 4, 4))
        painter.end()
        return image.pixelColor(side // 2, side // 2).name()

    async def _check_pane(self, name: str, words: str, read: Callable[[], str]) -> None:
        """What a pane shows; one that is busy lets a few frames pass before it takes in what is new."""
        self._workbench.window.docks.show(name)
        deadline = time.monotonic() + GLANCE
        while words not in (shown := read()) and time.monotonic() < deadline:
            await asyncio.sleep(FRAME / 1000)
        self._check(f"shows {words} in the {name} pane", words in shown, f"it shows {shown!r}")

    def _state(self) -> str:
        pane = self._workbench.panes["state"]
        assert isinstance(pane, ValuesPane)
        tree = pane.tree.tree
        rows = (tree.index(row, 0).data(StateTree.RowRole) for row in range(tree.rowCount()))
        return ", ".join(f"{row.key}: {row.text}" for row in rows)

    def _updates(self) -> str:
        pane = self._workbench.panes["updates"]
        assert isinstance(pane, UpdatesPane)
        return _cells(pane)

    def _console(self) -> str:
        pane = self._workbench.panes["console"]
        assert isinstance(pane, ConsolePane)
        return _cells(pane)


def _cells(pane: UpdatesPane | ConsolePane) -> str:
    table = pane.events.view.model()
    places = ((row, column) for row in range(table.rowCount()) for column in range(table.columnCount()))
    return " ".join(str(table.index(row, column).data()) for row, column in places)


def _has_letters(workbench: Workbench) -> bool:
    """Whether a word is painted as anything: without fonts Qt draws nothing, or empty boxes."""
    bar = workbench.window.menuBar()
    picture = bar.grab(QRect(bar.actionGeometry(bar.actions()[0]))).toImage()
    pixels = {picture.pixel(x, y) for x in range(picture.width()) for y in range(picture.height())}
    return len(pixels) > 2 and bool(QFontInfo(bar.font()).family())


def _place() -> str:
    where = "frozen" if getattr(sys, "frozen", False) else "from source"
    return f"{where}, {QApplication.platformName()} on {sys.platform}"


def _with_langgraph(folder: Path) -> str | None:
    """The first Python of this machine that has LangGraph and can run it."""
    found = find(folder / f"{EXAMPLE}.py")
    return next((one.path for one in found if "langgraph" in one.packages and not one.problem), None)
