"""How long the window stands still for a form of 200 fields with a list of 500 items in it.

Run with ``python -m tests.benchmarks.form``. Each line is one thing a person does: the time until it is done,
and the longest that one turn of the loop takes afterwards, until all is painted.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.kit.form_probe import FormProbe

from stepscope.model.program import Program
from stepscope.model.topology import Topology
from stepscope.theme import DARK, Scheme
from stepscope.window.appearance import Appearance
from stepscope.window.run_inputs import RunInputs
from stepscope.window.value_editor import Face

FIELDS, ITEMS, TURNS = 200, 500, 20
ITEM = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "n": {"type": "integer"},
        "flag": {"type": "boolean"},
        "kind": {"enum": ["a", "b"]},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
}
KINDS: list[dict[str, Any]] = [
    {"type": "string"}, {"type": "integer"}, {"enum": ["a", "b"]}, {"type": "boolean"},
    {"type": "array", "items": ITEM},
]  # fmt: skip
VALUES: list[Any] = ["x", 1, "a", True, []]


def program() -> Program:
    schema = {"properties": {f"f{n}": KINDS[n % 5] for n in range(FIELDS)}}
    value = {f"f{n}": VALUES[n % 5] for n in range(FIELDS)}
    value["f4"] = [
        {"name": f"item {n}", "n": n, "flag": True, "kind": "a", "tags": ["a", "b"]} for n in range(ITEMS)
    ]
    return Program("a.py:graph", "a.py", "graph", ("graph",), "stepgraph", Topology({}, ()), schema, value)


def main() -> None:
    app = QApplication([])
    appearance = Appearance(app, Scheme.DARK)
    inputs = RunInputs(DARK)
    inputs.resize(248, 500)
    inputs.show()
    form = FormProbe(inputs)
    bar = inputs.verticalScrollBar()

    def report(name: str, act: Callable[[], object]) -> None:
        began = time.perf_counter()
        act()
        done, longest = time.perf_counter() - began, 0.0
        for _ in range(TURNS):
            turn = time.perf_counter()
            app.processEvents()
            longest = max(longest, time.perf_counter() - turn)
        print(f"{name:24}{done * 1000:8.1f} ms {longest * 1000:8.1f} ms")

    report("open", lambda: inputs.show_program(program(), {}))
    report("type into a field", lambda: QTest.keyClick(form.field("f0"), Qt.Key.Key_A))
    report("unfold 500 items", lambda: form.click("Unfold f4"))
    report("unfold one of them", lambda: form.click("Unfold f4[0]"))
    report("type into it", lambda: QTest.keyClick(form.field("f4[0].name"), Qt.Key.Key_A))
    report("scroll to the end", lambda: bar.setValue(bar.maximum()))
    report("add an item", lambda: form.click("Add an item to f4"))
    report("show JSON", lambda: inputs.choose_face(Face.JSON))
    report("type into the JSON", lambda: QTest.keyClick(form.field("Input as JSON"), Qt.Key.Key_Space))
    report("show the form", lambda: inputs.choose_face(Face.FORM))
    report("another theme", lambda: appearance.choose(Scheme.LIGHT))


if __name__ == "__main__":
    main()
