"""An agent with two tools, streamed in several modes, sync and async."""

from langchain.agents import create_agent
from langchain_core.tools import tool
from langgraph.config import get_stream_writer
from telling import Scripted, calls, run, says, tell


@tool
def weather(city: str) -> str:
    """Tell the weather."""
    get_stream_writer()({"looking": city})
    return f"It is sunny in {city}."


@tool
async def clock(city: str) -> str:
    """Tell the time."""
    return f"It is noon in {city}."


def agent(*tools):
    script = [says("I shall look.", "first"), says("Done with it all.")]
    script[0].tool_calls = calls(*tools, id="first").tool_calls
    return create_agent(
        Scripted(script=script), [weather, clock], system_prompt="Be brief.", name="forecaster"
    )


ASK = {"messages": [("user", "How is it?")]}
MODES = ["updates", "messages", "custom", "values", "tasks"]

tell(agent(("weather", {"city": "Oslo"})).stream(ASK, stream_mode=MODES))
tell(agent(("weather", {"city": "Oslo"})).stream(ASK, stream_mode="updates"))
tell(agent(("weather", {"city": "Oslo"})).stream(ASK, stream_mode=["messages", "updates"], subgraphs=True))
tell(agent(("nothing", {"city": "Oslo"})).stream(ASK, stream_mode="updates"))
print(agent(("weather", {"city": "Oslo"})).invoke(ASK))


async def main() -> None:
    for tools in ([("weather", {"city": "Oslo"})], [("clock", {"city": "Rome"})]):
        tell([chunk async for chunk in agent(*tools).astream(ASK, stream_mode=MODES)])
        print(await agent(*tools).ainvoke(ASK))


run(main)
print(agent().get_graph().draw_mermaid())
