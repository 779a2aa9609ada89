"""What is full: memory, a disk, the number of files; and what is not there at all, a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.kit.faults import a_victim

from stepscope.model.events import Outcome

FULL = """
import resource

def allow_memory(megabytes):
    taken = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    most = taken + megabytes * (1 << 20)
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))

def ask_for_too_much(): return str(len(bytearray(1 << 60)))

def take_all_memory():
    allow_memory(100)
    taken = []
    while True:
        taken.append(bytearray(1 << 20))

def keep_all_memory():
    allow_memory(100)
    global kept
    kept, size = [], 1 << 20
    while size > 32:
        try:
            kept.append(bytearray(size))
        except MemoryError:
            size //= 2

def fill_the_disk():
    with open("/dev/full", "w") as file:
        file.write("more than there is room for")

def write_too_large_a_file():
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    (HERE / "large").write_bytes(bytes(2_000))

def open_too_many_files():
    resource.setrlimit(resource.RLIMIT_NOFILE, (40, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    files = [open(__file__) for _ in range(60)]

def use_up_the_processor():
    spent = resource.getrusage(resource.RUSAGE_SELF)
    most = int(spent.ru_utime + spent.ru_stime) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    while True: pass

def ask_the_terminal(): return input("Your name? ")
def recurse(): return recurse()
"""

only_linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc and /dev/full are Linux's")


@only_linux
async def test_what_runs_out_is_told_with_its_line_and_the_process_goes_on(tmp_path: Path) -> None:
    told = {
        "ask_for_too_much": ("MemoryError", "bytearray(1 << 60)", "no more memory"),
        "take_all_memory": ("MemoryError", "taken.append(bytearray(1 << 20))", "no more memory"),
        "fill_the_disk": ("OSError", 'open("/dev/full", "w")', ""),
        "write_too_large_a_file": ("OSError", '(HERE / "large").write_bytes(bytes(2_000))', ""),
        "open_too_many_files": ("OSError", "files = [open(__file__) for _ in range(60)]", ""),
        "ask_the_terminal": ("EOFError", 'input("Your name? ")', "the program has no terminal here"),
        "recurse": ("RecursionError", "return recurse()", ""),
    }
    async with a_victim(tmp_path, FULL) as victim:
        await victim.open()
        pid = victim.session.pid
        for do, (kind, line, remedy) in told.items():
            reading = await victim.run(do)
            assert (reading.outcome, reading.failure.type) == (Outcome.FAILED, kind), do
            assert line in reading.line, do
            assert remedy in reading.failure.remedy, do
            assert (reading.finished, reading.failed) == (["first"], ["sync"]), do
            assert victim.session.pid == pid, do
            if do == "ask_the_terminal":
                assert reading.printed() == "Your name? "
        assert (await victim.run()).outcome is Outcome.FINISHED


@only_linux
async def test_a_program_that_keeps_all_memory_harms_itself_alone(tmp_path: Path) -> None:
    async with a_victim(tmp_path, FULL, engine="none") as victim:
        await victim.open()
        await victim.run("keep_all_memory")
        # What it has left may be enough for a run, or not: then that one fails, and a new process is started.
        runs = [await victim.run() for _ in range(3)]
        assert runs[-1].outcome is Outcome.FINISHED


async def test_a_program_that_uses_up_its_processor_time_is_ended_in_words(tmp_path: Path) -> None:
    async with a_victim(tmp_path, FULL, engine="none") as victim:
        await victim.open()
        reading = await victim.run("use_up_the_processor")
        assert reading.failure.message == (
            "The program's process has used up its processor time (SIGXCPU) while either ran."
        )
        assert (await victim.run()).outcome is Outcome.FINISHED


async def test_without_a_cache_folder_a_worker_starts_from_a_passing_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "no_folder").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "no_folder"))
    async with a_victim(tmp_path, "", engine="none") as victim:
        await victim.open()
        assert (await victim.run()).outcome is Outcome.FINISHED


async def test_where_nothing_is_to_be_compiled_the_workers_code_still_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    text = """
    import helper
    def tell(): print(sys.dont_write_bytecode)
    """
    (tmp_path / "helper.py").write_text("")
    async with a_victim(tmp_path, text, engine="none") as victim:
        await victim.open()
        assert (await victim.run("tell")).printed() == "True\n"
    compiled = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*.pyc")}
    assert compiled == {"cache"}


FULL_DISK = """
import resource, sys, tempfile
from pathlib import Path
from stepscope.session import worker_code
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    print(worker_code.folder())
except OSError as error:
    print("refused:", error.strerror)
left = [path for folder in sys.argv[1:] for path in Path(folder).rglob("*") if path.is_file()]
print("left:", left)
"""


def test_a_full_disk_is_told_and_leaves_no_half_written_file(tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in ("XDG_CACHE_HOME", "TMPDIR")}
    for folder in folders.values():
        folder.mkdir()
    environment = {**os.environ, **{name: str(folder) for name, folder in folders.items()}}
    ran = subprocess.run(
        [sys.executable, "-c", FULL_DISK, *folders.values()], env=environment, capture_output=True, text=True
    )
    assert (ran.stdout, ran.stderr) == ("refused: File too large\nleft: []\n", "")
    assert list(folders["TMPDIR"].iterdir()) == []


REFUSED = """
import asyncio, sys
from stepscope.model.program import OpenFailed
from stepscope.session.worker import WorkerSession

async def main():
    try:
        await WorkerSession().open(sys.argv[1])
    except OpenFailed as problem:
        print(problem.failure.message, problem.failure.remedy, sep="\\n")

asyncio.run(main())
"""


def test_without_any_place_for_the_workers_code_a_file_is_refused_in_words(tmp_path: Path) -> None:
    for folder in ("cache", "temporary"):
        (tmp_path / folder).mkdir()
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n" + REFUSED
    environment = {
        **os.environ,
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "TMPDIR": str(tmp_path / "temporary"),
    }
    command = [sys.executable, "-c", full, "file.py"]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    message, remedy = ran.stdout.splitlines()
    assert message.startswith(
        "The code that runs a graph cannot be written to a file: [Errno 27] File too large"
    )
    assert remedy.startswith(f"Make room for it in {tmp_path / 'cache' / 'stepscope'}")
