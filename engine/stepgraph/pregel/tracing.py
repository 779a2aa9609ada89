"""A run as langchain-core's callbacks see it: a chain for the graph, and within it a chain for each task.

Only for runs whose callbacks want to hear of chains. The handler that feeds mode `messages` does not: with it
alone, what a node calls still inherits handlers, tags and metadata, but no chain is told of, which would cost
more than the rest of the superstep.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from typing import TYPE_CHECKING, Any

from stepgraph.errors import GraphBubbleUp

if TYPE_CHECKING:
    from langchain_core.callbacks import AsyncCallbackManager, CallbackManager

    from stepgraph.pregel.loop import Run
    from stepgraph.pregel.tasks import Task


def traced(run: Run, input: Any, chunks: Generator[Any, None, None]) -> Generator[Any, None, None]:
    """`chunks`, as a chain that callbacks hear of."""
    from langchain_core.callbacks import CallbackManager

    manager: CallbackManager = CallbackManager.configure(**_settings(run))
    chain = manager.on_chain_start(None, input, **_identity(run))
    run.trace = chain
    try:
        yield from chunks
    except BaseException as error:
        chain.on_chain_error(error)
        raise
    chain.on_chain_end(run.output)


async def atraced(run: Run, input: Any, chunks: AsyncGenerator[Any, None]) -> AsyncGenerator[Any, None]:
    """`traced()` on the event loop."""
    from langchain_core.callbacks import AsyncCallbackManager

    manager: AsyncCallbackManager = AsyncCallbackManager.configure(**_settings(run))
    chain = await manager.on_chain_start(None, input, **_identity(run))
    run.trace = chain
    try:
        async for chunk in chunks:
            yield chunk
    except BaseException as error:
        await chain.on_chain_error(error)
        raise
    finally:
        await chunks.aclose()
    await chain.on_chain_end(run.output)


class TaskTrace:
    """One task's chain. While it is open, the task's callbacks are those of the chain."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._manager: Any = task.run.trace.get_child(f"graph:step:{task.step}")
        self._manager.add_metadata(task.metadata)
        self._chain: Any = None

    def start(self) -> None:
        """Open it, for a task in a thread."""
        self._open(self._manager.on_chain_start(None, self._task.input, name=self._task.name))

    async def astart(self) -> None:
        """Open it."""
        self._open(await self._manager.on_chain_start(None, self._task.input, name=self._task.name))

    def end(self, result: Any, error: BaseException | None) -> None:
        """Close it, for a task in a thread."""
        if error is None or isinstance(error, GraphBubbleUp):
            self._chain.on_chain_end(result)
        else:
            self._chain.on_chain_error(error)

    async def aend(self, result: Any, error: BaseException | None) -> None:
        """Close it."""
        if error is None or isinstance(error, GraphBubbleUp):
            await self._chain.on_chain_end(result)
        else:
            await self._chain.on_chain_error(error)

    def _open(self, chain: Any) -> None:
        self._chain = chain
        self._task.callbacks = chain.get_child()


def hears_chains(callbacks: Any) -> bool:
    """Whether any handler among these callbacks wants to know of chains."""
    handlers = callbacks if isinstance(callbacks, list) else getattr(callbacks, "handlers", ())
    return any(not handler.ignore_chain for handler in handlers)


def quiet_callbacks(task: Task) -> CallbackManager:
    """Callbacks by which a node's calls inherit, in a run without chains."""
    from langchain_core.callbacks import CallbackManager

    callbacks = task.run.callbacks
    is_list = isinstance(callbacks, list)
    tags, metadata = list(task.run.passed_on.get("tags", ())), task.metadata
    return CallbackManager(
        handlers=callbacks if is_list else callbacks.handlers,
        inheritable_handlers=callbacks if is_list else callbacks.inheritable_handlers,
        parent_run_id=None if is_list else callbacks.parent_run_id,
        tags=tags,
        inheritable_tags=list(tags),
        metadata=metadata,
        inheritable_metadata=dict(metadata),
    )


def _settings(run: Run) -> dict[str, Any]:
    return {
        "inheritable_callbacks": run.callbacks,
        "inheritable_tags": run.passed_on.get("tags"),
        "inheritable_metadata": dict(run.metadata),
    }


def _identity(run: Run) -> dict[str, Any]:
    return {"name": run.run_name, "run_id": run.run_id}
