"""Functions that make a graph are given what they ask for; what they open stays open while it is needed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.kit.programs import Programs

from stepscope_host.failures import LoadFailed
from stepscope_host.loading.loader import Loaded, Loader

BUILD = """
import contextlib
from langchain_core.runnables import RunnableConfig
from langgraph_sdk.runtime import ServerRuntime

def a(state: State):
    return {"log": ["a"]}

def build():
    return StateGraph(State).add_node(a).add_edge(START, "a").compile()

told = []
"""

Load = Callable[[str], Loaded]


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


@pytest.fixture
def run(loop: asyncio.AbstractEventLoop) -> Callable[[Coroutine[Any, Any, Any]], Any]:
    return loop.run_until_complete


@pytest.fixture
def loader() -> Loader:
    return Loader()


def refusal(loader: Loader, target: str, run: Any = asyncio.run) -> LoadFailed:
    with pytest.raises(LoadFailed) as caught:
        loader.load(target, run)
    return caught.value


def words(problem: LoadFailed) -> str:
    return f"{problem.failure['message']} {problem.failure['remedy']}".strip()


@pytest.mark.parametrize(
    "signature",
    [
        "config",
        "config: RunnableConfig",
        "config: 'RunnableConfig'",
        "config: dict",
        "_: RunnableConfig, /",
        "anything: RunnableConfig",
        "runtime",
        "runtime: ServerRuntime",
        "rt: ServerRuntime[dict]",
        "config: RunnableConfig, runtime: ServerRuntime",
        "runtime: ServerRuntime, config: RunnableConfig",
        "*, runtime: 'ServerRuntime', config: RunnableConfig",
        "model: str = 'small', *rest, **more",
    ],
)
@pytest.mark.parametrize("kind", ["def", "async def"])
def test_a_factory_is_given_the_config_and_the_runtime_it_asks_for(
    programs: Programs, loader: Loader, kind: str, signature: str
) -> None:
    path = programs.graph(
        BUILD
        + f"""
{kind} make_graph({signature}):
    for value in locals().values():
        if isinstance(value, dict) and value:
            assert value["configurable"] == {{}}
        elif value and value not in ("small",):
            assert value.access_context == "threads.create_run"
            assert value.user is None
            assert value.execution_runtime is value
    return build()
"""
    )
    assert loader.load(path, asyncio.run).name == "make_graph"


MANAGERS = """
@contextlib.{kind}contextmanager
{prefix}def make_graph({parameter}):
    told.append("entered")
    try:
        yield build()
    finally:
        told.append("exited")
"""


@pytest.mark.parametrize("parameter", ["", "config: RunnableConfig", "runtime: ServerRuntime"])
@pytest.mark.parametrize(("kind", "prefix"), [("", ""), ("async", "async ")])
def test_a_context_manager_stays_open_until_its_program_is_closed(
    programs: Programs, loader: Loader, run: Any, kind: str, prefix: str, parameter: str
) -> None:
    path = programs.graph(BUILD + MANAGERS.format(kind=kind, prefix=prefix, parameter=parameter))
    told = loader.load(path, run).module.told
    assert told == ["entered"]
    assert loader.close(run) == ()
    assert told == ["entered", "exited"]
    assert loader.close(run) == ()


def test_a_context_manager_is_exited_when_the_next_program_is_there(
    programs: Programs, loader: Loader, run: Any
) -> None:
    path = programs.graph(BUILD + MANAGERS.format(kind="async", prefix="async ", parameter=""))
    first = loader.load(path, run).module.told
    refusal(loader, programs.write("1 / 0", "broken.py"), run)
    assert first == ["entered"]
    second = loader.load(path, run).module.told
    assert (first, second) == (["entered", "exited"], ["entered"])
    loader.close(run)


def test_an_async_context_manager_is_entered_and_exited_in_one_task(
    programs: Programs, loader: Loader, run: Any
) -> None:
    path = programs.graph(
        BUILD
        + """
@contextlib.asynccontextmanager
async def make_graph():
    task = asyncio.current_task()
    background = asyncio.ensure_future(asyncio.sleep(3600))
    yield build()
    told.append(asyncio.current_task() is task)
    background.cancel()
"""
    )
    told = loader.load(path, run).module.told
    loader.close(run)
    assert told == [True]


def test_a_factory_may_return_a_context_manager(programs: Programs, loader: Loader, run: Any) -> None:
    path = programs.graph(
        BUILD
        + """
class Opened:
    async def __aenter__(self):
        return build()

    async def __aexit__(self, *exc):
        told.append("exited")

async def make_graph():
    return Opened()

opened = Opened()
"""
    )
    told = loader.load(f"{path}:opened", run).module.told
    told_too = loader.load(f"{path}:make_graph", run).module.told
    assert told == ["exited"]
    loader.close(run)
    assert told_too == ["exited"]


def test_what_fails_while_it_is_exited_is_said_and_stops_nothing(
    programs: Programs, loader: Loader, run: Any
) -> None:
    text = """
@contextlib.{0}contextmanager
{1}def make_graph():
    yield build()
    raise {2}("the pool is gone")
