"""The threads of the open program as the window knows them: asked for when somebody looks, and after runs."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QObject, Signal

from stepscope.model.comparison import Comparison, Difference
from stepscope.model.events import Plain
from stepscope.model.thread import Checkpoint, Edited, Looked, Thread
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
            self.chosen, self.history = thread, ()
            if self._model.next_thread:
                self._model.set_next_thread(thread)
            await self._read_history()
            self.changed.emit()

    async def look(self, checkpoint: str) -> None:
        """Look at a checkpoint of the chosen thread, which changes nothing."""
        ids = [each.id for each in self.history]
        if checkpoint not in ids:
            return
        told = await self._ask("state_at", thread=self.chosen, checkpoint=checkpoint)
        if told is None or checkpoint not in ids:
            self.changed.emit()
            return
        found, place = Checkpoint.from_plain(told), len(ids) - ids.index(checkpoint)
        before = None
        if found.parent:
            before = await self._ask("state_at", thread=self.chosen, checkpoint=found.parent)
        values_before = before["values"] if before is not None else None
        self._model.look(
            Looked(self.chosen, found, place, len(ids), told["values"], values_before, before is not None)
        )

    async def compare(self, was: str, now: str) -> Comparison | None:
        """What differs between two checkpoints of the chosen thread; None with a problem."""
        told = await self._ask("compare", thread=self.chosen, was=was, now=now)
        if told is None:
            return None
        found = tuple(map(Difference.from_plain, told["differences"]))
        return Comparison(self._name(was), self._name(now), found, bool(told["is_cut"]))

    def _name(self, checkpoint: str) -> str:
        """What a checkpoint is called beside others: its place from the oldest, and what made it."""
        place = next(place for place, each in enumerate(self.history) if each.id == checkpoint)
        return f"{len(self.history) - place} {self.history[place].made_by}"

    async def look_back(self) -> None:
        """Look at the checkpoint before the one that is looked at, or before the newest."""
        if self._model.looked is None:
            await self.choose_run()
        if not self.history:
            self.problem = self.problem or NOT_YET
            self.changed.emit()
            return
        looked = self._model.looked
        parent = looked.checkpoint.parent if looked is not None else self.history[0].parent
        if parent:
            await self.look(parent)
        elif looked is None:
            await self.look(self.history[0].id)

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
                self.chosen, self.history = "", ()
        await self._read_again()

    async def choose_run(self) -> None:
        """Choose the thread of the run that is on, or was."""
        self._is_stale = True
        self.chosen = self._model.state.thread or self.chosen
        await self.refresh()

    async def editing(self, checkpoint: str, namespace: str | None = None) -> dict[str, Plain] | None:
        """What a person needs to edit the state at a checkpoint, "" for the newest; None with a problem.

        It is that of the graph in a `namespace`, or of the one that is likeliest meant.
        """
        return await self._ask("editing", thread=self.chosen, checkpoint=checkpoint, namespace=namespace)

    async def check(self, edited: Edited) -> dict[str, Plain] | None:
        """Errors of an edited state that is not saved yet; None with a problem."""
        return await self._ask("update", thread=self.chosen, only_check=True, **vars(edited))

    async def update(self, edited: Edited) -> dict[str, Plain] | None:
        """Save an edited state: the host's answer, which may name errors; None with a problem."""
        told = await self._ask("update", thread=self.chosen, **vars(edited))
        if told is not None and "errors" not in told:
            self._model.look(None)
            await self._read_again()
            await self.look(str(told["checkpoint"]))
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
        self._tell_stale()
        self.changed.emit()

    def _on_run_ended(self) -> None:
        self.chosen = self._model.state.thread or self.chosen
        self._tell_stale()

    def _tell_stale(self) -> None:
        self._is_stale = True
        self.stale.emit()
