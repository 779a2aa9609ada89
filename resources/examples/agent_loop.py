"""An agent: the model asks for a tool, the tool answers, and the model goes on until it is done."""

from example_models.chat import chat_model
from langchain_core.messages import ToolMessage
from langchain_core.tools import tool

from stepgraph.config import get_stream_writer
from stepgraph.graph import END, START, MessagesState, StateGraph


@tool
def get_weather(city: str) -> str:
    """Tell the weather in a city."""
    get_stream_writer()({"progress": f"Looking out of a window in {city}"})
    return f"It is sunny in {city}, 21 degrees."


model = chat_model().bind_tools([get_weather])


def call_model(state: MessagesState):
    return {"messages": [model.invoke(state["messages"])]}


def call_tools(state: MessagesState):
    calls = state["messages"][-1].tool_calls
    return {
        "messages": [
            ToolMessage(get_weather.invoke(call["args"]), tool_call_id=call["id"], name=call["name"])
            for call in calls
        ]
    }


def wants_tools(state: MessagesState) -> str:
    return "tools" if state["messages"][-1].tool_calls else "done"


graph = (
    StateGraph(MessagesState)
    .add_node(call_model)
    .add_node(call_tools)
    .add_edge(START, "call_model")
    .add_conditional_edges("call_model", wants_tools, {"tools": "call_tools", "done": END})
    .add_edge("call_tools", "call_model")
    .compile()
)

inputs = {"messages": [{"role": "user", "content": "What is the weather in Oslo?"}]}

if __name__ == "__main__":
    for mode, chunk in graph.stream(inputs, stream_mode=["updates", "custom"]):
        print(mode, chunk)
