"""What the program has printed, logged and warned of, as lines: a fold of `Printed` events.

Lines are numbered as they come, and only the last are kept. Two may still change: where stdout and stderr
have begun a line and not ended it. A line stands where it began, whatever others say meanwhile.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from stepscope.model.crash_report import Trimmed
from stepscope.model.events import Location, Printed
from stepscope.model.typed_text import TypedText, shown

MOST_LINES = 50_000
MOST_CHARACTERS = 20_000_000
"""In all lines together."""

MOST_OF_A_NAME = 200
"""Characters of a level, logger or node."""

DROPPED_AT_ONCE = 1_000
"""Lines that go together when there are too many; one by one would cost more than they are worth."""

DEBUG, INFO, WARNING, ERROR = 10, 20, 30, 40
"""How grave a line is, as `logging` counts."""

STREAMS = {"stdout": INFO, "stderr": WARNING}
"""Where programs write; what they write to stderr is often a complaint, and says no level."""

MARK = "mark"
"""The source of a line of our own, which says what begins or has ended here."""

_LEVELS = {"DEBUG": DEBUG, "INFO": INFO, "WARNING": WARNING, "WARN": WARNING, "ERROR": ERROR}
_LEVELS |= {"CRITICAL": 50, "FATAL": 50}
_TRACEBACKS = (
    "Traceback (most recent call last)",
    "Exception in thread ",
    "Exception ignored in",
    "Fatal Python error: ",
    "Current thread 0x",
    "Thread 0x",
    "  + Exception Group Traceback",
)
_NUMBERED = re.compile(r"Level (\d{1,4})$")


class Line(NamedTuple):
    """One row. A record of several lines has one for each, all but the first with `is_more`.

    `run` counts the runs of the program from 1; 0 is outside of any.
    """

    time: float
    source: str
    text: str
    grave: int = INFO
    level: str = ""
    logger: str = ""
    node: str = ""
    where: Location | None = None
    run: int = 0
    is_more: bool = False


class Console:
    """A sequence of lines, of which the first `first` are gone; its length counts them too."""

    def __init__(self) -> None:
        self.first = 0
        self.runs = 0
        self.printed = 0
        """Lines since the beginning or the last `clear`, without our own."""
        self.dropped = 0
        """Those of them that are gone because there were too many."""
        self._lines: list[Line] = []
        self._size = 0
        self._run = 0
        self._opening: int | None = None  # the number of the first line that a target being opened printed
        self._mark: Line | None = None  # said when something follows it
        self._typed = {source: _Typed(grave) for source, grave in STREAMS.items()}

    def __len__(self) -> int:
        return self.first + len(self._lines)

    def __getitem__(self, number: int) -> Line:
        if number < self.first:
            raise IndexError(f"line {number} is gone, the first that is left is {self.first}")
        return self._lines[number - self.first]

    @property
    def open_lines(self) -> list[int]:
        """The numbers of the lines that may still change."""
        return [typed.number for typed in self._typed.values() if typed.number is not None]

    def add(self, event: Printed) -> None:
        """Take in what was said."""
        if event.source in self._typed:
            self._type(event, self._typed[event.source])
        else:
            self._say(event)
        self._drop_what_is_too_much()

    def record(self, number: int) -> list[Line]:
        """All lines of the record that a line belongs to."""
        start = end = number
        while self[start].is_more and start > self.first:
            start -= 1
        while end + 1 < len(self) and self[end + 1].is_more:
            end += 1
        return [self[each] for each in range(start, end + 1)]

    def run_began(self, time: float) -> None:
        """What follows is of the next run."""
        self.runs += 1
        self._run = self.runs
        self._begin(time, f"Run {self.runs} started")

    def run_ended(self) -> None:
        """What follows is of no run."""
        self._run = 0

    def opening(self, time: float, name: str) -> None:
        """What follows is of a program that is being opened."""
        self._run = 0
        self._begin(time, f"Opening {name}")
        self._opening = len(self)

    def opened(self, is_another: bool) -> None:
        """It is open. If it is another one than before, all that was said before it is forgotten."""
        if is_another:
            start = len(self) if self._opening is None else max(self._opening, self.first)
            self._forget(start)
            self.runs = 0
        self._opening = None

    def note(self, time: float, text: str) -> None:
        """Say something grave of our own, such as that the process has ended."""
        self._end_lines()
        self._append_mark(Line(time, MARK, text, ERROR))

    def clear(self) -> None:
        """Forget all lines."""
        self._end_lines()
        self._forget(len(self))

    def _type(self, event: Printed, typed: _Typed) -> None:
        ended = typed.text.feed(event.text)
        if ended and self._has_open(typed):
            first = ended.pop(0)
            typed.trimmed.feed(first)  # it stands already
            self._rewrite(typed, first, typed.gravity(first))
            typed.number = None
        time, source, run = event.time, event.source, self._run
        shown = [text for line in ended for text in typed.trimmed.feed(line)]
        self._extend([Line(time, source, text, typed.gravity(text), "", "", "", None, run) for text in shown])
        if not typed.text.has_begun or typed.trimmed.is_within:
            return
        if self._has_open(typed):
            self._rewrite(typed, typed.text.text, typed.gravity_so_far)
        else:
            self._extend([Line(time, source, typed.text.text, typed.gravity_so_far, run=run)])
            typed.number = len(self) - 1

    def _has_open(self, typed: _Typed) -> bool:
        return typed.number is not None and typed.number >= self.first

    def _rewrite(self, typed: _Typed, text: str, grave: int) -> None:
        """Write what has become of a stream's open line."""
        assert typed.number is not None
        before = self[typed.number]
        self._size += len(text) - len(before.text)
        self._lines[typed.number - self.first] = before._replace(text=text, grave=grave)

    def _say(self, event: Printed) -> None:
        text = TypedText()
        said = [*text.feed(event.text.rstrip("\n")), text.end_line()]
        grave = WARNING if event.source == "warning" else _gravity(event.level)
        level, logger, node = (
            shown(word[:MOST_OF_A_NAME]) for word in (event.level, event.logger, event.node)
        )
        about = (grave, level, logger, node, event.where, self._run)
        self._extend(
            [Line(event.time, event.source, line, *about, place > 0) for place, line in enumerate(said)]
        )

    def _extend(self, lines: list[Line]) -> None:
        if not lines:
            return
        if self._mark is not None:
            self._append_mark(self._mark)
            self._mark = None
        self._lines += lines
        self._size += sum(len(line.text) for line in lines)
        self.printed += len(lines)

    def _append_mark(self, mark: Line) -> None:
        self._lines.append(mark)
        self._size += len(mark.text)

    def _begin(self, time: float, words: str) -> None:
        self._end_lines()
        self._mark = Line(time, MARK, words)

    def _end_lines(self) -> None:
        for typed in self._typed.values():
            typed.end_line()

    def _drop_what_is_too_much(self) -> None:
        while len(self._lines) >= MOST_LINES + DROPPED_AT_ONCE or self._size > MOST_CHARACTERS:
            gone = min(DROPPED_AT_ONCE, len(self._lines) - 1)
            if not gone:
                return
            self.dropped += sum(line.source != MARK for line in self._lines[:gone])
            self._cut(gone)

    def _forget(self, start: int) -> None:
        self._cut(start - self.first)
        self.printed = sum(line.source != MARK for line in self._lines)
        self.dropped = 0

    def _cut(self, count: int) -> None:
        self._size -= sum(len(line.text) for line in self._lines[:count])
        del self._lines[:count]
        self.first += count


