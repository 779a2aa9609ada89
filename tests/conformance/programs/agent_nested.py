"""Agents within graphs and tools: as a node, called by a tool, and streamed with their namespaces."""

from langchain.agents import create_agent
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph
from telling import Scripted, calls, run, says, tell

ASK = {"messages": [("user", "How is it?")]}


@tool
def weather(city: str) -> str:
    """Tell the weather."""
    return f"It is sunny in {city}."


def expert(**options):
    script = [calls(("weather", {"city": "Oslo"}), id="e1"), says("Sunny it is.", "e2")]
    return create_agent(Scripted(script=script), [weather], name="expert", **options)


def asking(sub):
    @tool
    def ask_expert(question: str) -> str:
        """Ask the expert."""
        return sub.invoke({"messages": [("user", question)]})["messages"][-1].text

    return create_agent(
        Scripted(
            script=[calls(("ask_expert", {"question": "So?"}), id="a1"), says("The expert said.", "a2")]
        ),
        [ask_expert],
        name="boss",
    )


def as_node(**options):
    graph = StateGraph(MessagesState)
    graph.add_node("before", lambda state: {"messages": [("ai", "Wait.")]})
    graph.add_node("expert", expert())
    graph.add_edge(START, "before").add_edge("before", "expert").add_edge("expert", END)
    return graph.compile(**options)


for subgraphs in (False, True):
    tell(asking(expert()).stream(ASK, stream_mode=["updates", "messages"], subgraphs=subgraphs))
    tell(as_node().stream(ASK, stream_mode=["updates", "messages", "values"], subgraphs=subgraphs))


async def main() -> None:
    chunks = as_node().astream(ASK, stream_mode=["updates", "messages"], subgraphs=True)
    tell([chunk async for chunk in chunks])
    tell([chunk async for chunk in expert().astream(ASK, stream_mode="updates", version="v2")])
    names = [(event["event"], event["name"]) async for event in as_node().astream_events(ASK, version="v2")]
    print(names)


run(main)
thread = {"configurable": {"thread_id": "1"}}
graph = as_node(checkpointer=InMemorySaver())
tell(graph.stream(ASK, thread, stream_mode="updates", subgraphs=True))
print([(state.next, state.metadata["step"]) for state in graph.get_state_history(thread)])
print(graph.get_graph(xray=True).draw_mermaid())
print([name for name, _ in graph.get_subgraphs(recurse=True)])
