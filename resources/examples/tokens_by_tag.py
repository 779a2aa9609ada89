"""LLM tokens by tag: two models in one node, told apart by their tags."""

import asyncio
from typing import TypedDict

from example_models.chat import chat_model

from stepgraph.graph import START, StateGraph

joke_model = chat_model(tags=["joke"])
poem_model = chat_model(tags=["poem"])


class State(TypedDict):
    topic: str
    joke: str
    poem: str


async def call_model(state: State, config):
    topic = state["topic"]
    print("Writing joke...")
    # Before Python 3.11 the config must be passed on: asyncio tasks do not carry it there.
    joke_response = await joke_model.ainvoke(
        [{"role": "user", "content": f"Write a joke about {topic}"}],
        config,
    )
    print("\n\nWriting poem...")
    poem_response = await poem_model.ainvoke(
        [{"role": "user", "content": f"Write a short poem about {topic}"}],
        config,
    )
    return {"joke": joke_response.content, "poem": poem_response.content}


graph = StateGraph(State).add_node(call_model).add_edge(START, "call_model").compile()

inputs = {"topic": "cats"}


async def main():
    async for msg, metadata in graph.astream(inputs, stream_mode="messages"):
        # A call without tags has no such key, so ask with .get().
        if metadata.get("tags") == ["joke"]:
            print(msg.content, end="|", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
