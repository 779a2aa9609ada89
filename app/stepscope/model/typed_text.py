"""What a program writes to a terminal, in pieces cut anywhere, as lines that can be shown.

*A line is what is left on it.* A carriage return that no newline follows starts the line over, as progress
bars do; a backspace takes the last character back. Colours and movements of a cursor are taken out whole.

*The cuts mean nothing.* What could still become a longer sequence is held back until that is decided, so
pieces of one character give the same lines as all of it at once.

*Nothing grows.* A line keeps LINE_LIMIT characters and counts the others; a sequence that goes on for too
long is no sequence.
"""

from __future__ import annotations

import re

LINE_LIMIT = 20_000
"""Characters of a line that are kept."""

TAB = 8

_CSI = r"\[[0-?]{0,64}[ -/]{0,4}"
_STRING = r"[\]PX^_][^\x07\x1b\n]{0,2000}"
_SHORT = r"[ -/]{1,4}"
_FINAL = r"[@-~]"
_ESCAPE = re.compile(
    rf"\x1b(?:{_CSI}{_FINAL}"
    rf"|{_STRING}(?:\x07|\x1b\\|(?=\n)|(?=\x1b[^\\]))"
    rf"|{_SHORT}[0-~]"
    r"|[0-OQ-WYZ\\`-~]"
    # What is none of these, and cannot become one with what comes next:
    rf"|(?!(?:{_CSI}|{_STRING}\x1b?|{_SHORT})?\Z))"
)
_RETURNS = re.compile(r"\r+\n")
_MOVES = re.compile(r"[\x1b\r\x08]")

# A reader is misled by what turns the direction of other text, and a line broken by what breaks it.
_BREAKS = dict.fromkeys(map(ord, "\v\f\x1c\x1d\x1e\x85\u2028\u2029"), " ")
_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\ufffd")
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}
_ODD = _PICTURES | dict.fromkeys(range(0x80, 0xA0), "\ufffd") | _BREAKS | _TURNS | {0x07: ""}
_SURROGATES = re.compile("[\ud800-\udfff]")


class TypedText:
    """Lines of one stream. `text` is that of the line which has no end yet."""

    def __init__(self) -> None:
        self.has_begun = False  # something stands, or stood, on the line that has no end yet
        self._kept = ""
        self._cut = 0  # characters beyond those kept
        self._held = ""  # the beginning of a sequence, or a return whose meaning is open

    @property
    def text(self) -> str:
        return shown(self._kept, self._cut)

    def feed(self, piece: str) -> list[str]:
        """Take a piece in; returns the lines that it ends."""
        if self._held or _MOVES.search(piece):
            piece = self._without_sequences(self._held + piece)
        first, *others = piece.split("\n")
        self._type(first)
        if not others:
            return []
        last = others.pop()
        ended = [self.end_line()]
        is_simple = "\r" not in piece and "\b" not in piece
        for line in others:
            if is_simple and len(line) <= LINE_LIMIT:
                ended.append(shown(line))
            else:
                self._type(line)
                ended.append(self.end_line())
        self._type(last)
        return ended

    def end_line(self) -> str:
        """End the line here; returns its text."""
        text, self._kept, self._cut, self.has_begun = self.text, "", 0, False
        return text

    def _without_sequences(self, piece: str) -> str:
        piece = _ESCAPE.sub("", piece)
        undecided = piece.find("\x1b")
        whole = piece if undecided < 0 else piece[:undecided]
        decided = whole.rstrip("\r")
        self._held = ("\r" if decided != whole else "") + piece[len(whole) :]
        return _RETURNS.sub("\n", decided)

    def _type(self, text: str) -> None:
        if "\r" in text:
            self._kept, self._cut, self.has_begun = "", 0, True
            text = text[text.rindex("\r") + 1 :]
        first, *others = text.split("\b")
        self._append(first)
        for part in others:
            if self._cut:
                self._cut -= 1
            else:
                self._kept = self._kept[:-1]
            self._append(part)

    def _append(self, text: str) -> None:
        if not text:
            return
        self.has_begun = True
        room = LINE_LIMIT - len(self._kept)
        if len(text) > room or self._cut:
            self._cut += len(text) - room
            text = text[:room]
        self._kept += text


def shown(text: str, cut: int = 0) -> str:
    """A line as it can be shown in one row, without what would break, turn or hide it."""
    if not text.isprintable():
        text = _SURROGATES.sub("\ufffd", text.expandtabs(TAB).translate(_ODD))
    return f"{text} … {cut:,} more characters" if cut else text
