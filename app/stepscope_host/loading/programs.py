"""A program in this process: its modules, its surroundings, and what it holds open, until it is gone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from stepscope_host.failures import is_users
from stepscope_host.loading import importing
from stepscope_host.loading.held import Held
from stepscope_host.loading.surroundings import Process, Surroundings


class OpenProgram:
    """What one load brings into the process, and what has to leave it before the next one."""

    def __init__(self, process: Process, surroundings: Surroundings) -> None:
        self.surroundings = surroundings
        self.held = Held()
        self._process = process
        self._known_before = set(sys.modules)
        self._executed: dict[Path, ModuleType] = {}
        self._packages: set[str] = set()
        self._judged: dict[str, bool] = {}  # thousands of modules need not be looked at again after each run
        self._aside: dict[str, Any] = {}
        process.enter(surroundings)

    @property
    def sources(self) -> tuple[str, ...]:
        """The files of the person's own code that were read so far, and those that say how to read it."""
        modules = (module for _, module in self._own_modules())
        files = [file for module in modules if isinstance(file := getattr(module, "__file__", None), str)]
        return tuple(dict.fromkeys([*self.surroundings.sources, *filter(is_users, files)]))

    def execute(self, path: Path) -> ModuleType:
        """The module that a file makes; it runs once. Raises LoadFailed."""
        if path not in self._executed:
            self._executed[path] = importing.execute(path, self.surroundings.folders[0])
        return self._executed[path]

    def import_module(self, dotted: str) -> ModuleType | None:
        """A module by its name; None when there is none. Raises LoadFailed."""
        self._packages.add(dotted.partition(".")[0])
        return importing.import_module(dotted, self.surroundings.folders[0])

    def set_aside(self) -> None:
        """Take the program's own modules out, so that they are read anew and meet no namesakes."""
        self._aside = dict(self._own_modules())
        for name in self._aside:
            del sys.modules[name]
        self._process.leave()

    def take_up(self) -> None:
        """Bring back what was set aside."""
        with suppress(OSError):  # the folder is gone
            self._process.enter(self.surroundings)
        sys.modules.update(self._aside)

    def _own_modules(self) -> Iterator[tuple[str, Any]]:
        executed = list(self._executed.values())
        for name, module in list(sys.modules.items()):
            if name not in self._judged:
                self._judged[name] = name not in self._known_before and self._is_own(name, module)
            if self._judged[name] or any(module is own for own in executed):
                yield name, module

    def _is_own(self, name: str, module: Any) -> bool:
        """True for a module of the program's package, or of one of its folders and not installed there."""
        if name.partition(".")[0] in self._packages:
            return True
        try:
            places = [module.__file__] if getattr(module, "__file__", None) else list(module.__path__)
        except Exception:  # anything may stand in sys.modules
            return False
        own = self.surroundings.folders
        return any(
            is_users(str(place)) and Path(place).is_relative_to(folder) for place in places for folder in own
        )
