"""How a run begins: with an input, from where its thread was left, or again from an old checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stepgraph.constants import ANSWERED, PULL, START
from stepgraph.errors import EmptyInputError, InvalidUpdateError
from stepgraph.pregel.checkpoints import Checkpoints, null_writes
from stepgraph.pregel.interrupts import Answers, is_by_id
from stepgraph.pregel.pending import NULL_TASK, Left, Write, by_task, target_write
from stepgraph.pregel.reports import state_payload
from stepgraph.pregel.returned import read_returned
from stepgraph.pregel.superstep import give_input
from stepgraph.pregel.tasks import Task
from stepgraph.types import Command

if TYPE_CHECKING:
    from stepgraph.pregel.loop import Run


def begin(run: Run, input: Any) -> Task | None:
    """The task that takes the input, or None for a run that goes on from a checkpoint.

    Raises EmptyInputError when there is neither, RuntimeError for an answer that nobody waits for,
    InvalidUpdateError for a Command that leads out of the outermost graph.
    """
    thread = run.checkpoints
    if isinstance(input, Command) and input.graph == Command.PARENT:
        raise InvalidUpdateError("There is no parent graph for the Command that was given as input.")
    if thread is None:
        _refuse(input, is_threaded=False)
        if run.topology.entry is not None:
            give_input(run.topology, run.board, input)
            run.step = -1
            return None
        return _take(run, input, step=0)
    run.board = thread.board
    run.stop = thread.step + run.recursion_limit + 2
    if _goes_on(run, thread, input):
        _go_on(run, thread, input)
        return None
    _refuse(input, is_threaded=True)
    thread.ledger.take_input(run.board, input)
    thread.put("input", thread.step + 1)
    run.report_checkpoint()
    if run.topology.entry is not None:
        run.step = thread.step
        return None
    return _take(run, input, step=thread.step + 1)


def _goes_on(run: Run, thread: Checkpoints, input: Any) -> bool:
    if not thread.exists:
        return False
    if run.parent is None:
        return input is None or isinstance(input, Command)
    # A graph inside goes on with the task that it was called by. One that keeps its state from call to call
    # may have been called by another one last: then this call is a new one.
    has_past = not run.is_accumulating or thread.was_left_here or thread.is_replay
    return run.parent.run.is_going_on and has_past


def start_task(run: Run, input: Any) -> Task:
    """The hidden task that takes an input in."""
    return Task(run.topology.nodes[START], (PULL, START), (START,), input)


def _take(run: Run, input: Any, step: int) -> Task:
    run.step = step
    task = start_task(run, input)
    run.join(task)
    return task


def _refuse(input: Any, *, is_threaded: bool) -> None:
    """Raise for an input that cannot start a run."""
    if isinstance(input, Command):
        if input.resume is not None and not is_threaded:
            raise RuntimeError(
                "Cannot use Command(resume=...) without checkpointer: there is no run to go on with. Compile "
                "the graph with one: compile(checkpointer=InMemorySaver())."
            )
        is_empty = not (input.update or input.goto)
    else:
        is_empty = input is None
    if is_empty:
        raise EmptyInputError(
            "Received no input for __start__, and the thread has no checkpoint to go on from. Give the state "
            "to start from, or {} for none."
        )


# -- going on


def _go_on(run: Run, thread: Checkpoints, input: Any) -> None:
    left = by_task(thread.pending)
    answers = isinstance(input, Command) and input.resume is not None
    # A checkpoint that was made for going on from it is no new past, unless it has been gone on from before.
    is_new = thread.source in ("update", "fork") and not thread.is_past
    if thread.is_replay and not answers and not is_new:
        thread.ledger.mark_resumed()
        thread.ledger.updated = None
        thread.put("fork", thread.step + 1)
        run.branch = thread.begin_branch(run.branch)
    if isinstance(input, Command) and run.parent is None:
        _answer(run, thread, input, left)
    elif not thread.is_replay:
        thread.put_in(null_writes(thread.pending))
    thread.ledger.mark_resumed()
    run.step = thread.step
    run.left = left
    run.is_going_on = True
    run.output = state_payload(run)
    run.reports.values(run.output)
    run.report_checkpoint()
    if thread.is_replay:
        # What had come of this checkpoint belongs to the past that is left behind.
        run.left = {id: _asked_anew(one) for id, one in left.items()} if answers else {}


def _asked_anew(left: Left) -> Left:
    return Left() if left.writes is not None else Left(answers=left.answers)


def _answer(run: Run, thread: Checkpoints, command: Command[Any], left: dict[str, Left]) -> None:
    resume = command.resume
    if resume is not None and not is_by_id(resume):
        # What a child asks is asked by its parent too.
        waiting = {asked.id: asked for one in left.values() if one.is_open for asked in one.interrupts}
        if len(waiting) > 1:
            listed = ", ".join(f"{asked.id!r} ({asked.value!r})" for asked in list(waiting.values())[:5])
            raise RuntimeError(
                f"{len(waiting)} interrupts wait for an answer, and one value does not say which it is for. "
                f"Give each by its id: Command(resume={{id: answer, ...}}). They are {listed}."
            )
    run.answers = Answers(resume)
    writes = _writes_of(run, command)
    # What is saved when the run ends has the answer where it was taken, and none that was refused.
    if resume is not None and not is_by_id(resume) and thread.durability != "exit":
        thread.put_writes(NULL_TASK, (), [*writes, (ANSWERED, resume)])
    elif writes:
        thread.put_writes(NULL_TASK, (), writes)
    thread.put_in([*null_writes(thread.pending), *writes])


def _writes_of(run: Run, command: Command[Any]) -> list[Write]:
    where = "as a Command that goes on with a run"
    returned = read_returned(command, run.topology.channels, where)
    targets = run.known_targets(where, returned.targets)
    return [*map(target_write, targets), *returned.writes]
