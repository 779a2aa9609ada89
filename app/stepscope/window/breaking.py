"""Breakpoints in the window: set in the graph, listed in their pane, told to the run."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from stepscope.canvas.looks import BreakLook
from stepscope.canvas.view import GraphView
from stepscope.model.breakpoint import ERRORS, UNHANDLED, Breakpoint, When, sign_of
from stepscope.model.topology import NodeKey
from stepscope.panes.breakpoints import BreakpointsPane
from stepscope.run.breakpoints import Breakpoints
from stepscope.run.controller import Controller
from stepscope.run.jobs import Jobs
from stepscope.run.selection import Selection
from stepscope.window.acting import Acting
from stepscope.window.actions import Actions
from stepscope.window.breakpoint_question import BreakpointQuestion
from stepscope.window.dialogs import ask

LONGEST = 40
"""Characters of what tells one breakpoint of a node from another in its menu."""


class Breaking(QObject):
    """Joins the store of breakpoints to the canvas, the pane, the actions and the run."""

    def __init__(
        self,
        store: Breakpoints,
        controller: Controller,
        selection: Selection,
        canvas: GraphView,
        pane: BreakpointsPane,
        acting: Acting,
        actions: Actions,
        jobs: Jobs,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._store = store
        self._controller = controller
        self._selection = selection
        self._canvas = canvas
        self._acting = acting
        self._actions = actions
        self._jobs = jobs
        self._window = window
        store.changed.connect(self._on_changed)
        canvas.gutter_clicked.connect(store.toggle)
        canvas.menu_wanted.connect(self._show_node_menu)
        pane.edit_wanted.connect(lambda item_id: self._edit(store[item_id]))
        pane.menu_wanted.connect(self._show_pane_menu)
        self._on_changed()

    @property
    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """What the commands of the table do that are about breakpoints."""
        store = self._store
        return {
            "toggle_breakpoint": self._toggle_selected,
            "edit_breakpoint": lambda: self._edit_selected(with_log=False),
            "add_logpoint": lambda: self._edit_selected(with_log=True),
            "break_on_change": lambda: self._edit(Breakpoint("", (), "change")),
            "break_on_message": lambda: self._edit(Breakpoint("", (), "custom")),
            "break_on_errors": lambda: store.enable(ERRORS, not store[ERRORS].enabled),
            "break_on_unhandled": lambda: store.enable(UNHANDLED, not store[UNHANDLED].enabled),
            "enable_breakpoints": lambda: store.enable_all(True),
            "disable_breakpoints": lambda: store.enable_all(False),
            "remove_breakpoints": store.remove_all,
        }

    def _on_changed(self) -> None:
        store = self._store
        marked = {each.path for each in store.items if each.path and not each.is_on_graph}
        self._canvas.show_breakpoints({node: _look(store.at(node)) for node in marked})
        self._controller.set_breakpoints(store.plain())
        self._actions["break_on_errors"].setChecked(store[ERRORS].enabled)
        self._actions["break_on_unhandled"].setChecked(store[UNHANDLED].enabled)

    def _toggle_selected(self) -> None:
        node = self._selection.node
        if node is not None and self._store.can_hold(node):
            self._store.toggle(node)

    def _edit_selected(self, with_log: bool) -> None:
        node = self._selection.node
        if node is not None and self._store.can_hold(node):
            self._edit_at(node, with_log)

    def _edit_at(self, node: NodeKey, with_log: bool = False) -> None:
        """Edit the breakpoint or the logpoint of a node, or a new one."""
        here = [each for each in self._store.at(node) if bool(each.log) is with_log]
        self._edit(here[0] if here else Breakpoint("", node), with_log)

    def _edit(self, item: Breakpoint, with_log: bool = False) -> None:
        self._jobs.start(self._ask_and_put(item, with_log))

    async def _ask_and_put(self, item: Breakpoint, with_log: bool) -> None:
        program = self._controller.model.program
        if program is None:
            return
        keys = list(program.input_schema.get("properties", {}))
        graphs = [key for key, node in program.topology.nodes.items() if node.kind == "subgraph"]
        question = BreakpointQuestion(item, keys, graphs, self._window)
        if with_log:
            question.begin_with_log()
        if await ask(question) != question.OK:
            return
        if item.id:
            self._store.replace(question.item)
        else:
            self._store.add(question.item)

    def _put_at(self, node: NodeKey, when: When) -> None:
        self._store.add(Breakpoint("", node, when))

    # -- menus

    def _show_node_menu(self, node: NodeKey, at: QPoint) -> None:
        if not self._store.can_hold(node):
            return
        menu = self._menu()
        here = self._store.at(node)
        for when, text in _KINDS.items():
            if not any(each.when == when and not each.log for each in here):
                keys = "" if here or when != "before" else f"\t{self._keys('toggle_breakpoint')}"
                self._entry(menu, f"{text}{keys}", functools.partial(self._put_at, node, when))
        if all(each.log for each in here):
            self._entry(menu, "Break When…", lambda: self._edit_at(node))
        if not any(each.log for each in here):
            self._entry(menu, "Log…", lambda: self._edit_at(node, with_log=True))
        for each in here:
            menu.addSeparator()
            self._add_entries_of(menu, each, is_only=len(here) == 1)
        menu.addSeparator()
        menu.addAction(self._actions["run_to"])
        if self._canvas.folds.can_fold(node):
            menu.addAction(self._actions["fold"])
        for name in ("open_source", "zoom_selection", "neighbourhood"):
            menu.addAction(self._actions[name])
        menu.addSeparator()
        self._acting.add_entries(menu, node)
        menu.popup(at)

    def _show_pane_menu(self, item_id: str, at: QPoint) -> None:
        menu = self._menu()
        if item_id:
            self._add_entries_of(menu, self._store[item_id], is_only=True)
            menu.addSeparator()
        for name in ("break_on_change", "break_on_message"):
            menu.addAction(self._actions[name])
        menu.addSeparator()
        for name in ("enable_breakpoints", "disable_breakpoints", "remove_breakpoints"):
            menu.addAction(self._actions[name])
        menu.popup(at)

    def _add_entries_of(self, menu: QMenu, item: Breakpoint, is_only: bool) -> None:
        store, details = self._store, item.details or item.when
        named = " Logpoint" if item.log else " Breakpoint"
        if not is_only:
            named = f" “{details if len(details) <= LONGEST else details[: LONGEST - 1] + '…'}”"
        verb = "Disable" if item.enabled else "Enable"
        self._entry(menu, f"{verb}{named}", lambda: store.enable(item.id, not item.enabled))
        if not item.is_fixed:
            self._entry(menu, f"Edit{named}…", lambda: self._edit(item))
            self._entry(menu, f"Remove{named}", lambda: store.remove(item.id))

    def _keys(self, command: str) -> str:
        return self._actions[command].shortcut().toString(QKeySequence.SequenceFormat.NativeText)

    def _menu(self) -> QMenu:
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def _entry(self, menu: QMenu, text: str, act: Callable[[], object]) -> None:
        menu.addAction(text.replace("&", "&&")).triggered.connect(lambda _checked=False: act())


_KINDS: Mapping[When, str] = {
    "before": "Break Before",
    "after": "Break After",
    "error": "Break on Its Errors",
}


def _look(here: list[Breakpoint]) -> BreakLook:
    return BreakLook(sign_of(here), " ".join(f"{each.sentence}." for each in here))
