"""Builds every object of the window once, hands each what it needs, and ends the program in order."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from stepscope import assets, log
from stepscope.canvas.view import GraphView
from stepscope.model.events import Failure
from stepscope.model.phase import RunPhase
from stepscope.panes.breakpoints import BreakpointsPane
from stepscope.panes.console import ConsolePane
from stepscope.panes.failure import FailurePane
from stepscope.panes.inspector import InspectorPane
from stepscope.panes.messages import MessagesPane
from stepscope.panes.stack import StackPane
from stepscope.panes.tables import CustomPane, DebugPane, UpdatesPane
from stepscope.panes.tasks import TasksPane
from stepscope.panes.threads import ThreadsPane
from stepscope.panes.values import ValuesPane
from stepscope.panes.watch import WatchPane
from stepscope.run import loop
from stepscope.run.breakpoints import Breakpoints
from stepscope.run.controller import Controller
from stepscope.run.folds import Folds
from stepscope.run.follower import Follower
from stepscope.run.jobs import Jobs
from stepscope.run.run_model import FRAME, RunModel
from stepscope.run.selection import Selection
from stepscope.run.settings import Settings, default_path
from stepscope.run.threads import Threads
from stepscope.run.watcher import Watcher
from stepscope.run.watches import Watches
from stepscope.session.interpreters import Machine
from stepscope.session.session import Session
from stepscope.session.worker import WorkerSession
from stepscope.theme import Scheme, Theme
from stepscope.window import desktop
from stepscope.window.acting import Acting
from stepscope.window.actions import Actions
from stepscope.window.appearance import Appearance
from stepscope.window.breaking import Breaking
from stepscope.window.commands import Commands
from stepscope.window.dressing import Dressing
from stepscope.window.main_window import MainWindow
from stepscope.window.opener import Opener
from stepscope.window.picture import Picture
from stepscope.window.pythons import Pythons
from stepscope.window.questions import Questions
from stepscope.window.reloader import Reloader
from stepscope.window.reporter import Reporter
from stepscope.window.run_inputs import RunInputs
from stepscope.window.source_desk import SourceDesk
from stepscope.window.thread_desk import ThreadDesk
from stepscope.window.trust import Trust
from stepscope.window.value_editor import Face

if TYPE_CHECKING:
    from stepscope.window_options import Theme as ThemeName
    from stepscope.window_options import WindowOptions

THREAD_SWITCH_SECONDS = 0.001
"""A fifth of Python's own; the user's threads would keep the window from the interpreter for longer."""

GC_THRESHOLDS = 5_000, 3, 1_000
"""Python's own 700, 10, 10 would walk over all events of a long run again and again: 150 ms for 300,000."""

MANY_MODULES = 50
"""So many new modules hold so many objects that the collector is spared them."""

SINGLE_SHOT = Qt.ConnectionType.SingleShotConnection

PAINT_SECONDS = 1.0
"""How long to wait for the first paint of a window that may be hidden."""

CLOSING_SIGNALS = (signal.SIGINT,) if sys.platform == "win32" else (signal.SIGINT, signal.SIGTERM)
"""What closes the window: Ctrl+C where the program was started, or the end of the desktop's session."""

LAST_THREADS_SECONDS = 0.3
"""How long threads may take to end once the window has closed."""


def main(options: WindowOptions) -> int:
    """Show the window until it is closed; returns the exit status.

    The status is 1 when the options ask to run and quit, and that went wrong; else 0.
    """
    return perform(Errand(functools.partial(_carry_out, options), options.theme, stays=not options.quit))


def show(options: WindowOptions, make_session: Callable[[], Session]) -> None:
    """Show the window on a session of the caller's own program, until it is closed."""
    # Being asked to end is the caller's own affair.
    _in_window(Errand(functools.partial(_carry_out, options)), make_session, (signal.SIGINT,))


@dataclass(frozen=True)
class Errand:
    """What is done in the window once it is shown; `do` returns the exit status.

    The window `stays` until it is closed, unless told otherwise. `settings` is the file they are kept in.
    """

    do: Callable[[Workbench], Coroutine[Any, Any, int]]
    theme: ThemeName = "system"
    stays: bool = True
    settings: Path | None = None


