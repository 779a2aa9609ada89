"""Async custom data before Python 3.11: the node asks for a `writer` parameter."""

import asyncio
from typing import TypedDict

from stepgraph.graph import START, StateGraph
from stepgraph.types import StreamWriter


class State(TypedDict):
    topic: str
    joke: str


async def generate_joke(state: State, writer: StreamWriter):
    writer({"custom_key": "Streaming custom data while generating a joke"})
    return {"joke": f"This is a joke about {state['topic']}"}


graph = StateGraph(State).add_node(generate_joke).add_edge(START, "generate_joke").compile()

inputs = {"topic": "ice cream"}


async def main():
    async for chunk in graph.astream(inputs, stream_mode="custom"):
        print(chunk)


if __name__ == "__main__":
    asyncio.run(main())
