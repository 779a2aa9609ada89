"""The worker's end of the wire, over real pipes."""

from __future__ import annotations

import os
import threading

import pytest

from stepscope_host.serving import channel
from stepscope_host.serving.channel import Channel
from stepscope_host.serving.wire import Unpacker


def test_who_logs_more_than_can_be_sent_waits_for_the_window_and_loses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(channel, "MOST_WAITING", 50)
    (incoming, outgoing), (heard_at, said_at) = os.pipe(), os.pipe()
    end = Channel(incoming, said_at, lambda error: None)
    said = []

    def flood() -> None:
        for number in range(20_000):
            end.say_in_turn({"number": number, "text": "x" * 100})
            said.append(number)

    speaker = threading.Thread(target=flood)
    speaker.start()
    speaker.join(0.5)
    assert speaker.is_alive(), "nobody has read, so it waits"
    assert len(said) < 20_000
    heard: list[int] = []
    unpacker = Unpacker()
    while len(heard) < 20_000:
        heard += [message["number"] for message in unpacker.feed(os.read(heard_at, 65_536))]
    speaker.join()
    end.close(5)
    for descriptor in (incoming, outgoing, heard_at, said_at):
        os.close(descriptor)
    assert heard == list(range(20_000))
