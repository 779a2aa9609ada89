"""The command line as a shell sees it: lines on stdout, words on stderr, an exit status."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.kit.environments import real_venv

from stepscope import __version__, assets, command_line

ROOT = Path(__file__).parent.parent.parent
STEPSCOPE = [sys.executable, "-m", "stepscope"]
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join([str(ROOT / "engine"), str(ROOT / "app")]),
    "PYTHONWARNINGS": "ignore",
}
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00")

CHAIN = """
import operator
from typing import Annotated
from typing_extensions import TypedDict
from ENGINE.config import get_stream_writer
from ENGINE.graph import START, StateGraph

class State(TypedDict):
    log: Annotated[list, operator.add]
    word: str

def a(state: State):
    get_stream_writer()({"from": "a"})
    return {"log": ["a"], "word": "wörd"}

def b(state: State):
    return {"log": ["b"]}

graph = StateGraph(State).add_sequence([a, b]).add_edge(START, "a").compile()
"""

# A graph that needs nothing, for an environment that has nothing.
TINY_ENGINE = """
import sys

class Graph:
    nodes = {"tell": None}

    async def astream(self, input, config=None, **options):
        told = ["%d.%d" % sys.version_info[:2], sys.executable]
        yield ((), "updates", {"told": told}) if options.get("subgraphs") else ("updates", {"told": told})

    def get_graph(self, **options):
        raise NotImplementedError
"""


@dataclass
class Ended:
    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


def stepscope(*words: str, cwd: Path | None = None) -> Ended:
    """Run the command as a process of its own."""
    ended = subprocess.run(
        [*STEPSCOPE, *words],
        capture_output=True,
        encoding="utf-8",
        env=ENVIRONMENT,
        cwd=cwd,
        timeout=120,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str, name: str = "program.py", engine: str = "stepgraph") -> str:
        path = tmp_path / name
        path.write_text(textwrap.dedent(text).replace("ENGINE", engine), encoding="utf-8")
        return str(path)

    return write


def test_a_run_prints_a_line_a_chunk(write: Write) -> None:
    ended = stepscope("run", write(CHAIN), "--input", '{"log": ["in"]}')
    assert ended.status == 0
    assert ended.lines == [
        {"mode": "updates", "data": {"a": {"log": ["a"], "word": "wörd"}}},
        {"mode": "updates", "data": {"b": {"log": ["b"]}}},
    ]
    assert "wörd" in ended.out, "text is readable as it stands"
    assert ended.err == ""


def test_modes_can_be_chosen_and_repeated(write: Write) -> None:
    ended = stepscope("run", write(CHAIN), "--input", '{"log": []}', "--mode", "custom", "--mode", "values")
    assert [line["mode"] for line in ended.lines] == ["values", "custom", "values", "values"]


def test_an_input_may_come_from_a_file_or_from_the_program(write: Write, tmp_path: Path) -> None:
    given = tmp_path / "input.json"
    given.write_text('{"log": ["from file"]}')
    path = write(CHAIN + "inputs = {'log': ['own']}\n")
    from_file = stepscope("run", path, "--input", f"@{given}", "--mode", "values")
    own = stepscope("run", path, "--mode", "values")
    assert from_file.lines[0]["data"] == {"log": ["from file"]}
    assert own.lines[0]["data"] == {"log": ["own"]}


EXAMPLES = [
    "nested_subgraphs",
    "map_reduce",
    "stream_debug",
    "tokens_by_tag",
    "custom_from_tool",
    "agent_loop",
]


@pytest.mark.parametrize("name", EXAMPLES)
def test_both_engines_print_the_same_lines(name: str, tmp_path: Path) -> None:
    """Up to ids and times, and to the order of chunks of tasks that run side by side."""
    folder = assets.resources() / "examples"
    for path in folder.rglob("*.py"):
        copy = tmp_path / path.relative_to(folder)
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(path.read_text().replace("from stepgraph", "from langgraph"))
    modes = [
        word for mode in ("values", "updates", "custom", "messages", "debug") for word in ("--mode", mode)
    ]
    ours = stepscope("run", f"example:{name}", "--subgraphs", *modes)
    theirs = stepscope("run", str(tmp_path / f"{name}.py"), "--subgraphs", *modes)
    assert (ours.status, theirs.status) == (0, 0), theirs.err
    assert sorted(map(_comparable, ours.lines)) == sorted(map(_comparable, theirs.lines))
    assert [line["ns"] for line in ours.lines if not line["ns"]] != []


def _comparable(line: Any) -> str:
    text = json.dumps(line, sort_keys=True)
    text = TIME.sub("<time>", ID.sub("<id>", text))
    text = re.sub(r"(lc_run-|run-)+-?<id>", "<id>", text)
    return re.sub(r"\b[0-9a-f]{32}\b", "<id>", text)


def test_messages_are_pairs_of_message_and_metadata() -> None:
    ended = stepscope("run", "example:tokens", "--mode", "messages")
    message, metadata = ended.lines[0]["data"]
    assert message["$type"] == "AIMessageChunk"
    assert metadata["langgraph_node"]


def test_what_the_program_prints_goes_to_stderr(write: Write) -> None:
    printing = """
