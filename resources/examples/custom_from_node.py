"""Custom data from a node: anything written to the stream writer is streamed."""

from typing import TypedDict

from stepgraph.config import get_stream_writer
from stepgraph.graph import START, StateGraph


class State(TypedDict):
    query: str
    answer: str


def node(state: State):
    writer = get_stream_writer()
    writer({"custom_key": "Generating custom data inside node"})
    return {"answer": "some data"}


graph = StateGraph(State).add_node(node).add_edge(START, "node").compile()

inputs = {"query": "example"}

if __name__ == "__main__":
    for chunk in graph.stream(inputs, stream_mode="custom"):
        print(chunk)
