"""A loop with a condition: the draft is written again until the review accepts it."""

from typing import TypedDict

from stepgraph.graph import END, START, StateGraph


class State(TypedDict):
    draft: str
    attempts: int


def write(state: State):
    return {"draft": state["draft"] + "!", "attempts": state.get("attempts", 0) + 1}


def review(state: State):
    print(f"Attempt {state['attempts']}: {state['draft']}")


def is_good_enough(state: State) -> str:
    return "accept" if state["draft"].endswith("!!!") else "rewrite"


graph = (
    StateGraph(State)
    .add_node(write)
    .add_node(review)
    .add_edge(START, "write")
    .add_edge("write", "review")
    .add_conditional_edges("review", is_good_enough, {"accept": END, "rewrite": "write"})
    .compile()
)

inputs = {"draft": "Hello"}

if __name__ == "__main__":
    for chunk in graph.stream(inputs, stream_mode="updates"):
        print(chunk)
