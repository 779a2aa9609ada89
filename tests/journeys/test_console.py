"""A program speaks in every way there is, in a process of its own; the Console has all of it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from tests.kit.environments import real_venv
from tests.kit.window_probe import WindowProbe, a_window

from stepscope.session.worker import WorkerSession

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"

SPEAKS = """
    import logging, os, subprocess, sys, threading, time, warnings
    sys.stdout.write("to stdout\\n")
    print("to stderr", file=sys.stderr)
    os.write(1, b"to descriptor 1\\n")
    os.write(2, "caf\\u00e9 \\U0001f989 ".encode() + b"\\xff\\xfe\\n")
    subprocess.run([sys.executable, "-c", "print('of a child')"], check=True)
    logging.getLogger("app.db").error("logged %d", 7)
    warnings.warn("warned", FutureWarning)
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    if hasattr(os, "fork"):
        child = os.fork()
        if not child:
            logging.error("of a fork")
            os._exit(0)
        os.waitpid(child, 0)
    for percent in range(0, 101, 20):
        print(f"\\r{percent} %", end="", flush=True)
    print()

    class Graph:
        nodes = {}
        def astream(self, *args, **options):
            async def chunks():
                print("in the run")
                logging.getLogger("app").warning("logged in the run")
                yield (), "values", {}
            return chunks()
        def get_graph(self, **options):
            raise NotImplementedError
        def get_input_jsonschema(self):
            return {}

    graph = Graph()
"""


@pytest.fixture
async def window(tmp_path: Path) -> AsyncIterator[WindowProbe]:
    async with a_window(tmp_path, WorkerSession()) as window:
        yield window


def lines(window: WindowProbe) -> list[str]:
    """The rows without the time, cells one space apart."""
    return [" ".join(row.split()[1 if row[:1].isdigit() else 0 :]) for row in window.rows("Console")]


@pytest.mark.parametrize("version", sorted({"3.10", "3.13", VERSION}))
async def test_everything_that_is_said_is_shown_and_by_whom(
    window: WindowProbe, project: Path, file: Callable[[str, str], Path], version: str
) -> None:
    path = file("speaks.py", SPEAKS)
    python = sys.executable if version == VERSION else real_venv(project / ".venv", version)
    await window.workbench.commands.open(str(path), has_consent=True, python=python)
    window.show_tab("Console")
    await window.until(lambda: "› stdout 100 %" in lines(window))

    said = lines(window)
    assert said[0] == "Opening speaks.py"
    for line in (
        "› stdout to stdout",
        "» stderr to stderr",
        "› stdout to descriptor 1",
        "» stderr café 🦉 ��",
        "› stdout of a child",
        "✕ ERROR app.db logged 7",
        "! warning FutureWarning warned",
        "✕ stderr Traceback (most recent call last):",
        "✕ stderr ZeroDivisionError: division by zero",
    ):
        assert said.count(line) == 1, (line, said)
    assert [line for line in said if "of a fork" in line] == ["» stderr ERROR:root:of a fork"]
    assert not any("of the child" in line or "20 %" in line for line in said)

    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished")
    await window.until(lambda: "› stdout in the run" in lines(window))
    assert lines(window).count("Run 1 started") == 1
    assert "! WARNING app logged in the run" in lines(window)


NODES = """
    import faulthandler, logging, os, signal, threading
    from typing import TypedDict
    from ENGINE.graph import START, StateGraph

    log = logging.getLogger("app")

    class State(TypedDict):
        word: str

    async def ask(state: State):
        log.error("asking")

    def crash(state: State):
        print("going down", flush=True)
        if state["word"] == "down":
            faulthandler._sigsegv()

    graph = StateGraph(State).add_sequence([ask, crash]).add_edge(START, "ask").compile()
    inputs = {"word": "up"}
"""


@pytest.mark.parametrize("engine", ["stepgraph", "langgraph"])
async def test_a_record_names_the_node_that_said_it(
    window: WindowProbe, file: Callable[[str, str], Path], engine: str
) -> None:
    path = file("nodes.py", NODES.replace("ENGINE", engine))
    await window.workbench.commands.open(str(path), has_consent=True)
    window.show_tab("Console")
    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished")
    await window.until(lambda: "✕ ERROR ask app asking" in lines(window))

    window.click_row("Console", lines(window).index("✕ ERROR ask app asking"))
    assert window.canvas.selected() == "ask"


async def test_a_crash_leaves_its_last_words_and_its_report(
    window: WindowProbe, file: Callable[[str, str], Path]
) -> None:
    path = file("nodes.py", NODES.replace("ENGINE", "stepgraph"))
    await window.workbench.commands.open(str(path), has_consent=True, input='{"word": "down"}')
    window.press(Qt.Key.Key_F5)
    await window.until_said("Failed")
    window.show_tab("Console")
    await window.until(lambda: any("in crash" in line for line in lines(window)))

    said = lines(window)
    assert "› stdout going down" in said
    assert "✕ stderr Fatal Python error: Segmentation fault" in said

    window.type_input('{"word": "up"}')
    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished")
    await window.until(lambda: lines(window).count("› stdout going down") == 2)
    assert "Run 2 started" in lines(window)


async def test_a_process_that_dies_between_runs_is_told(
    window: WindowProbe, file: Callable[[str, str], Path]
) -> None:
    path = file("nodes.py", NODES.replace("ENGINE", "stepgraph") + "    print(os.getpid(), flush=True)\n")
    await window.workbench.commands.open(str(path), has_consent=True)
    window.show_tab("Console")
    await window.until(lambda: len(lines(window)) == 2)

    os.kill(int(lines(window)[-1].split()[-1]), signal.SIGKILL)
    await window.until(lambda: bool(window.banner))
    assert window.banner == "✕  The program's process was killed (SIGKILL). The next run starts a new one."
    await window.until(lambda: lines(window)[-1] == "✕ The program's process was killed (SIGKILL).")

    window.press(Qt.Key.Key_F5)
    await window.until_said("Starting the program's process")
    assert not window.banner
    await window.until_said("Finished")
