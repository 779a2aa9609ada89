"""An import hook that answers for LangGraph's modules with stepgraph's.

`langgraph` is a package that several distributions share: the savers, stores and caches in it are none of
LangGraph's own, and are left to Python. All else is answered for here, whether or not LangGraph is
installed, so that a program never has the classes of two engines. `langgraph.types` becomes another name of
the very module `stepgraph.types`.
"""

from __future__ import annotations

import importlib
import importlib.util
import opcode
import pkgutil
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Final

from stepgraph.dropin.left_out import LEFT_OUT
from stepgraph.dropin.standins import STAND_INS
from stepgraph.errors import did_you_mean

PREFIX: Final = "langgraph."

OWNED: Final = """
    _internal callbacks channels config constants errors func graph managed prebuilt pregel runtime stream
    types typing utils version warnings
"""
LANGGRAPHS_OWN: Final = frozenset(OWNED.split())

HOMES: Final = ("stepgraph.dropin.standins", "stepgraph")
"""Where a module is looked for. The stand-ins are for names that only LangGraph's friends ask for."""


def is_served(name: str) -> bool:
    """Whether a module of this name is LangGraph's own, so that the drop-in answers for it."""
    return name.startswith(PREFIX) and name.split(".")[1] in LANGGRAPHS_OWN


class Finder(MetaPathFinder):
    """Finds LangGraph's modules in stepgraph. Raises ModuleNotFoundError for those that are not there."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == "langgraph":
            return self._namespace()
        if not is_served(fullname):
            self._refuse_slip(fullname)
            return None
        home = _home_of(fullname)
        if home is None:
            raise ModuleNotFoundError(_no_module(fullname), name=fullname)
        return ModuleSpec(fullname, ServedLoader(home))

    def _namespace(self) -> ModuleSpec | None:
        """Nothing, for Python to gather the installed parts of `langgraph`; an empty package if none is."""
        if self._is_elsewhere("langgraph", None):
            return None
        return ModuleSpec("langgraph", None, is_package=True)

    def _refuse_slip(self, fullname: str) -> None:
        """Raise ModuleNotFoundError for a module that nobody has and that is nearly one of LangGraph's."""
        package, _, name = fullname.rpartition(".")
        hint = did_you_mean(name, LANGGRAPHS_OWN) if package == "langgraph" else ""
        if hint and not self._is_elsewhere(fullname, sys.modules[package].__path__):
            raise ModuleNotFoundError(f"There is no module {fullname!r}. {hint}", name=fullname)

    def _is_elsewhere(self, fullname: str, path: Sequence[str] | None) -> bool:
        others = (finder for finder in sys.meta_path if finder is not self)
        return any(finder.find_spec(fullname, path) is not None for finder in others)


class ServedLoader(Loader):
    """Loads one of stepgraph's modules and gives it a second name."""

    def __init__(self, home: str) -> None:
        self.home = home

    def exec_module(self, module: ModuleType) -> None:
        served = importlib.import_module(self.home)
        served.__class__ = ServedModule
        vars(served)["served_as"] = module.__name__
        sys.modules[module.__name__] = served


def _home_of(fullname: str) -> str | None:
    tail = fullname.removeprefix(PREFIX)
    for package in HOMES:
        name = f"{package}.{tail}"
        try:
            found = importlib.util.find_spec(name)
        except ModuleNotFoundError:
            continue
        if found is not None:
            return name
    return None


# -- what is not there


class ServedModule(ModuleType):
    """Lets `from langgraph.types import Sned` say what is wrong, where Python would name another module."""

    served_as = ""

    def __getattr__(self, name: str) -> Any:
        # The module's own __getattr__, if it has one, was asked before.
        full = f"{self.served_as}.{name}"
        if full in STAND_INS:
            return getattr(importlib.import_module(STAND_INS[full]), name)
        if not name.startswith("__") and _is_import_from(sys._getframe(1)):
            raise ImportError(_refusal(full, name, dir(self)), name=self.served_as, path=self.__file__)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self)


def _is_import_from(frame: Any) -> bool:
    """Whether this frame is at `from ... import ...`, which alone cannot take no for an answer."""
    return bool(frame.f_code.co_code[frame.f_lasti] == opcode.opmap["IMPORT_FROM"])


def _no_module(fullname: str) -> str:
    parent, _, name = fullname.rpartition(".")
    path = getattr(sys.modules.get(parent), "__path__", ())
    return _refusal(fullname, name, [module.name for module in pkgutil.iter_modules(path)])


def _refusal(full: str, name: str, known: Sequence[str]) -> str:
    if full in LEFT_OUT:
        why = LEFT_OUT[full]
    elif any(part.startswith("_") for part in full.split(".")):
        why = "it is private to LangGraph. Use what is public, or run this program without the drop-in."
    else:
        public = [other for other in known if not other.startswith("_")]
        remedy = did_you_mean(name, public) or "Do without it, or run this program without the drop-in."
        why = f"it has nothing of that name. {remedy}"
    return f"stepgraph does not serve {full!r}: {why}"