import os, subprocess, sys
print("at import")
os.write(1, b"raw at import\\n")

def talk(state: State):
    print("x" * 1_000_000)
    sys.stdout.flush()
    os.write(1, b"raw in node\\n")
    subprocess.run([sys.executable, "-c", "print('from a child')"])
    return {"log": []}

graph = StateGraph(State).add_node(talk).add_edge(START, "talk").compile()
"""
    ended = stepscope("run", write(CHAIN + printing), "--input", "{}")
    assert ended.lines == [{"mode": "updates", "data": {"talk": {"log": []}}}]
    for word in ("at import", "raw at import", "raw in node", "from a child", "x" * 1000):
        assert word in ended.err


@pytest.mark.parametrize("place", ["here", "elsewhere"])
def test_a_pool_that_a_node_spawns_finds_the_program_s_functions(write: Write, place: str) -> None:
    spawning = """
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor

def double(n):
    print("in a child")
    return 2 * n

def pool(state: State):
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as workers:
        return {"log": [sys.argv == [__file__], *workers.map(double, [1, 2])]}

graph = StateGraph(State).add_node(pool).add_edge(START, "pool").compile()
"""
    python = ["--python", sys.executable] if place == "elsewhere" else []
    ended = stepscope("run", write(CHAIN + spawning), "--input", "{}", *python)
    assert ended.lines == [{"mode": "updates", "data": {"pool": {"log": [True, 2, 4]}}}], ended.err
    assert "in a child" in ended.err


def test_a_run_that_fails_keeps_its_chunks_and_tells_the_line(write: Write) -> None:
    failing = """
def boom(state: State):
    raise ValueError("no such city")

graph = StateGraph(State).add_sequence([a, boom]).add_edge(START, "a").compile()
"""
    path = write(CHAIN + failing)
    ended = stepscope("run", path, "--input", '{"log": []}')
    assert ended.status == 1
    assert [line["data"] for line in ended.lines] == [{"a": {"log": ["a"], "word": "wörd"}}]
    first, second, *rest = ended.err.splitlines()
    assert first == "ValueError: no such city"
    assert second.strip().startswith(f"{path}, line ")
    assert second.endswith('in boom: raise ValueError("no such city")')
    assert "Traceback" in "\n".join(rest)


def test_a_run_that_crashes_tells_the_line(write: Write) -> None:
    crashing = """
def crash(state: State):
    import ctypes
    ctypes.string_at(0)

graph = StateGraph(State).add_sequence([a, crash]).add_edge(START, "a").compile()
"""
    path = write(CHAIN + crashing)
    ended = stepscope("run", path, "--input", '{"log": []}')
    assert ended.status == -signal.SIGSEGV
    assert [line["data"] for line in ended.lines] == [{"a": {"log": ["a"], "word": "wörd"}}]
    assert re.search(rf'File "{re.escape(path)}", line \d+ in crash', ended.err)


@pytest.mark.parametrize("raised", ["SystemExit(0)", "KeyboardInterrupt", "MemoryError"])
@pytest.mark.parametrize("kind", ["def", "async def"])
def test_a_node_that_exits_is_a_run_that_failed(write: Write, raised: str, kind: str) -> None:
    text = f"""
{kind} leave(state: State):
    raise {raised}

