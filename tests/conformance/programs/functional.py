"""Tasks and an entrypoint, with a thread that remembers and a question in the middle."""

import asyncio

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.config import get_stream_writer
from langgraph.func import entrypoint, task
from langgraph.types import Command, interrupt
from telling import run, tell


@task
def double(number: int) -> int:
    get_stream_writer()({"doubling": number})
    return number * 2


@task
async def triple(number: int) -> int:
    return number * 3


@entrypoint(checkpointer=InMemorySaver())
def work(number: int, *, previous: int | None = None) -> entrypoint.final[int, int]:
    doubled = double(number).result()
    agreed = interrupt({"is it": doubled})
    return entrypoint.final(value=doubled if agreed else 0, save=doubled + (previous or 0))


thread = {"configurable": {"thread_id": "1"}}
for number in (1, 2):
    tell(work.stream(number, thread, stream_mode=["updates", "custom", "values"]))
    print(work.get_state(thread).next)
    tell(work.stream(Command(resume=True), thread, stream_mode=["updates", "custom", "values"]))
    print(work.get_state(thread).values)


@entrypoint()
async def several(numbers: list[int]) -> list[int]:
    return list(await asyncio.gather(*(triple(number) for number in numbers)))


async def main() -> None:
    print(await several.ainvoke([1, 2, 3]))


run(main)
