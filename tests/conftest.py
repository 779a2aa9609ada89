"""What every test starts from: no display is needed, each async test has its loop, nothing is left behind.

Async tests in tests/app and tests/journeys run on the window's own event loop, all others on asyncio's.
A test on the Qt loop awaits futures; it never calls `qtbot.wait*()`, which would run Qt inside a task.
"""

from __future__ import annotations

import asyncio
import gc
import inspect
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# A deadline would be an assertion about time, which a busy machine fails. Where a change is judged, it is by
# the same examples each time; by hand, new ones are tried.
settings.register_profile("untimed", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("untimed")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Threads of tests are not the person's.
_data = tempfile.TemporaryDirectory(prefix="stepscope-data-")
os.environ["XDG_DATA_HOME"] = _data.name

ON_THE_QT_LOOP = {"app", "journeys"}

# Qt deletes an application that nobody in Python holds; pytest-qt's `qapp` takes the one that exists.
_application: Any = None


def on_the_qt_loop(item: pytest.Item) -> bool:
    return item.path.relative_to(Path(__file__).parent).parts[0] in ON_THE_QT_LOOP


def qt_loop() -> asyncio.AbstractEventLoop:
    from PySide6.QtWidgets import QApplication

    from stepscope.run.loop import QtEventLoop

    global _application
    _application = QApplication.instance() or QApplication([])
    _application.setQuitOnLastWindowClosed(False)
    return QtEventLoop(_application)


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    if on_the_qt_loop(item):
        return {"qt": qt_loop}
    return {"asyncio": asyncio.new_event_loop}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Keep threads from deleting what tests of the window have left, which Qt does not survive.

    Python collects garbage in whichever thread happens to make some, and a timer that dies in another thread
    than its own still goes off. So in these tests nothing is collected but between two modules. Here the last
    test's window is garbage too; what is none yet, because a thread still has it, is put aside for good.
    """
    if on_the_qt_loop(item):
        gc.disable()
    result = yield
    if on_the_qt_loop(item) and (nextitem is None or nextitem.path != item.path):
        gc.unfreeze()
        gc.collect()
        if nextitem is not None and not on_the_qt_loop(nextitem):
            gc.freeze()
            gc.enable()
    return result


@pytest.fixture(autouse=True)
def async_test_leaves_nothing(request: pytest.FixtureRequest) -> None:
    function = getattr(request, "function", None)
    if inspect.iscoroutinefunction(function) and on_the_qt_loop(request.node):
        request.getfixturevalue("nothing_left")


@pytest.fixture
async def nothing_left() -> AsyncIterator[None]:
    """Fail a test that leaves a task or a timer behind, or whose loop had an error that nobody handled."""
    loop = asyncio.get_running_loop()
    errors: list[str] = []
    loop.set_exception_handler(lambda _, context: errors.append(_told(context)))
    yield
    loop.set_exception_handler(None)
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    timers = [timer for timer in loop._scheduled if not timer.cancelled()]  # type: ignore[attr-defined]
    assert not tasks, "tasks left running"
    assert not timers, "timers left set"
    assert not errors, "errors that nobody handled"


def _told(context: dict[str, Any]) -> str:
    return f"{context.get('message')}: {context.get('exception')!r}"
