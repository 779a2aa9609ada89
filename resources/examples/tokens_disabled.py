"""Streaming disabled: this model's answer arrives whole, as one message."""

from typing import TypedDict

from example_models.chat import chat_model

from stepgraph.graph import START, StateGraph

llm = chat_model(disable_streaming=True)


class State(TypedDict):
    topic: str
    joke: str


def call_model(state: State):
    response = llm.invoke([{"role": "user", "content": f"Write a joke about {state['topic']}"}])
    return {"joke": response.content}


graph = StateGraph(State).add_node(call_model).add_edge(START, "call_model").compile()

inputs = {"topic": "ice cream"}

if __name__ == "__main__":
    for message, _metadata in graph.stream(inputs, stream_mode="messages"):
        print(message.content, end="|", flush=True)
