"""The threads of the open program as the window knows them: asked for when somebody looks, and after runs."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QObject, Signal

from stepscope.model.comparison import Comparison, Difference
from stepscope.model.events import Plain
from stepscope.model.history_rows import HistoryRow, history_rows
from stepscope.model.thread import Beneath, Checkpoint, Edited, Looked, Place, Thread
from stepscope.run.controller import Controller

NOT_YET = "Threads appear here once a run of this graph has saved its first checkpoint."


class Threads(QObject):
    """Holds what was told last. All methods that wait raise nothing: what went wrong is in `problem`.

    Signals
        changed: the threads, the chosen one or its history are others.
        stale: what is known may be old; whoever shows it calls `refresh`.
    """

    changed = Signal()
    stale = Signal()

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.threads: tuple[Thread, ...] = ()
        self.chosen = ""
        self.history: tuple[Checkpoint, ...] = ()
        self.unfolded: dict[Beneath, tuple[Checkpoint, ...]] = {}  # the histories of subgraphs in it
        self.problem = ""  # why there are none, or why what was asked was not done
        self.trouble = ""  # why they are not kept for long
        self._controller = controller
        self._model = controller.model
        self._is_stale = True
        self._one_at_a_time = asyncio.Lock()
        self._model.program_changed.connect(self._on_program_changed)
        controller.run_ended.connect(self._on_run_ended)

    @property
    def chosen_thread(self) -> Thread | None:
        """The chosen thread."""
        return next((thread for thread in self.threads if thread.id == self.chosen), None)

    async def refresh(self) -> None:
        """Ask for what may have changed."""
        async with self._one_at_a_time:
            if self._is_stale and self._can_ask:
                self._is_stale = False
                await self._read()

    async def choose(self, thread: str) -> None:
        """Show another thread's history."""
        if thread != self.chosen:
            self._model.look(None)
            self.chosen, self.history, self.unfolded = thread, (), {}
            if self._model.next_thread:
                self._model.set_next_thread(thread)
            await self._read_history()
            self.changed.emit()

    @property
    def rows(self) -> list[HistoryRow]:
        """The history of the chosen thread, with what is unfolded in it."""
        return history_rows(self.history, self.unfolded)

    async def unfold(self, subgraph: Beneath) -> None:
        """Show the history of a subgraph beneath the checkpoint that it began at."""
        thread = self.chosen
        found = await self._read_beneath(subgraph)
        if found is not None and thread == self.chosen:
            self.unfolded[subgraph] = found
        self.changed.emit()

    def fold(self, subgraph: Beneath) -> None:
        """Show it no more."""
        self.unfolded.pop(subgraph, None)
        self.changed.emit()

    async def look(self, place: Place) -> None:
        """Look at a checkpoint of the chosen thread, which changes nothing."""
        listed = self._listed_with(place)
        if not listed:
            return
        namespace, checkpoint = place
        told = await self._ask("state_at", thread=self.chosen, checkpoint=checkpoint, namespace=namespace)
        if told is None:
            self.changed.emit()
            return
        found = Checkpoint.from_plain(told)
        before = None
        if found.parent:
            before = await self._ask(
                "state_at", thread=self.chosen, checkpoint=found.parent, namespace=namespace
            )
        values_before = before["values"] if before is not None else None
        number = len(listed) - [each.id for each in listed].index(checkpoint)
        self._model.look(
            Looked(self.chosen, found, number, len(listed), told["values"], values_before, before is not None)
        )

    async def compare(self, was: Checkpoint, now: Checkpoint) -> Comparison | None:
        """What differs between two checkpoints of the chosen thread; None with a problem."""
        of = {"was_of": was.namespace, "now_of": now.namespace}
        told = await self._ask("compare", thread=self.chosen, was=was.id, now=now.id, **of)
        if told is None:
            return None
        found = tuple(map(Difference.from_plain, told["differences"]))
        return Comparison(self._name(was), self._name(now), found, bool(told["is_cut"]))

    def _name(self, checkpoint: Checkpoint) -> str:
        """What a checkpoint is called beside others: its place from the oldest, and what made it."""
        ids = [each.id for each in self._listed_with(checkpoint.place)]
        number = f"{len(ids) - ids.index(checkpoint.id)} " if checkpoint.id in ids else ""
        of = f" of {checkpoint.graph}" if checkpoint.namespace else ""
        return f"{number}{checkpoint.made_by}{of}"

    def _listed_with(self, place: Place) -> tuple[Checkpoint, ...]:
        """The history in which a checkpoint is listed; none where it is in no history that is shown."""
        shown = (self.history, *self.unfolded.values())
        return next((listed for listed in shown if any(each.place == place for each in listed)), ())

    async def look_back(self) -> None:
        """Look at the checkpoint before the one that is looked at, or before the newest.

        Before the first one of a subgraph comes the one of the graph around it at which it began.
        """
        if self._model.looked is None:
            await self.choose_run()
        if not self.history:
            self.problem = self.problem or NOT_YET
            self.changed.emit()
            return
        looked = self._model.looked
        now = looked.checkpoint if looked is not None else self.history[0]
        listed = self._listed_with(now.place)
        if any(each.id == now.parent for each in listed):
            await self.look((now.namespace, now.parent))
        elif around := next(
            (key for key, inside in self.unfolded.items() if inside and inside == listed), None
        ):
            await self.look(around.began_at)
        elif looked is None:
            await self.look(now.place)

    async def rename(self, thread: str, title: str) -> None:
        """Call a thread something."""
        await self._ask("rename", thread=thread, title=title)
        await self._read_again()

    async def delete(self, thread: str) -> None:
        """Forget a thread with all its checkpoints."""
        if await self._ask("delete", thread=thread) is not None:
            if self._model.next_thread == thread:
                self._model.set_next_thread("")
            if thread == self.chosen:
                self._model.look(None)
                self.chosen, self.history, self.unfolded = "", (), {}
        await self._read_again()

    async def choose_run(self) -> None:
        """Choose the thread of the run that is on, or was."""
        self._is_stale = True
        self.chosen = self._model.state.thread or self.chosen
        await self.refresh()

    async def editing(self, at: Place, namespace: str | None = None) -> dict[str, Plain] | None:
        """What a person needs to edit the state at a checkpoint, "" for the newest; None with a problem.

        It is that of the graph in a `namespace`, or of the one that is likeliest meant.
        """
        of, checkpoint = at
        return await self._ask(
            "editing", thread=self.chosen, checkpoint=checkpoint, of=of, namespace=namespace
        )

    async def check(self, edited: Edited) -> dict[str, Plain] | None:
        """Errors of an edited state that is not saved yet; None with a problem."""
        return await self._ask("update", thread=self.chosen, only_check=True, **vars(edited))

    async def update(self, edited: Edited) -> dict[str, Plain] | None:
        """Save an edited state: the host's answer, which may name errors; None with a problem."""
        told = await self._ask("update", thread=self.chosen, **vars(edited))
        if told is not None and "errors" not in told:
            self._model.look(None)
            await self._read_again()
            await self.look((edited.namespace, str(told["checkpoint"])))
        return told

    async def _read_again(self) -> None:
        problem = self.problem
        self._is_stale = True
        await self.refresh()
        self.problem = self.problem or problem
        self.changed.emit()

    async def _read(self) -> None:
        told = await self._ask("threads")
        listed = told["threads"] if told is not None else []
        self.threads = tuple(
            Thread(each["id"], each["title"], each["words"], each["when"], each["steps"]) for each in listed
        )
        self.trouble = told["trouble"] if told is not None else ""
        if self.chosen_thread is None:
            self.chosen = self._model.next_thread
        if self.chosen_thread is None:
            self.chosen = self.threads[0].id if self.threads else ""
        await self._read_history()
        self.changed.emit()

    async def _read_history(self) -> None:
        self.history, thread = (), self.chosen
        told = await self._ask("history", thread=thread) if thread else None
        if told is not None and thread == self.chosen:
            self.history = tuple(Checkpoint.from_plain(each) for each in told["checkpoints"])
            for subgraph in list(self.unfolded):  # those around before those in them
                await self._read_again_beneath(subgraph)

    async def _read_again_beneath(self, subgraph: Beneath) -> None:
        is_there, thread = bool(self._listed_with(subgraph.began_at)), self.chosen
        found = await self._read_beneath(subgraph) if is_there else None
        if found is None:
            self.unfolded.pop(subgraph, None)
        elif thread == self.chosen and subgraph in self.unfolded:
            self.unfolded[subgraph] = found

    async def _read_beneath(self, subgraph: Beneath) -> tuple[Checkpoint, ...] | None:
        if not subgraph.namespace:  # a list of subgraphs, which is known
            return ()
        beneath = {"namespace": subgraph.namespace, "beneath": subgraph.began_at[1]}
        told = await self._ask("history", thread=self.chosen, **beneath)
        return None if told is None else tuple(Checkpoint.from_plain(each) for each in told["checkpoints"])

    async def _ask(self, what: str, **parts: Plain) -> dict[str, Plain] | None:
        self.problem = ""
        try:
            return await self._controller.ask(what, **parts)
        except LookupError as problem:
            self.problem = str(problem)
            return None

    @property
    def _can_ask(self) -> bool:
        program = self._model.program
        return program is not None and not program.is_outline and not self._controller.opening

    def _on_program_changed(self) -> None:
        self._model.look(None)
        self.threads, self.chosen, self.history, self.problem, self.trouble = (), "", (), "", ""
        self.unfolded = {}
        self._tell_stale()
        self.changed.emit()

    def _on_run_ended(self) -> None:
        self.chosen = self._model.state.thread or self.chosen
        self._tell_stale()

    def _tell_stale(self) -> None:
        self._is_stale = True
        self.stale.emit()
