"""Reads a langgraph.json, and finds the one that lists a file. Nothing runs, and no .env is read.

The keys that count here are those that say how a graph is found and what it finds around it; those for a
server are named, those for a container passed over. What is wrong is told with its line and what to write.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stepscope_host.failures import LoadFailed, did_you_mean, failure, location
from stepscope_host.loading.installing import is_file
from stepscope_host.loading.project import FILE_NAME, Entry, Project, Reference

EXAMPLE = '{"dependencies": ["."], "graphs": {"agent": "./agent.py:graph"}}'
LARGEST = 1_000_000
"""Bytes. Whoever reads this has to hold still for as long as it takes."""

_OURS = ("graphs", "dependencies", "env", "python_version", "source", "checkpointer")
_FOR_SERVERS = ("store", "auth", "encryption", "priority", "http", "webhooks", "ui", "ui_config")
_FOR_CONTAINERS = (
    "node_version", "api_version", "base_image", "image_distro", "pip_config_file", "pip_installer",
    "dockerfile_lines", "keep_pkg_tools", "_INTERNAL_docker_tag",
)  # fmt: skip


_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def read(file: Path) -> Project:
    """The project that a langgraph.json describes. Raises LoadFailed, naming the line and what to write."""
    file = file.resolve()
    reader = _Reader(file, _text(file))
    data = reader.data
    env = reader.env()
    server_only = [key for key in _FOR_SERVERS if key in data]
    warnings = []
    if server_only:
        warnings.append(
            f"{file.name} has settings for a server, which do not count here: {', '.join(server_only)}."
        )
    for key in data:
        if key not in (*_OURS, *_FOR_SERVERS, *_FOR_CONTAINERS) and not key.startswith("$"):
            warnings.append(f"{file.name}: there is no key {key!r}.{did_you_mean(key, _OURS)}")
    return Project(
        file,
        reader.entries(),
        reader.texts("dependencies"),
        env,
        reader.text("python_version", "3.12"),
        reader.uv_root(),
        reader.checkpointer(),
        tuple(warnings),
    )


def around(file: Path) -> tuple[Project | None, tuple[str, ...]]:
    """The project that lists a file, given by its real path, and what could not be found out in words.

    It is looked for in the file's folder and those above, as far as the repository or the home goes, or
    nobody else may write.
    """
    for folder in _folders_above(file):
        candidate = folder / FILE_NAME
        if not is_file(candidate):
            continue
        try:
            project = read(candidate)
        except LoadFailed as problem:
            return None, (f"{candidate} is left out, as it cannot be read: {problem}",)
        if project.entries_of(file):
            return project, ()
    return None, ()


def _folders_above(file: Path) -> Iterator[Path]:
    try:
        home = Path.home()
    except RuntimeError:  # nobody's
        home = None
    yield file.parent
    for inner, folder in zip(file.parents, list(file.parents)[1:], strict=False):
        if inner == home or folder == home or os.path.lexists(inner / ".git") or _is_public(folder):
            return
        yield folder


def _is_public(folder: Path) -> bool:
    """True where anyone may write, as in /tmp: then anyone may have put a description there."""
    try:
        return os.name != "nt" and bool(folder.stat().st_mode & stat.S_IWOTH)
    except (OSError, ValueError):
        return True


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST:
            raise LoadFailed(failure("BadProject", f"{file} is too large to be a {FILE_NAME}."))
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise LoadFailed(failure("FileNotFoundError", f"There is no file {file}.")) from None
    except OSError as error:
        raise LoadFailed(
            failure(type(error).__name__, f"{file} cannot be read: {error.strerror}.")
        ) from error
    except UnicodeDecodeError as error:
        raise LoadFailed(
            failure("NotJSON", f"{file} is not UTF-8 text.", "Save it with the encoding UTF-8.")
        ) from error


class _Reader:
    """Takes one key after the other out of a langgraph.json, and refuses what cannot be meant."""

    def __init__(self, file: Path, text: str) -> None:
        self._file = file
        self._text = text
        self.data = self._parsed()

    def entries(self) -> dict[str, Entry]:
        graphs = self.data.get("graphs")
        if not isinstance(graphs, dict) or not graphs:
            what = "names no graphs" if not graphs else "has no object under 'graphs'"
            raise self._refusal(f"{self._file.name} {what}.", f"Write it like {EXAMPLE}", "graphs")
        return {id: self._entry(id, value) for id, value in graphs.items()}

    def _entry(self, id: str, value: Any) -> Entry:
        keys = ("graphs", id)
        description: Any = ""
        if isinstance(value, dict):
            description, value = value.get("description"), value.get("path")
        reference = self._reference(value, f"graph {id!r}", f'"{id}": "./agent.py:graph"', *keys)
        return Entry(id, reference, description if isinstance(description, str) else "", self._at(*keys))

    def _reference(self, value: Any, what: str, example: str, *keys: str) -> Reference:
        if not isinstance(value, str):
            told = "has no path" if value is None else f"is {_json_word(value)}"
            raise self._refusal(f"The {what} in {self._file.name} {told}.", f"Write {example}", *keys)
        place, colon, name = value.rpartition(":")
        if not colon or not place or not name or "/" in name or "\\" in name:
            raise self._refusal(
                f"The {what} in {self._file.name} is {value!r}, which names a file but nothing in it.",
                f'Write the name behind a colon: "{value.rstrip(":")}:graph"',
                *keys,
            )
        reference = Reference(place, name)
        if not (reference.is_path or reference.is_javascript or _MODULE.fullmatch(place)):
            raise self._refusal(
                f"The {what} in {self._file.name} is {value!r}, which names neither a file nor a module.",
                f"Write {example}",
                *keys,
            )
        return reference

    def env(self) -> Mapping[str, str] | str:
        env = self.data.get("env", {})
        if isinstance(env, str):
            return env
        if not isinstance(env, dict):
            raise self._refusal(
                f"'env' in {self._file.name} is {_json_word(env)}.",
                'Write the path of a file, "env": ".env", or variables, "env": {"NAME": "value"}',
                "env",
            )
        for name, value in env.items():
            if not isinstance(value, str):
                raise self._refusal(
                    f"The variable {name!r} under 'env' in {self._file.name} is {_json_word(value)}.",
                    f'Variables are text: write "{name}": "..."',
                    "env",
                    name,
                )
            if not name or "=" in name:
                raise self._refusal(
                    f"{name!r} under 'env' in {self._file.name} cannot be a variable.",
                    'Write a name without "=".',
                    "env",
                )
        return env

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._refusal(
                f"{key!r} in {self._file.name} is no list of texts.", f'Write "{key}": ["."]', key
            )
        return tuple(value)

    def text(self, key: str, example: str) -> str:
        value = self.data.get(key, "")
        if not isinstance(value, str):
            raise self._refusal(
                f"{key!r} in {self._file.name} is {_json_word(value)}.", f'Write "{key}": "{example}"', key
            )
        return value

    def uv_root(self) -> str | None:
        source = self.data.get("source")
        if not isinstance(source, dict) or source.get("kind") != "uv":
            return None
        root = source.get("root", ".")
        return root if isinstance(root, str) else "."

    def checkpointer(self) -> Reference | None:
        value = self.data.get("checkpointer")
        if not isinstance(value, dict) or value.get("path") is None:
            return None
        example = '"checkpointer": {"path": "./saver.py:make_saver"}'
        return self._reference(value["path"], "checkpointer", example, "checkpointer", "path")

    def _parsed(self) -> dict[str, Any]:
        name = self._file.name
        try:
            data = json.loads(self._text)
        except json.JSONDecodeError as error:
            where = location(str(self._file), error.lineno, "", self._line(error.lineno))
            message = f"{name} is not JSON: {error.msg}, line {error.lineno} column {error.colno}."
            raise LoadFailed(failure("NotJSON", message, f"Write it like {EXAMPLE}", where)) from error
        except RecursionError as error:
            raise LoadFailed(failure("NotJSON", f"{name} is nested too deeply to be read.")) from error
        if "\\u0000" in self._text:  # no path or variable has one
            raise LoadFailed(failure("BadProject", f"{name} holds a zero byte: \\u0000.", "Take it out."))
        if not isinstance(data, dict):
            raise self._refusal(
                f"{name} holds {_json_word(data)}, not an object.", f"Write it like {EXAMPLE}"
            )
        return data

    def _refusal(self, message: str, remedy: str, *keys: str) -> LoadFailed:
        return LoadFailed(failure("BadProject", message, remedy, self._at(*keys)))

    def _at(self, *keys: str) -> dict[str, Any]:
        """The line of a key, by the keys around it; the first line when it is not there."""
        at = 0
        for key in keys:
            found = re.compile(re.escape(json.dumps(key, ensure_ascii=False)) + r"\s*:").search(
                self._text, at
            )
            at = found.start() if found else at
        line = self._text.count("\n", 0, at) + 1
        return location(str(self._file), line, "", self._line(line))

    def _line(self, number: int) -> str:
        lines = self._text.split("\n")
        return lines[number - 1].strip() if number <= len(lines) else ""


def _json_word(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return "a text"
        case list():
            return "a list"
        case dict():
            return "an object"
    return "a number"
