"""A graph that asks, remembers and is sent back; its Sends, Commands and questions go through a saver."""

import operator
from typing import Annotated

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.errors import GraphRecursionError, InvalidUpdateError, is_invalid_resume
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.pregel import Pregel
from langgraph.types import Command, Send, StateSnapshot, interrupt
from pydantic import BaseModel
from telling import tell
from typing_extensions import TypedDict


class State(TypedDict):
    words: Annotated[list[str], operator.add]
    left: int


def spread(state: State) -> list[Send]:
    return [Send("shout", word) for word in state["words"]]


def shout(word: str) -> dict:
    return {"words": [word.upper()]}


def ask(state: State) -> Command:
    answer = interrupt({"words": state["words"]})
    return Command(update={"words": [answer]}, goto="again" if answer == "more" else END)


def again(state: State) -> dict:
    return {"left": state["left"] - 1}


builder = StateGraph(State)
builder.add_node(shout).add_node(ask).add_node(again)
builder.add_conditional_edges(START, spread, ["shout"])
builder.add_edge("shout", "ask").add_edge("again", "ask")
graph: CompiledStateGraph[State, None, State, State] = builder.compile(
    checkpointer=InMemorySaver(), interrupt_before=["again"]
)
assert isinstance(graph, Pregel)
thread = {"configurable": {"thread_id": "1"}}


def shown(snapshot: StateSnapshot) -> None:
    print(snapshot.values, snapshot.next, [(task.name, task.interrupts) for task in snapshot.tasks])


tell(graph.stream({"words": ["a", "b"], "left": 1}, thread, stream_mode="values"))
shown(graph.get_state(thread))
tell(graph.stream(Command(resume="more"), thread, stream_mode=["updates", "values"]))
shown(graph.get_state(thread))
graph.update_state(thread, {"left": 5})
tell(graph.stream(None, thread, stream_mode=["updates", "values"]))
tell(graph.stream(Command(resume="enough"), thread, stream_mode=["updates", "values"]))
history = list(graph.get_state_history(thread))
for snapshot in history:
    shown(snapshot)
    print(snapshot.metadata)
first = next(snapshot for snapshot in history if snapshot.next == ("ask",))
tell(graph.stream(None, first.config, stream_mode=["updates", "values"]))
try:
    graph.invoke({"words": 5}, {"configurable": {"thread_id": "2"}})
except Exception as error:
    print(type(error).__name__)
print(issubclass(GraphRecursionError, RecursionError), InvalidUpdateError.__name__)


# -- an answer that does not fit


class Size(BaseModel):
    size: int


def measure(state: State) -> dict:
    try:
        return {"left": interrupt("how big?", response_schema=Size).size}
    except Exception as error:
        print("invalid answer:", is_invalid_resume(error), type(error).__name__)
        raise


asking = StateGraph(State).add_node(measure).add_edge(START, "measure").compile(checkpointer=InMemorySaver())
print(asking.invoke({"words": []}, thread))
for answer in ({"size": "big"}, {"size": 7}):
    try:
        print(asking.invoke(Command(resume=answer), thread))
    except ValueError as error:
        print(is_invalid_resume(error), is_invalid_resume(ValueError()))