graph = StateGraph(State).add_node(leave).add_edge(START, "leave").compile()
"""
    ended = stepscope("run", write(CHAIN + text), "--input", "{}")
    assert ended.status == 1
    assert ended.err.startswith(raised.partition("(")[0])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nowhere.py"], "There is no file nowhere.py."),
        (["nowhere"], "There is no file and no module called 'nowhere'."),
        (["example:tokns"], "There is no example 'tokns'. Did you mean 'tokens'?"),
        (["PROGRAM:grph"], "Did you mean 'graph'?"),
        (["PROGRAM", "--input", "{"], "--input is not JSON: Expecting property name"),
        (["PROGRAM", "--input", '{\n "a":\n}'], "line 3 column 1"),
        (["PROGRAM", "--input", "@nowhere.json"], "cannot read nowhere.json: No such file or directory."),
        (["PROGRAM", "--input", '{"wrod": 1}'], "'wrod'. Did you mean 'word'?"),
        (["PROGRAM", "--input", "[1]"], "The input is a list, but this graph takes an object."),
        (["PROGRAM", "--python", "nowhere/python"], "--python nowhere/python: There is no "),
        (["PROGRAM", "--python", "."], "is a folder without a Python in it"),
        (["PROGRAM"], "program.py has no `inputs`: give the input with --input JSON."),
        (["PROGRAM", "--input", "{}", "--mode", "updaets"], "Did you mean 'updates'?"),
        (["BROKEN"], "SyntaxError: "),
        (["MISSING"], "-m pip install not-there-at-all"),
        (["EMPTY"], "There is no graph in empty.py."),
        (["SEVERAL"], "Say which: several.py:one"),
    ],
)
def test_what_cannot_be_meant_is_met_with_one_helpful_line(
    write: Write, tmp_path: Path, words: list[str], told: str
) -> None:
    files = {
        "PROGRAM": write(CHAIN),
        "BROKEN": write("def (:", "broken.py"),
        "MISSING": write("\nimport not_there_at_all\n", "missing.py"),
        "EMPTY": write("x = 1", "empty.py"),
        "SEVERAL": write(
            CHAIN.replace("graph =", "one = two =") + "two = one.copy()", "several.py", "langgraph"
        ),
    }
    target, *rest = words
    for name, path in files.items():
        target = target.replace(name, path)
    ended = stepscope("run", target, *rest, cwd=tmp_path)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.count("\n") == 1
    assert ended.err.startswith("stepscope: ")
    assert told in ended.err


@pytest.mark.parametrize("version", ["3.10", "3.13"])
def test_a_run_takes_place_in_the_python_that_is_given(write: Write, tmp_path: Path, version: str) -> None:
    python = real_venv(tmp_path / "env", version)
    engine = tmp_path / "env" / "lib" / f"python{version}" / "site-packages" / "tiny_engine.py"
    engine.write_text(TINY_ENGINE)
    path = tmp_path / "program.py"
    path.write_text("import tiny_engine\ngraph = tiny_engine.Graph()\ninputs = {}\n")

    ended = stepscope("run", str(path), "--python", python)

    assert ended.err == ""
    assert ended.lines == [{"mode": "updates", "data": {"told": [version, python]}}]


def test_a_run_takes_place_in_the_python_of_the_program_s_project(tmp_path: Path) -> None:
    project = tmp_path / "project"
    python = real_venv(project / ".venv", "3.13")
    engine = project / ".venv" / "lib" / "python3.13" / "site-packages" / "tiny_engine.py"
    engine.write_text(TINY_ENGINE)
    path = project / "program.py"
    path.write_text("import tiny_engine\ngraph = tiny_engine.Graph()\ninputs = {}\n")

    ended = stepscope("run", str(path))

    assert ended.err == f"stepscope: runs in {python}\n"
    assert ended.lines == [{"mode": "updates", "data": {"told": ["3.13", python]}}]


def test_a_missing_word_is_met_with_the_usage() -> None:
    ended = stepscope("run")
    assert ended.status == 2
    assert "TARGET" in ended.err


def test_a_reader_that_leaves_ends_the_run_without_a_word(write: Write) -> None:
    flood = """
def flood(state: State):
    for n in range(100_000):
        get_stream_writer()(n)

graph = StateGraph(State).add_node(flood).add_edge(START, "flood").compile()
"""
    words = [
        sys.executable,
        "-m",
        "stepscope",
        "run",
        write(CHAIN + flood),
        "--input",
        "{}",
        "--mode",
        "custom",
    ]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline()) == {"mode": "custom", "data": 0}
        process.stdout.close()
        assert process.wait(60) == 141
        assert process.stderr.read() == b""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
@pytest.mark.parametrize(
    "node",
    [
        "async def wait(state: State):\n    tell()\n    await asyncio.sleep(60)",
        "async def wait(state: State):\n    tell()\n    time.sleep(60)",
        "async def wait(state: State):\n    tell()\n    while True: pass",
        "def wait(state: State):\n    tell()\n    time.sleep(60)",
    ],
)
def test_ctrl_c_ends_the_run_whatever_the_node_does(write: Write, node: str) -> None:
    text = f"""
import asyncio, sys, time

def tell():
    print("in the node", file=sys.stderr, flush=True)

{node}

graph = StateGraph(State).add_sequence([a, wait]).add_edge(START, "a").compile()
"""
    words = [*STEPSCOPE, "run", write(CHAIN + text), "--input", "{}"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == b"in the node\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == b""
    assert json.loads(out)["data"] == {"a": {"log": ["a"], "word": "wörd"}}


def test_lines_come_while_the_run_goes_on(write: Write, tmp_path: Path) -> None:
    text = f"""
