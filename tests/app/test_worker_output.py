"""What a program prints, logs and writes past Python, in the order in which it was said."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from tests.kit.faults import Reading, a_victim

from stepscope.model.events import Outcome, Printed

SPEAKS = """
import logging

def say(number):
    print("out", number)
    logging.warning("log %d", number)
    print("err", number, file=sys.stderr)

def speak():
    for number in range(300):
        say(number)

async def loop_speak():
    for number in range(300):
        say(number)
        await asyncio.sleep(0)

def speak_after_others():
    subprocess.run(["echo", "from a child"])
    os.write(1, b"past Python\\n")
    before, nothing = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    print("to nobody")
    os.dup2(before, 1)
    print("calm")
    until("all_is_read")
    logging.warning("now")
    speak()

def write_both_ways():
    for number in range(300):
        print("printed", number)
        os.write(1, f"written {number}\\n".encode())

def print_without_end():
    print("begun ", end="")
    logging.warning("meanwhile")
    print("ended")

def log_much():
    for number in range(20_000):
        logging.warning("log %d", number)
        if number % 100 == 0:
            print("out", number)

def print_and_crash():
    print("last words")
    crash()
"""


def said(reading: Reading) -> list[tuple[str, str]]:
    """Texts with their sources, in order; what comes from one source without a break is one."""
    printed = [event for event in reading.events if isinstance(event, Printed)]
    by_source = itertools.groupby(printed, key=lambda event: event.source)
    return [(source, "".join(event.text for event in events)) for source, events in by_source]


def spoken(count: int) -> list[tuple[str, str]]:
    words = {"stdout": "out {}\n", "log": "log {}", "stderr": "err {}\n"}
    return [(source, word.format(number)) for number in range(count) for source, word in words.items()]


@pytest.fixture(autouse=True, params=["", "1"], ids=["buffered", "unbuffered"])
def unbuffered(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setenv("PYTHONUNBUFFERED", request.param)
    return bool(request.param)


@pytest.mark.parametrize("do", ["speak", "loop_speak"])
async def test_prints_records_and_complaints_keep_their_order(tmp_path: Path, do: str) -> None:
    async with a_victim(tmp_path, SPEAKS) as victim:
        await victim.open()
        assert said(await victim.run(do)) == spoken(300)


async def test_the_order_is_found_again_after_others_have_written_to_the_pipe(tmp_path: Path) -> None:
    async with a_victim(tmp_path, SPEAKS) as victim:
        await victim.open()
        read = ""

        def on(event: object) -> None:
            nonlocal read
            if isinstance(event, Printed):
                read += event.text
                if read == "from a child\npast Python\ncalm\n":
                    victim.touch("all_is_read")

        reading = await victim.run("speak_after_others", on)
    assert said(reading)[1:] == [("log", "now"), *spoken(300)]


async def test_what_is_written_past_python_keeps_its_place_among_prints(tmp_path: Path) -> None:
    async with a_victim(tmp_path, SPEAKS) as victim:
        await victim.open()
        reading = await victim.run("write_both_ways")
    assert reading.printed().splitlines() == [
        f"{how} {number}" for number in range(300) for how in ("printed", "written")
    ]


async def test_a_line_without_end_is_shown_when_python_writes_it(tmp_path: Path, unbuffered: bool) -> None:
    async with a_victim(tmp_path, SPEAKS) as victim:
        await victim.open()
        told = said(await victim.run("print_without_end"))
    if unbuffered:
        assert told == [("stdout", "begun "), ("log", "meanwhile"), ("stdout", "ended\n")]
    else:
        assert told == [("log", "meanwhile"), ("stdout", "begun ended\n")]


async def test_a_flood_of_records_loses_nothing(tmp_path: Path) -> None:
    async with a_victim(tmp_path, SPEAKS) as victim:
        await victim.open()
        reading = await victim.run("log_much")
    assert reading.printed("log") == "".join(f"log {n}" for n in range(20_000))
    assert reading.printed() == "".join(f"out {n}\n" for n in range(0, 20_000, 100))


async def test_last_words_stand_before_the_report_of_the_crash(tmp_path: Path) -> None:
    async with a_victim(tmp_path, SPEAKS) as victim:
        await victim.open()
        reading = await victim.run("print_and_crash")
    assert reading.outcome is Outcome.FAILED
    assert said(reading)[0] == ("stdout", "last words\n")
    assert said(reading)[1][1].startswith("Fatal Python error: Segmentation fault")
