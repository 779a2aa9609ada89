"""What a scenario is: a function that builds one case on whichever engine it is given."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

from tests.conformance import scenarios
from tests.kit.engines import Engine
from tests.kit.runs import Case

Scenario = Callable[[Engine], Case]
SCENARIOS: dict[str, Scenario] = {}
ASYNC_ONLY: set[str] = set()
"""Scenarios whose parallel nodes are async: a sync run would only tell which of them was refused first."""
WARNED: set[str] = set()
"""Scenarios whose nodes return a key that the state lacks, of which stepgraph warns."""
RACING: set[str] = set()
"""Scenarios whose chunks have no one order, as parallel subgraphs start when their threads do."""


def scenario(build: Scenario) -> Scenario:
    """Register a builder; its name says the behaviour that the two engines are to share."""
    if build.__name__ in SCENARIOS:
        raise ValueError(f"Two scenarios are called {build.__name__}")
    SCENARIOS[build.__name__] = build
    return build


def async_scenario(build: Scenario) -> Scenario:
    """Register a builder whose graph is only run by `astream` and `ainvoke`."""
    return scenario(async_only(build))


def async_only(build: Scenario) -> Scenario:
    """Mark a builder whose graph is only run by `astream` and `ainvoke`."""
    ASYNC_ONLY.add(build.__name__)
    return build


def warned_scenario(build: Scenario) -> Scenario:
    """Register a builder whose nodes return a key that the state lacks."""
    WARNED.add(build.__name__)
    return scenario(build)


def racing_scenario(build: Scenario) -> Scenario:
    """Register a builder whose chunks are compared without their order."""
    RACING.add(build.__name__)
    return scenario(build)


def async_racing_scenario(build: Scenario) -> Scenario:
    """Register a builder that is both."""
    ASYNC_ONLY.add(build.__name__)
    return racing_scenario(build)


def gather() -> None:
    """Import every module of scenarios, so that all of them are registered."""
    for module in pkgutil.iter_modules(scenarios.__path__):
        importlib.import_module(f"{scenarios.__name__}.{module.name}")
