"""The Threads pane: the program's threads, and below them the history of the chosen one with its forks."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QSplitter, QVBoxLayout, QWidget

from stepscope.model.thread import Beneath, Checkpoint
from stepscope.panes.choices import ChoiceBox
from stepscope.panes.fonts import interface, scaled
from stepscope.panes.history_view import HistoryView
from stepscope.panes.pane import Pane
from stepscope.panes.thread_list import ThreadList
from stepscope.panes.words import colour, say, words
from stepscope.run.run_model import RunModel
from stepscope.run.selection import Selection
from stepscope.run.threads import NOT_YET, Threads
from stepscope.theme import Theme

GOES_ON = "goes on"


class ThreadsPane(Pane):
    """Shows what `Threads` knows, and says what the person wants of it.

    Signals
        refresh_wanted: it is looked at.
        chosen(id), renamed(id, title), delete_wanted(id): of threads.
        look_wanted(Checkpoint)
        compare_wanted(Checkpoint, Checkpoint): the older one first.
        unfold_wanted(Beneath), fold_wanted(Beneath): the history of a subgraph.
        fork_wanted, edit_wanted: of the checkpoint that is looked at.
    """

    refresh_wanted = Signal()
    chosen = Signal(str)
    renamed = Signal(str, str)
    delete_wanted = Signal(str)
    look_wanted = Signal(object)
    compare_wanted = Signal(object, object)
    unfold_wanted = Signal(object)
    fold_wanted = Signal(object)
    fork_wanted = Signal()
    edit_wanted = Signal()

    title = "Threads"
    object_name = "threads_pane"
    empty_text = NOT_YET

    def __init__(
        self,
        model: RunModel,
        selection: Selection,
        theme: Theme,
        threads: Threads,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(model, selection, theme, parent)
        self._threads = threads
        for signal in (threads.changed, threads.stale, model.looked_changed, model.run_changed):
            signal.connect(self.mark_changed)
        model.next_thread_changed.connect(self.mark_changed)

    @property
    def list(self) -> ThreadList:
        """The threads, once the pane has been shown."""
        return self._list

    @property
    def history(self) -> HistoryView:
        """The checkpoints of the chosen thread."""
        return self._history

    @property
    def next_run(self) -> ChoiceBox:
        """Chooses where the next run goes: into a new thread, or on in the chosen one."""
        return self._next

    def build(self) -> QWidget:
        self._next = ChoiceBox("next run", "in a new thread", "Thread of the next run", self.theme)
        self._next.offer([("goes on in this thread", GOES_ON)])
        self._next.currentIndexChanged.connect(self._on_next_chosen)
        self._trouble = words(QLabel())
        self._list = ThreadList()
        self._list.chosen.connect(self.chosen)
        self._list.renamed.connect(self.renamed)
        self._list.delete_wanted.connect(self.delete_wanted)
        self._list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._list.customContextMenuRequested.connect(self._on_menu_wanted)
        self._history = HistoryView()
        self._history.look_wanted.connect(self.look_wanted)
        self._history.compare_wanted.connect(self._compare)
        self._history.fold_toggled.connect(self._toggle)
        self._history.setToolTip("Ctrl+click compares a checkpoint with the one that is looked at")
        self._history.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._history.customContextMenuRequested.connect(self._on_checkpoint_menu_wanted)
        self._fork, self._edit = QPushButton("Fork from Here"), QPushButton("Edit State…")
        for button, signal in ((self._fork, self.fork_wanted), (self._edit, self.edit_wanted)):
            button.setProperty("flat", True)
            button.clicked.connect(signal)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self._list)
        split.addWidget(self._history)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 3)
        self._bar, self._buttons = QHBoxLayout(), QHBoxLayout()
        self._bar.addWidget(self._next)
        self._bar.addStretch(1)
        self._buttons.addWidget(self._fork)
        self._buttons.addWidget(self._edit)
        self._buttons.addStretch(1)
        content = QWidget()
        content.setFocusProxy(self._list)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._bar)
        layout.addWidget(self._trouble)
        layout.addWidget(split, 1)
        layout.addLayout(self._buttons)
        return content

    def refresh(self) -> None:
        threads, looked = self._threads, self.model.looked
        self._empty.setText(threads.problem or self.empty_text)
        say(self._trouble, " ".join(filter(None, (threads.problem, threads.trouble))))
        self._list.show_threads(threads.threads, threads.chosen)
        self._history.show_history(threads.rows, looked.checkpoint.place if looked is not None else None)
        self._next.blockSignals(True)
        self._next.choose(GOES_ON if self.model.next_thread else None)
        self._next.blockSignals(False)
        self._next.update()
        is_free = not self.model.state.phase.is_live
        self._fork.setEnabled(is_free and looked is not None)
        self._edit.setEnabled(bool(threads.history))
        self.refresh_wanted.emit()

    def forget(self) -> None:
        """A run's beginning takes no thread away."""

    def is_empty(self) -> bool:
        return not self._threads.threads

    def apply_theme(self) -> None:
        self._list.set_look(self, self.theme)
        self._history.set_look(self, self.theme)
        self._next.set_look(interface(self, 0.92), self.theme)
        colour(self._trouble, self.theme.failed)
        edge, gap = scaled(self, 8), scaled(self, 4)
        self._trouble.setContentsMargins(scaled(self, 12), 0, edge, gap)
        for bar in (self._bar, self._buttons):
            bar.setContentsMargins(edge, gap, edge, gap)

    def _on_next_chosen(self) -> None:
        self.model.set_next_thread(self._threads.chosen if self._next.choice == GOES_ON else "")

    def _toggle(self, subgraph: Beneath) -> None:
        is_open = subgraph in self._threads.unfolded
        (self.fold_wanted if is_open else self.unfold_wanted).emit(subgraph)

    def _compare(self, checkpoint: Checkpoint, other: Checkpoint | None = None) -> None:
        """Compare a checkpoint with another one: what is looked at, or else the newest."""
        looked = self.model.looked
        other = other or (looked.checkpoint if looked is not None else self._threads.history[0])
        if other.place != checkpoint.place:
            # Their ids begin with when they were made.
            self.compare_wanted.emit(*sorted((checkpoint, other), key=lambda each: each.id))

    def _on_checkpoint_menu_wanted(self, at: QPoint) -> None:
        view = self._history
        row = view.row(view.indexAt(at) if view.rect().contains(at) else view.currentIndex())
        if row is None:
            return
        menu = QMenu(view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if fold := row.fold:
            words = f"the Checkpoints of {fold.name}" if fold.name else "What Its Subgraphs Have Saved"
            menu.addAction(f"{'Fold' if row.is_open else 'Unfold'} {words}", lambda: self._toggle(fold))
            menu.addSeparator()
        if not row.title:
            self._offer(menu, row.checkpoint)
        menu.popup(view.viewport().mapToGlobal(at))

    def _offer(self, menu: QMenu, checkpoint: Checkpoint) -> None:
        """What can be done to a checkpoint."""
        place, looked, newest = checkpoint.place, self.model.looked, self._threads.history[0]
        listed = (row.checkpoint for row in self._threads.rows if not row.title)
        before = (checkpoint.namespace, checkpoint.parent)
        parent = next((each for each in listed if each.place == before), None)
        menu.addAction("Look at It", lambda: self.look_wanted.emit(checkpoint))
        menu.addSeparator()
        if looked is not None and looked.checkpoint.place != place:
            menu.addAction("Compare with What Is Looked At\tCtrl+Click", lambda: self._compare(checkpoint))
        if parent is not None:
            menu.addAction("Compare with the One Before", lambda: self._compare(checkpoint, parent))
        if place != newest.place:
            menu.addAction("Compare with the Newest", lambda: self._compare(checkpoint, newest))

    def _on_menu_wanted(self, at: QPoint) -> None:
        if not self._list.indexAt(at).isValid():
            return
        thread = self._list.current
        menu = QMenu(self._list)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Go On Here with the Next Run", lambda: self.model.set_next_thread(thread))
        menu.addSeparator()
        menu.addAction("Rename\tF2", self._list.rename)
        menu.addAction("Delete…\tDel", lambda: self.delete_wanted.emit(thread))
        menu.popup(self._list.viewport().mapToGlobal(at))
