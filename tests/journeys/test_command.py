"""The command itself, as a process: screenshot, exit status, and an end that nothing can hold up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent

import pytest
from PySide6.QtGui import QImage


def start(*arguments: str, home: Path) -> subprocess.Popen[str]:
    environment = os.environ | {"XDG_CONFIG_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.Popen(
        [sys.executable, "-m", "stepscope", *arguments],
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def stepscope(*arguments: str, home: Path) -> tuple[int, str]:
    """Run to the end; returns the exit status and what it said on stderr."""
    with start(*arguments, home=home) as process:
        _, said = process.communicate(timeout=120)
    return process.returncode, said


def test_a_screenshot_shows_the_finished_run_and_the_status_is_0(tmp_path: Path) -> None:
    picture = tmp_path / "window.png"

    status, said = stepscope(
        "example:map_reduce",
        "--run",
        "--screenshot",
        str(picture),
        "--quit",
        "--theme",
        "dark",
        home=tmp_path,
    )

    assert (status, said) == (0, "")
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (1440, 900)
    assert image.pixelColor(720, 600).lightness() < 60


def test_a_run_that_fails_makes_the_status_1(tmp_path: Path) -> None:
    status, _ = stepscope("example:failing", "--run", "--quit", home=tmp_path)

    assert status == 1


def test_a_file_that_cannot_be_opened_makes_the_status_1_and_is_told(tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text("import no_such_module_at_all\n")

    status, said = stepscope(str(bad), "--quit", home=tmp_path)

    assert status == 1
    assert "no_such_module_at_all" in said


def test_the_graph_is_on_the_screenshot_without_a_run(tmp_path: Path) -> None:
    picture = tmp_path / "window.png"

    status, _ = stepscope("example:agent_loop", "--screenshot", str(picture), "--quit", home=tmp_path)

    assert status == 0
    assert not QImage(str(picture)).isNull()


def test_the_input_given_is_the_one_that_runs(tmp_path: Path) -> None:
    status, _ = stepscope("example:failing", "--input", '{"order": "tea"}', "--run", "--quit", home=tmp_path)

    assert status == 0


def test_a_screenshot_that_cannot_be_written_makes_the_status_1(tmp_path: Path) -> None:
    status, said = stepscope("--screenshot", str(tmp_path / "no" / "where.png"), "--quit", home=tmp_path)

    assert status == 1
    assert "could not be written" in said


HANGING = """
    import threading, time
    from typing import TypedDict
    from stepgraph.graph import START, StateGraph

    class State(TypedDict):
        x: int

    def node(state: State):
        threading.Thread(target=time.sleep, args=(600,)).start()
        {body}

    graph = StateGraph(State).add_node(node).add_edge(START, "node").compile()
    inputs = {{"x": 0}}
"""


def wait_for(flag: Path) -> None:
    """Until the program, which writes to the window's Console and not to this terminal, has made a file."""
    while not flag.exists():
        time.sleep(0.02)


def test_threads_that_the_graph_left_behind_do_not_hold_the_end_up(tmp_path: Path) -> None:
    file = tmp_path / "hanging.py"
    file.write_text(dedent(HANGING.format(body="return {'x': 1}")))

    status, _ = stepscope(str(file), "--run", "--quit", home=tmp_path)

    assert status == 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("signals", [["SIGINT"], ["SIGTERM"], ["SIGINT", "SIGINT", "SIGTERM"]], ids="+".join)
def test_a_signal_closes_a_window_whose_node_hangs_and_more_of_them_do_no_more(
    tmp_path: Path, signals: list[str]
) -> None:
    file = tmp_path / "hanging.py"
    flag = tmp_path / "it_hangs"
    file.write_text(dedent(HANGING.format(body=f"open({str(flag)!r}, 'w').close(); time.sleep(600)")))

    with start(str(file), "--run", home=tmp_path) as process:
        wait_for(flag)
        for name in signals:
            process.send_signal(signal.Signals[name])
        process.communicate(timeout=60)

    assert process.returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="signals, and where settings lie")
def test_a_trusted_target_is_opened_without_a_question_and_trusted_this_once(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    flag = tmp_path / "it_ran"
    file.write_text(f"open({str(flag)!r}, 'w').close()\n" + dedent(HANGING.format(body="pass")))

    for _ in range(2):
        with start(str(file), "--trust", home=tmp_path) as process:
            wait_for(flag)
            flag.unlink()
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)

    assert "trusted" not in (tmp_path / "stepscope" / "settings.ini").read_text()


LAZY = """
    import sys
    from stepscope import application

    settle = application._settle_memory

    def look():
        heavy = {"networkx", "langchain_core", "langgraph", "stepgraph"}
        print(sorted(heavy & set(sys.modules)), flush=True)
        settle()

    application._settle_memory = look
    from stepscope.window_options import WindowOptions
    application.main(WindowOptions(quit=True))
"""


def test_nothing_heavy_is_loaded_before_the_window_is_seen(tmp_path: Path) -> None:
    environment = os.environ | {"XDG_CONFIG_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", dedent(LAZY)], env=environment, text=True, capture_output=True, timeout=120
    )

    assert done.stdout == "[]\n"


IN_QTS_HANDS = """
    import threading
    from PySide6.QtCore import QPointF
    from stepscope import application

    def make_points():
        while True:
            QPointF(1, 2)

    settle = application._settle_memory

    def begin():
        settle()
        for _ in range(3):
            threading.Thread(target=make_points, daemon=True).start()

    application._settle_memory = begin
    from stepscope.window_options import WindowOptions
    raise SystemExit(application.main(WindowOptions(quit=True)))
"""


def test_a_thread_that_is_in_qts_code_at_the_end_does_not_break_the_process(tmp_path: Path) -> None:
    """Such as that of a layout. Python ends threads where they next ask for it, and C++ takes that amiss."""
    environment = os.environ | {"XDG_CONFIG_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", dedent(IN_QTS_HANDS)]
    done = subprocess.run(command, env=environment, text=True, capture_output=True, timeout=120)

    assert done.returncode == 0, done.stderr
