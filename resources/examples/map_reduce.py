"""Map and reduce: a Send for each subject, then one node that gathers what they wrote."""

import operator
from typing import Annotated, TypedDict

from stepgraph.graph import START, StateGraph
from stepgraph.types import Send


class State(TypedDict):
    topic: str
    subjects: list[str]
    jokes: Annotated[list[str], operator.add]
    best: str


class Subject(TypedDict):
    subject: str


def list_subjects(state: State):
    return {"subjects": [f"{size} {state['topic']}" for size in ("small", "large", "very old")]}


def one_joke_each(state: State):
    return [Send("write_joke", {"subject": subject}) for subject in state["subjects"]]


def write_joke(state: Subject):
    return {"jokes": [f"A joke about {state['subject']}"]}


def pick_best(state: State):
    return {"best": max(state["jokes"], key=len)}


graph = (
    StateGraph(State)
    .add_node(list_subjects)
    .add_node(write_joke)
    .add_node(pick_best)
    .add_edge(START, "list_subjects")
    .add_conditional_edges("list_subjects", one_joke_each, ["write_joke"])
    .add_edge("write_joke", "pick_best")
    .compile()
)

inputs = {"topic": "owls"}

if __name__ == "__main__":
    for chunk in graph.stream(inputs, stream_mode="updates"):
        print(chunk)
