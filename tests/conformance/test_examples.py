"""Every bundled example runs as a program, and streams on stepgraph what it streams on LangGraph."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from tests.conformance.oracle import has_oracle, langgraph_answers
from tests.kit import examples
from tests.kit.engines import ORACLE, OURS, Engine
from tests.kit.examples import FOLDER, NAMES, PROVIDER_VARIABLES
from tests.kit.runs import MODES, Case, Drive, ainvoke, astream, invoke, outcome, racing_outcome, stream

PARALLEL = {"joke_and_poem", "map_reduce", "failing"}
"""Here nodes race one another, so that only what each of them streams can be compared, not who is first."""

SAYS = {
    "agent_loop": "The tool says: It is sunny in Oslo, 21 degrees.",
    "async_custom_writer": "{'custom_key': 'Streaming custom data while generating a joke'}",
    "async_explicit_config": "Generating joke...\nWhy |did |the |ice |cream |cross ",
    "command_routing": "{'billing': {'answer': 'Your invoice is in the post.'}}",
    "conditional_loop": "Attempt 3: Hello!!!",
    "custom_any_model": "{'custom_llm_chunk': 'Why '}",
    "custom_from_node": "{'custom_key': 'Generating custom data inside node'}",
    "custom_from_tool": "{'data': 'Retrieved 100/100 records', 'type': 'progress'}",
    "custom_raw_client": "In |the |bedroom |you |might |find: ",
    "failing": "{'check_stock': {'stock': 12}}",
    "joke_and_poem": "O |cats, |in |the |morning ",
    "map_reduce": "{'pick_best': {'best': 'A joke about very old owls'}}",
    "nested_subgraphs": "{'join_words': {'notes': 'Some Facts About Owls At Night'}}",
    "stream_debug": "'type': 'task_result'",
    "stream_several_modes": "custom {'progress': 'Thinking about ice cream and cats'}",
    "stream_subgraphs": "{'subgraph_node_2': {'foo': 'hi! foobar'}})",
    "stream_updates": "{'generate_joke': {'joke': 'This is a joke about ice cream and cats'}}",
    "stream_values": "{'topic': 'ice cream'}\n{'topic': 'ice cream and cats'}\n",
    "tokens": "Why |did |the |ice |cream |cross ",
    "tokens_by_tag": "Writing joke...\nWhy |did |the |cats ",
    "tokens_disabled": "Why did the ice cream cross the graph?",
}
"""A part of what each example prints."""


@pytest.fixture(autouse=True)
def _no_provider_and_no_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in PROVIDER_VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("STEPSCOPE_EXAMPLE_DELAY", "0")


@pytest.mark.parametrize("name", sorted(SAYS))
def test_an_example_prints_its_stream(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    if name == "failing":
        with pytest.raises(KeyError, match="cocoa"):
            examples.run(name)
    else:
        examples.run(name)
    assert SAYS[name] in capsys.readouterr().out


def test_every_example_is_run() -> None:
    assert sorted(SAYS) == NAMES


def test_an_example_runs_as_a_program_of_its_own() -> None:
    program = [sys.executable, "-W", "error", str(FOLDER / "joke_and_poem.py")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=120)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert SAYS["joke_and_poem"] in ran.stdout


def test_a_configured_provider_without_its_package_is_told_of_and_done_without(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "a key")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    # Loaded anew, so that it looks for packages with the function above.
    monkeypatch.delitem(sys.modules, "example_models.providers", raising=False)
    monkeypatch.delitem(sys.modules, "example_models.chat", raising=False)
    examples.run("tokens")
    said = capsys.readouterr()
    assert "pip install langchain langchain-anthropic" in said.err
    assert SAYS["tokens"] in said.out


@pytest.mark.parametrize("name", NAMES)
def test_an_example_says_its_title_and_declares_its_input(name: str) -> None:
    example = examples.load(name, OURS)
    assert example.__doc__
    assert 20 < len(example.__doc__.splitlines()[0]) < 100
    assert type(example.inputs) is dict
    assert example.graph.get_graph().nodes


def case(name: str, engine: Engine) -> Case:
    example = examples.load(name, engine)
    return Case(example.graph, example.inputs)


OPTIONS: dict[str, dict[str, Any]] = {
    **{mode: {"stream_mode": mode} for mode in MODES},
    "all": {"stream_mode": MODES},
    "all-subgraphs": {"stream_mode": MODES, "subgraphs": True},
}
WAYS = [
    *(pytest.param(stream, options, id=f"sync-{label}") for label, options in OPTIONS.items()),
    *(pytest.param(astream, options, id=f"async-{label}") for label, options in OPTIONS.items()),
    pytest.param(invoke, {}, id="invoke"),
    pytest.param(ainvoke, {}, id="ainvoke"),
]


@pytest.mark.parametrize(("drive", "options"), WAYS)
@pytest.mark.parametrize("name", NAMES)
def test_an_example_streams_the_same_on_both_engines(
    name: str, drive: Drive, options: dict[str, Any]
) -> None:
    compared = racing_outcome if name in PARALLEL else outcome
    ours = compared(drive, case(name, OURS), **options)
    if not has_oracle(name, drive):
        assert ours.error is None
        return
    answers = langgraph_answers(lambda: case(name, ORACLE), drive, options, compared)
    assert ours == (ours if ours in answers else answers[-1])