"""
    paths = [
        programs.graph(BUILD + text.format("", "", "RuntimeError"), "sync.py"),
        programs.graph(BUILD + text.format("async", "async ", "RuntimeError"), "async.py"),
        programs.graph(BUILD + text.format("async", "async ", "SystemExit"), "leaves.py"),
        programs.graph(BUILD + "graph = build()", "last.py"),
    ]
    said = [loader.load(path, run).warnings for path in paths]
    assert said == [
        (),
        ("The program raised RuntimeError when it was closed: the pool is gone",),
        ("The program raised RuntimeError when it was closed: the pool is gone",),
        ("The program raised SystemExit when it was closed: the pool is gone",),
    ]


def test_what_fails_while_it_is_entered_is_the_users_error(
    programs: Programs, loader: Loader, run: Any
) -> None:
    path = programs.graph(
        BUILD
        + """
@contextlib.asynccontextmanager
async def make_graph():
    raise ConnectionRefusedError("nobody listens")
    yield
"""
    )
    failure = refusal(loader, path, run).failure
    assert (failure["type"], failure["message"]) == ("ConnectionRefusedError", "nobody listens")
    assert failure["where"]["source"] == 'raise ConnectionRefusedError("nobody listens")'


def test_a_loop_that_ends_with_the_load_exits_what_it_had_entered(programs: Programs, loader: Loader) -> None:
    path = programs.graph(BUILD + MANAGERS.format(kind="async", prefix="async ", parameter=""))
    told = loader.load(path, asyncio.run).module.told
    assert told == ["entered", "exited"]
    assert loader.close(asyncio.run) == ()


def test_a_program_of_a_loop_that_others_run_is_left_to_them(
    programs: Programs, loader: Loader, run: Any, loop: asyncio.AbstractEventLoop
) -> None:
    path = programs.graph(BUILD + MANAGERS.format(kind="async", prefix="async ", parameter=""))
    told = loader.load(path, run).module.told
    assert loader.close(asyncio.run) == ()
    loop.run_until_complete(asyncio.sleep(0))
    loop.run_until_complete(asyncio.sleep(0))
    assert told == ["entered", "exited"]


def test_a_context_is_made_of_its_defaults(programs: Programs, loader: Loader) -> None:
    path = programs.graph(
        BUILD
        + """
import dataclasses

@dataclasses.dataclass
class Context:
    model: str = "small"

@dataclasses.dataclass
class Strict:
    model: str

def make_graph(runtime: ServerRuntime[Context]):
    told.append(runtime.execution_runtime.context.model)
    told.append(runtime.store.get(("a",), "b"))
    return build()

def make_strict(runtime: ServerRuntime[Strict]):
    return runtime.context.model
"""
    )
    assert loader.load(f"{path}:make_graph", asyncio.run).module.told == ["small", None]
    problem = refusal(loader, f"{path}:make_strict")
    assert problem.failure["message"].startswith(
        "The context is known once a run begins, and Strict() raises "
    )
    assert problem.failure["remedy"].startswith("Give the fields of Strict defaults")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("runtime.ensure_user()", "There is no user"),
        ("runtime.ensure_user()", "Look at runtime.user first, which is None then"),
        (
            "runtime.threads",
            "The runtime of a graph that is opened here has no 'threads', only access_context",
        ),
        ("config['configurable']['model']", "The config is empty when a graph is opened"),
        ("config['configurable']['model']", "let 'make_graph' do without"),
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        "def make_graph(config: RunnableConfig, runtime: ServerRuntime):\n    CODE\n    return build()",
        "@contextlib.contextmanager\ndef make_graph(config, runtime):\n    CODE\n    yield build()",
    ],
)
def test_what_cannot_be_given_is_told_at_the_line_that_asks(
    programs: Programs, loader: Loader, text: str, code: str, said: str
) -> None:
    problem = refusal(loader, programs.graph(BUILD + text.replace("CODE", code)))
    assert said in words(problem)
    assert problem.failure["where"]["source"] == code


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ("def make(model, db, config): ...", "nobody gives it 'model', 'db': add a default."),
        ("def make():\n    yield build()", "Write @contextlib.contextmanager above it."),
        ("async def make():\n    yield build()", "Write @contextlib.asynccontextmanager above it."),
        ("def make():\n    return 3", "'make' in program.py is no graph but an int."),
        ("def make():\n    return build", "'make' in program.py is no graph but a function."),
        (
            "@contextlib.contextmanager\ndef make():\n    yield 3",
            "'make' in program.py is no graph but an int.",
        ),
        ("class make: ...", "'make' in program.py is no graph but a type."),
    ],
)
def test_a_function_that_makes_no_graph_is_told_what_to_write(
    programs: Programs, loader: Loader, definition: str, said: str
) -> None:
    assert said in words(refusal(loader, programs.graph(BUILD + definition) + ":make"))


def test_a_factory_of_a_project_is_called(programs: Programs, loader: Loader, run: Any) -> None:
    programs.graph(BUILD + MANAGERS.format(kind="async", prefix="async ", parameter=""), "agent.py")
    programs.write('{"dependencies": ["."], "graphs": {"a": "./agent.py:make_graph"}}', "langgraph.json")
    found = loader.load(str(Path(programs.folder)), run)
    assert found.name == "a"
    assert found.graph.checkpointer is not None
    loader.close(run)
    assert found.module.told == ["entered", "exited"]
