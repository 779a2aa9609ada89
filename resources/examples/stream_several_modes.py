"""Stream several modes at once: each chunk comes with the name of its mode."""

from typing import TypedDict

from stepgraph.config import get_stream_writer
from stepgraph.graph import END, START, StateGraph


class State(TypedDict):
    topic: str
    joke: str


def refine_topic(state: State):
    writer = get_stream_writer()
    writer({"progress": f"Refining {state['topic']}"})
    return {"topic": state["topic"] + " and cats"}


def generate_joke(state: State):
    writer = get_stream_writer()
    writer({"progress": f"Thinking about {state['topic']}"})
    return {"joke": f"This is a joke about {state['topic']}"}


graph = (
    StateGraph(State)
    .add_node(refine_topic)
    .add_node(generate_joke)
    .add_edge(START, "refine_topic")
    .add_edge("refine_topic", "generate_joke")
    .add_edge("generate_joke", END)
    .compile()
)

inputs = {"topic": "ice cream"}

if __name__ == "__main__":
    for mode, chunk in graph.stream(inputs, stream_mode=["updates", "custom"]):
        print(mode, chunk)
