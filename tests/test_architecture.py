"""Who may import whom. Each layer looks only downwards, and siblings never meet."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = {
    "stepgraph": ROOT / "engine" / "stepgraph",
    "stepscope_host": ROOT / "app" / "stepscope_host",
    "stepscope": ROOT / "app" / "stepscope",
}
QT = {"PySide6", "shiboken6", "qasync"}
PREBUILT = "stepgraph.prebuilt"


def modules(package: str) -> Iterator[tuple[str, Path]]:
    top, *rest = package.split(".")
    folder = SOURCES[top].joinpath(*rest)
    paths = sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]
    for path in paths:
        dotted = ".".join(path.relative_to(SOURCES[top].parent).with_suffix("").parts)
        yield dotted.removesuffix(".__init__"), path


def imports(path: Path, *, everywhere: bool = True) -> set[str]:
    """The dotted names a file imports; those inside functions and TYPE_CHECKING only when `everywhere`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = ast.walk(tree) if everywhere else _at_import_time(tree.body)
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            assert node.module is not None
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def _at_import_time(body: list[ast.stmt]) -> Iterator[ast.AST]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from _at_import_time(node.orelse)
            continue
        yield node
        for name in ("body", "orelse", "finalbody", "handlers"):
            for child in getattr(node, name, []):
                yield from _at_import_time([child])


def offences(package: str, allowed: set[str], *, everywhere: bool = True) -> list[str]:
    """Imports outside the standard library, the package itself and what is `allowed` (dotted prefixes)."""
    allowed = allowed | {package}
    return [
        f"{module} imports {name}"
        for module, path in modules(package)
        for name in sorted(imports(path, everywhere=everywhere))
        if name.partition(".")[0] not in sys.stdlib_module_names
        and name.partition(".")[0] != "__future__"
        and not any(name == prefix or name.startswith(prefix + ".") for prefix in allowed)
        and name != "stepscope"
    ]


def test_importing_the_engine_needs_the_standard_library_alone() -> None:
    # typing_extensions carries on 3.10 what 3.11's typing has.
    found = offences("stepgraph", {"typing_extensions"}, everywhere=False)
    # The prebuilt nodes are about langchain-core's tools and messages. Stand-ins are only imported for who
    # asks LangGraph for what is made of langchain-core.
    free = (PREBUILT, "stepgraph.dropin.standins.")
    assert [offence for offence in found if not offence.startswith(free)] == []


def test_the_engine_uses_langchain_core_checkpoint_savers_pydantic_and_xxhash_and_nothing_else() -> None:
    # The distribution langgraph-checkpoint brings savers, stores and caches.
    saved = {"langgraph.checkpoint", "langgraph.store", "langgraph.cache"}
    allowed = {"langchain_core", *saved, "pydantic", "typing_extensions", "xxhash"}
    found = offences("stepgraph", allowed)
    # pydantic_core has the types of pydantic's errors; langchain finds a model that is given by its name.
    also = ("pydantic_core", "langchain.chat_models")
    assert [
        offence
        for offence in found
        if not offence.startswith(PREBUILT) or not any(n in offence for n in also)
    ] == []


def test_the_host_needs_the_standard_library_alone() -> None:
    assert offences("stepscope_host", set(), everywhere=False) == []
    # What the user's own packages bring is used where it is there.
    assert offences("stepscope_host", {"langgraph.checkpoint", "pydantic_core"}) == []


def test_the_model_knows_no_qt_no_engine_and_does_not_wait() -> None:
    assert offences("stepscope.model", {"networkx"}) == []
    for module, path in modules("stepscope.model"):
        assert "asyncio" not in imports(path), f"{module} imports asyncio"


def test_the_model_imports_networkx_only_when_it_is_used() -> None:
    assert offences("stepscope.model", set(), everywhere=False) == []


def test_sessions_know_the_model_the_host_and_the_bundled_examples() -> None:
    assert offences("stepscope.session", {"stepscope.model", "stepscope.assets", "stepscope_host"}) == []


def test_the_run_layer_knows_sessions_and_qt_core_and_draws_nothing() -> None:
    allowed = {"stepscope.model", "stepscope.session", "qasync", "PySide6", "PySide6.QtCore"}
    assert offences("stepscope.run", allowed) == []
    for module, path in modules("stepscope.run"):
        qt = {name for name in imports(path) if name.startswith("PySide6.")}
        widgets = {name for name in qt if name.startswith("PySide6.QtWidgets")}
        assert not widgets, f"{module} imports {widgets}"


@pytest.mark.parametrize("sibling", ["canvas", "panes"])
def test_canvas_and_panes_look_at_the_run_the_model_and_the_theme(sibling: str) -> None:
    allowed = {"stepscope.run", "stepscope.model", "stepscope.theme", "PySide6"}
    assert offences(f"stepscope.{sibling}", allowed) == []


def test_the_command_line_loads_no_qt() -> None:
    for module in ("stepscope.command_line", "stepscope.__main__", "stepscope.assets"):
        for name, path in modules(module):
            found = {i for i in imports(path, everywhere=False) if i.partition(".")[0] in QT}
            assert not found, f"{name} imports {found}"


def test_nothing_in_packaging_shadows_the_package_of_that_name() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()
