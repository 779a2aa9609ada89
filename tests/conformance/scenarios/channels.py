"""Channels that an annotation may name: how each takes the writes of a superstep, and when it forgets."""

import operator
from typing import Annotated, Any

from tests.conformance.scenario import racing_scenario, scenario
from tests.kit.engines import Engine
from tests.kit.runs import Case
from typing_extensions import TypedDict

Steps = list[dict[str, Any]]


def over_steps(engine: Engine, annotation: Any, steps: Steps, input: Any = None) -> Case:
    """A graph of one superstep an entry, each with a node for every write, that also keeps what it sees."""

    class State(TypedDict):
        k: annotation
        seen: Annotated[list[Any], operator.add]

    builder = engine.StateGraph(State)
    before: list[str] = []
    for index, writes in enumerate(steps):
        names = [f"n{index}{which}" for which in writes]
        for name, write in zip(names, writes.values(), strict=True):
            # Of nodes side by side one tells what it saw: they all see the same.
            builder.add_node(name, _writing(write, names[0] == name))
            if before:
                builder.add_edge(before, name)
            else:
                builder.add_edge(engine.START, name)
        before = names
    return Case(builder.compile(), input or {"seen": []})


def _writing(write: Any, tells: bool) -> Any:
    def node(state: Any) -> Any:
        told = {"seen": [state.get("k", "nothing")]} if tells else {}
        return told if write is None else {**told, "k": write}

    return node


A_FEW: Steps = [{"a": ["x", "y"]}, {"a": "z"}, {"a": None}, {"a": None}]
SIDE_BY_SIDE: Steps = [{"a": "x", "b": "y"}, {"a": None}, {"a": None}]


@scenario
def a_topic_holds_what_the_last_superstep_wrote(engine: Engine) -> Case:
    return over_steps(engine, Annotated[list, engine.Topic(str)], A_FEW)


@racing_scenario
def a_topic_may_be_named_by_its_class(engine: Engine) -> Case:
    return over_steps(engine, Annotated[list, engine.Topic], SIDE_BY_SIDE)


@scenario
def a_topic_takes_an_input(engine: Engine) -> Case:
    return over_steps(engine, Annotated[list, engine.Topic(str)], A_FEW, {"k": ["in"], "seen": []})


@racing_scenario
def a_topic_that_accumulates_forgets_nothing(engine: Engine) -> Case:
    return over_steps(engine, Annotated[list, engine.Topic(str, accumulate=True)], A_FEW + SIDE_BY_SIDE[:1])


@scenario
def a_topic_takes_tuples_and_sets_whole(engine: Engine) -> Case:
    return over_steps(engine, Annotated[list, engine.Topic(str)], [{"a": ("x", "y")}, {"a": {"s"}}])


@scenario
def a_topic_that_accumulates_gathers_an_overwrite_like_anything_else(engine: Engine) -> Case:
    steps = [{"a": "x"}, {"a": engine.Overwrite("y")}]
    return over_steps(engine, Annotated[list, engine.Topic(str, accumulate=True)], steps)


@racing_scenario
def any_value_takes_several_writes_and_keeps_the_last_for_one_superstep(engine: Engine) -> Case:
    return over_steps(engine, Annotated[str, engine.AnyValue], SIDE_BY_SIDE)


@racing_scenario
def a_channel_is_found_among_other_annotations(engine: Engine) -> Case:
    return over_steps(engine, Annotated[str, engine.AnyValue, operator.add, "a note"], SIDE_BY_SIDE)


@racing_scenario
def of_two_channels_the_first_counts(engine: Engine) -> Case:
    return over_steps(engine, Annotated[list, engine.AnyValue, engine.Topic(str)], SIDE_BY_SIDE)


@racing_scenario
def of_two_channels_the_first_counts_whichever_it_is(engine: Engine) -> Case:
    return over_steps(engine, Annotated[list, engine.Topic(str), engine.AnyValue], SIDE_BY_SIDE)


@scenario
def a_reducer_that_is_not_the_last_annotation_is_none(engine: Engine) -> Case:
    return over_steps(engine, Annotated[list, operator.add, "a note"], [{"a": ["x"]}, {"a": ["y"]}])


@racing_scenario
def an_ephemeral_value_takes_one_write_a_superstep(engine: Engine) -> Case:
    return over_steps(engine, Annotated[str, engine.EphemeralValue], SIDE_BY_SIDE)


@racing_scenario
def an_unguarded_ephemeral_value_keeps_the_last_write(engine: Engine) -> Case:
    return over_steps(engine, Annotated[str, engine.EphemeralValue(str, guard=False)], SIDE_BY_SIDE)


@racing_scenario
def an_untracked_value_takes_one_write_a_superstep(engine: Engine) -> Case:
    return over_steps(engine, Annotated[str, engine.UntrackedValue], SIDE_BY_SIDE)


@racing_scenario
def an_unguarded_untracked_value_keeps_the_last_write(engine: Engine) -> Case:
    return over_steps(engine, Annotated[str, engine.UntrackedValue(str, guard=False)], SIDE_BY_SIDE)


@racing_scenario
def a_reducer_may_be_given_as_a_channel(engine: Engine) -> Case:
    channel = engine.BinaryOperatorAggregate(list, operator.add)
    return over_steps(engine, Annotated[list, channel], [{"a": ["x"], "b": ["y"]}, {"a": ["z"]}])


def gather_writes(value: list[Any], writes: Any) -> list[Any]:
    return [*value, list(writes)]


@racing_scenario
def a_delta_channel_is_given_all_writes_of_a_superstep(engine: Engine) -> Case:
    return over_steps(
        engine, Annotated[list, engine.DeltaChannel(gather_writes)], [*SIDE_BY_SIDE, {"a": "z"}]
    )


@racing_scenario
def a_delta_channel_can_be_overwritten(engine: Engine) -> Case:
    steps = [{"a": "x"}, {"a": "lost", "b": engine.Overwrite(["y"]), "c": "lost too"}, {"a": "z"}]
    return over_steps(engine, Annotated[list, engine.DeltaChannel(gather_writes)], steps)


@racing_scenario
def a_delta_channel_takes_one_overwrite_a_superstep(engine: Engine) -> Case:
    steps = [{"a": engine.Overwrite(["x"]), "b": engine.Overwrite(["y"])}]
    return over_steps(engine, Annotated[list, engine.DeltaChannel(gather_writes)], steps)
