"""LLM tokens: streamed one by one, even though the node calls `.invoke`."""

from dataclasses import dataclass

from example_models.chat import chat_model

from stepgraph.graph import START, StateGraph


@dataclass
class MyState:
    topic: str
    joke: str = ""


llm = chat_model()


def call_model(state: MyState):
    """Call the LLM to generate a joke about a topic."""
    llm_response = llm.invoke([{"role": "user", "content": f"Generate a joke about {state.topic}"}])
    return {"joke": llm_response.content}


graph = StateGraph(MyState).add_node(call_model).add_edge(START, "call_model").compile()

inputs = {"topic": "ice cream"}

if __name__ == "__main__":
    for message_chunk, _metadata in graph.stream(inputs, stream_mode="messages"):
        if message_chunk.content:
            print(message_chunk.content, end="|", flush=True)
