"""Frames between the worker and the window: lists of JSON objects, each frame with its length in front.

A frame is four bytes, its length as a big-endian number, and so many bytes of UTF-8 JSON: an array of
objects. Never pickle: neither side trusts the other's bytes, since the user's code can write to every
descriptor of its process. What is no frame raises WireError, and the channel is over.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Sequence
from typing import Any

Message = dict[str, Any]

LONGEST = 64 << 20
"""Bytes of one frame. Values are bounded long before; more than this is no message."""

_LENGTH = struct.Struct(">I")


class WireError(Exception):
    """Bytes that are no frame, or a frame that holds no messages."""


def pack(messages: Sequence[Message]) -> bytes:
    """The frame of one or more messages.

    Raises WireError when they are more than one frame may hold.
    """
    return frame([encode(message) for message in messages])


def encode(message: Message) -> str:
    """One message as ASCII text; `frame` puts several together."""
    return _encoder.encode(message)


def frame(encoded: Sequence[str]) -> bytes:
    """The frame of messages that are encoded already."""
    body = f"[{','.join(encoded)}]".encode("ascii")
    if len(body) > LONGEST:
        raise WireError(f"a message of {len(body):,} bytes is more than the {LONGEST:,} that may be sent")
    return _LENGTH.pack(len(body)) + body


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
        while len(self._pieces) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._pieces)
            if not 2 <= length <= LONGEST:
                raise WireError(f"a frame of {length:,} bytes was announced")
            end = _LENGTH.size + length
            if len(self._pieces) < end:
                return
            body = bytes(self._pieces[_LENGTH.size : end])
            del self._pieces[:end]
            yield from _messages(body)


def _messages(body: bytes) -> list[Message]:
    try:
        messages = json.loads(body)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        raise WireError(f"a frame is not JSON: {type(error).__name__}") from error
    if not isinstance(messages, list) or not all(type(message) is dict for message in messages):
        raise WireError("a frame holds something else than messages")
    return messages


def _unknown(value: Any) -> str:
    """What is no JSON should not get here; if it does, its type is better than no message at all."""
    return f"<{type(value).__name__}>"


_encoder = json.JSONEncoder(separators=(",", ":"), check_circular=False, default=_unknown)
