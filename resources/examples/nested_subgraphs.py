"""Nested subgraphs: three graphs deep, and each streams under its own namespace."""

import operator
from typing import Annotated, TypedDict

from stepgraph.graph import START, StateGraph


class Report(TypedDict):
    topic: str
    notes: str


class Sentence(TypedDict):
    notes: str
    words: Annotated[list[str], operator.add]


def pick_words(state: Sentence):
    return {"words": state["notes"].split()}


def join_words(state: Sentence):
    return {"notes": " ".join(word.capitalize() for word in state["words"])}


polish = (
    StateGraph(Sentence)
    .add_node(pick_words)
    .add_node(join_words)
    .add_edge(START, "pick_words")
    .add_edge("pick_words", "join_words")
    .compile()
)


def take_notes(state: Report):
    return {"notes": f"some facts about {state['topic']}"}


research = (
    StateGraph(Report)
    .add_node(take_notes)
    .add_node("polish", polish)
    .add_edge(START, "take_notes")
    .add_edge("take_notes", "polish")
    .compile()
)


def choose_topic(state: Report):
    return {"topic": state["topic"] + " at night"}


def publish(state: Report):
    return {"notes": f"*{state['notes']}*"}


graph = (
    StateGraph(Report)
    .add_node(choose_topic)
    .add_node("research", research)
    .add_node(publish)
    .add_edge(START, "choose_topic")
    .add_edge("choose_topic", "research")
    .add_edge("research", "publish")
    .compile()
)

inputs = {"topic": "owls"}

if __name__ == "__main__":
    for namespace, chunk in graph.stream(inputs, stream_mode="updates", subgraphs=True):
        print(namespace, chunk)
