"""Custom data from a tool: it reports its progress through the stream writer."""

from typing import TypedDict

from langchain_core.tools import tool

from stepgraph.config import get_stream_writer
from stepgraph.graph import START, StateGraph


class State(TypedDict):
    query: str
    answer: str


@tool
def query_database(query: str) -> str:
    """Query the database."""
    writer = get_stream_writer()
    writer({"data": "Retrieved 0/100 records", "type": "progress"})
    # The query would be performed here.
    writer({"data": "Retrieved 100/100 records", "type": "progress"})
    return "some-answer"


def look_up(state: State):
    return {"answer": query_database.invoke({"query": state["query"]})}


graph = StateGraph(State).add_node(look_up).add_edge(START, "look_up").compile()

inputs = {"query": "example"}

if __name__ == "__main__":
    for chunk in graph.stream(inputs, stream_mode="custom"):
        print(chunk)
