"""What a session is: a function that talks to a graph of whichever engine it is given, call after call."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver
from tests.conformance.oracle import CARRIES_CONTEXT
from tests.conformance.threads import scenarios
from tests.kit.engines import ORACLE
from tests.kit.thread import WAYS, GraphThread, Way

Session = Callable[[Any, GraphThread], None]
SESSIONS: dict[str, Session] = {}
ASYNC_ONLY: set[str] = set()
"""Sessions with async nodes."""
RACING: set[str] = set()
"""Sessions with parallel tasks: where these race, their chunks are compared without order."""
ONE_AT_A_TIME: set[str] = set()
"""Sessions whose parallel tasks must not race: which of them are reported at all would be luck."""
OWN_THREADS: set[str] = set()
"""Sessions whose subgraphs have threads of their own, kept under the node's name alone. For these LangGraph's
snapshots give `checkpoint_ns: "sub:<task id>"`, where nothing is; stepgraph's give "sub"."""
NAMES_OF_SUBGRAPHS = ("sub", "inner", "middle")
WITHOUT_HISTORY: set[str] = set()
"""Sessions in which a Command goes somewhere: there is a difference about where it was given."""
NOT_AT_EXIT = {
    "a_finished_sibling_that_wrote_nothing": "LangGraph does not save that, and runs it again",
    "an_async_failure_cancels_its_siblings": "LangGraph does not save the end of those that it cancels",
    "an_input_that_is_no_state": "LangGraph saves a step that could not be committed as if it had been",
    "one_writer_too_many": "the same",
    "the_limit_is_reached_in_a_subgraph": "LangGraph saves nothing of the subgraph",
}
"""Sessions that tell nothing under durability `exit`, where LangGraph loses something; and what."""


def session(talk: Session) -> Session:
    """Register a session; its name says the behaviour that the two engines are to share."""
    if talk.__name__ in SESSIONS:
        raise ValueError(f"Two sessions are called {talk.__name__}")
    SESSIONS[talk.__name__] = talk
    return talk


def async_session(talk: Session) -> Session:
    """Register a session whose nodes are async."""
    ASYNC_ONLY.add(talk.__name__)
    return session(talk)


def racing_session(talk: Session) -> Session:
    """Register a session in which tasks run side by side."""
    RACING.add(talk.__name__)
    return session(talk)


def one_at_a_time_session(talk: Session) -> Session:
    """Register a session in which tasks run side by side and one of them fails."""
    ONE_AT_A_TIME.add(talk.__name__)
    return session(talk)


def own_threads_session(talk: Session) -> Session:
    """Register a session whose subgraphs have threads of their own."""
    OWN_THREADS.add(talk.__name__)
    return session(talk)


def goto_session(talk: Session) -> Session:
    """Register a session in which a Command from outside goes somewhere."""
    WITHOUT_HISTORY.add(talk.__name__)
    return racing_session(talk)


def ways_of(name: str) -> list[str]:
    """The ways in which a session can be held: on an event loop only where LangGraph can."""
    return [
        way
        for way, how in WAYS.items()
        if (how.awaited or name not in ASYNC_ONLY)
        and (CARRIES_CONTEXT or not how.awaited)
        and not (how.races and name in ONE_AT_A_TIME)
        and not (how.options.get("durability") == "exit" and name in NOT_AT_EXIT)
    ]


def gather() -> None:
    """Import every module of sessions, so that all of them are registered."""
    for module in pkgutil.iter_modules(scenarios.__path__):
        importlib.import_module(f"{scenarios.__name__}.{module.name}")


def hold(talk: Session, engine: Any, way: Way, saver: Any = None) -> list[Any]:
    """All that a session gave, and the thread's history after it."""
    return hold_in(lambda *_: saver or InMemorySaver(), talk, engine, way)


@functools.cache
def langgraph_says(name: str, way: str) -> list[Any]:
    """All that a session gives on LangGraph."""
    return hold(SESSIONS[name], ORACLE, WAYS[way])


def hold_in(
    open_saver: Callable[[Way, GraphThread, ExitStack], Any], talk: Session, engine: Any, way: Way
) -> list[Any]:
    """`hold()` in a saver that is opened for the session and closed after it."""
    own = NAMES_OF_SUBGRAPHS if talk.__name__ in OWN_THREADS else ()
    thread = GraphThread(engine, way, way.races and talk.__name__ in RACING, own)
    with ExitStack() as stack:
        stack.callback(thread.close)
        thread.saver = open_saver(way, thread, stack)
        talk(engine, thread)
        if talk.__name__ not in WITHOUT_HISTORY:
            thread.history()
    return thread.said
