"""A run as langchain-core's callbacks see it: a chain for the graph, in it one for each task and each path.

Only for runs whose callbacks want to hear of chains. The handler that feeds mode `messages` does not: with it
alone, what a node calls still inherits handlers, tags and metadata, but no chain is told of, which would cost
more than the rest of the superstep.

Tags say where a run stands: `graph:step:2` is a task of that superstep, `seq:step:1` what a node calls, and
the numbers that follow are for what comes after it: writing, edges, and then its paths.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterator, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from stepgraph.constants import START, TAG_HIDDEN

if TYPE_CHECKING:
    from langchain_core.callbacks import AsyncCallbackManager, CallbackManager

    from stepgraph.graph.branches import Branch
    from stepgraph.pregel.loop import Run
    from stepgraph.pregel.tasks import Task

_log = logging.getLogger("stepgraph")


# -- the graph


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


def is_traced(run: Run) -> bool:
    """Whether anyone wants to know of the run's chains."""
    if run.callbacks:
        handlers = run.callbacks if isinstance(run.callbacks, list) else run.callbacks.handlers
        if any(not handler.ignore_chain for handler in handlers):
            return True
    return run.namespace == () and _is_watched()


def _is_watched() -> bool:
    """Whether langchain-core itself has a handler for every run: one set for a `with` block, or LangSmith's.

    langchain-core has no public way to ask that does not cost as much as a superstep.
    """
    context = sys.modules.get("langchain_core.tracers.context")
    if context is None:
        return False
    hooks = getattr(context, "_configure_hooks", ())
    if any(hook[0].get() is not None for hook in hooks):
        return True
    is_on = getattr(context, "_tracing_v2_is_enabled", None)
    return is_on is not None and bool(is_on())


def _settings(run: Run) -> dict[str, Any]:
    return {
        "inheritable_callbacks": run.callbacks,
        "inheritable_tags": run.passed_on.get("tags"),
        "inheritable_metadata": {**run.metadata, "ls_integration": "langgraph"},
    }


def _identity(run: Run) -> dict[str, Any]:
    return {"name": run.run_name, "run_id": run.run_id}


# -- a task


def _processed(process: Callable[[Any], Any] | None, value: Any) -> Any:
    """A value as a trace policy wants it told. One that cannot be processed is told as it is."""
    if process is None:
        return value
    try:
        return process(value)
    except Exception:
        _log.warning("A trace policy cannot process a value, which is told as it is.", exc_info=True)
        return value


