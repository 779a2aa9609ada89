"""A person approves, edits or rejects what an agent's tools are about to do."""

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from telling import Scripted, calls, run, says, tell

ASK = {"messages": [("user", "Please do.")]}
SCRIPT = [
    calls(("read", {"name": "b.txt"}), id="r"),
    calls(("delete", {"name": "a.txt"}), id="d"),
    says("Done."),
]
MODES = ["updates", "values", "tasks"]


@tool
def delete(name: str) -> str:
    """Delete a file."""
    return f"{name} is gone"


@tool
def read(name: str) -> str:
    """Read a file."""
    return f"{name} says hello"


def agent(script=SCRIPT):
    asks = HumanInTheLoopMiddleware(interrupt_on={"delete": True, "read": False})
    return create_agent(
        Scripted(script=list(script)), [delete, read], middleware=[asks], checkpointer=InMemorySaver()
    )


ANSWERS = {
    "approve": {"type": "approve"},
    "edit": {"type": "edit", "edited_action": {"name": "delete", "args": {"name": "z.txt"}}},
    "reject": {"type": "reject", "message": "No, keep it."},
}


def shown(state) -> None:
    print(state.next, [(task.name, task.interrupts) for task in state.tasks], state.interrupts)


for label, answer in ANSWERS.items():
    print("##", label)
    thread = {"configurable": {"thread_id": label}}
    graph = agent()
    tell(graph.stream(ASK, thread, stream_mode=MODES))
    shown(graph.get_state(thread))
    tell(graph.stream(Command(resume={"decisions": [answer]}), thread, stream_mode=MODES))
    shown(graph.get_state(thread))
    print([message.text for message in graph.get_state(thread).values["messages"]])
    print([state.next for state in graph.get_state_history(thread)])


async def main() -> None:
    thread = {"configurable": {"thread_id": "1"}}
    graph = agent()
    print(await graph.ainvoke(ASK, thread))
    shown(await graph.aget_state(thread))
    resumed = graph.astream(Command(resume={"decisions": [ANSWERS["approve"]]}), thread, stream_mode=MODES)
    tell([chunk async for chunk in resumed])


run(main)
try:
    create_agent(
        Scripted(script=SCRIPT), [delete], middleware=[HumanInTheLoopMiddleware({"delete": True})]
    ).invoke(ASK)
except Exception as error:
    print(type(error).__name__)
