"""Agents that answer with structure, by a tool and by the provider."""

from langchain.agents import create_agent
from langchain.agents.structured_output import ProviderStrategy, ToolStrategy
from pydantic import BaseModel
from telling import Scripted, calls, says, tell


class Weather(BaseModel):
    """The weather."""

    city: str
    degrees: int


ASK = {"messages": [("user", "How is it?")]}
GOOD = calls(("Weather", {"city": "Oslo", "degrees": 21}), id="good")
BAD = calls(("Weather", {"city": "Oslo", "degrees": "many"}), id="bad")
BOTH = calls(("Weather", {"city": "a", "degrees": 1}), ("Weather", {"city": "b", "degrees": 2}), id="both")


def agent(*script, strategy=None):
    return create_agent(Scripted(script=list(script)), [], response_format=strategy or ToolStrategy(Weather))


tell(agent(GOOD).stream(ASK, stream_mode=["updates", "values"]))
tell(agent(BAD, GOOD).stream(ASK, stream_mode=["updates", "messages"]))
tell(agent(BOTH, GOOD).stream(ASK, stream_mode=["updates"]))
print(agent(GOOD).invoke(ASK)["structured_response"])
try:
    agent(BAD, strategy=ToolStrategy(Weather, handle_errors=False)).invoke(ASK)
except Exception as error:
    print(type(error).__name__, error)
text = says('{"city": "Rome", "degrees": 30}')
tell(agent(text, strategy=ProviderStrategy(Weather)).stream(ASK, stream_mode=["updates", "values"]))
