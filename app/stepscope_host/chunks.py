"""A run's chunks as they are, in plain data: what a program reads, where the window reads events."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from stepscope_host.debugging.gates import with_context
from stepscope_host.executor import NodeThreads
from stepscope_host.run import thread_config
from stepscope_host.showing.values import GENEROUS, Plain, plain

MODES = ("values", "updates", "custom", "messages", "debug", "tasks", "checkpoints")
"""The stream modes that both engines have."""


async def chunks(
    graph: Any, input: Any, modes: Sequence[str], subgraphs: bool = False
) -> AsyncGenerator[tuple[list[str], str, Plain], None]:
    """Run a graph and yield ``(namespace, mode, data)``. Raises what the run raises."""
    threads = NodeThreads()
    asyncio.get_running_loop().set_default_executor(threads)
    config = thread_config(graph)
    stream = with_context(graph).astream(input, config, stream_mode=list(modes), subgraphs=subgraphs)
    try:
        async with contextlib.aclosing(stream) as raw:
            async for chunk in raw:
                namespace, mode, data = chunk if subgraphs else ((), *chunk)
                yield list(namespace), mode, plain(list(data) if mode == "messages" else data, GENEROUS)
    finally:
        threads.shutdown()