import pathlib, time

def wait(state: State):
    while not pathlib.Path({str(tmp_path / "go_on")!r}).exists():
        time.sleep(0.01)

graph = StateGraph(State).add_sequence([a, wait]).add_edge(START, "a").compile()
"""
    words = [*STEPSCOPE, "run", write(CHAIN + text), "--input", "{}"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, env=ENVIRONMENT) as process:
        assert process.stdout is not None
        assert b'"a"' in process.stdout.readline()
        (tmp_path / "go_on").touch()
        assert b'"wait"' in process.stdout.readline()


def test_lone_surrogates_and_line_separators_stay_in_their_line(write: Write) -> None:
    text = r"""
def odd(state: State):
    return {"word": "a\udc00b\u2028c\x85d"}

graph = StateGraph(State).add_node(odd).add_edge(START, "odd").compile()
"""
    ended = stepscope("run", write(CHAIN + text), "--input", "{}")
    assert ended.lines[0]["data"] == {"odd": {"word": "a\udc00b\u2028c\x85d"}}


def test_examples_are_listed_by_name_and_title() -> None:
    ended = stepscope("examples")
    listed = dict(re.split(r"  +", line, maxsplit=1) for line in ended.out.splitlines())
    assert ended.status == 0
    assert set(listed) == {example.name for example in assets.examples()}
    assert listed["nested_subgraphs"].startswith("Nested subgraphs: ")


def test_a_file_called_run_opens_as_a_path(write: Write, tmp_path: Path) -> None:
    write(CHAIN, "run")
    assert stepscope("run", "./run", "--input", "{}", cwd=tmp_path).status == 0


def test_version_and_help_are_told() -> None:
    assert stepscope("--version").out == f"stepscope {__version__}\n"
    told = stepscope("--help").out
    for word in (
        "TARGET",
        "--input",
        "--run",
        "--screenshot",
        "--quit",
        "--trust",
        "stepscope run",
        "stepscope examples",
    ):
        assert word in told


@pytest.mark.parametrize("words", [["run", "example:stream_updates"], ["examples"], ["--version"]])
def test_no_qt_is_loaded_without_a_window(words: list[str]) -> None:
    program = (
        "import sys\n"
        "from stepscope.__main__ import main\n"
        f"sys.argv = ['stepscope', *{words!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "qt = ('PySide6', 'qasync', 'shiboken')\n"
        "sys.stderr.write(repr([name for name in sys.modules if name.startswith(qt)]))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=ENVIRONMENT, timeout=60
    )
    assert ended.stderr == "[]"


class Application:
    """Takes the place of the window."""

    def __init__(self) -> None:
        self.options: command_line.WindowOptions | None = None

    def main(self, options: command_line.WindowOptions) -> int:
        self.options = options
        return 7


@pytest.fixture
def application(monkeypatch: pytest.MonkeyPatch) -> Application:
    import stepscope

    fake = Application()
    monkeypatch.setitem(sys.modules, "stepscope.application", fake)  # type: ignore[arg-type]
    monkeypatch.setattr(stepscope, "application", fake, raising=False)
    return fake


def test_the_window_gets_its_options(application: Application) -> None:
    words = [
        "a.py:graph",
        "--input",
        '{"a":1}',
        "--run",
        "--screenshot",
        "x.png",
        "--quit",
        "--theme",
        "dark",
        "--trust",
        "--python",
        sys.executable,
    ]
    assert command_line.main(words) == 7
    assert application.options == command_line.WindowOptions(
        "a.py:graph", '{\n  "a": 1\n}', True, Path("x.png"), True, "dark", True, sys.executable
    )


def test_the_window_opens_without_a_word(application: Application) -> None:
    assert command_line.main([]) == 7
    assert application.options == command_line.WindowOptions()


def test_an_example_reaches_the_window_as_its_file(application: Application) -> None:
    command_line.main(["example:tokens"])
    assert application.options is not None
    assert application.options.target == str(assets.resources() / "examples" / "tokens.py")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["example:nothing_like_it"], "There is no example 'nothing_like_it'."),
        (["a.py", "--input", "{"], "--input is not JSON"),
        (["--run"], "--run needs a target"),
        (["--python", sys.executable], "--python needs a target"),
        (["a.py", "--python", "nowhere"], "--python nowhere: There is no "),
    ],
)
def test_the_window_is_not_opened_for_what_cannot_be_meant(
    application: Application, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    assert command_line.main(words) == 2
    assert application.options is None
    assert told in capsys.readouterr().err
