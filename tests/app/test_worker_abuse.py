"""A program that does to its process what Stepscope's part of it might not bear."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.kit.faults import a_victim

from stepscope.model.events import Outcome, Values

BORNE = """
def wait_for(child):
    if child:
        print("the copy ended with", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

def return_in_a_fork(): wait_for(os.fork())

async def loop_return_in_a_fork(): wait_for(os.fork())

async def loop_wait_in_a_fork():
    if os.fork() == 0:
        await asyncio.sleep(60)
    await asyncio.sleep(0.05)

def raise_in_a_fork():
    child = os.fork()
    if child == 0:
        raise ValueError("in the copy")
    wait_for(child)

async def loop_raise_in_a_fork(): raise_in_a_fork()

def leave_in_a_fork():
    child = os.fork()
    if child == 0:
        print("the copy speaks")
        os._exit(0)
    os.waitpid(child, 0)

def use_a_pool_of_forks():
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
        print(list(pool.map(abs, [-1, -2])))

def double(n): return 2 * n

def pool(method):
    import multiprocessing
    with multiprocessing.get_context(method).Pool(1) as workers:
        print(sys.argv == [__file__], workers.map(double, [1, 2]))

def use_a_pool_that_spawns(): pool("spawn")
def use_a_pool_of_a_server(): pool("forkserver")

def leave_threads_behind():
    threading.Thread(target=until, args=["never"], daemon=True).start()
    threading.Thread(target=until, args=["never"]).start()

def exit_in_a_thread():
    thread = threading.Thread(target=sys.exit, args=[5])
    thread.start()
    thread.join()

def crash_in_a_child():
    import multiprocessing
    child = multiprocessing.get_context("fork").Process(target=crash)
    child.start()
    child.join()
    print("the child ended with", child.exitcode)

def run_a_loop(): asyncio.run(asyncio.sleep(0))
async def loop_report_from_a_signal_handler_while_nothing_runs():
    loop, heard = asyncio.get_running_loop(), asyncio.Event()
    signal.signal(signal.SIGUSR1, lambda *_: loop.call_soon_threadsafe(heard.set))
    main = threading.main_thread().ident
    threading.Timer(0.05, signal.pthread_kill, [main, signal.SIGUSR1]).start()
    await heard.wait()

async def loop_stop_the_loop(): asyncio.get_running_loop().stop()
def start_a_process(): subprocess.run(["echo", "from a child"])
def close_descriptors(): os.closerange(3, 1000)
def change_the_folder(): os.chdir("/")
def forget_the_environment(): os.environ.clear()
def forget_the_path(): sys.path.clear()
def delete_the_file(): os.unlink(__file__)

def break_json():
    import json
    json.loads = json.dumps = json.JSONEncoder.encode = json.JSONDecoder.decode = None

def print_what_is_no_text():
    os.write(1, b"\\xff\\xc3")
    os.write(1, b"\\xa9\\n")
    print("\\ud800")

def print_much():
    for n in range(50):
        print(f"{n:_>1000000}")

async def loop_speak_in_a_signal_handler():
    import logging
    handled = []
    def handle(*_):
        handled.append(1)
        logging.warning("handled")
    signal.signal(signal.SIGALRM, handle)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    while len(handled) < 50:
        logging.warning("counted")
    signal.setitimer(signal.ITIMER_REAL, 0)

def allow_few_calls(): sys.setrecursionlimit(150)
def replace_the_streams():
    import io
    sys.stdout = sys.stderr = io.StringIO()
    print("into nowhere")
"""


async def test_much_can_be_done_to_the_process_and_the_run_goes_on_in_it(tmp_path: Path) -> None:
    async with a_victim(tmp_path, BORNE) as victim:
        await victim.open()
        pid = victim.session.pid
        told = {}
        for do in _functions(BORNE):
            reading = await victim.run(do)
            assert (reading.outcome, victim.session.pid) == (Outcome.FINISHED, pid), do
            assert [value.values["log"] for value in _values(reading.events)][-2] == "first", do
            told[do] = reading
        assert (await victim.run()).outcome is Outcome.FINISHED
        assert victim.session.pid == pid
    assert told["return_in_a_fork"].printed() == "the copy ended with 0\n"
    assert told["loop_return_in_a_fork"].printed() == "the copy ended with 0\n"
    assert told["raise_in_a_fork"].printed() == "the copy ended with 1\n"
    assert told["loop_raise_in_a_fork"].printed() == "the copy ended with 1\n"
    assert told["raise_in_a_fork"].printed("stderr").endswith("ValueError: in the copy\n")
    assert "ValueError: in the copy\n" in told["loop_raise_in_a_fork"].printed("stderr")
    assert "the copy speaks\n" in told["leave_in_a_fork"].printed()
    assert told["use_a_pool_of_forks"].printed() == "[1, 2]\n"
    assert told["use_a_pool_that_spawns"].printed() == "True [2, 4]\n"
    assert told["use_a_pool_of_a_server"].printed() == "True [2, 4]\n"
    assert told["crash_in_a_child"].printed() == "the child ended with -11\n"
    assert told["start_a_process"].printed() == "from a child\n"
    assert told["print_what_is_no_text"].printed() == "\N{REPLACEMENT CHARACTER}é\n\\ud800\n"
    spoken = told["loop_speak_in_a_signal_handler"]
    assert (spoken.printed("log") + spoken.printed("stderr")).count("handled") >= 50
    assert told["print_much"].printed() == "".join(f"{n:_>1000000}\n" for n in range(50))


def _functions(text: str) -> list[str]:
    """The names of those that take nothing."""
    return re.findall(r"^(?:async )?def (\w+)\(\)", text, re.MULTILINE)


def _values(events: list[object]) -> list[Values]:
    return [event for event in events if isinstance(event, Values)]


HARMFUL = """
def descriptors():
    return [int(name) for name in os.listdir("/proc/self/fd")] if os.path.isdir("/proc") else range(3, 1024)

def write(data):
    for number in descriptors():
        try:
            os.write(number, data)
        except OSError:
            pass

def write_noise(): write(b"hello from nobody")
def write_a_small_length(): write(bytes([0, 0, 64, 0]))

def write_a_frame(messages):
    from stepscope_host.serving import wire
    write(wire.pack(messages))

def tell_of_an_unknown_event(): write_a_frame([{"event": "bogus"}])
def tell_a_number_for_a_text():
    write_a_frame([{"event": "printed", "time": 1.0, "source": "stdout", "text": 7}])
def tell_of_a_failure_that_is_none():
    write_a_frame([{"event": "run_finished", "time": 1.0, "outcome": "failed", "failure": 5, "reason": "",
        "still_running": [], "sources": []}])

def close_everything(): os.closerange(0, 70_000)
async def loop_close_everything(): os.closerange(0, 70_000)

def close_everything_and_open_files():
    os.closerange(3, 70_000)
    global files
    files = [open(HERE / f"data-{n}", "w") for n in range(1_100)]

def break_builtins():
    import builtins
    builtins.len = builtins.isinstance = builtins.dict = None

def break_the_loop(): asyncio.events.Handle = None

def clear_builtins():
    import builtins
    vars(builtins).clear()

def break_time(): time.time = time.monotonic = None
def break_threads(): os.read = os.write = os.getpid = time.monotonic = threading.Thread = None
"""

HARM = {
    "write_noise": ("ChannelBroken", "made no sense: b'hell' came where a message should begin."),
    "write_a_small_length": ("ChannelBroken", "came where a message should begin."),
    "tell_of_an_unknown_event": ("ChannelBroken", "a message is not what it should be (KeyError: 'bogus')."),
    "tell_a_number_for_a_text": ("ChannelBroken", "(TypeError: int where a text should be)."),
    "tell_of_a_failure_that_is_none": ("ChannelBroken", "a message is not what it should be (AttributeError"),
    "close_everything": ("ChannelLost", "as it has closed what joins it to Stepscope."),
    "loop_close_everything": ("ChannelLost", "as it has closed what joins it to Stepscope."),
    "close_everything_and_open_files": ("ChannelLost", "has closed what joins it to Stepscope."),
    "break_the_loop": (
        "HostBroken",
        "could not go on while either ran: TypeError: 'NoneType' object is not callable.",
    ),
    "break_time": ("HostEnded", "The run ended without a report: TypeError: 'NoneType' object"),
    "break_threads": ("HostEnded", "The run ended without a report: TypeError: 'NoneType' object"),
}
LOOK_FOR = {
    "ChannelBroken": "writes to descriptors that are not its own",
    "ChannelLost": "closes descriptors that are not its own",
    "HostBroken": "changed what the whole process needs",
    "HostEnded": "changed what the whole process needs",
}


async def test_a_run_that_closes_stdout_and_stderr_does_not_harm_the_next_one(tmp_path: Path) -> None:
    text = """
        def close_what_is_low(): os.closerange(0, 256)
        def say(): print("said")
    """
    async with a_victim(tmp_path, text, engine="none") as victim:
        await victim.open()
        for _ in range(3):
            assert (await victim.run("close_what_is_low")).outcome is Outcome.FINISHED
            reading = await victim.run("say")
            assert reading.outcome is Outcome.FINISHED
            assert reading.printed() == "said\n"


async def test_what_harms_the_process_ends_its_run_in_words_and_the_next_one_works(tmp_path: Path) -> None:
    async with a_victim(tmp_path, HARMFUL, engine="none") as victim:  # twelve processes, soon started
        await victim.open()
        for do, (kind, message) in HARM.items():
            reading = await victim.run(do)
            assert (reading.outcome, reading.failure.type) == (Outcome.FAILED, kind), do
            assert message in reading.failure.message, do
            assert LOOK_FOR[kind] in reading.failure.remedy, do
            assert reading.failure.remedy.endswith("The next run starts a new process."), do
            assert reading.finished == ["first"], do
            assert len(reading.failed) == 1, do
            assert b"".join(path.read_bytes() for path in tmp_path.glob("data-*")) == b""
        assert (await victim.run()).outcome is Outcome.FINISHED


@pytest.mark.parametrize(
    ("engine", "do", "gone"),
    [
        ("none", "break_builtins", "isinstance, len, dict"),
        ("none", "clear_builtins", "abs, all, any and"),
        ("langgraph", "break_builtins", "isinstance, len, dict"),
        ("langgraph", "clear_builtins", "abs, all, any and"),
        ("stepgraph", "break_builtins", "isinstance, len, dict"),
        ("stepgraph", "clear_builtins", "abs, all, any and"),
    ],
)
async def test_a_run_whose_node_removes_builtins_fails_and_says_so(
    tmp_path: Path, engine: str, do: str, gone: str
) -> None:
    async with a_victim(tmp_path, HARMFUL, engine) as victim:
        await victim.open()
        reading = await victim.run(do)
        assert reading.failure.type == "HostBroken"
        assert f"code in it has removed {gone}" in reading.failure.message
        assert LOOK_FOR["HostBroken"] in reading.failure.remedy
        assert (await victim.run()).outcome is Outcome.FINISHED


async def test_a_thread_of_the_engine_that_cannot_report_ends_the_run_in_words(tmp_path: Path) -> None:
    async with a_victim(tmp_path, HARMFUL) as victim:
        await victim.open()
        reading = await victim.run("break_the_loop")
        assert reading.failure.type == "HostBroken"
        assert "while sync ran: TypeError: 'NoneType' object is not callable." in reading.failure.message
        assert (await victim.run()).outcome is Outcome.FINISHED


async def test_harm_done_between_two_runs_is_told_at_once(tmp_path: Path) -> None:
    text = (
        HARMFUL + "def write_later(): threading.Thread(target=lambda: (until('now'), write_noise())).start()"
    )
    async with a_victim(tmp_path, text, engine="none") as victim:
        await victim.open()
        assert (await victim.run("write_later")).outcome is Outcome.FINISHED
        victim.touch("now")
        lost = await victim.lost()
        assert lost.type == "ChannelBroken"
        assert "b'hell' came where a message should begin" in lost.message
        assert (await victim.run()).outcome is Outcome.FINISHED
