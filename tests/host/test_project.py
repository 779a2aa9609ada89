"""Projects with a langgraph.json open as `langgraph dev` runs them, and leave nothing in the process."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.kit.programs import Programs

from stepscope_host.failures import LoadFailed
from stepscope_host.loading import installing
from stepscope_host.loading.loader import Loaded, Loader

GRAPH = """
def a(state: State):
    return {"log": ["a"]}

graph = StateGraph(State).add_node(a).add_edge(START, "a").compile()
"""


@pytest.fixture
def loader() -> Iterator[Loader]:
    """A loader as in a worker."""
    before = _process()
    loader = Loader(owns_process=True)
    yield loader
    loader.close(asyncio.run)
    assert _process() == before


def _process() -> tuple[list[str], dict[str, str], Path]:
    return list(sys.path), {**os.environ, "PYTEST_CURRENT_TEST": ""}, Path.cwd()


@pytest.fixture
def folder(programs: Programs) -> Path:
    return programs.folder.resolve()


def describe(programs: Programs, name: str = "langgraph.json", **keys: Any) -> Path:
    path = programs.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"dependencies": ["."], **keys}, indent=2), encoding="utf-8")
    return path


def load(loader: Loader, target: str | Path) -> Loaded:
    return loader.load(str(target), asyncio.run)


def refusal(loader: Loader, target: str | Path) -> LoadFailed:
    with pytest.raises(LoadFailed) as caught:
        load(loader, target)
    return caught.value


def words(problem: LoadFailed) -> str:
    return f"{problem.failure['message']} {problem.failure['remedy']}".strip()


@pytest.mark.parametrize("suffix", ["", "/langgraph.json", ":my-agent", "/langgraph.json:my-agent"])
def test_a_project_opens_by_its_folder_its_file_and_the_id_of_its_graph(
    programs: Programs, loader: Loader, folder: Path, suffix: str
) -> None:
    programs.graph(GRAPH, "src/agent.py")
    describe(programs, graphs={"my-agent": "./src/agent.py:graph"})
    found = load(loader, f"{folder}{suffix}")
    assert found.target == f"{folder}:my-agent"
    assert (found.name, found.path, found.folder) == ("my-agent", str(folder / "src/agent.py"), str(folder))
    assert found.choices == ("my-agent",)
    assert found.warnings == ()
    assert load(loader, found.target).target == found.target


def test_a_file_of_another_name_describes_a_project_too(
    programs: Programs, loader: Loader, folder: Path
) -> None:
    programs.graph(GRAPH, "agent.py")
    file = describe(programs, "staging.json", graphs={"agent": "./agent.py:graph"})
    found = load(loader, file)
    assert found.target == f"{folder / 'staging.json'}:agent"
    assert load(loader, found.target).name == "agent"


def test_of_several_graphs_one_is_picked_by_what_is_written_about_it(
    programs: Programs, loader: Loader, folder: Path
) -> None:
    programs.graph(GRAPH, "agent.py")
    chat = {"path": "./agent.py:graph", "description": "Talks"}
    describe(programs, graphs={"chat": chat, "search": "./agent.py:graph", "ui": "./ui.ts:graph"})
    problem = refusal(loader, folder)
    assert problem.choices == ("chat", "search")
    assert problem.descriptions == {"chat": "Talks"}
    assert words(problem) == f"There are 2 graphs in langgraph.json: chat, search. Say which: {folder}:chat"
    assert load(loader, f"{folder}:search").choices == ("chat", "search")
    assert "There is no graph 'serch' in langgraph.json. Did you mean 'search'?" in words(
        refusal(loader, f"{folder}:serch")
    )


def test_a_graph_in_javascript_is_said_not_to_run_here(
    programs: Programs, loader: Loader, folder: Path
) -> None:
    describe(programs, graphs={"ui": "./src/agent.ts:graph"})
    problem = refusal(loader, folder)
    assert "The graph 'ui' is JavaScript (./src/agent.ts), which does not run here." in words(problem)
    assert problem.failure["where"]["line"] == 6


def test_a_module_is_found_in_the_project_and_in_its_local_dependencies(
    programs: Programs, loader: Loader, folder: Path
) -> None:
    programs.graph("from parts import word\n" + GRAPH, "lib/bot/flow.py")
    programs.write("", "lib/bot/__init__.py")
    programs.write("word = 1", "parts.py")
    describe(programs, graphs={"bot": "bot.flow:graph"}, dependencies=[".", "./lib", "./gone"])
    found = load(loader, folder)
    assert found.module.word == 1
    assert sys.path[-2:] == [str(folder), str(folder / "lib")]
    assert found.warnings == ("langgraph.json: there is no folder ./gone.",)


def test_a_neighbour_in_a_folder_that_is_no_dependency_is_missing_as_it_is_elsewhere(
    programs: Programs, loader: Loader, folder: Path
) -> None:
    programs.graph("import parts\n" + GRAPH, "src/agent.py")
    programs.write("", "src/parts.py")
    describe(programs, graphs={"agent": "./src/agent.py:graph"})
    problem = refusal(loader, folder)
    assert problem.failure["type"] == "ModuleNotFoundError"
    assert 'parts lies in src: add "./src" to the dependencies in langgraph.json' in words(problem)


def test_a_relative_import_needs_the_name_of_a_module_as_it_does_elsewhere(
    programs: Programs, loader: Loader, folder: Path
) -> None:
    programs.graph("from .parts import word\n" + GRAPH, "src/bot/flow.py")
    programs.write("word = 1", "src/bot/parts.py")
    describe(
        programs, graphs={"a": "./src/bot/flow.py:graph", "b": "bot.flow:graph"}, dependencies=[".", "./src"]
    )
    problem = refusal(loader, f"{folder}:a")
    assert problem.failure["type"] == "ImportError"
    assert 'Name it as a module in langgraph.json: "bot.flow:name" in place of its path.' in words(problem)
    assert load(loader, f"{folder}:b").module.word == 1


def test_a_module_that_is_not_there_is_told_with_the_line_that_names_it(
    programs: Programs, loader: Loader, folder: Path
) -> None:
    programs.write("import no_such_library", "broken/__init__.py")
    describe(programs, graphs={"a": "gone.flow:graph", "b": "broken.flow:graph", "c": "./gnoe.py:graph"})
    gone, broken, file = (refusal(loader, f"{folder}:{id}") for id in "abc")
    assert "langgraph.json names the module gone.flow, which is not there." in words(gone)
    assert gone.failure["where"]["source"] == '"a": "gone.flow:graph",'
    assert "pip install no-such-library" in words(broken)
    assert broken.failure["where"]["file"] == str(folder / "broken/__init__.py")
    assert "langgraph.json names ./gnoe.py, and there is no such file" in words(file)
    assert file.failure["where"]["source"] == '"c": "./gnoe.py:graph"'


def test_a_name_that_the_file_does_not_have_is_told_with_the_nearest(
    programs: Programs, loader: Loader, folder: Path
) -> None:
    programs.graph(GRAPH, "agent.py")
    describe(programs, graphs={"agent": "./agent.py:grpah"})
    problem = refusal(loader, folder)
    assert words(problem) == "There is no 'grpah' in agent.py. Did you mean 'graph'? Graphs in it: graph."
    assert problem.failure["where"]["file"] == str(folder / "langgraph.json")


def test_a_graph_outside_of_the_project_is_warned_about(
    programs: Programs, loader: Loader, folder: Path
) -> None:
    programs.graph(GRAPH, "elsewhere/agent.py")
    describe(programs, "inside/langgraph.json", graphs={"agent": "../elsewhere/agent.py:graph"})
    found = load(loader, folder / "inside")
    outside = f"../elsewhere/agent.py lies outside of the project, in {folder / 'elsewhere'}."
    assert found.warnings == (outside,)


def test_a_program_finds_the_folder_and_the_variables_of_its_project_until_the_next_one_is_loaded(
    programs: Programs, loader: Loader, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORD", "of the process")
    monkeypatch.chdir("/")
    look = "import os\nseen = (os.getcwd(), os.environ.get('WORD'), os.environ.get('ONLY'))\n"
    programs.graph(look + GRAPH + "os.environ['LEFT'] = 'behind'", "a/agent.py")
    programs.write("WORD='of the file'\nONLY=${WORD} too", "a/.env")
    programs.graph(look + GRAPH, "b/agent.py")
    describe(programs, "a/langgraph.json", graphs={"agent": "./agent.py:graph"}, env=".env")
    describe(programs, "b/langgraph.json", graphs={"agent": "./agent.py:graph"}, env={"ONLY": "b's"})

    a = load(loader, folder / "a")
    assert a.module.seen == (str(folder / "a"), "of the file", "of the file too")
    assert os.environ["WORD"] == "of the file"
    assert Path.cwd() == folder / "a"

    assert load(loader, folder / "b").module.seen == (str(folder / "b"), "of the process", "b's")
    assert "LEFT" not in os.environ
    loader.close(asyncio.run)
    assert "ONLY" not in os.environ
    assert Path.cwd() == Path("/")


def test_after_a_failure_the_program_before_finds_its_surroundings_again(
    programs: Programs, loader: Loader, folder: Path
) -> None:
    programs.graph(GRAPH, "agent.py")
    describe(programs, graphs={"agent": "./agent.py:graph"}, env={"WORD": "mine"})
    load(loader, folder)
    refusal(loader, programs.write("1 / 0", "other/broken.py"))
    assert os.environ["WORD"] == "mine"
    assert Path.cwd() == folder
    assert str(folder / "other") not in sys.path


def test_a_process_that_is_not_the_program_s_own_is_left_as_it_is(programs: Programs, folder: Path) -> None:
    programs.graph("import os\nword = os.environ.get('WORD')\n" + GRAPH, "agent.py")
    describe(programs, graphs={"agent": "./agent.py:graph"}, env={"WORD": "mine"})
    loader, (path, *before) = Loader(), _process()
    found = load(loader, folder)
    assert found.module.word is None
    assert _process() == ([*path, str(folder)], *before)
    loader.close(asyncio.run)
    assert _process() == (path, *before)
    assert found.warnings == ("Its env is left out: this process is not the program's own.",)


def test_a_file_opened_alone_finds_its_folder_or_that_of_the_shell(
    programs: Programs, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    path = programs.graph("import os\nseen = os.getcwd()\n" + GRAPH, "sub/agent.py")
    for stays, seen in ((False, str(folder / "sub")), (True, "/")):
        loader = Loader(owns_process=True, stays=stays)
        assert load(loader, path).module.seen == seen
        loader.close(asyncio.run)


def test_a_line_of_the_env_that_cannot_be_read_is_named_without_its_words(
    programs: Programs, loader: Loader, folder: Path
) -> None:
    programs.graph(GRAPH, "agent.py")
    programs.write("A=1\nmy secret\n", ".env")
    describe(programs, graphs={"agent": "./agent.py:graph"}, env=".env")
    assert load(loader, folder).warnings == (".env: nothing can be read in line 2. Write NAME=value.",)
    describe(programs, graphs={"agent": "./agent.py:graph"}, env="gone.env")
    found = load(loader, folder)
    assert found.warnings == ("gone.env was not read: there is no such file.",)
    assert str(folder / "gone.env") in found.sources  # which it becomes when it is written


def test_what_cannot_be_honoured_is_said_in_a_line_each(
    programs: Programs, loader: Loader, folder: Path
) -> None:
    programs.graph(GRAPH, "agent.py")
    describe(
        programs,
        graphs={"agent": "./agent.py:graph"},
        dependencies=["no-such-library>=1", "networkx[default]", "git+https://host/no-such.git@main"],
        python_version="3.99",
        auth={"path": "./auth.py:auth"},
        store={"index": {"dims": 3}},
        dockerfile_lines=["RUN true"],
        dependancies=[],
    )
    missing = "no-such-library>=1, git+https://host/no-such.git@main"
    quoted = "'no-such-library>=1' git+https://host/no-such.git@main"
    install = installing.command(sys.executable, quoted, str(folder))
    version = sys.version.split()[0]
    assert load(loader, folder).warnings == (
        "langgraph.json has settings for a server, which do not count here: store, auth.",
        "langgraph.json: there is no key 'dependancies'. Did you mean 'dependencies'?",
        f"langgraph.json asks for Python 3.99, and this is {version}: "
        "choose another interpreter, or change python_version.",
        f"Not installed: {missing}. To install: {install}",
    )


def test_a_project_of_uv_names_the_environment_to_choose(
    programs: Programs, loader: Loader, folder: Path
) -> None:
    programs.graph(GRAPH, "app/agent.py")
    source = {"kind": "uv", "root": "..", "package": "app"}
    file = describe(programs, "app/langgraph.json", graphs={"agent": "./agent.py:graph"}, source=source)
    file.write_text(file.read_text().replace('"dependencies": [\n    "."\n  ],', ""))
    assert load(loader, folder / "app").warnings == (
        f"langgraph.json takes its packages from uv: run `uv sync` in {folder} "
        f"and choose the interpreter in {folder / '.venv'}.",
    )


@pytest.mark.parametrize("place", ["agent.py", "src/agent.py"])
def test_a_file_that_a_project_lists_is_opened_as_a_part_of_it(
    programs: Programs, loader: Loader, folder: Path, place: str
) -> None:
    seen = "import neighbour, os, shared\nseen = (os.getcwd(), os.environ.get('WORD'))\n"
    path = programs.graph(seen + GRAPH, place)
    programs.write("", str(Path(place).parent / "neighbour.py"))
    programs.write("", "lib/shared.py")
    describe(programs, graphs={"a": f"./{place}:graph"}, dependencies=[".", "./lib"], env={"WORD": "theirs"})
    found = load(loader, path)
    assert found.module.seen == (str(folder), "theirs")
    assert (found.target, found.choices) == (f"{folder / place}:graph", ("graph",))
    assert (found.project, found.warnings) == (str(folder), ())


def test_a_file_that_a_project_lists_as_a_module_is_imported_as_one(
    programs: Programs, loader: Loader, folder: Path
) -> None:
    programs.write("", "bot/__init__.py")
    programs.write("word = 1", "bot/parts.py")
    path = programs.graph("from .parts import word\n" + GRAPH, "bot/flow.py")
    assert "relative import" in words(refusal(loader, path))
    describe(programs, graphs={"a": "bot.flow:graph"})
    found = load(loader, path)
    assert (found.module.word, found.target) == (1, f"{folder / 'bot/flow.py'}:graph")


def test_a_file_that_no_project_lists_is_opened_alone(
    programs: Programs, loader: Loader, folder: Path
) -> None:
    programs.graph(GRAPH, "agent.py")
    path = programs.graph("import os\nseen = os.getcwd()\n" + GRAPH, "tools/try_it.py")
    describe(programs, graphs={"a": "./agent.py:graph"})
    found = load(loader, path)
    assert (found.module.seen, found.project) == (str(folder / "tools"), "")


def test_a_project_above_the_repository_is_another_one(
    programs: Programs, loader: Loader, folder: Path
) -> None:
    (programs.folder / "repo/.git").mkdir(parents=True)
    path = programs.graph(GRAPH, "repo/agent.py")
    describe(programs, graphs={"a": "./repo/agent.py:graph"})
    assert load(loader, path).warnings == ()


def test_a_broken_description_does_not_keep_a_file_from_opening(
    programs: Programs, loader: Loader, folder: Path
) -> None:
    path = programs.graph(GRAPH, "agent.py")
    programs.write('{"graphs": ', "langgraph.json")
    [warning] = load(loader, path).warnings
    assert warning.startswith(f"{folder / 'langgraph.json'} is left out, as it cannot be read: ")


def test_the_person_s_own_files_are_the_sources(programs: Programs, loader: Loader, folder: Path) -> None:
    programs.graph("import networkx, parts\nimport lib.more\n" + GRAPH, "agent.py")
    for name in ("parts.py", "lib/__init__.py", "lib/more.py", "unused.py"):
        programs.write("", name)
    programs.write("A=1", ".env")
    describe(programs, graphs={"agent": "./agent.py:graph"}, env=".env")
    names = ("langgraph.json", ".env", "agent.py", "parts.py", "lib/__init__.py", "lib/more.py")
    assert set(load(loader, folder).sources) == {str(folder / name) for name in names}
    alone = programs.graph("import parts\n" + GRAPH, "alone.py")
    assert set(load(loader, alone).sources) == {str(folder / "alone.py"), str(folder / "parts.py")}


def test_loading_again_reads_the_whole_project_again(
    programs: Programs, loader: Loader, folder: Path
) -> None:
    programs.graph("import os, parts\nword = parts.word + os.environ['WORD']\n" + GRAPH, "agent.py")
    programs.write("word = 'one '", "lib/parts.py")
    programs.write("WORD=two", ".env")
    describe(programs, graphs={"agent": "./agent.py:graph"}, env=".env", dependencies=["./lib"])
    assert load(loader, folder).module.word == "one two"
    programs.write("word = 'three '", "lib/parts.py")
    programs.write("WORD=four", ".env")
    assert load(loader, folder).module.word == "three four"


def test_a_folder_without_a_description_is_met_with_what_could_be_opened(
    programs: Programs, loader: Loader, folder: Path
) -> None:
    programs.graph(GRAPH, "weather.py")
    describe(programs, "bot/langgraph.json", graphs={"agent": "./agent.py:graph"})
    assert words(refusal(loader, folder)) == (
        f"{folder} is a folder without a langgraph.json. There is one in bot. "
        "Open a Python file in it: weather.py."
    )


async def test_a_graph_of_a_project_keeps_its_threads_and_memories(
    programs: Programs, loader: Loader, folder: Path
) -> None:
    programs.graph(GRAPH, "agent.py")
    describe(programs, graphs={"agent": "./agent.py:graph"})
    graph = loader.load(str(folder), asyncio.get_running_loop().run_until_complete).graph
    thread = {"configurable": {"thread_id": "1"}}
    await graph.ainvoke({"log": ["in"], "word": ""}, thread)
    assert (await graph.aget_state(thread)).values["log"] == ["in", "a"]
    assert graph.store is not None


SAVERS = """
import contextlib
from langgraph.checkpoint.memory import InMemorySaver

