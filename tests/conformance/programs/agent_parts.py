"""LangChain's own middleware, each at work."""

import asyncio

from langchain.agents import create_agent
from langchain.agents import middleware as mw
from langchain_core.tools import tool
from telling import Scripted, calls, says, tell

ASK = {"messages": [("user", "Mail ada@example.com, will you?")]}
failures = iter([ValueError("first"), ValueError("second"), None])


@tool
def flaky(x: int = 1) -> str:
    """Fail twice."""
    failure = next(failures, None)
    if failure is not None:
        raise failure
    return f"worked with {x}"


@tool
def echo(text: str) -> str:
    """Say it again."""
    return text


def shown(label, middleware, script, tools=(echo,), ask=ASK, **more):
    print("##", label)
    agent = create_agent(Scripted(script=script), list(tools), middleware=middleware, **more)
    try:
        tell(agent.stream(ask, stream_mode=["updates", "custom"]))
    except Exception as error:
        print(type(error).__name__, error)

    async def run():
        again = create_agent(Scripted(script=script), list(tools), middleware=middleware, **more)
        try:
            tell([chunk async for chunk in again.astream(ask, stream_mode="updates")])
        except Exception as error:
            print(type(error).__name__, error)

    asyncio.run(run())


many = [calls(("echo", {"text": f"t{n}"}), id=f"c{n}") for n in range(4)] + [says("Done.")]
shown("a limit of model calls", [mw.ModelCallLimitMiddleware(run_limit=2)], many)
shown("an error at the limit", [mw.ModelCallLimitMiddleware(run_limit=2, exit_behavior="error")], many)
shown("a limit of tool calls", [mw.ToolCallLimitMiddleware(run_limit=1)], many[:2] + many[-1:])
shown("a limit that ends", [mw.ToolCallLimitMiddleware(run_limit=1, exit_behavior="end")], many)
shown("personal data", [mw.PIIMiddleware("email", strategy="redact", apply_to_input=True)], many[-1:])
shown(
    "retried tools",
    [mw.ToolRetryMiddleware(max_retries=2, initial_delay=0)],
    [calls(("flaky", {})), says("ok")],
    [flaky],
)
shown(
    "todo",
    [mw.TodoListMiddleware()],
    [calls(("write_todos", {"todos": [{"content": "a", "status": "pending"}]})), says("ok")],
)
shown("a fallback", [mw.ModelFallbackMiddleware(Scripted(script=[says("I help.")]))], [])
shown(
    "a summary",
    [
        mw.SummarizationMiddleware(
            Scripted(script=[says("In short.", "s1"), says("In short.", "s2")]),
            trigger=("messages", 4),
            keep=("messages", 2),
        )
    ],
    many[:1] + many[-1:],
    ask={"messages": [("user", "a"), ("ai", "b"), ("user", "c"), ("ai", "d"), ("user", "e")]},
)
shown("context edits", [mw.ContextEditingMiddleware(edits=[mw.ClearToolUsesEdit(trigger=1, keep=1)])], many)
shown(
    "a chosen tool",
    [
        mw.LLMToolEmulator(
            tools=["echo"], model=Scripted(script=[says("emulated", "e1"), says("emulated", "e2")])
        )
    ],
    many[:1] + many[-1:],
)