class TaskTrace:
    """One task's chain. While it is open, the task's callbacks are those of the chain.

    `signal` is set by whoever catches what left the node as an exception without being a failure.
    """

    signal: BaseException | None = None

    def __init__(self, task: Task) -> None:
        self._task = task
        around = task.parent.trace if task.parent is not None else None
        self._manager: Any = (
            _child_of(task.run.trace, f"graph:step:{task.step}") if around is None else around.at_step(1)
        )
        self._manager.add_metadata(task.metadata)
        if task.node.name == START:
            self._manager.add_tags([TAG_HIDDEN])
        self._chain: Any = None

    def start(self) -> None:
        """Open it, for a task in a thread."""
        self._open(self._manager.on_chain_start(None, self._input(), name=self._task.name))

    async def astart(self) -> None:
        """Open it."""
        self._open(await self._manager.on_chain_start(None, self._input(), name=self._task.name))

    def end(self, result: Any, error: BaseException | None) -> None:
        """Close it, for a task in a thread."""
        error = error or self.signal
        if error is not None:
            self._chain.on_chain_error(error)
        else:
            self._chain.on_chain_end(self._output(result))

    async def aend(self, result: Any, error: BaseException | None) -> None:
        """Close it."""
        error = error or self.signal
        if error is not None:
            await self._chain.on_chain_error(error)
            return
        for handler in self._taps():
            async for _ in handler.tap_output_aiter(self._chain.run_id, _only(result)):
                pass
        await self._chain.on_chain_end(self._output(result))

    # -- what is told of it

    def _input(self) -> Any:
        policies, given = self._task.node.policies, self._task.given
        trace = policies.trace if policies is not None else None
        return given if trace is None else _processed(trace.process_inputs, given)

    def _output(self, result: Any) -> Any:
        policies = self._task.node.policies
        trace = policies.trace if policies is not None else None
        return result if trace is None else _processed(trace.process_outputs, result)

    # -- its steps

    def at_step(self, number: int) -> Any:
        """Callbacks for what the task calls as its step of this number, from 1."""
        return _child_of(self._chain, f"seq:step:{number}")

    def ask(self, branch: Branch, view: Any, answer: Callable[[], Any]) -> Any:
        """Let a path answer, in a chain of its own, for a task in a thread. A Runnable makes its own."""
        callbacks = self._task.callbacks = self.at_step(self._number(branch))
        if branch.call.steps:
            return answer()
        chain = callbacks.on_chain_start(None, view, name=branch.call.name)
        put_config({**self._task.config, "callbacks": chain.get_child()})
        try:
            found = answer()
        except BaseException as error:
            chain.on_chain_error(error)
            raise
        chain.on_chain_end(found)
        put_config(self._task.config)
        return found

    async def aask(self, branch: Branch, view: Any, answer: Callable[[], Awaitable[Any]]) -> Any:
        """Let a path answer, in a chain of its own."""
        callbacks = self._task.callbacks = self.at_step(self._number(branch))
        if branch.call.steps:
            return await answer()
        chain = await callbacks.on_chain_start(None, view, name=branch.call.name)
        put_config({**self._task.config, "callbacks": chain.get_child()})
        try:
            found = await answer()
        except BaseException as error:
            await chain.on_chain_error(error)
            raise
        await chain.on_chain_end(found)
        put_config(self._task.config)
        return found

    def _number(self, branch: Branch) -> int:
        """Which step of the task a path is: the node's own come first, then writing, edges and barriers."""
        node = self._task.node
        own = 0 if node.call is None else len(node.call.steps) or 1
        return own + 2 + len(node.successors) + len(node.barriers) + node.branches.index(branch)

    # -- for `astream_events()`

    @property
    def is_streamed(self) -> bool:
        """Whether anyone listens to parts of results, not only to results."""
        return any(True for _ in self._taps())

    def _taps(self) -> Iterator[Any]:
        for handler in self._manager.handlers:
            if not handler.ignore_chain and hasattr(handler, "tap_output_aiter"):
                yield handler

    def _open(self, chain: Any) -> None:
        self._chain = chain
        self._task.trace = self
        self._task.callbacks = self.at_step(1)


async def _only(value: Any) -> AsyncIterator[Any]:
    yield value


def _child_of(chain: Any, tag: str) -> Any:
    callbacks = chain.get_child(tag)
    # As langchain-core has it for Runnables: the tags of the run around it follow.
    callbacks.add_tags(list(callbacks.inheritable_tags))
    return callbacks


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


# -- langchain-core's own context


def langchain_config_var() -> ContextVar[Any] | None:
    """The variable from which langchain-core's Runnables take their config, if langchain-core is imported."""
    module = sys.modules.get("langchain_core.runnables.config")
    return getattr(module, "var_child_runnable_config", None)


class TaskConfig(Mapping[str, Any]):
    """A task's config for those who may ask, which most nodes never do: made when it is first looked into."""

    __slots__ = ("task",)

    def __init__(self, task: Task) -> None:
        self.task = task

    def __getitem__(self, key: str) -> Any:
        return self.task.config[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.task.config)

    def __len__(self) -> int:
        return len(self.task.config)

    def __bool__(self) -> bool:
        return True


def put_config(config: Mapping[str, Any]) -> None:
    """Let Runnables that are called without a config find this one, in the present context."""
    variable = langchain_config_var()
    if variable is not None:
        variable.set(config)
