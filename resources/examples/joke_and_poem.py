"""Joke and poem: two nodes write at once, and their tokens are told apart by node."""

from typing import TypedDict

from example_models.chat import chat_model

from stepgraph.graph import START, StateGraph

model = chat_model()


class State(TypedDict):
    topic: str
    joke: str
    poem: str


def write_joke(state: State):
    topic = state["topic"]
    joke_response = model.invoke([{"role": "user", "content": f"Write a joke about {topic}"}])
    return {"joke": joke_response.content}


def write_poem(state: State):
    topic = state["topic"]
    poem_response = model.invoke([{"role": "user", "content": f"Write a short poem about {topic}"}])
    return {"poem": poem_response.content}


graph = (
    StateGraph(State)
    .add_node(write_joke)
    .add_node(write_poem)
    # Two edges from START: the joke and the poem are written concurrently.
    .add_edge(START, "write_joke")
    .add_edge(START, "write_poem")
    .compile()
)

inputs = {"topic": "cats"}

if __name__ == "__main__":
    for msg, metadata in graph.stream(inputs, stream_mode="messages"):
        if msg.content and metadata["langgraph_node"] == "write_poem":
            print(msg.content, end="|", flush=True)
