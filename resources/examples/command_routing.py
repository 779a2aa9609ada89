"""Routing by Command: a node updates the state and says where to go, in one return value."""

from typing import Literal, TypedDict

from stepgraph.graph import START, StateGraph
from stepgraph.types import Command


class State(TypedDict):
    question: str
    desk: str
    answer: str


# The annotation only draws the edges; the Command takes them.
def triage(state: State) -> Command[Literal["billing", "support"]]:
    desk = "billing" if "invoice" in state["question"] else "support"
    return Command(update={"desk": desk}, goto=desk)


def billing(state: State):
    return {"answer": "Your invoice is in the post."}


def support(state: State):
    return {"answer": "Have you tried running it superstep by superstep?"}


graph = (
    StateGraph(State).add_node(triage).add_node(billing).add_node(support).add_edge(START, "triage").compile()
)

inputs = {"question": "Where is my invoice?"}

if __name__ == "__main__":
    for chunk in graph.stream(inputs, stream_mode="updates"):
        print(chunk)
