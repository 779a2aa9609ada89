"""From a target to a graph, and a plain word for everything that can be wrong with one."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.kit.programs import Programs

from stepscope_host.failures import LoadFailed
from stepscope_host.loading.loader import Loaded, Loader

GRAPH = """
def a(state: State):
    return {"log": ["a"]}

def build():
    return StateGraph(State).add_node(a).add_edge(START, "a")

"""


@pytest.fixture(autouse=True)
def modules_as_they_were() -> Iterator[None]:
    modules, path = set(sys.modules), list(sys.path)
    yield
    for name in set(sys.modules) - modules:
        del sys.modules[name]
    sys.path[:] = path


@pytest.fixture
def loader() -> Loader:
    return Loader()


def load(loader: Loader, target: str) -> Loaded:
    return loader.load(target, asyncio.run)


def refusal(loader: Loader, target: str) -> LoadFailed:
    with pytest.raises(LoadFailed) as caught:
        load(loader, target)
    return caught.value


def words(problem: LoadFailed) -> str:
    return f"{problem.failure['message']} {problem.failure['remedy']}".strip()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("graph = build().compile()", "graph"),
        ("workflow = build().compile()", "workflow"),
        ("builder = build()", "builder"),
        ("builder = build()\ngraph = builder.compile()", "graph"),
        ("app = graph = build().compile()", "graph"),
        ("def make_graph():\n    return build().compile()", "make_graph"),
        ("async def make_graph():\n    return build().compile()", "make_graph"),
        ("def anything() -> StateGraph:\n    return build()", "anything"),
        ('def anything() -> "CompiledStateGraph":\n    return build().compile()', "anything"),
        ("from functools import partial\ngraph = build().compile()\nmake = partial(build)", "graph"),
    ],
)
def test_the_one_graph_of_a_file_is_found(programs: Programs, loader: Loader, text: str, name: str) -> None:
    found = load(loader, programs.graph(GRAPH + text))
    assert (found.name, found.target) == (name, f"{programs.folder / 'program.py'}:{name}")
    assert "a" in found.graph.nodes
    assert callable(found.graph.astream)


@pytest.mark.parametrize("name", ["graph", "builder", "build", "build_async"])
def test_a_name_says_which(programs: Programs, loader: Loader, name: str) -> None:
    path = programs.graph(
        GRAPH
        + "builder = build()\ngraph = build().compile()\nother = build().compile()\n"
        + "async def build_async():\n    return graph"
    )
    assert load(loader, f"{path}:{name}").name == name


def test_the_graph_around_the_others_is_meant(programs: Programs, loader: Loader) -> None:
    path = programs.graph(
        GRAPH
        + "inner = build().compile()\n"
        + 'outer = StateGraph(State).add_node("inner", inner).add_edge(START, "inner").compile()'
    )
    found = load(loader, path)
    assert found.name == "outer"
    assert set(found.choices) == {"inner", "outer"}
    assert load(loader, f"{path}:inner").name == "inner"


def test_of_several_graphs_one_has_to_be_named(programs: Programs, loader: Loader) -> None:
    path = programs.graph(GRAPH + "one = build().compile()\ntwo = build().compile()")
    problem = refusal(loader, path)
    assert problem.choices == ("one", "two")
    assert words(problem) == "There are 2 graphs in program.py: one, two. Say which: program.py:one"


HELD = """
class Agent:
    def __init__(self):
        self.workflow = build()
        self.graph = self.workflow.compile()

