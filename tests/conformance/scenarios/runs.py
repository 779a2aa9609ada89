"""How a run is asked for: its input, its output keys, its configuration."""

import operator
from typing import Annotated, Any

from langchain_core.runnables import RunnableConfig
from tests.conformance.scenario import scenario
from tests.kit.engines import Engine
from tests.kit.runs import Case
from typing_extensions import TypedDict


class Joke(TypedDict):
    topic: str
    joke: str
    log: Annotated[list[Any], operator.add]


def jokes(engine: Engine) -> Any:
    builder = engine.StateGraph(Joke)
    builder.add_node("refine", lambda state: {"topic": state.get("topic", "?") + " and cats"})
    builder.add_node("tell", lambda state: {"joke": f"J {state['topic']}"})
    return builder.add_edge(engine.START, "refine").add_edge("refine", "tell").compile()


@scenario
def an_empty_input(engine: Engine) -> Case:
    return Case(jokes(engine), {})


@scenario
def an_input_of_unknown_keys_only(engine: Engine) -> Case:
    return Case(jokes(engine), {"unknown": 1})


@scenario
def an_input_with_an_unknown_key(engine: Engine) -> Case:
    return Case(jokes(engine), {"topic": "ice", "unknown": 1})


@scenario
def output_keys_as_a_list(engine: Engine) -> Case:
    return Case(jokes(engine), {"topic": "ice"}, options={"output_keys": ["joke"]})


@scenario
def output_keys_as_one_name(engine: Engine) -> Case:
    return Case(jokes(engine), {"topic": "ice"}, options={"output_keys": "joke"})


@scenario
def output_keys_that_do_not_exist(engine: Engine) -> Case:
    return Case(jokes(engine), {"topic": "ice"}, options={"output_keys": ["nothing"]})


@scenario
def tags_and_metadata(engine: Engine) -> Case:
    config = {"tags": ["t"], "metadata": {"m": 1}, "configurable": {"thread_id": "1"}}
    return Case(jokes(engine), {"topic": "ice"}, config)


@scenario
def a_bound_configuration_merges_under_the_calls(engine: Engine) -> Case:
    def tell(state: Joke, config: RunnableConfig) -> Any:
        metadata = {key: config["metadata"][key] for key in ("m", "n")}
        configurable = {key: config["configurable"][key] for key in ("u", "v")}
        return {"log": [metadata, configurable, config.get("tags"), config.get("recursion_limit")]}

    graph = engine.StateGraph(Joke).add_node(tell).add_edge(engine.START, "tell").compile()
    bound = graph.with_config(
        {
            "tags": ["bound"],
            "metadata": {"m": 1, "n": 1},
            "configurable": {"u": 1, "v": 1},
            "recursion_limit": 9,
        }
    )
    config = {"tags": ["call"], "metadata": {"n": 2}, "configurable": {"v": 2}, "recursion_limit": 8}
    return Case(bound, {"topic": "ice"}, config)


@scenario
def keys_of_a_config_that_have_no_place_of_their_own_are_configurable(engine: Engine) -> Case:
    def tell(state: Joke, config: RunnableConfig) -> Any:
        found = {key: config["configurable"].get(key) for key in ("thread_id", "u", "v", "w")}
        return {"log": [found, "thread_id" in config, config["metadata"].get("thread_id")]}

    graph = engine.StateGraph(Joke).add_node(tell).add_edge(engine.START, "tell").compile()
    bound = graph.with_config({"u": "bound", "v": "bound", "configurable": {"w": "bound"}})
    config = {"thread_id": "1", "v": "call", "w": None, "configurable": {"thread_id": "2"}}
    return Case(bound, {"topic": "ice"}, config)


@scenario
def a_named_graph(engine: Engine) -> Case:
    builder = engine.StateGraph(Joke).add_node("a", lambda state: {"joke": "J"}).add_edge(engine.START, "a")
    return Case(builder.compile(name="Named"), {"topic": "ice"})


@scenario
def a_run_name_and_id(engine: Engine) -> Case:
    return Case(jokes(engine), {"topic": "ice"}, {"run_name": "my run"})
