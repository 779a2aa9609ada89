"""What retries, handlers, caches and draining leave in a thread, and how a run goes on from there."""

import asyncio
import operator
from collections.abc import Callable
from typing import Annotated, Any

import pytest
from langgraph.cache.memory import InMemoryCache
from langgraph.checkpoint.memory import InMemorySaver
from tests.conformance.oracle import CARRIES_CONTEXT
from tests.kit.engines import ORACLE, OURS, Engine
from tests.kit.scrub import Scrubber
from typing_extensions import TypedDict

MODES = ["updates", "tasks", "values"]
CONFIG: dict[str, Any] = {"configurable": {"thread_id": "1"}}


class Log(TypedDict):
    log: Annotated[list[Any], operator.add]


class Broken(Exception):
    """An exception class of the user's own."""


class Until:
    """Fails until it has been called `calls` times."""

    def __init__(self, calls: int, result: str = "n") -> None:
        self.left = calls
        self.result = result

    def __call__(self, state: Any) -> Any:
        self.left -= 1
        if self.left >= 0:
            raise Broken(self.left)
        return {"log": [self.result]}


def builder(engine: Engine, node: Any, **options: Any) -> Any:
    """Node n, then m."""
    graph = engine.StateGraph(Log).add_node("n", node, **options).add_node("m", lambda state: {"log": ["m"]})
    return graph.add_edge(engine.START, "n").add_edge("n", "m")


def told(engine: Engine, handle: Callable[[str], Any]) -> Any:
    def handler(state: Any, error: engine.NodeError) -> Any:  # type: ignore[name-defined]
        return handle(error.node)

    return handler


def failing_for_good(engine: Engine) -> Any:
    policy = engine.RetryPolicy(initial_interval=0.001, jitter=False, max_attempts=2)
    return builder(engine, Until(3), retry_policy=policy)


def with_handler_that_fails(engine: Engine) -> Any:
    return builder(engine, Until(9), error_handler=Until(1, "h"))


def with_handler_that_asks(engine: Engine) -> Any:
    return builder(
        engine, Until(9), error_handler=told(engine, lambda node: {"log": [node, engine.interrupt("?")]})
    )


def with_handler_that_goes_on(engine: Engine) -> Any:
    return builder(engine, Until(9), error_handler=lambda state: engine.Command(goto="m"))


def sent_with_handler_that_fails(engine: Engine) -> Any:
    graph = engine.StateGraph(Log).add_node("w", Until(9), error_handler=Until(1, "h"))
    return graph.add_conditional_edges(engine.START, lambda state: [engine.Send("w", 1)])


def subgraph_with_handler_that_fails(engine: Engine) -> Any:
    return builder(engine, with_handler_that_fails(engine).compile())


def drained(engine: Engine) -> Any:
    def node(state: Log, runtime: engine.Runtime) -> Any:  # type: ignore[name-defined]
        runtime.control.request_drain("enough")
        return {"log": ["n"]}

    return builder(engine, node)


def drained_subgraph(engine: Engine) -> Any:
    return builder(engine, drained(engine).compile())


def cached_at_once(engine: Engine) -> Any:
    """A cache that knows the node's result from elsewhere."""
    graph = builder(engine, lambda state: {"log": ["n"]}, cache_policy=engine.CachePolicy())
    cache = InMemoryCache()
    graph.compile(cache=cache).invoke({"log": []})
    return graph, {"cache": cache}


def cached_after_an_answer(engine: Engine) -> Any:
    graph = builder(engine, lambda state: {"log": [engine.interrupt("?")]}, cache_policy=engine.CachePolicy())
    return graph, {"cache": InMemoryCache()}


class Talk:
    """A thread, and all that comes of it."""

    def __init__(self, engine: Engine, made: Any, saver: Any) -> None:
        graph, options = made if isinstance(made, tuple) else (made, {})
        self.engine = engine
        self.graph = graph.compile(checkpointer=saver, **options)
        self.heard: list[Any] = []

    def say(self, input: Any, is_async: bool) -> None:
        """Run it on an input, and remember what comes."""
        gather = self._gather_async if is_async else self._gather
        try:
            gather(input)
        except Exception as error:
            self.heard.append(error)
        state = self.graph.get_state(CONFIG)
        waiting = [(task.name, task.error, task.result, task.interrupts) for task in state.tasks]
        self.heard.append((state.values, state.next, waiting))

    def _gather(self, input: Any) -> None:
        for chunk in self.graph.stream(input, CONFIG, stream_mode=MODES, subgraphs=True):
            self.heard.append(chunk)

    def _gather_async(self, input: Any) -> None:
        async def gather() -> None:
            async for chunk in self.graph.astream(input, CONFIG, stream_mode=MODES, subgraphs=True):
                self.heard.append(chunk)

        asyncio.run(gather())


TALKS: list[tuple[Callable[[Engine], Any], Any]] = [
    (failing_for_good, None),
    (with_handler_that_fails, None),
    (with_handler_that_asks, "yes"),
    (with_handler_that_goes_on, None),
    (sent_with_handler_that_fails, None),
    (subgraph_with_handler_that_fails, None),
    (drained, None),
    (drained_subgraph, None),
    (cached_at_once, None),
    (cached_after_an_answer, "yes"),
]


def resumed(engine: Engine, answer: Any) -> Any:
    return None if answer is None else engine.Command(resume=answer)


def scrubbed(heard: list[Any]) -> list[Any]:
    scrub = Scrubber()
    return [scrub(item) for item in heard]


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize(("make", "answer"), TALKS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_run_goes_on_alike(make: Callable[[Engine], Any], answer: Any, is_async: bool) -> None:
    heard = []
    for engine in (OURS, ORACLE):
        talk = Talk(engine, make(engine), InMemorySaver())
        on_loop = is_async and (engine is OURS or CARRIES_CONTEXT)
        talk.say({"log": ["in"]}, on_loop)
        talk.say(resumed(engine, answer), on_loop)
        heard.append(scrubbed(talk.heard))
    ours, theirs = heard
    assert ours == theirs


@pytest.mark.parametrize(("make", "answer"), TALKS[:6], ids=lambda value: getattr(value, "__name__", ""))
@pytest.mark.parametrize("first", [OURS, ORACLE], ids=repr)
def test_what_one_engine_began_the_other_goes_on_with(
    first: Engine, make: Callable[[Engine], Any], answer: Any
) -> None:
    second = ORACLE if first is OURS else OURS
    heard = []
    for engine in (first, second):
        saver = InMemorySaver()
        made = make(first)
        begun = Talk(first, made, saver)
        begun.say({"log": ["in"]}, is_async=False)
        # The same nodes, now in a graph of the second engine or again of the first: they know their calls.
        going_on = Talk(engine, remade(made, make, engine), saver)
        going_on.say(resumed(engine, answer), is_async=False)
        heard.append(scrubbed(going_on.heard))
    assert heard[0] == heard[1]


def remade(made: Any, make: Callable[[Engine], Any], engine: Engine) -> Any:
    """A builder whose handlers fail no more."""
    again = make(engine)
    for spec in again.nodes.values():
        action = getattr(spec, "action", None) or getattr(getattr(spec, "runnable", None), "func", None)
        if isinstance(action, Until) and action.result == "h":
            action.left = 0
    return again
