"""The person's breakpoints: those of the opened graph, kept from one start to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from stepscope.model.breakpoint import FIXED, Breakpoint
from stepscope.model.events import Plain
from stepscope.model.topology import NodeKey
from stepscope.run.run_model import RunModel
from stepscope.run.settings import Settings


class Breakpoints(QObject):
    """`changed`: there are others, or one of them is another. Each has an id of its own in its graph."""

    changed = Signal()

    def __init__(self, model: RunModel, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._settings = settings
        self._target = ""
        self._items: tuple[Breakpoint, ...] = FIXED
        model.program_changed.connect(self._on_program_changed)
        model.graph_grew.connect(self.changed)
        self._on_program_changed()

    @property
    def items(self) -> tuple[Breakpoint, ...]:
        """All of them, the two fixed ones first."""
        return self._items

    def __getitem__(self, breakpoint_id: str) -> Breakpoint:
        return next(each for each in self._items if each.id == breakpoint_id)

    def at(self, node: NodeKey) -> list[Breakpoint]:
        """Those of a node."""
        return [each for each in self._items if each.path == node and node and not each.is_on_graph]

    def is_gone(self, item: Breakpoint) -> bool:
        """True when the graph has no such node any more: it is kept in case that comes back."""
        program = self._model.program
        is_drawn = program is not None and item.path in program.topology.nodes
        return bool(item.path) and not is_drawn and not self._is_in_called_graph(item.path)

    def can_hold(self, node: NodeKey | None) -> bool:
        """True for a node of the graph at which a run can stop."""
        program = self._model.program
        shape = program.topology.nodes.get(node) if program is not None and node else None
        if shape is None:
            return node is not None and self._is_in_called_graph(node)
        if shape.kind == "task":  # LangGraph's tasks ask nobody before they begin
            return program is not None and program.engine.startswith("stepgraph")
        return shape.kind not in ("start", "end")

    def _is_in_called_graph(self, node: NodeKey) -> bool:
        """True for one that is not drawn, in a node whose code calls a graph of which no picture tells."""
        program = self._model.program
        if program is None or node in program.topology.nodes:
            return False
        drawn = program.topology.nodes
        around = next((node[:depth] for depth in range(len(node) - 1, 0, -1) if node[:depth] in drawn), ())
        return bool(around) and (drawn[around].kind == "node" or drawn[around].is_caller)

    def plain(self) -> tuple[Plain, ...]:
        """What a run is to be told."""
        return tuple(each.to_plain() for each in self._items if each.enabled and not self.is_gone(each))

    # -- what the person does

    def toggle(self, node: NodeKey) -> None:
        """Set one before a node, or take away what stops there; what was typed is kept, and only disabled."""
        here = self.at(node)
        if not here:
            self.add(Breakpoint("", node))
        elif all(each.is_plain for each in here):
            self._put(tuple(each for each in self._items if each not in here))
        else:
            is_on = any(each.enabled for each in here)
            self._change(lambda each: replace(each, enabled=not is_on) if each in here else each)

    def add(self, item: Breakpoint) -> Breakpoint:
        """Add one; it gets an id."""
        numbers = [int(each.id) for each in self._items if each.id.isdigit()]
        item = replace(item, id=str(max(numbers, default=0) + 1))
        self._put((*self._items, item))
        return item

    def replace(self, item: Breakpoint) -> None:
        """Put another one in the place of that with its id."""
        self._change(lambda each: item if each.id == item.id else each)

    def enable(self, breakpoint_id: str, is_enabled: bool) -> None:
        self._change(lambda each: replace(each, enabled=is_enabled) if each.id == breakpoint_id else each)

    def enable_all(self, is_enabled: bool) -> None:
        """Enable or disable all but the fixed ones."""
        self._change(lambda each: each if each.is_fixed else replace(each, enabled=is_enabled))

    def remove(self, breakpoint_id: str) -> None:
        """Remove one; a fixed one is disabled."""
        if self[breakpoint_id].is_fixed:
            self.enable(breakpoint_id, False)
        else:
            self._put(tuple(each for each in self._items if each.id != breakpoint_id))

    def remove_all(self) -> None:
        """Remove all, and disable the fixed ones."""
        self._put(FIXED)

    # --

    def _change(self, change: Callable[[Breakpoint], Breakpoint]) -> None:
        self._put(tuple(map(change, self._items)))

    def _put(self, items: tuple[Breakpoint, ...]) -> None:
        if items == self._items:
            return
        self._items = items
        if self._target:
            kept = [each.to_plain() for each in items if each not in FIXED]
            self._settings.remember_breakpoints(self._target, kept)
        self.changed.emit()

    def _on_program_changed(self) -> None:
        program = self._model.program
        target = program.target if program is not None else ""
        if target != self._target:
            self._target = target
            self._items = _read(self._settings.breakpoints_of(target))
        self.changed.emit()  # nodes may have come or gone


def _read(kept: list[Plain]) -> tuple[Breakpoint, ...]:
    """What was kept, without what cannot be read."""
    items: dict[str, Breakpoint] = {each.id: each for each in FIXED}
    for plain in kept:
        try:
            item = Breakpoint.from_plain(plain)
        except (KeyError, TypeError, ValueError):
            continue
        items[item.id] = item
    return tuple(items.values())