def perform(errand: Errand) -> int:
    """Show the window and do the errand in it; returns the exit status."""
    gc.disable()  # for good: the threads that are left in the end must not delete what is left of the window
    status, hangs = _in_window(errand, WorkerSession, CLOSING_SIGNALS)
    if hangs:
        _leave_at_once(status)
    return status


def _in_window(
    errand: Errand, make_session: Callable[[], Session], signals: Iterable[signal.Signals]
) -> tuple[int, bool]:
    """The exit status, and whether code still runs in a thread of this process."""
    sys.setswitchinterval(THREAD_SWITCH_SECONDS)
    log.take_qt_messages()
    app = desktop.application(sys.argv[:1])
    hangs = False

    async def live() -> int:
        nonlocal hangs
        status, hangs = await _live(app, errand, make_session(), signals)
        return status

    return loop.run(live, app), hangs


class Workbench:
    """One window and all that works for it; a test brings a session, settings and a machine of its own."""

    def __init__(
        self,
        app: QApplication,
        session: Session,
        settings: Settings,
        scheme: Scheme | None = None,
        machine: Machine | None = None,
    ) -> None:
        self.settings = settings
        self.jobs = Jobs()
        self.appearance = Appearance(
            app, scheme or Scheme(settings.scheme), settings.wants_contrast, settings.wants_rest
        )
        theme = self.appearance.theme
        self.model = RunModel()
        self.selection = Selection()
        self.controller = Controller(self.model, session)
        self.actions = Actions()
        self.inputs = RunInputs(theme, _face(settings))
        self.canvas = GraphView(self.model, self.selection, theme, folds=Folds(self.model, settings))
        self.tasks = TasksPane(self.model, self.selection, theme)
        self.failures = FailurePane(self.model, self.selection, theme)
        self.questions = Questions(self.model, theme)
        self.inspector = InspectorPane(self.model, self.selection, theme)
        self.breakpoints = Breakpoints(self.model, settings)
        self.breaks = BreakpointsPane(self.model, self.selection, theme, self.breakpoints)
        self.threads = Threads(self.controller)
        self.threads_pane = ThreadsPane(self.model, self.selection, theme, self.threads)
        self.watches = Watches(self.model, self.selection, settings, self.controller.evaluate, self.jobs)
        self.panes = self._make_panes(theme)
        self.window = MainWindow(self.actions, self.canvas, self.panes, theme)
        self.acting = Acting(self.tasks, self.controller, theme, self.jobs, self.window)
        breaking = Breaking(
            self.breakpoints,
            self.controller,
            self.selection,
            self.canvas,
            self.breaks,
            self.acting,
            self.actions,
            self.jobs,
            self.window,
        )
        examples = assets.examples()
        trust = Trust(settings, tuple({Path(example.path).parent for example in examples}))
        self.watcher = Watcher()
        self.reloader = Reloader(
            self.window,
            self.controller,
            self.watcher,
            self.inputs,
            self.canvas,
            self.failures,
            settings,
            self.jobs,
        )
        desk = SourceDesk(self.inspector, self.model, settings, self.jobs, self.window)
        self.thread_desk = ThreadDesk(
            self.threads,
            self.threads_pane,
            self.controller,
            self.reloader,
            self.inputs,
            theme,
            self.jobs,
            self.window,
        )
        self.picture = Picture(
            self.canvas, self.model, self.selection, self.actions, settings, desk, self.jobs, self.window
        )
        self.commands = Commands(
            self.actions,
            self.window,
            Opener(
                self.controller,
                trust,
                Pythons(settings, machine),
                settings,
                self.appearance,
                self.window,
            ),
            self.controller,
            self.selection,
            self.reloader,
            self.inputs,
            self.canvas,
            self.failures,
            desk,
            self.picture,
            Dressing(self.appearance, self.canvas, self.window, settings, self.actions),
            settings,
            self.jobs,
            breaking,
            self.thread_desk,
        )
        self.questions.answered.connect(self.controller.answer)
        self.questions.answered.connect(lambda _: self.canvas.setFocus())  # its field and buttons vanish
        self.questions.again_wanted.connect(self.thread_desk.ask_again)
        self.follower = Follower(self.model, self.selection)
        self.follower.stopped.connect(self.canvas.follow)
        self.reporter = Reporter(self.window, self.actions, self.controller, self.selection)
        self.inspector.problem_wanted.connect(self._show_problem)
        self.model.was_reset.connect(self.selection.forget_run)
        self.window.show_examples(examples)
        self.canvas.zoom_changed.connect(self.window.frame.show_zoom)
        self._modules = len(sys.modules)
        self.model.program_changed.connect(self._set_imports_aside)
        self.appearance.changed.connect(self._set_theme)
        self._leave_all_to_the_window()

    def show(self) -> None:
        """Show the window as it was left, or as it is meant to be at first."""
        layout = self.settings.layout
        if layout is not None:
            self.window.restore_layout(*layout)
        self.window.frame.take_focus()
        self.window.show()
        if layout is None:
            QTimer.singleShot(0, self.window.docks.resize)  # the docks have their first layout by then

    async def close(self) -> tuple[str, ...]:
        """Keep the layout, stop what runs; returns the nodes whose code still runs in a thread."""
        self.settings.layout = self.window.layout_now()
        self.settings.save()
        self.window.hide()
        await self.jobs.close()
        await self.watcher.close()
        return await self.controller.close()

    def _leave_all_to_the_window(self) -> None:
        """Let all of it go with the window; what is left to Python goes in whichever thread collects it."""
        models = (self.model, self.selection, self.breakpoints, self.threads, self.watches, self.canvas.folds)
        workers = (self.appearance, self.controller, self.actions, self.watcher, self.follower)
        for part in (*models, *workers):
            part.setParent(self.window)

    def _make_panes(self, theme: Theme) -> Mapping[str, QWidget]:
        made = (self.model, self.selection, theme)
        return {
            "run": _column(self.inputs, self.tasks),
            "stack": StackPane(*made),
            "breakpoints": self.breaks,
            "watch": WatchPane(*made, self.watches),
            "threads": self.threads_pane,
            "state": ValuesPane(*made),
            "inspector": self.inspector,
            "messages": MessagesPane(*made),
            "questions": self.questions,
            "updates": UpdatesPane(*made),
            "custom": CustomPane(*made),
            "debug": DebugPane(*made),
            "console": ConsolePane(*made),
            "problem": self.failures,
        }

    def _show_problem(self, failure: Failure) -> None:
        self.failures.show_failure(failure)
        self.window.docks.show("problem")

    def _set_imports_aside(self) -> None:
        """What a program has imported stays; the collector would hold a frame up by walking over it."""
        if len(sys.modules) > self._modules + MANY_MODULES:
            self._modules = len(sys.modules)
            gc.freeze()

    def _set_theme(self, theme: Theme) -> None:
        self.window.set_theme(theme)
        self.acting.set_theme(theme)
        self.picture.set_theme()
        self.thread_desk.set_theme(theme)
        for part in (self.canvas, self.inputs, self.tasks, *self.panes.values()):
            if hasattr(part, "set_theme"):
                part.set_theme(theme)