agent = Agent()
graphs = {"first": build().compile(), 2: build().compile(), "not a name": build().compile()}
"""


def test_a_graph_that_an_object_holds_is_found(programs: Programs, loader: Loader) -> None:
    path = programs.graph(GRAPH + HELD.partition("graphs =")[0])
    found = load(loader, path)
    assert (found.name, found.choices) == ("agent.graph", ("agent.graph",))
    assert found.target.endswith("program.py:agent.graph")
    assert load(loader, found.target).graph.name


def test_graphs_held_by_objects_are_named_with_their_owners(programs: Programs, loader: Loader) -> None:
    path = programs.graph(GRAPH + HELD)
    assert refusal(loader, path).choices == ("agent.graph", "graphs.first")
    assert load(loader, f"{path}:graphs.first").name == "graphs.first"
    assert load(loader, f"{path}:agent.workflow").name == "agent.workflow"
    assert "There is no 'agent.grahp' in program.py. Did you mean 'agent.graph'?" in words(
        refusal(loader, f"{path}:agent.grahp")
    )


def test_what_objects_hold_is_left_out_beside_a_graph(programs: Programs, loader: Loader) -> None:
    assert load(loader, programs.graph(GRAPH + HELD + "graph = build().compile()")).choices == ("graph",)


def test_an_imported_function_is_not_taken_for_a_file_s_own(programs: Programs, loader: Loader) -> None:
    programs.graph(GRAPH + "def make_graph():\n    return build()", "library.py")
    problem = refusal(loader, programs.write("from library import make_graph"))
    assert problem.failure["type"] == "NoGraph"


def test_a_file_without_a_graph_is_told_what_was_looked_for(programs: Programs, loader: Loader) -> None:
    problem = refusal(loader, programs.write("model = 1\ndef helper(): ..."))
    assert problem.failure["message"] == "There is no graph in program.py."
    assert "compiled graph" in problem.failure["remedy"]
    assert "It has: model, helper." in problem.failure["remedy"]


def test_an_unknown_name_is_met_with_the_nearest_one(programs: Programs, loader: Loader) -> None:
    path = programs.graph(GRAPH + "graph = build().compile()")
    problem = refusal(loader, f"{path}:grpah")
    assert words(problem) == "There is no 'grpah' in program.py. Did you mean 'graph'? Graphs in it: graph."


def test_a_name_that_is_no_graph_is_refused(programs: Programs, loader: Loader) -> None:
    path = programs.write("graph = 3\ndef make(x): ...")
    assert "'graph' in program.py is no graph but an int." in words(refusal(loader, f"{path}:graph"))
    assert "'make' in program.py needs arguments." in words(refusal(loader, f"{path}:make"))


def test_a_missing_file_is_met_with_the_nearest_one(programs: Programs, loader: Loader) -> None:
    programs.write("", "weather.py")
    problem = refusal(loader, str(programs.folder / "wether.py"))
    assert words(problem) == f"There is no file {programs.folder / 'wether.py'}. Did you mean 'weather.py'?"


def test_a_folder_is_met_with_its_files(programs: Programs, loader: Loader) -> None:
    programs.write("", "weather.py")
    assert "Open a Python file in it: weather.py." in words(refusal(loader, str(programs.folder)))


@pytest.mark.parametrize(
    ("name", "content"),
    [("picture.png", b"\x89PNG\0\0"), ("notes.txt", b"buy milk and eggs"), ("bin.py", b"\0\1")],
)
def test_what_is_not_python_is_said_so(tmp_path: Path, loader: Loader, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert refusal(loader, str(path)).failure["message"] == f"{name} is not a Python file."


def test_a_notebook_is_met_with_the_way_out(tmp_path: Path, loader: Loader) -> None:
    path = tmp_path / "graph.ipynb"
    path.write_text("{}")
    assert "nbconvert" in words(refusal(loader, str(path)))


def test_a_syntax_error_points_at_its_line(programs: Programs, loader: Loader) -> None:
    path = programs.write("a = 1\ndef graph(:\n    pass\n")
    failure = refusal(loader, path).failure
    assert failure["type"] == "SyntaxError"
    assert (failure["where"]["file"], failure["where"]["line"]) == (path, 2)
    assert failure["where"]["source"] == "def graph(:"


def test_an_error_at_import_points_at_the_users_line(programs: Programs, loader: Loader) -> None:
    programs.write("def prepare():\n    return {}['key']\n", "library.py")
    path = programs.write("import library\n\nlibrary.prepare()\n")
    failure = refusal(loader, path).failure
    assert failure["type"] == "KeyError"
    assert failure["where"]["file"] == str(programs.folder / "library.py")
    assert failure["where"]["line"] == 2
    assert "stepscope_host" not in failure["traceback"]
    assert "library.prepare()" in failure["traceback"]


def test_a_missing_module_is_met_with_how_to_install_it(programs: Programs, loader: Loader) -> None:
    failure = refusal(loader, programs.write("import yaml_that_is_not_there\n")).failure
    assert failure["type"] == "ModuleNotFoundError"
    assert failure["remedy"] == (
        f"Install it into this interpreter: {sys.executable} -m pip install yaml-that-is-not-there"
    )


@pytest.mark.parametrize("text", ["import sys\nsys.exit(2)", "raise KeyboardInterrupt", "quit()"])
def test_a_module_that_exits_is_reported(programs: Programs, loader: Loader, text: str) -> None:
    failure = refusal(loader, programs.write(text)).failure
    assert failure["type"] in {"SystemExit", "KeyboardInterrupt"}


def test_the_main_block_does_not_run(programs: Programs, loader: Loader) -> None:
    path = programs.graph(
        GRAPH + "graph = build().compile()\nif __name__ == '__main__':\n    raise SystemExit"
    )
    assert load(loader, path).name == "graph"


def test_a_file_may_run_a_loop_of_its_own_while_it_is_imported(programs: Programs, loader: Loader) -> None:
    path = programs.graph(GRAPH + "asyncio.run(asyncio.sleep(0))\ngraph = build().compile()")
    assert load(loader, path).name == "graph"


def test_a_file_sees_its_own_arguments(programs: Programs, loader: Loader) -> None:
    before = list(sys.argv)
    path = programs.graph(GRAPH + "import sys\nargv = sys.argv\ngraph = build().compile()")
    assert load(loader, path).module.argv == [path]
    assert sys.argv == before


def test_loading_again_reads_the_file_and_its_neighbours_again(programs: Programs, loader: Loader) -> None:
    text = (
        GRAPH + "import parts\nfrom pkg.sub import deep\nseen = (parts.word, deep)\ngraph = build().compile()"
    )
    path = programs.graph(text)
    programs.write("word = 1", "parts.py")
    programs.write("", "pkg/__init__.py")
    programs.write("deep = 1", "pkg/sub.py")
    assert load(loader, path).module.seen == (1, 1)
    programs.write("word = 22", "parts.py")
    programs.write("deep = 22", "pkg/sub.py")
    assert load(loader, path).module.seen == (22, 22)


def test_loading_again_does_not_import_libraries_again(programs: Programs, loader: Loader) -> None:
    path = programs.graph(GRAPH + "graph = build().compile()")
    load(loader, path)
    library = sys.modules[programs.engine + ".graph"]
    load(loader, path)
    assert sys.modules[programs.engine + ".graph"] is library


def test_two_folders_with_neighbours_of_one_name_are_not_mixed(programs: Programs, loader: Loader) -> None:
    text = GRAPH + "import model\nword = model.word\ngraph = build().compile()"
    paths = [programs.graph(text, f"{folder}/program.py") for folder in ("one", "two")]
    for folder in ("one", "two"):
        programs.write(f"word = {folder!r}", f"{folder}/model.py")
    assert [load(loader, path).module.word for path in (*paths, paths[0])] == ["one", "two", "one"]
    entries = [entry for entry in sys.path if entry.startswith(str(programs.folder))]
    assert entries == [str(programs.folder / "one")]


def test_after_a_file_that_did_not_load_a_mended_one_does(programs: Programs, loader: Loader) -> None:
    programs.write("word = 1 / 0", "parts.py")
    path = programs.graph(GRAPH + "import parts\ngraph = build().compile()")
    refusal(loader, path)
    programs.write("word = 1", "parts.py")
    assert load(loader, path).name == "graph"


def test_a_module_is_found_from_the_current_folder(
    programs: Programs, loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(programs.folder)
    programs.write("", "pack/__init__.py")
    programs.graph("from pack.words import word\n" + GRAPH + "graph = build().compile()", "pack/flow.py")
    programs.write("word = 1", "pack/words.py")
    assert load(loader, "pack.flow").target == "pack.flow:graph"
    programs.write("word = 22", "pack/words.py")
    assert load(loader, "pack.flow:graph").module.word == 22
    assert "There is no file and no module called 'pack.flew'" in words(refusal(loader, "pack.flew:graph"))
    assert "no module called 'nowhere.at.all'" in words(refusal(loader, "nowhere.at.all"))


def test_a_file_without_suffix_opens_as_a_path(programs: Programs, loader: Loader) -> None:
    path = programs.graph(GRAPH + "graph = build().compile()", "run")
    assert load(loader, path).name == "graph"


def test_an_object_that_answers_to_everything_is_no_graph(programs: Programs, loader: Loader) -> None:
    text = GRAPH + "from unittest.mock import MagicMock\nmock = MagicMock()\ngraph = build().compile()"
    assert load(loader, programs.graph(text)).choices == ("graph",)


def test_state_classes_can_be_resolved_while_the_file_runs(programs: Programs, loader: Loader) -> None:
    path = programs.write(
        """
        from __future__ import annotations
        import dataclasses, operator
        from typing import Annotated
        from ENGINE.graph import START, StateGraph

        @dataclasses.dataclass
        class State:
            log: Annotated[list[str], operator.add] = dataclasses.field(default_factory=list)

        def a(state: State):
            return {"log": ["a"]}

        graph = StateGraph(State).add_node(a).add_edge(START, "a").compile()
        """
    )
    graph: Any = load(loader, path).graph
    assert asyncio.run(graph.ainvoke({"log": ["in"]})) == {"log": ["in", "a"]}


def test_a_syntax_error_is_told_without_the_frames_that_read_the_file(
    programs: Programs, loader: Loader
) -> None:
    failure = refusal(loader, programs.write("def broken(:\n")).failure
    assert failure["where"]["line"] == 1
    assert "importing.py" not in failure["traceback"]
    assert "def broken(:" in failure["traceback"]


def test_a_failure_names_the_files_that_were_read_until_then(loader: Loader, programs: Programs) -> None:
    well = programs.write("x = 1\n", "read_well.py")
    inner = programs.write("import read_well\nread_well.missing\n", "read_inner.py")
    broken = programs.write("def (:\n", "read_broken.py")
    through = programs.write("import read_inner\n", "through.py")
    syntax = programs.write("import read_well\nimport read_broken\n", "syntax.py")

    assert set(refusal(loader, through).sources) == {through, inner, well}
    assert set(refusal(loader, syntax).sources) == {syntax, broken, well}