class _Typed:
    """A stream's text, what is shown of it, the line that it writes, and whether that is of a traceback."""

    def __init__(self, grave: int) -> None:
        self.text = TypedText()
        self.trimmed = Trimmed()
        self.number: int | None = None
        self._grave = grave
        self._is_in_traceback = False

    def gravity(self, line: str) -> int:
        """How grave the next line is that ends."""
        begins = line.startswith(_TRACEBACKS)
        is_grave = begins or self._is_in_traceback
        # The first line that stands out to the left again names the error; it is the last.
        self._is_in_traceback = begins or (self._is_in_traceback and (not line or line.startswith(" ")))
        return ERROR if is_grave else self._grave

    @property
    def gravity_so_far(self) -> int:
        """How grave the line is that has no end yet."""
        is_grave = self._is_in_traceback or self.text.text.startswith(_TRACEBACKS)
        return ERROR if is_grave else self._grave

    def end_line(self) -> None:
        """What comes next begins a line."""
        self.text.end_line()
        self.trimmed = Trimmed()
        self.number = None
        self._is_in_traceback = False


def _gravity(level: str) -> int:
    """A level of somebody's own is taken for INFO, unless its name is its number."""
    numbered = _NUMBERED.match(level)
    return int(numbered[1]) if numbered else _LEVELS.get(level.upper(), INFO)
