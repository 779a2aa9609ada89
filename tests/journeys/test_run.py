"""Running: through, step by step, into failures and into nodes that hang; on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from tests.kit import pane_probe
from tests.kit.window_probe import CTRL, SHIFT, WindowProbe

from stepscope.model.phase import Phase
from stepscope.panes.messages import MessagesPane
from stepscope.panes.values import ValuesPane

File = Callable[[str, str], Path]

NEWSROOM = """
    import operator
    from typing import Annotated, TypedDict
    from {engine}.graph import START, END, StateGraph

    class State(TypedDict):
        topic: str
        notes: Annotated[list[str], operator.add]

    def plan(state: State):
        return {{"notes": ["a plan for " + state["topic"]]}}

    def writer(state: State):
        return {{"notes": ["a text"]}}

    def fact_check(state: State):
        return {{"notes": ["a fact"]}}

    def editor(state: State):
        return {{"topic": "all about " + state["topic"]}}

    builder = StateGraph(State)
    for node in (plan, writer, fact_check, editor):
        builder.add_node(node)
    builder.add_edge(START, "plan")
    builder.add_edge("plan", "writer")
    builder.add_edge("plan", "fact_check")
    builder.add_edge(["writer", "fact_check"], "editor")
    builder.add_edge("editor", END)
    graph = builder.compile()
    inputs = {{"topic": "owls"}}
"""


async def opened(window: WindowProbe, path: Path) -> None:
    window.drop(path)
    await window.until(lambda: bool(window.question))
    window.answer("Only this once")
    await window.until(lambda: not window.question)
    await window.opened(path.name)


async def test_an_example_runs_and_every_pane_shows_its_share(window: WindowProbe) -> None:
    await window.choose("Examples", "Joke and poem")
    await window.opened("joke_and_poem.py")

    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished after 1 superstep")

    assert window.canvas.phase_of("write_joke") is Phase.DONE
    assert window.canvas.phase_of("write_poem") is Phase.DONE
    assert window.canvas.is_edge_taken("START", "write_joke")
    assert window.canvas.is_edge_taken("write_poem", "END")
    assert sorted(row.split()[1] for row in window.rows("Updates")) == ["write_joke", "write_poem"]
    messages = window.window.findChild(MessagesPane)
    assert messages is not None
    assert sorted(bubble.node for bubble in pane_probe.bubbles(messages)) == ["write_joke", "write_poem"]
    values = window.window.findChild(ValuesPane)
    assert values is not None
    assert [row.split()[0] for row in pane_probe.tree(values)] == ["topic", "+", "+"]


@pytest.mark.parametrize("engine", ["stepgraph", "langgraph"])
async def test_f10_goes_superstep_by_superstep(window: WindowProbe, file: File, engine: str) -> None:
    await opened(window, file("newsroom.py", NEWSROOM.format(engine=engine)))

    window.press(Qt.Key.Key_F10)
    await window.until_said("Paused")
    assert "superstep 2 is next" in window.said
    assert "writer" in window.said
    assert "fact_check" in window.said
    assert window.canvas.phase_of("plan") is Phase.DONE
    assert window.canvas.phase_of("writer") is Phase.HELD
    assert window.canvas.phase_of("fact_check") is Phase.HELD
    assert window.canvas.phase_of("editor") is Phase.IDLE
    assert [row.split()[1] for row in window.rows("Updates")] == ["plan"]

    window.press(Qt.Key.Key_F10)
    await window.until_said("superstep 3 is next")
    assert window.canvas.phase_of("editor") is Phase.HELD
    assert window.canvas.phase_of("writer") is Phase.DONE

    window.press(Qt.Key.Key_F10)
    await window.until_said("Finished after 3 supersteps")
    assert window.canvas.is_edge_taken("editor", "END")
    assert engine in window.workbench.model.state.engine


@pytest.mark.parametrize("engine", ["stepgraph", "langgraph"])
async def test_continue_runs_on_to_the_end(window: WindowProbe, file: File, engine: str) -> None:
    await opened(window, file("newsroom.py", NEWSROOM.format(engine=engine)))

    window.press(Qt.Key.Key_F10)
    await window.until_said("superstep 2 is next")
    window.click("Continue")
    await window.until_said("Finished after 3 supersteps")

    assert len(window.rows("Updates")) == 4


async def test_what_is_typed_is_what_the_graph_gets(window: WindowProbe, file: File) -> None:
    await opened(window, file("newsroom.py", NEWSROOM.format(engine="stepgraph")))

    window.type_input('{"topic": "bees"}')
    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished")

    assert "a plan for bees" in window.rows("Updates")[0]


async def test_a_run_can_be_restarted_again_and_again(window: WindowProbe, file: File) -> None:
    await opened(window, file("newsroom.py", NEWSROOM.format(engine="stepgraph")))
    for _ in range(3):
        window.press(Qt.Key.Key_F10)
        await window.until_said("superstep 2 is next")
        window.press(Qt.Key.Key_F5, CTRL | SHIFT)
        await window.until_said("Finished after 3 supersteps")
        assert len(window.rows("Updates")) == 4


async def test_a_failing_node_shows_its_error_on_itself_and_in_problem(window: WindowProbe) -> None:
    await window.choose("Examples", "Failing")
    await window.opened("failing.py")

    window.press(Qt.Key.Key_F5)
    await window.until_said("Failed in `look_up_price`: KeyError: 'cocoa'")

    assert window.canvas.phase_of("look_up_price") is Phase.FAILED
    assert window.canvas.phase_of("check_stock") is Phase.DONE
    assert window.tab_in_front == "Problem"
    assert window.is_enabled("Run")


BLOCKING = """
    import pathlib, time
    from typing import TypedDict
    from {engine}.graph import START, StateGraph

    class State(TypedDict):
        x: int

    def quick(state: State):
        return {{"x": 1}}

    def slow(state: State):
        while not pathlib.Path({release!r}).exists():
            time.sleep(0.01)

    graph = StateGraph(State).add_sequence([quick, slow]).add_edge(START, "quick").compile()
    inputs = {{"x": 0}}
