"""Any LLM: a client of your own streams through custom data, with no integration at all."""

import time
from collections.abc import Iterator
from typing import TypedDict

from example_models.replies import reply_to, token_delay, tokens_of

from stepgraph.config import get_stream_writer
from stepgraph.graph import START, StateGraph


class State(TypedDict):
    topic: str
    result: str


def your_custom_streaming_client(topic: str) -> Iterator[str]:
    """Put any client that yields chunks here."""
    for token in tokens_of(reply_to(f"Write a joke about {topic}")):
        time.sleep(token_delay())
        yield token


def call_arbitrary_model(state: State):
    """Call an arbitrary model and stream its output."""
    writer = get_stream_writer()
    for chunk in your_custom_streaming_client(state["topic"]):
        writer({"custom_llm_chunk": chunk})
    return {"result": "completed"}


graph = StateGraph(State).add_node(call_arbitrary_model).add_edge(START, "call_arbitrary_model").compile()

inputs = {"topic": "cats"}

if __name__ == "__main__":
    for chunk in graph.stream(inputs, stream_mode="custom"):
        print(chunk)
