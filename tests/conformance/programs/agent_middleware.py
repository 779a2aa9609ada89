"""An agent with every hook of a middleware, as methods and as decorated functions."""

from dataclasses import dataclass
from typing import Annotated, Any

from langchain.agents import AgentState, create_agent
from langchain.agents.middleware import (
    AgentMiddleware,
    ModelRequest,
    after_agent,
    after_model,
    before_agent,
    before_model,
    dynamic_prompt,
    hook_config,
    wrap_model_call,
    wrap_tool_call,
)
from langchain.tools import InjectedState, InjectedToolCallId, ToolRuntime
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.tools import tool
from langgraph.channels.untracked_value import UntrackedValue
from langgraph.runtime import Runtime
from langgraph.types import Command
from telling import Scripted, calls, run, says, tell
from typing_extensions import NotRequired

ASK = {"messages": [("user", "How is it?")]}
MODES = ["updates", "custom", "values"]


class Counting(AgentState):
    turns: NotRequired[int]
    secret: NotRequired[Annotated[str, UntrackedValue]]
    user: NotRequired[str]


@dataclass
class Who:
    user: str = "nobody"


@tool
def whoami(runtime: ToolRuntime[Who]) -> str:
    """Tell who is asking."""
    runtime.stream_writer({"tool": runtime.tool_call_id})
    return f"{runtime.context.user}, of {len(runtime.state['messages'])} messages"


@tool
def remember(
    user: str, state: Annotated[Any, InjectedState], call: Annotated[str, InjectedToolCallId]
) -> Command:
    """Keep a name."""
    told = ToolMessage(f"kept {user} after {len(state['messages'])}", tool_call_id=call)
    return Command(update={"user": user, "messages": [told]})


class Hooks(AgentMiddleware):
    state_schema = Counting

    def before_agent(self, state: Any, runtime: Runtime[Who]) -> dict[str, Any] | None:
        runtime.stream_writer({"before agent": runtime.context.user})
        return {"turns": 0, "secret": "s"}

    def before_model(self, state: Any, runtime: Runtime[Who]) -> dict[str, Any] | None:
        return {"turns": state["turns"] + 1}

    def after_model(self, state: Any, runtime: Runtime[Who]) -> dict[str, Any] | None:
        runtime.stream_writer({"after model": state["messages"][-1].text, "secret": state.get("secret")})
        return None

    def after_agent(self, state: Any, runtime: Runtime[Who]) -> dict[str, Any] | None:
        return {"turns": state["turns"] * 100}

    def wrap_model_call(self, request: ModelRequest, handler: Any) -> Any:
        print("model is asked", [message.text for message in request.messages], request.system_prompt)
        return handler(request.override(system_prompt="Be kind."))

    async def awrap_model_call(self, request: ModelRequest, handler: Any) -> Any:
        print("model is asked, async", len(request.messages))
        return await handler(request)

    def wrap_tool_call(self, request: Any, handler: Any) -> Any:
        print("tool is called", request.tool_call["name"], request.tool.name)
        return handler(request)

    async def awrap_tool_call(self, request: Any, handler: Any) -> Any:
        print("tool is called, async", request.tool_call["name"])
        return await handler(request)


def script() -> Scripted:
    return Scripted(
        script=[calls(("whoami", {}), id="a"), calls(("remember", {"user": "Ada"}), id="b"), says("Done.")]
    )


def hooked() -> Any:
    return create_agent(script(), [whoami, remember], middleware=[Hooks()], context_schema=Who)


tell(hooked().stream(ASK, context=Who("Bob"), stream_mode=MODES))
print(hooked().invoke(ASK, context={"user": "Cleo"}))


# -- decorated functions


@before_agent
def greet(state: Any, runtime: Any) -> Any:
    print("greet")


@before_model(state_schema=Counting)
def count(state: Any, runtime: Any) -> Any:
    return {"turns": state.get("turns", 0) + 1}


@after_model
async def acheck(state: Any, runtime: Any) -> Any:
    print("acheck", state["messages"][-1].text)


@after_model
def check(state: Any, runtime: Any) -> Any:
    print("check", state["messages"][-1].text)


@after_agent
def part(state: Any, runtime: Any) -> Any:
    print("part", len(state["messages"]))


@dynamic_prompt
def prompt(request: ModelRequest) -> str:
    return f"You have {len(request.messages)} messages."


@wrap_tool_call
def shout(request: Any, handler: Any) -> Any:
    answer = handler(request)
    return (
        ToolMessage(answer.content.upper(), tool_call_id=answer.tool_call_id)
        if isinstance(answer, ToolMessage)
        else answer
    )


@wrap_model_call
def twice(request: ModelRequest, handler: Any) -> Any:
    try:
        return handler(request)
    except ValueError:
        return AIMessage("It failed.", id="failed")


def decorated() -> Any:
    model = script()
    agent = create_agent(
        model,
        [whoami, remember],
        middleware=[greet, count, check, part, prompt, shout, twice],
        context_schema=Who,
    )
    return agent, model


agent, model = decorated()
tell(agent.stream(ASK, context=Who("Bob"), stream_mode=MODES))
print(model.heard)


# -- jumps


class Jumps(AgentMiddleware):
    @hook_config(can_jump_to=["end", "tools", "model"])
    def before_model(self, state: Any, runtime: Any) -> dict[str, Any] | None:
        if len(state["messages"]) > 2:
            return {"jump_to": "end", "messages": [AIMessage("Enough.", id="enough")]}
        return None


class Again(AgentMiddleware):
    @hook_config(can_jump_to=["model"])
    def after_model(self, state: Any, runtime: Any) -> dict[str, Any] | None:
        if len(state["messages"]) < 3:
            return {"jump_to": "model"}
        return None


jumping = create_agent(script(), [whoami, remember], middleware=[Jumps()], context_schema=Who)
tell(jumping.stream(ASK, context=Who("Bob"), stream_mode=MODES))
again = create_agent(Scripted(script=[says("One.", "1"), says("Two.", "2")]), [], middleware=[Again()])
tell(again.stream(ASK, stream_mode=MODES))


async def main() -> None:
    tell([chunk async for chunk in hooked().astream(ASK, context=Who("Bob"), stream_mode=MODES)])
    agent = create_agent(Scripted(script=[says("One.", "1")]), [], middleware=[acheck, count, greet])
    print(await agent.ainvoke(ASK))


run(main)
print(hooked().get_graph().draw_mermaid())
print(jumping.get_graph().draw_mermaid())