class Mine(InMemorySaver):
    pass

saver = Mine()

def make():
    return Mine()

async def make_async():
    return Mine()

@contextlib.asynccontextmanager
async def enter():
    yield Mine()

def fail():
    raise ConnectionRefusedError("nobody listens")
"""


@pytest.mark.parametrize("name", ["saver", "make", "make_async", "enter"])
def test_the_checkpointer_of_a_project_is_used(
    programs: Programs, loader: Loader, folder: Path, name: str
) -> None:
    programs.graph(SAVERS + GRAPH, "agent.py")
    describe(
        programs, graphs={"agent": "./agent.py:graph"}, checkpointer={"path": f"./agent.py:{name}", "ttl": {}}
    )
    found = load(loader, folder)
    assert isinstance(found.graph.checkpointer, found.module.Mine)
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("./agent.py:fail", "nobody listens"),
        ("./agent.py:graph", "it is a CompiledStateGraph"),
        ("./gone.py:make", "langgraph.json names ./gone.py, and there is no such file"),
    ],
)
def test_a_checkpointer_that_cannot_be_had_is_replaced_by_one_in_memory(
    programs: Programs, loader: Loader, folder: Path, reference: str, reason: str
) -> None:
    programs.graph(SAVERS + GRAPH, "agent.py")
    describe(programs, graphs={"agent": "./agent.py:graph"}, checkpointer={"path": reference})
    found = load(loader, folder)
    [warning] = found.warnings
    assert f"The checkpointer {reference} cannot be used: " in warning
    assert reason in warning
    assert warning.endswith("Its threads are kept by Stepscope.")
    assert found.graph.checkpointer is not None


def test_a_graph_with_a_checkpointer_of_its_own_keeps_it(
    programs: Programs, loader: Loader, folder: Path
) -> None:
    programs.graph(SAVERS + GRAPH + "graph = graph.builder.compile(checkpointer=saver)", "agent.py")
    describe(programs, graphs={"agent": "./agent.py:graph"})
    found = load(loader, folder)
    assert found.graph.checkpointer is found.module.saver
