"""Async before Python 3.11: the node passes its config on to the model, and tokens stream."""

import asyncio
from typing import TypedDict

from example_models.chat import chat_model

from stepgraph.graph import START, StateGraph

llm = chat_model()


class State(TypedDict):
    topic: str
    joke: str


async def call_model(state: State, config):
    topic = state["topic"]
    print("Generating joke...")
    joke_response = await llm.ainvoke(
        [{"role": "user", "content": f"Write a joke about {topic}"}],
        config,
    )
    return {"joke": joke_response.content}


graph = StateGraph(State).add_node(call_model).add_edge(START, "call_model").compile()

inputs = {"topic": "ice cream"}


async def main():
    async for chunk, _metadata in graph.astream(inputs, stream_mode="messages"):
        if chunk.content:
            print(chunk.content, end="|", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
