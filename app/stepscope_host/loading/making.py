"""From what stands behind a name to what is wanted: functions are called, context managers entered.

`langgraph dev` hands a graph's factory the config and the runtime of each run. Here it is called once,
when the program is opened and before any run.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stepscope_host.failures import LoadFailed, failure, from_exception
from stepscope_host.loading.arguments import Arguments, arguments
from stepscope_host.loading.held import Held, Runner


@dataclass(frozen=True)
class Maker:
    """Makes things of one program: what it enters stays `held`, and what is async goes through `run`."""

    folder: str
    held: Held
    run: Runner

    def make(self, value: Any, name: str, path: Path, is_wanted: Callable[[Any], bool]) -> Any:
        """The value, or what it gives when it is called, awaited and entered, as far as is needed.

        Raises LoadFailed for a function that cannot be called, and whatever the user's code raises.
        """
        if is_wanted(value) or isinstance(value, type):
            return value
        given = arguments(value) if callable(value) else Arguments()
        if given.unknown:
            raise LoadFailed(
                failure(
                    "TypeError",
                    f"{name!r} in {path.name} needs arguments.",
                    "Name a graph, or a function that returns one. It may take `config: RunnableConfig` and "
                    f"`runtime: ServerRuntime`, but nobody gives it {_listed(given.unknown)}: add a default.",
                )
            )
        try:
            return self._given(value, given, name, path)
        except KeyError as error:
            if not given.has_config:
                raise
            told = from_exception(error, self.folder)
            told["remedy"] = (
                f"The config is empty when a graph is opened: let {name!r} do without, as with "
                'config["configurable"].get("name", default).'
            )
            raise LoadFailed(told) from error

    def _given(self, value: Any, given: Arguments, name: str, path: Path) -> Any:
        if callable(value):
            value = value(*given.positional, **given.by_name)
        if inspect.isawaitable(value):
            value = self.run(_awaited(value))
        if inspect.isgenerator(value) or inspect.isasyncgen(value):
            kind = "asynccontextmanager" if inspect.isasyncgen(value) else "contextmanager"
            raise LoadFailed(
                failure(
                    "TypeError",
                    f"{name!r} in {path.name} is a generator, which yields no graph by itself.",
                    f"Write @contextlib.{kind} above it.",
                )
            )
        is_manager = hasattr(value, "__aenter__") or hasattr(value, "__enter__")
        return self.held.enter(value, self.run) if is_manager else value


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(map(repr, names))


async def _awaited(value: Any) -> Any:
    return await value
