"""Frames between the worker and the window: lists of JSON objects, each frame with a head in front.

A frame is four bytes that are the same in all frames, its length as a big-endian number of four more, and so
many bytes of UTF-8 JSON: an array of objects. Never pickle: neither side trusts the other's bytes, since the
user's code can write to every descriptor of its process. What is no frame raises WireError at its first wrong
byte, and the channel is over.

Whatever is needed is taken from the modules once: the user's code may do anything to them.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Sequence
from typing import Any

Message = dict[str, Any]

LONGEST = 64 << 20
"""Bytes of one frame. Values are bounded long before; more than this is no message."""

MARK = b"\xf3SG\n"
"""What a frame begins with. No UTF-8 text holds it, so what is printed into the channel is seen at once."""

_HEAD = struct.Struct(">4sI")
_pack_head, _unpack_head = _HEAD.pack, _HEAD.unpack_from


class WireError(Exception):
    """Bytes that are no frame, or a frame that holds no messages."""


def pack(messages: Sequence[Message]) -> bytes:
    """The frame of one or more messages.

    Raises WireError when they are more than one frame may hold.
    """
    return frame([encode(message) for message in messages])


def encode(message: Message) -> str:
    """One message as ASCII text; `frame` puts several together."""
    try:
        return _encode(message)
    except (ValueError, TypeError, RecursionError):
        # Should not get here; but if it does, its outline is better than no message at all.
        return _encode(_outline(message))


def frame(encoded: Sequence[str]) -> bytes:
    """The frame of messages that are encoded already. Raises WireError when it would be too long."""
    body = f"[{','.join(encoded)}]".encode("ascii")
    if len(body) > LONGEST:
        raise WireError(f"a message of {len(body):,} bytes is more than the {LONGEST:,} that may be sent")
    return _pack_head(MARK, len(body)) + body


class Unpacker:
    """Cuts bytes, as they arrive in pieces of any size, into messages."""

    def __init__(self) -> None:
        self._pieces = bytearray()

    @property
    def is_within(self) -> bool:
        """True in the middle of a frame: the other side ended before it had said all."""
        return bool(self._pieces)

    def feed(self, piece: bytes) -> Iterator[Message]:
        """The messages that this piece completes. Raises WireError; nothing can be read after that."""
        self._pieces += piece
        while self._pieces:
            begin = bytes(self._pieces[: len(MARK)])
            if not MARK.startswith(begin):
                raise WireError(f"{begin!r} came where a message should begin")
            if len(self._pieces) < _HEAD.size:
                return
            _, length = _unpack_head(self._pieces)
            if not 2 <= length <= LONGEST:
                raise WireError(f"a frame of {length:,} bytes was announced")
            end = _HEAD.size + length
            if len(self._pieces) < end:
                return
            body = bytes(self._pieces[_HEAD.size : end])
            del self._pieces[:end]
            yield from _messages(body)


def _messages(body: bytes) -> list[Message]:
    try:
        messages = _decode(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        raise WireError(f"a frame is not JSON: {type(error).__name__}") from error
    if not isinstance(messages, list) or not all(type(message) is dict for message in messages):
        raise WireError("a frame holds something else than messages")
    return messages


def _outline(value: Any, depth: int = 0) -> Any:
    """What JSON can carry of something that it cannot carry whole."""
    if value is None or isinstance(value, (bool, float, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 1 << 63 else f"{'-' if value < 0 else ''}0x{abs(value):x}"
    if depth < _OUTLINE_DEPTH and isinstance(value, dict):
        return {str(key): _outline(part, depth + 1) for key, part in value.items()}
    if depth < _OUTLINE_DEPTH and isinstance(value, (list, tuple)):
        return [_outline(part, depth + 1) for part in value]
    return _unknown(value)


_OUTLINE_DEPTH = 20


def _unknown(value: Any) -> str:
    return f"<{type(value).__name__}>"


_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False, default=_unknown).encode
_decode = json.JSONDecoder().decode
