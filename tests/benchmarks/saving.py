"""What it costs that every run is saved: ``python -m tests.benchmarks.saving``.

Prints what a superstep takes in a host without a saver, with the one that Stepscope attaches, in a file and
in memory, and with LangGraph's own for the memory. See `supersteps` for how that is measured.
"""

from __future__ import annotations

import asyncio
import functools
import tempfile
import time
from pathlib import Path

from tests.benchmarks.supersteps import program, race, request, told

from stepscope_host.host import Host

IN_MEMORY = "from langgraph.checkpoint.memory import InMemorySaver"
WAYS = ("without", "in a file", "in memory", "with InMemorySaver")


def measure(place: Path, engine: str) -> None:
    loop = asyncio.new_event_loop()

    def host(folder: str = "", setup: str = "", saver: str = "") -> Host:
        made = Host(lambda event: None, loop)
        assert "opened" in made.load(program(place, engine, "async def", setup=setup, saver=saver), folder)
        return made

    async def run(host: Host) -> float:
        began = time.process_time()
        await host.run(vars(request()))
        return time.process_time() - began

    hosts = [
        host(saver="checkpointer=False"),
        host(folder=str(place / "threads")),
        host(),
        host(setup=IN_MEMORY, saver="checkpointer=InMemorySaver()"),
    ]
    rounds = loop.run_until_complete(race([functools.partial(run, each) for each in hosts]))
    print(f"{engine:10} {told(rounds, *WAYS)}", flush=True)
    for each in hosts:
        each.close()
    loop.close()


def main() -> None:
    for engine in ("stepgraph", "langgraph"):
        with tempfile.TemporaryDirectory() as place:
            measure(Path(place), engine)


if __name__ == "__main__":
    main()
