"""Every public name of LangGraph's is here under the same name, or is left out with a reason."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import langgraph
import pytest

from stepgraph.dropin.finder import is_served
from stepgraph.dropin.left_out import LEFT_OUT, STANDS_IN

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def is_private(name: str) -> bool:
    return any(part.startswith("_") for part in name.split("."))


def is_listed(name: str) -> bool:
    """Whether a name, or a module that it is in, is left out on purpose."""
    parts = name.split(".")
    return any(".".join(parts[:end]) in {**LEFT_OUT, **STANDS_IN} for end in range(2, len(parts) + 1))


def modules() -> list[str]:
    found = (module.name for module in pkgutil.walk_packages(langgraph.__path__, "langgraph."))
    return [name for name in found if is_served(name) and not is_private(name)]


MODULES = [name for name in modules() if not is_listed(name)]


def public_names(module: Any) -> list[str]:
    """What a module says it offers, or else what it defines."""
    if hasattr(module, "__all__"):
        return list(module.__all__)
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    ]


def both(name: str) -> tuple[Any, Any]:
    """LangGraph's module and stepgraph's."""
    return importlib.import_module(name), importlib.import_module(name.replace("langgraph", "stepgraph", 1))


@pytest.mark.parametrize("name", MODULES)
def test_a_module_has_every_public_name(name: str) -> None:
    theirs, ours = both(name)
    missing = [key for key in public_names(theirs) if not hasattr(ours, key)]
    assert [key for key in missing if not is_listed(f"{name}.{key}")] == []


@pytest.mark.parametrize("name", sorted({**LEFT_OUT, **STANDS_IN}))
def test_what_is_left_out_is_langgraphs_and_not_here(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    if name in modules():
        importlib.import_module(name)
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(name.replace("langgraph", "stepgraph", 1))
        return
    theirs, ours = both(module)
    assert hasattr(theirs, attribute)
    assert not hasattr(ours, attribute)


# -- what is in the classes, and what the functions take


CHANNELS = (
    "AnyValue",
    "BaseChannel",
    "BinaryOperatorAggregate",
    "DeltaChannel",
    "EphemeralValue",
    "LastValue",
    "Topic",
    "UntrackedValue",
)
CHANNEL_STATE = (
    "UpdateType ValueType checkpoint consume copy finish from_checkpoint get is_available key replay_writes "
    "update value values"
)

MEMBERS_LEFT_OUT: dict[str, dict[str, str]] = {
    "a channel holds no value of its own here: the run does": dict.fromkeys(CHANNELS, CHANNEL_STATE),
    "a marker is read by the engine, it does not compute": {
        "IsLastStepManager": "get",
        "RemainingStepsManager": "get",
    },
    "policies for every node of a graph are set by StateGraph.set_node_defaults()": {
        "CompiledStateGraph": "retry_policy cache_policy",
    },
    "a node that runs tools is a Runnable, and no other kind of one": {
        "ToolNode": "afunc explode_args func func_accepts kwargs recurse tags trace",
    },
    "parts from which LangGraph puts a compiled graph together": {
        "CompiledStateGraph": (
            "attach_branch attach_edge attach_node schema_to_mapper stream_channels_asis "
            "stream_channels_list stream_transformers trigger_to_nodes node_error_handler_map"
        ),
    },
}
OPTIONS_LEFT_OUT: dict[str, dict[str, str]] = {
    "a compiled graph is made by compile() alone": {
        "CompiledStateGraph.__init__": "schema_to_mapper",
    },
    "they belong to event streams of version v3": {
        "CompiledStateGraph.astream_events": "transformers",
        "CompiledStateGraph.stream_events": "transformers",
    },
    "a channel is told its key when it takes writes": {
        f"{name}.__init__": "key" for name in ("BaseChannel", "LastValue", "AnyValue")
    },
}


def left_out(table: dict[str, dict[str, str]], key: str) -> set[str]:
    return {word for entries in table.values() for word in entries.get(key, "").split()}


def classes() -> Iterator[tuple[str, type, type]]:
    for name in MODULES:
        try:
            theirs, ours = both(name)
        except ImportError:  # which another test tells of
            continue
        for key in public_names(theirs):
            one, other = getattr(theirs, key), getattr(ours, key, None)
            # Pregel is what a compiled graph has in common with others; those are compared as what they are.
            if inspect.isclass(one) and inspect.isclass(other) and key != "Pregel":
                yield key, one, other


CLASSES = {key: pair for key, *pair in classes()}
INSTANCES: dict[str, Any] = {
    "CompiledStateGraph": lambda package: (
        importlib.import_module(f"{package}.graph")
        .StateGraph(dict)
        .add_node("a", lambda state: state)
        .add_edge("__start__", "a")
        .compile()
    ),
    "ToolNode": lambda package: importlib.import_module(f"{package}.prebuilt").ToolNode([]),
    "RunControl": lambda package: importlib.import_module(f"{package}.runtime").RunControl(),
}
"""Where an object has more than its class tells."""


def members(key: str, of: type) -> set[str]:
    names = set(dir(of)) | set(getattr(of, "__dataclass_fields__", ()))
    if key in INSTANCES:
        names.update(dir(INSTANCES[key](of.__module__.partition(".")[0])))
    return {name for name in names if not name.startswith("_")}


@pytest.mark.parametrize("key", CLASSES)
def test_a_class_has_every_public_member(key: str) -> None:
    theirs, ours = CLASSES[key]
    missing = members(key, theirs) - members(key, ours)
    assert missing - left_out(MEMBERS_LEFT_OUT, key) == set()


def options(function: Any) -> set[str]:
    """The names of the parameters, or of any there may be."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return set()
    named = (p.name for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD))
    return {name for name in named if not name.startswith("_")}


@pytest.mark.parametrize("key", CLASSES)
def test_a_classs_methods_take_the_same_options(key: str) -> None:
    theirs, ours = CLASSES[key]
    missing = {}
    for name in ["__init__", *members(key, theirs)]:
        one, other = getattr(theirs, name, None), getattr(ours, name, None)
        if callable(one) and callable(other) and not inspect.isclass(one):
            lacking = options(one) - options(other) - left_out(OPTIONS_LEFT_OUT, f"{key}.{name}")
            missing.update({name: lacking} if lacking else {})
    assert missing == {}


def functions() -> Iterator[tuple[str, Any, Any]]:
    for name in MODULES:
        try:
            theirs, ours = both(name)
        except ImportError:
            continue
        for key in public_names(theirs):
            one, other = getattr(theirs, key), getattr(ours, key, None)
            if inspect.isfunction(one) and other is not None:
                yield key, one, other


FUNCTIONS = {key: pair for key, *pair in functions()}


@pytest.mark.parametrize("key", FUNCTIONS)
def test_a_function_takes_the_same_options(key: str) -> None:
    theirs, ours = FUNCTIONS[key]
    assert options(theirs) - options(ours) == set()


# -- versions


def test_the_engine_has_the_version_of_its_distribution_and_names_the_langgraph_it_follows() -> None:
    from langgraph.version import __version__ as theirs

    import stepscope
    from stepgraph import version

    assert version.__version__ == stepscope.__version__
    assert version.LANGGRAPH.split(".")[:2] == theirs.split(".")[:2]
