"""Stream debug: every task that starts and ends, its name, and the full state it saw."""

from typing import TypedDict

from stepgraph.graph import END, START, StateGraph


class State(TypedDict):
    topic: str
    joke: str


def refine_topic(state: State):
    return {"topic": state["topic"] + " and cats"}


def generate_joke(state: State):
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
    for chunk in graph.stream(inputs, stream_mode="debug"):
        print(chunk)
