"""push_message: messages that are handed out while their node still runs."""

from typing import Annotated, Any

from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage
from tests.conformance.scenario import scenario
from tests.kit.engines import Engine
from tests.kit.runs import Case
from typing_extensions import TypedDict


def node(engine: Engine, function: Any, schema: Any = None) -> Case:
    builder = engine.StateGraph(schema or engine.MessagesState).add_node("talk", function)
    return Case(builder.add_edge(engine.START, "talk").compile(), {"messages": [HumanMessage("hi", id="h")]})


def pushing(engine: Engine, *messages: Any, returns: Any = None, **options: Any) -> Any:
    def talk(state: Any) -> Any:
        for message in messages:
            engine.push_message(message, **options)
        return returns

    return talk


@scenario
def a_message_pushed(engine: Engine) -> Case:
    return node(engine, pushing(engine, AIMessage("x", id="1")))


@scenario
def a_message_pushed_and_returned(engine: Engine) -> Case:
    return node(engine, lambda state: {"messages": [engine.push_message(AIMessage("x", id="1"))]})


@scenario
def a_message_pushed_and_not_written(engine: Engine) -> Case:
    return node(engine, pushing(engine, AIMessage("x", id="1"), state_key=None))


@scenario
def messages_pushed_again(engine: Engine) -> Case:
    messages = [AIMessage("x", id="1"), AIMessage("y", id="1"), HumanMessage("changed", id="h")]
    return node(engine, pushing(engine, *messages, returns={"messages": [AIMessage("own", id="2")]}))


@scenario
def a_described_message_pushed(engine: Engine) -> Case:
    return node(engine, pushing(engine, {"role": "ai", "content": "x", "id": "1"}))


@scenario
def a_part_of_a_message_pushed(engine: Engine) -> Case:
    return node(engine, pushing(engine, AIMessageChunk("x", id="1"), AIMessageChunk("y", id="1")))


@scenario
def a_message_without_an_id_pushed(engine: Engine) -> Case:
    return node(engine, pushing(engine, AIMessage("x")))


@scenario
def a_message_pushed_to_another_key(engine: Engine) -> Case:
    class State(TypedDict):
        messages: Annotated[list[Any], engine.add_messages]
        notes: Annotated[list[Any], engine.add_messages]

    return node(engine, pushing(engine, AIMessage("x", id="1"), state_key="notes"), State)


@scenario
def a_message_pushed_to_an_unknown_key(engine: Engine) -> Case:
    return node(engine, pushing(engine, AIMessage("x", id="1"), state_key="zz"))


@scenario
def a_message_pushed_beside_a_command(engine: Engine) -> Case:
    command = engine.Command(update={"messages": [AIMessage("own", id="2")]})
    return node(engine, pushing(engine, AIMessage("x", id="1"), returns=command))


@scenario
def a_message_pushed_before_a_failure(engine: Engine) -> Case:
    def talk(state: Any) -> Any:
        engine.push_message(AIMessage("x", id="1"))
        raise ValueError("too late")

    return node(engine, talk)


@scenario
def a_message_pushed_by_a_path(engine: Engine) -> Case:
    def path(state: Any) -> Any:
        engine.push_message(AIMessage(f"after {len(state['messages'])}", id="1"))
        return engine.END

    builder = engine.StateGraph(engine.MessagesState)
    builder.add_node("talk", pushing(engine, AIMessage("x", id="0"))).add_edge(engine.START, "talk")
    return Case(builder.add_conditional_edges("talk", path).compile(), {"messages": []})


@scenario
def a_message_pushed_in_a_subgraph(engine: Engine) -> Case:
    return node(engine, node(engine, pushing(engine, AIMessage("x", id="1"))).graph)


@scenario
def a_message_pushed_with_metadata(engine: Engine) -> Case:
    case = node(engine, pushing(engine, AIMessage("x", id="1")))
    case.config = {"metadata": {"who": "ada"}, "tags": ["run"], "configurable": {"thread_id": "7"}}
    return case