async def _live(
    app: QApplication, errand: Errand, session: Session, signals: Iterable[signal.Signals]
) -> tuple[int, bool]:
    executor = ThreadPoolExecutor(thread_name_prefix="stepscope")
    asyncio.get_running_loop().set_default_executor(executor)
    scheme = None if errand.theme == "system" else Scheme(errand.theme)
    workbench = Workbench(app, session, Settings(errand.settings or default_path()), scheme)
    closed = _closed(workbench, signals)
    workbench.show()
    await _first_paint(workbench.window)
    if isinstance(app, desktop.DesktopApplication):
        app.open_files_by(workbench.window.target_wanted.emit)
    _settle_memory()
    doing = asyncio.ensure_future(errand.do(workbench))
    try:
        await asyncio.wait((doing, closed), return_when=asyncio.FIRST_COMPLETED)
        if errand.stays:
            await closed
        status = doing.result() if doing.done() else 0
    finally:
        doing.cancel()
        still_running = await workbench.close()
        workbench.window.deleteLater()
        executor.shutdown(wait=False, cancel_futures=True)
    return status, bool(still_running) or not _threads_end()


async def _carry_out(options: WindowOptions, workbench: Workbench) -> int:
    """Do what the command line asks for; returns the exit status that this makes."""
    if options.target is not None:
        # Who types "run it" or "and quit" has said that the code may run, and need not be there to answer.
        program = await workbench.commands.open(
            options.target,
            has_consent=options.trust or options.run or options.quit,
            may_ask=not options.quit,
            input=options.input,
            python=options.python,
        )
        if program is None:
            _say(workbench.window.frame.banner.text)
        elif options.run:
            await _run_to_the_end(workbench)
    await painted(workbench)
    is_well = options.target is None or workbench.model.program is not None
    if options.screenshot is not None and not workbench.window.grab().save(str(options.screenshot)):
        _say(f"The screenshot could not be written to {options.screenshot}: is its folder there?")
        is_well = False
    return 0 if is_well and workbench.model.state.phase is not RunPhase.FAILED else 1


