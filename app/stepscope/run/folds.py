"""Which subgraphs are folded: the person's choice for each graph, kept from one start to the next."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from stepscope.model import folding
from stepscope.model.topology import EMPTY, NodeKey, Topology
from stepscope.run.run_model import RunModel
from stepscope.run.settings import Settings


class Folds(QObject):
    """`changed`: others are folded than before, in the same graph. Without settings nothing is kept."""

    changed = Signal()

    def __init__(
        self, model: RunModel, settings: Settings | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._settings = model, settings
        self._target = ""
        self._keys: frozenset[NodeKey] = frozenset()
        model.program_changed.connect(self._on_program_changed)
        self._on_program_changed()

    @property
    def keys(self) -> frozenset[NodeKey]:
        """The folded subgraphs, those inside folded ones included."""
        return self._keys

    def can_fold(self, key: NodeKey) -> bool:
        """True for a subgraph of which it is known what is inside."""
        return bool(self._topology.children(key)) if key else False

    def seen(self, key: NodeKey) -> NodeKey:
        """What is seen in place of a node."""
        return folding.seen(key, self._keys)

    def toggle(self, key: NodeKey) -> None:
        """Fold a subgraph, or open it."""
        if self.can_fold(key):
            self._put(self._keys ^ {key})

    def toggle_around(self, key: NodeKey) -> NodeKey | None:
        """Fold or open a subgraph, or fold the one that a node stands in; which one it was, if any."""
        key = self.seen(key)
        around = key if self.can_fold(key) else key[:-1]
        if not around:
            return None
        self.toggle(around)
        return around

    def fold_all(self) -> None:
        """Fold every subgraph at every depth."""
        self._put(key for key in self._topology.nodes if self.can_fold(key))

    def open_all(self) -> None:
        self._put(())

    def reveal(self, key: NodeKey) -> None:
        """Open what a node is hidden in."""
        self._put(self._keys.difference(key[:depth] for depth in range(1, len(key))))

    @property
    def _topology(self) -> Topology:
        program = self._model.program
        return program.topology if program is not None else EMPTY

    def _on_program_changed(self) -> None:
        program = self._model.program
        target = program.target if program is not None else ""
        if target != self._target:
            self._target = target
            kept = self._settings.folded_of(target) if self._settings is not None else ()
            self._keys = frozenset(map(tuple, kept))

    def _put(self, keys: Iterable[NodeKey]) -> None:
        keys = frozenset(keys)
        if keys == self._keys:
            return
        self._keys = keys
        if self._settings is not None and self._target:
            self._settings.remember_folded(self._target, [list(key) for key in sorted(keys)])
        self.changed.emit()
