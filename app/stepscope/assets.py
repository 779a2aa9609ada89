"""What ships beside the code: examples and the icon, found in a checkout and in an installed wheel."""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass
from pathlib import Path

EXAMPLE_PREFIX = "example:"


@dataclass(frozen=True)
class Example:
    """A bundled program: `name` as in ``example:name``, `title` is its docstring's first line."""

    name: str
    title: str
    path: Path


class UnknownExample(LookupError):
    """No bundled example has this name."""

    def __init__(self, name: str) -> None:
        self.name = name
        near = difflib.get_close_matches(name, [example.name for example in examples()], n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        super().__init__(f"There is no example {name!r}.{hint} `stepscope examples` lists them.")


def resources() -> Path:
    """The folder of bundled files.

    Raises FileNotFoundError when neither a checkout nor an installation has it.
    """
    package = Path(__file__).parent
    for folder in (package / "resources", package.parent.parent / "resources"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(
        f"There is no resources folder in {package} nor beside it: install stepscope again."
    )


def icon() -> Path:
    """The program's own icon, an SVG."""
    return resources() / "icons" / "stepscope.svg"


def examples() -> tuple[Example, ...]:
    """The bundled examples in order of their names."""
    return tuple(
        Example(path.stem, _title(path), path) for path in sorted((resources() / "examples").glob("[!_]*.py"))
    )


def resolve(target: str) -> str:
    """A target with ``example:name`` replaced by the example's path; any other target as it is.

    Raises UnknownExample.
    """
    if not target.startswith(EXAMPLE_PREFIX):
        return target
    name = target.removeprefix(EXAMPLE_PREFIX)
    path = next((example.path for example in examples() if example.name == name), None)
    if path is None:
        raise UnknownExample(name)
    return str(path)


def _title(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or path.stem
    return docstring.split("\n", 1)[0].strip()
