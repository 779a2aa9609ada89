"""The editor of one breakpoint: when it stops, under which condition, or what it says instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QCompleter, QGridLayout, QLabel, QLineEdit, QWidget

from stepscope.model.breakpoint import Breakpoint, When, problem_of
from stepscope.model.topology import NodeKey
from stepscope.panes.fonts import monospace, scaled
from stepscope.window.dialogs import Question
from stepscope.window.input_form.combo import Combo
from stepscope.window.restyle import set_look

_NODE_KINDS: tuple[tuple[str, When, bool], ...] = (
    ("Before it begins", "before", False),
    ("After it has ended", "after", False),
    ("When it fails", "error", False),
    ("When it fails and nobody handles that", "error", True),
)

_NAMES = {
    "before": "state, input, visit, step, node",
    "after": "state, input, update, visit, step, node",
    "error": "state, input, error, visit, step, node",
    "custom": "message, state, visit, step",
    "change": "old, new, state, visit, step",
}
"""What expressions may speak of, by the kind of breakpoint."""

_WORDS = "With a text to log, that is said in the Console and the run goes on."
_FROM = {"custom": "From message", "change": "From change"}
_EVERY = {"custom": "every message", "change": "every change"}

WHOLE_GRAPH = "the whole graph"


MOST_VISITS = 1_000_000_000


class BreakpointQuestion(Question):
    """`item` has what was typed when the result is OK. It cannot be OK while something cannot be read.

    `keys` are those of the state, and `graphs` the paths of the graphs that have one.
    """

    OK = 1

    def __init__(
        self, item: Breakpoint, keys: Sequence[str], graphs: Sequence[NodeKey], parent: QWidget
    ) -> None:
        self.item = item
        super().__init__(_title(item), _WORDS, ("OK", "Cancel"), parent)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        self._graphs = [(), *graphs]
        self._kind = self._kinds(item)
        self._graph = self._graph_choice(item)
        self._key = self._key_field(item, keys)
        key = keys[0] if keys else "messages"
        self._condition = self._field("Only if", item.condition, _suggestion(item, key))
        visits = str(item.visits) if item.visits else ""
        self._visits = self._field(
            _FROM.get(item.when, "From visit"), visits, _EVERY.get(item.when, "every visit")
        )
        self._visits.setValidator(QIntValidator(0, MOST_VISITS, self._visits))
        self._log = self._field("Log instead", item.log, f"visit {{visit}}: {{state[{key}]}}")
        self._hint, self._problem = _words("dim"), _words("failed")
        self.body.insertLayout(2, self._grid)
        self.body.insertWidget(3, self._problem)
        self.body.insertWidget(4, self._hint)
        self.setMinimumWidth(scaled(self, 520))
        for field in (self._condition, self._key, self._log):
            if field is not None:
                field.textChanged.connect(lambda _text: self._show_problem(""))
        if self._kind is not None:
            self._kind.currentIndexChanged.connect(lambda _index: self._show_hint())
        self._show_hint()
        self._show_problem("")
        first = self._key if self._key is not None and not item.key else self._condition
        first.setFocus()

    def begin_with_log(self) -> None:
        """Put the cursor where what is to be said is typed."""
        self._log.setFocus()

    def done(self, result: int) -> None:
        if result == self.OK:
            self.item = self._typed()
            problem = problem_of(self.item.condition)
            if problem:
                self._complain(self._condition, f"The condition cannot be read: {problem}.")
                return
            if self._key is not None and not self.item.key:
                self._complain(self._key, "Name the key of the state whose change is to stop the run.")
                return
        super().done(result)

    def _typed(self) -> Breakpoint:
        item = replace(
            self.item,
            condition=self._condition.text().strip(),
            visits=int(self._visits.text() or 0),
            log=self._log.text().strip(),
        )
        if self._kind is not None:
            _, when, only_unhandled = _NODE_KINDS[self._kind.currentIndex()]
            item = replace(item, when=when, unhandled=only_unhandled)
        if self._graph is not None:
            item = replace(item, path=self._graphs[self._graph.currentIndex()])
        if self._key is not None:
            item = replace(item, key=self._key.text().strip())
        return item

    # -- the fields

    def _kinds(self, item: Breakpoint) -> Combo | None:
        if item.is_on_graph:
            return None
        kinds = Combo("When it stops")
        kinds.addItems([text for text, _, _ in _NODE_KINDS])
        chosen = [(when, only) for _, when, only in _NODE_KINDS].index((item.when, item.unhandled))
        kinds.setCurrentIndex(chosen)
        self._add("Stop", kinds)
        return kinds

    def _graph_choice(self, item: Breakpoint) -> Combo | None:
        if not item.is_on_graph:
            return None
        graphs = Combo("In which graph")
        graphs.addItems([" › ".join(path) or WHOLE_GRAPH for path in self._graphs])
        graphs.setCurrentIndex(self._graphs.index(item.path) if item.path in self._graphs else 0)
        self._add("In", graphs)
        return graphs

    def _key_field(self, item: Breakpoint, keys: Sequence[str]) -> QLineEdit | None:
        if item.when != "change":
            return None
        field = self._field("Key", item.key, ", ".join(keys[:4]))
        completer = QCompleter(list(keys), field)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        field.setCompleter(completer)
        return field

    def _field(self, label: str, text: str, suggestion: str) -> QLineEdit:
        field = QLineEdit(text)
        field.setAccessibleName(label)
        field.setPlaceholderText(suggestion)
        field.setFont(monospace(field))
        self._add(label, field)
        return field

    def _add(self, label: str, field: QWidget) -> None:
        row = self._grid.rowCount()
        words = _words("dim", label)
        words.setBuddy(field)
        self._grid.addWidget(words, row, 0)
        self._grid.addWidget(field, row, 1)

    # -- what is said

    def _show_hint(self) -> None:
        when = self.item.when if self._kind is None else _NODE_KINDS[self._kind.currentIndex()][1]
        self._hint.setText(
            f"Conditions are Python, and so is what stands in a log's braces: over {_NAMES[when]}, and the "
            "names of the file."
        )

    def _complain(self, field: QLineEdit, words: str) -> None:
        self._show_problem(words)
        set_look(field, "problem", True)
        field.setFocus()

    def _show_problem(self, words: str) -> None:
        self._problem.setText(words)
        self._problem.setVisible(bool(words))
        for field in (self._condition, self._key):
            if field is not None:
                set_look(field, "problem", False)
        if self.isVisible():  # a layout gives room to more lines only when it is asked to
            self.resize(self.width(), self.body.totalHeightForWidth(self.width()))


def _title(item: Breakpoint) -> str:
    match item.when:
        case "custom":
            return "Stop when a custom message arrives"
        case "change":
            return "Stop when a key of the state changes"
    return f"Breakpoint on {' › '.join(item.path)}"


def _suggestion(item: Breakpoint, key: str) -> str:
    return {"custom": "message['progress'] > 90", "change": "new is not None"}.get(
        item.when, f"len(state['{key}']) > 2"
    )


def _words(kind: str, text: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(bool(not text))
    label.setProperty("words", kind)
    return label