"""


@pytest.fixture
def release(tmp_path: Path) -> Iterator[Path]:
    """The file that a blocking node waits for; it comes when the test is over, so that no thread is left."""
    path = tmp_path / "release"
    yield path
    path.touch()


@pytest.mark.parametrize("engine", ["stepgraph", "langgraph"])
async def test_stop_gives_the_window_back_and_names_what_still_runs(
    window: WindowProbe, file: File, engine: str, release: Path
) -> None:
    await opened(window, file("blocking.py", BLOCKING.format(engine=engine, release=str(release))))
    window.press(Qt.Key.Key_F5)
    await window.until(lambda: window.canvas.phase_of("slow") is Phase.RUNNING)

    window.press(Qt.Key.Key_F5, SHIFT)
    await window.until_said("■ Stopped")

    assert "`slow` still runs in a thread: it cannot be ended from here" in window.said
    assert [row.split()[1] for row in window.rows("Updates")] == ["quick"]
    assert window.canvas.phase_of("quick") is Phase.DONE
    assert window.is_enabled("Run")


async def test_the_window_stays_alive_while_a_node_blocks(
    window: WindowProbe, file: File, release: Path
) -> None:
    await opened(window, file("blocking.py", BLOCKING.format(engine="stepgraph", release=str(release))))
    window.press(Qt.Key.Key_F5)
    await window.until(lambda: window.canvas.phase_of("slow") is Phase.RUNNING)

    window.type_input('{"x": 7}')
    window.show_tab("Debug")

    assert window.input == '{"x": 7}'
    assert window.tab_in_front.startswith("Debug")
    window.press(Qt.Key.Key_F5, SHIFT)
    await window.until_said("■ Stopped")


NONSENSE = """
    from typing import TypedDict
    from stepgraph.graph import START, StateGraph

    class State(TypedDict):
        x: object

    def node(state: State):
        {body}

    graph = StateGraph(State).add_node(node).add_edge(START, "node").compile()
    inputs = {{"x": 0}}
"""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return 7", "Failed"),
        ("return {'y': 1}", ""),
        ("print('x' * 1_000_000)", "Finished"),
        ("x = []; x.append(x); return {'x': x}", "Finished"),
        ("return {'x': 'm' * 50_000_000}", "Finished"),
        ("return {'x': node}", "Finished"),
        ("raise KeyboardInterrupt", "Failed"),
        ("raise SystemExit(3)", "Failed"),
    ],
)
async def test_whatever_a_node_does_the_run_ends_and_the_window_lives(
    window: WindowProbe, file: File, body: str, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    await opened(window, file("nonsense.py", NONSENSE.format(body=body)))

    window.press(Qt.Key.Key_F5)
    await window.until(lambda: window.workbench.model.state.phase.is_over)
    await window.until(lambda: not window.workbench.controller.is_live)

    assert said in window.said
    window.type_input("[]")
    assert window.input == "[]"


async def test_input_without_the_needed_keys_fails_with_a_message(window: WindowProbe, file: File) -> None:
    await opened(window, file("newsroom.py", NEWSROOM.format(engine="stepgraph")))
    window.type_input("{}")
    assert (
        window.input_words == "Not given: `topic`. A node that reads such a key before it is written fails."
    )

    window.press(Qt.Key.Key_F5)
    await window.until_said("Failed")

    assert window.tab_in_front == "Problem"


FLOOD = """
    from typing import TypedDict
    from stepgraph.config import get_stream_writer
    from stepgraph.graph import START, StateGraph

    class State(TypedDict):
        x: int

    def node(state: State):
        write = get_stream_writer()
        for number in range(50_000):
            write({"progress": number})

    graph = StateGraph(State).add_node(node).add_edge(START, "node").compile()
    inputs = {"x": 0}
"""


async def test_a_flood_of_custom_chunks_arrives_whole_while_the_window_goes_on(
    window: WindowProbe, file: File
) -> None:
    await opened(window, file("flood.py", FLOOD))
    window.show_tab("Custom")
    seen: list[int] = []
    ticks = QTimer(interval=16)
    ticks.timeout.connect(lambda: seen.append(len(window.workbench.model.state.customs)))
    ticks.start()

    window.press(Qt.Key.Key_F5)
    await window.until_said("Finished")
    ticks.stop()

    rows = window.rows("Custom")
    assert len(rows) == 50_000
    assert "49999" in rows[-1]
    assert len({count for count in seen if 0 < count < 50_000}) > 2
    assert "Custom 50,000" in window.tabs