async def _run_to_the_end(workbench: Workbench) -> None:
    await workbench.commands.begin()
    await workbench.controller.ended()


async def painted(workbench: Workbench) -> None:
    """Wait until the window shows all there is: a big graph takes its time, panes answer a frame later."""
    program = workbench.model.program
    if program is not None and program.topology.nodes and workbench.canvas.hint:
        shown = asyncio.get_running_loop().create_future()
        workbench.canvas.graph_shown.connect(lambda: shown.set_result(None), SINGLE_SHOT)
        await shown
    workbench.model.flush()
    await asyncio.sleep(4 * FRAME / 1000)


def _closed(workbench: Workbench, signals: Iterable[signal.Signals]) -> asyncio.Future[None]:
    """Done when the person closes the window, or one of these signals comes."""
    running = asyncio.get_running_loop()
    closed: asyncio.Future[None] = running.create_future()

    def close(*_: object) -> None:
        if not closed.done():
            closed.set_result(None)

    def on_signal(*_: object) -> None:
        with contextlib.suppress(RuntimeError):  # a second one, when all has ended
            running.call_soon_threadsafe(close)

    workbench.window.closing.connect(close)
    for each in signals:
        signal.signal(each, on_signal)
    return closed


async def _first_paint(window: QWidget) -> None:
    painted = asyncio.get_running_loop().create_future()

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and not painted.done():
                painted.set_result(None)
            return False

    watch = Watch(window)
    window.installEventFilter(watch)
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(painted, PAINT_SECONDS)
    window.removeEventFilter(watch)


def _settle_memory() -> None:
    """What the start has made stays; the collector need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


def _threads_end() -> bool:
    """True when no thread is left: neither one that Python's end would wait for, nor one it would break off.

    It breaks daemons off where they next ask for the interpreter; in Qt's code that aborts the process.
    """
    deadline = time.monotonic() + LAST_THREADS_SECONDS
    others = [t for t in threading.enumerate() if t is not threading.main_thread()]
    for thread in others:
        if not thread.daemon:
            thread.join(max(0.0, deadline - time.monotonic()))
    return not any(thread.is_alive() for thread in others)


def _leave_at_once(status: int) -> None:
    """End although code still runs in a thread."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)


def _say(words: str) -> None:
    print(words, file=sys.stderr)


def _face(settings: Settings) -> Face:
    return Face.JSON if settings.input_face == Face.JSON.value else Face.FORM


def _column(top: QWidget, rest: QWidget) -> QWidget:
    """Two widgets above each other; the lower one takes all room that is left."""
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addWidget(top)
    layout.addWidget(rest, 1)
    return column
