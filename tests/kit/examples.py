"""The bundled examples: their names, and each one loaded on whichever engine is wanted."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from tests.kit.engines import Engine

FOLDER = Path(__file__).parents[2] / "resources" / "examples"
NAMES = sorted(path.stem for path in FOLDER.glob("*.py"))
PROVIDER_VARIABLES = [
    f"{provider}_{what}" for provider in ("OPENAI", "ANTHROPIC") for what in ("API_KEY", "BASE_URL")
]


def load(name: str, engine: Engine) -> ModuleType:
    """An example's module, with its imports of stepgraph turned to the engine's."""
    path = FOLDER / f"{name}.py"
    module = ModuleType(f"example_{name}_on_{engine.package}")
    source = path.read_text().replace("from stepgraph.", f"from {engine.package}.")
    sys.modules[module.__name__] = module  # where dataclasses and type hints look their names up
    with _importable():
        exec(compile(source, path, "exec"), module.__dict__)
    return module


def run(name: str) -> None:
    """Run an example as `python resources/examples/NAME.py` does, in this process."""
    with _importable():
        runpy.run_path(str(FOLDER / f"{name}.py"), run_name="__main__")


@contextmanager
def _importable() -> Iterator[None]:
    sys.path.insert(0, str(FOLDER))
    try:
        yield
    finally:
        sys.path.remove(str(FOLDER))
