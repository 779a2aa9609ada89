"""The prebuilt agent and the node that runs tools."""

from typing import Annotated

from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import InjectedState, ToolNode, create_react_agent, tools_condition
from telling import Scripted, calls, says, tell

ASK = {"messages": [("user", "How is it?")]}


@tool
def weather(city: str, messages: Annotated[list, InjectedState("messages")]) -> str:
    """Tell the weather."""
    return f"It is sunny in {city}, say {len(messages)} messages."


def script():
    return [calls(("weather", {"city": "Oslo"}), id="c"), says("Done.")]


agent = create_react_agent(Scripted(script=script()), [weather], prompt="Be brief.")
tell(agent.stream(ASK, stream_mode=["updates", "values"]))

model = Scripted(script=script()).bind_tools([weather])
builder = StateGraph(MessagesState)
builder.add_node("model", lambda state: {"messages": [model.invoke(state["messages"])]})
builder.add_node("tools", ToolNode([weather]))
builder.add_edge(START, "model").add_conditional_edges("model", tools_condition).add_edge("tools", "model")
graph = builder.compile()
tell(graph.stream(ASK, stream_mode=["updates", "messages"]))
print(graph.get_graph().draw_mermaid())
