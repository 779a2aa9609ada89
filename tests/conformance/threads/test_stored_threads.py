"""Threads in databases: SQLite files and PostgreSQL keep them for either engine, sync and async."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.oracle import CARRIES_CONTEXT
from tests.conformance.threads.session import SESSIONS, gather, hold_in
from tests.kit import postgres
from tests.kit.engines import ORACLE, OURS
from tests.kit.relay import Relay
from tests.kit.thread import GraphThread, Way

gather()

# One of each kind: every session on every saver would tell little more, and take long.
KEPT = [
    "a_barrier_keeps_what_has_arrived_until_the_next_input",
    "a_node_fails_and_is_run_again",
    "a_question_two_deep",
    "a_second_and_a_third_input",
    "a_subgraph_with_a_thread_of_its_own",
    "an_edit_while_paused",
    "finished_siblings_are_not_run_again",
    "keys_of_many_kinds",
    "metadata_of_the_config_is_kept_in_checkpoints",
    "parallel_questions_and_a_finished_sibling",
    "replay_from_every_checkpoint",
    "sends_across_a_pause",
    "several_questions_answered_by_id",
]
# Where LangGraph saves in the background, a barrier may be saved as it is a step later.
UPDATES = {"stream_mode": "updates", "durability": "sync"}
WAYS = {"sync": Way(options=UPDATES)}
if CARRIES_CONTEXT:
    WAYS["async"] = Way(awaited=True, options=UPDATES)

Open = Callable[[Way, GraphThread, ExitStack], Any]


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    if reason := postgres.missing():
        pytest.skip(reason)
    with postgres.server() as address:
        yield address


def sqlite_saver(folder: Path) -> Open:
    def opened(way: Way, thread: GraphThread, stack: ExitStack) -> Any:
        path = str(folder / f"{len(list(folder.iterdir()))}.sqlite")
        if not way.awaited:
            from langgraph.checkpoint.sqlite import SqliteSaver

            return stack.enter_context(SqliteSaver.from_conn_string(path))
        from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

        return thread.enter(AsyncSqliteSaver.from_conn_string(path))

    return opened


def postgres_saver(address: str) -> Open:
    def opened(way: Way, thread: GraphThread, stack: ExitStack) -> Any:
        import psycopg

        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        if not way.awaited:
            from langgraph.checkpoint.postgres import PostgresSaver

            saver = stack.enter_context(PostgresSaver.from_conn_string(address))
            saver.setup()
            return saver
        from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver

        asaver = thread.enter(AsyncPostgresSaver.from_conn_string(address))
        thread.wait(asaver.setup())
        return asaver

    return opened


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", KEPT)
def test_sqlite_keeps_a_thread_for_both_engines(name: str, way: str, tmp_path: Path) -> None:
    saver = sqlite_saver(tmp_path)
    alone = hold_in(saver, SESSIONS[name], ORACLE, WAYS[way])
    assert hold_in(saver, SESSIONS[name], OURS, WAYS[way]) == alone
    assert hold_in(saver, SESSIONS[name], Relay(ORACLE, OURS), WAYS[way]) == alone
    assert hold_in(saver, SESSIONS[name], Relay(OURS, ORACLE), WAYS[way]) == alone


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", KEPT)
def test_postgres_keeps_a_thread_for_both_engines(name: str, way: str, database: str) -> None:
    saver = postgres_saver(database)
    alone = hold_in(saver, SESSIONS[name], ORACLE, WAYS[way])
    assert hold_in(saver, SESSIONS[name], OURS, WAYS[way]) == alone
    assert hold_in(saver, SESSIONS[name], Relay(ORACLE, OURS), WAYS[way]) == alone
    assert hold_in(saver, SESSIONS[name], Relay(OURS, ORACLE), WAYS[way]) == alone
