"""The Inspector: all about one task of the selected node, and where the node stands in the person's code."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from stepscope.model import inspection
from stepscope.model.events import Plain
from stepscope.model.message import Message
from stepscope.model.phase import Phase
from stepscope.model.task_state import TaskState
from stepscope.model.topology import NodeKey, NodeShape, path_text
from stepscope.panes.choices import ChoiceBox
from stepscope.panes.code_view import CodeView
from stepscope.panes.fitted_tree import FittedTree
from stepscope.panes.fonts import interface, monospace, scaled
from stepscope.panes.pane import Pane
from stepscope.panes.plain_tree import PlainTree
from stepscope.panes.rest import Rest
from stepscope.panes.words import colour, say, words
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection
from stepscope.run.state_rows import ABSENT
from stepscope.theme import GLYPHS, Theme

MOST_WRITES = 30

STATE = "state after"


class InspectorPane(Pane):
    """Shows the selected task, or the newest one of the selected node. `clock` tells the time.

    Signals
        source_wanted(Source): the node's code is to be read; `show_code` brings it.
        editor_wanted(Source): the person wants to see it in their editor.
        problem_wanted(Failure): the person wants to see all that is known of a failure.
    """

    source_wanted = Signal(object)
    editor_wanted = Signal(object)
    problem_wanted = Signal(object)

    title = "Inspector"
    object_name = "inspector_pane"
    empty_text = (
        "Select a node or a task: its input, its output, what it wrote and its code will appear here."
    )

    def __init__(
        self,
        model: RunModel,
        selection: Selection,
        theme: Theme,
        parent: QWidget | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(model, selection, theme, parent)
        self._clock = clock
        self._task: TaskState | None = None
        self._shown_of: tuple[object, ...] = ()
        self._messages: dict[str, Message] = {}
        self._unfolded: set[str] = set()  # parts of the task that were opened when they came
        self._offered = 0  # tasks of the node that the box has
        self._code_of: NodeShape | None = None
        self._rest = Rest(self, self._is_running)
        model.nodes_changed.connect(self._on_nodes_changed)
        model.messages_changed.connect(self._on_messages_changed)
        model.rows_added.connect(self._on_rows_added)
        model.program_changed.connect(self.mark_changed)
        selection.node_changed.connect(self._on_selected)
        selection.task_changed.connect(self._on_selected)

    @property
    def tree(self) -> PlainTree:
        """Input, output, and the written keys of the state, once the pane has been shown."""
        return self._tree

    @property
    def visits(self) -> ChoiceBox:
        """Chooses one of the node's tasks; its first entry follows the newest."""
        return self._visits

    @property
    def said(self) -> list[str]:
        """What stands above and below the values, top to bottom."""
        labels = (
            self._name,
            self._standing,
            self._facts,
            self._acts,
            self._speech,
            self._failure,
            self._writes,
            self._where,
        )
        return [label.text() for label in labels if not label.isHidden() and label.text()]

    @property
    def code(self) -> str:
        """The lines of code, as they read."""
        return self._code.toPlainText() if not self._code.isHidden() else ""

    def show_code(self, node: NodeShape, code: str) -> None:
        """Show what was read, unless another node is shown by now."""
        if node is self._code_of and node.source is not None:
            self._code.setVisible(bool(code))
            self._code.show_code(code, node.source.line)

    def build(self) -> QWidget:
        self._name, self._standing, self._facts = words(), words(), words()
        self._acts, self._speech, self._failure = words(), words(), words()
        self._writes, self._where = words(), words()
        self._visits = ChoiceBox("visit", "newest", "Task of the node that is shown", self.theme)
        self._visits.currentIndexChanged.connect(self._on_visit_chosen)
        self._problem = QPushButton("Show Problem")
        self._problem.setAccessibleDescription("Show the failure with its traceback")
        self._problem.clicked.connect(self._on_problem_clicked)
        self._tree = FittedTree(self.theme, self.model)
        self._tree.setAccessibleName("Input, output and writes")
        self._open = QPushButton("Open in Editor")
        self._open.clicked.connect(self._on_open_clicked)
        self._code = CodeView()
        self._written = words(QLabel("WHAT IT WROTE"))
        self._head, self._foot = QHBoxLayout(), QHBoxLayout()
        self._head.addWidget(self._name, 1)
        self._head.addWidget(self._visits)
        self._foot.addWidget(self._where, 1)
        self._foot.addWidget(self._open)
        content = QWidget()
        self._layout = QVBoxLayout(content)
        self._layout.addLayout(self._head)
        for part in (self._standing, self._facts, self._acts, self._speech, self._failure):
            self._layout.addWidget(part)
        self._layout.addWidget(self._problem, 0, Qt.AlignmentFlag.AlignLeft)
        self._layout.addWidget(self._written)
        self._layout.addWidget(self._writes)
        self._layout.addWidget(self._tree)
        self._layout.addLayout(self._foot)
        self._layout.addWidget(self._code)
        self._layout.addStretch()
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFocusProxy(self._tree)
        area.setWidget(content)
        return area

    def refresh(self) -> None:
        key = self.selection.node
        if key is None:
            return
        self._offer_visits(key)
        self._take(self._chosen_task(key))
        self._name.setText(path_text(key))
        self._show_task()
        self._show_code_of(key)
        self._rest.begin()

    def forget(self) -> None:
        self._rest.end()
        self._take(None)
        self._forget_visits()

    def is_empty(self) -> bool:
        return self.selection.node is None

    def apply_theme(self) -> None:
        self._tree.set_theme(self.theme)
        self._visits.set_look(interface(self, 0.92), self.theme)
        self._name.setFont(interface(self, 1.1, bold=True))
        self._written.setFont(interface(self, 0.85, bold=True))
        self._writes.setFont(monospace(self))
        self._where.setFont(monospace(self, 0.92))
        for label, ink in (
            (self._facts, self.theme.dim),
            (self._speech, self.theme.dim),
            (self._where, self.theme.dim),
            (self._written, self.theme.faint),
            (self._acts, self.theme.accent),
            (self._failure, self.theme.failed),
        ):
            colour(label, ink)
        ground = self._code.palette()
        ground.setColor(QPalette.ColorRole.Base, QColor(self.theme.bubble))
        self._code.setPalette(ground)
        self._code.fit()
        edge = scaled(self, 12)
        self._layout.setContentsMargins(edge, scaled(self, 8), edge, edge)
        self._layout.setSpacing(scaled(self, 6))
        self._colour_standing()

    # -- which task

    def _chosen_task(self, key: NodeKey) -> TaskState | None:
        """The selected task, else the newest of the node."""
        state = self.model.state
        node = state.nodes.get(key)
        if node is None or not node.tasks:
            return None
        chosen = state.tasks.get(self.selection.task or "")
        return chosen if chosen is not None and chosen.key == key else state.tasks[node.tasks[-1]]

    def _take(self, task: TaskState | None) -> None:
        if task is self._task:
            return
        self._task = task
        self._messages = {}
        if task is not None:
            of = task.key, task.namespace, task.step
            self._messages = {
                message.id: message
                for message in self.model.state.messages.values()
                if (message.key, message.namespace, message.step) == of
            }

    def _offer_visits(self, key: NodeKey) -> None:
        state = self.model.state
        node = state.nodes.get(key)
        tasks = node.tasks if node is not None else []
        new = [state.tasks[task] for task in tasks[self._offered :]]
        self._visits.offer(
            [
                (f"{number}, superstep {state.step_text(task.namespace, task.step)}", task.id)
                for number, task in enumerate(new, self._offered + 1)
            ]
        )
        self._offered = len(tasks)
        self._visits.setVisible(len(tasks) > 1)
        self._visits.blockSignals(True)
        self._visits.choose(self.selection.task)
        self._visits.blockSignals(False)

    def _forget_visits(self) -> None:
        self._visits.forget()
        self._offered = 0

    def _on_visit_chosen(self) -> None:
        choice = self._visits.choice
        self.selection.select(self.selection.node, choice if isinstance(choice, str) else None)

    # -- when to look again

    def _on_selected(self, _: object) -> None:
        if self.is_built and self._task is not None and self._task.key != self.selection.node:
            self._forget_visits()
        self.mark_changed()

    def _on_nodes_changed(self, keys: set[NodeKey]) -> None:
        if self.selection.node in keys:
            self._rest.note()

    def _on_messages_changed(self, ids: set[str]) -> None:
        task = self._task
        if task is None:
            return
        messages = self.model.state.messages
        for message in filter(None, map(messages.get, ids)):
            if (message.key, message.namespace, message.step) == (task.key, task.namespace, task.step):
                self._messages[message.id] = message
                self._rest.note()

    def _on_rows_added(self) -> None:
        if self._task is not None and self._task.result is not None and self._shown_of[-1:] == (False,):
            self._rest.note()  # the state after its superstep may be here

    def _is_running(self) -> bool:
        return self._task is not None and self._task.phase is Phase.RUNNING

    # -- what is shown

    def _show_task(self) -> None:
        task = self._task
        self._tree.setVisible(task is not None)
        if task is None:
            self._standing.setText("has not run")
            self._colour_standing()
            for label in (self._facts, self._acts, self._speech, self._failure, self._writes):
                say(label, "")
            self._written.hide()
            self._problem.hide()
            self._shown_of = ()
            return
        state = self.model.state
        glyph = GLYPHS[task.phase]
        self._standing.setText(f"{glyph}  {inspection.standing(task, self._clock())}".strip())
        self._colour_standing()
        say(self._facts, " · ".join(inspection.circumstances(state, task)))
        self._facts.setToolTip(f"triggered by {', '.join(task.triggers)}" if task.triggers else "")
        say(self._acts, "\n".join(map(inspection.deed, task.acts)))
        say(self._speech, inspection.speech(list(self._messages.values())))
        failure = task.failure
        remedy = f"\n{failure.remedy}" if failure is not None and failure.remedy else ""
        where = f"\n{failure.where.file}:{failure.where.line}" if failure and failure.where else ""
        say(self._failure, f"{failure.headline}{where}{remedy}" if failure is not None else "")
        self._problem.setVisible(failure is not None)
        self._show_values(task)

    def _show_values(self, task: TaskState) -> None:
        has_after = self.model.state.history.after(task.namespace, task.step) is not None
        shown_of = task.id, id(task.input), id(task.result), task.ended, has_after
        if shown_of == self._shown_of:
            return
        if self._shown_of[:1] != shown_of[:1]:
            self._unfolded.clear()
        self._shown_of = shown_of
        written = inspection.writes(self.model.state, task)
        lines = [f"{write.key}  {write.made}" for write in written[:MOST_WRITES]]
        if len(written) > MOST_WRITES:
            lines.append(f"… and {len(written) - MOST_WRITES:,} more keys")
        self._written.setVisible(bool(lines))
        say(self._writes, "\n".join(lines))
        value: dict[str, Plain] = {"input": task.input}
        before = dict(value)
        if task.ended is not None and task.failure is None:
            value["output"] = before["output"] = task.result
        was, now = inspection.state_change(self.model.state, task)
        if now:
            value[STATE], before[STATE] = now, was
        self._tree.show_value(value, before if now else ABSENT)
        for name in value.keys() - self._unfolded:
            self._tree.setExpanded(self._tree.tree.index_of((name,)), True)
        self._unfolded |= value.keys()
        self._tree.fit()

    def _colour_standing(self) -> None:
        phase = self._task.phase if self._task is not None else Phase.IDLE
        colour(self._standing, self.theme.phase(phase))

    def _show_code_of(self, key: NodeKey) -> None:
        node = self.model.state.topology.nodes.get(key)
        if node is self._code_of:
            return
        self._code_of = node
        source = node.source if node is not None else None
        say(self._where, self._place(node))
        self._where.setToolTip(source.file if source is not None else "")
        self._open.setVisible(source is not None)
        self._code.setVisible(False)
        if source is not None:
            self.source_wanted.emit(node)

    def _place(self, node: NodeShape | None) -> str:
        if node is None:
            return "called inside another node"
        if node.source is not None:
            file = node.source.file.replace("\\", "/").rpartition("/")[2]
            return f"{file}:{node.source.line}, {node.source.function}"
        if node.kind == "subgraph":
            inner = [
                n for n in self.model.state.topology.children(node.key) if n.kind not in ("start", "end")
            ]
            return f"a subgraph of {len(inner)} node{'' if len(inner) == 1 else 's'}"
        return ""

    def _on_problem_clicked(self) -> None:
        if self._task is not None and self._task.failure is not None:
            self.problem_wanted.emit(self._task.failure)

    def _on_open_clicked(self) -> None:
        if self._code_of is not None and self._code_of.source is not None:
            self.editor_wanted.emit(self._code_of.source)
