"""`stepscope.show(graph)`: the window on a graph that lives in this process, from a script or a notebook."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import inspect
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any


def show(graph: Any, input: Any = None) -> None:
    """Open the window on a graph, and return when it is closed.

    `graph` is a compiled graph or a StateGraph, of stepgraph or LangGraph. It runs in this process, with all
    that its nodes refer to. `input` is what the first run begins with: JSON-able data, and messages.
    The graph's prints stay in the terminal or the notebook.

    In a program that the window itself has opened this does nothing: its graph is shown already.

    Raises TypeError when it is no graph, RuntimeError outside of the main thread.
    """
    if "stepscope_host.serving.worker" in sys.modules:
        return
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("show() opens a window, which only the main thread can: call it there.")
    caller = inspect.currentframe()
    path, name = _whereabouts(caller.f_back if caller else None, graph)

    from stepscope import application  # only the window needs Qt
    from stepscope.session.live import LiveSession
    from stepscope.window_options import WindowOptions
    from stepscope_host.loading.given import GivenGraph

    given = GivenGraph(graph, input, path, name)
    with _as_it_was():
        application.show(WindowOptions(given.target, trust=True), lambda: LiveSession(given))


def _whereabouts(frame: FrameType | None, graph: Any) -> tuple[str, str]:
    """The file of who calls, and what it calls the graph."""
    if frame is None:
        return "python", "graph"
    file = frame.f_code.co_filename
    path = "notebook" if file.startswith("<") or "ipykernel" in file else file
    known = {**frame.f_globals, **frame.f_locals}
    return path, next((name for name, value in known.items() if value is graph), "graph")


@contextlib.contextmanager
def _as_it_was() -> Iterator[None]:
    """What the window sets for a whole process is the caller's again afterwards."""
    switch_interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    collects = gc.isenabled()
    gc.disable()
    interrupt = signal.getsignal(signal.SIGINT)
    # A notebook calls from within its own loop, which stands still, as for any cell that takes long.
    outer = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(outer)
        signal.signal(signal.SIGINT, interrupt)
        sys.setswitchinterval(switch_interval)
        gc.set_threshold(*thresholds)
        gc.unfreeze()
        gc.collect()  # What is left of the window goes here; no thread of the caller's is to find it.
        if collects:
            gc.enable()
