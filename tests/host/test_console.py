"""Logging and warnings are heard, and behave as they would if nobody listened: in processes of their own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.kit.captured import run
from tests.kit.programs import Programs

CONFIGURATIONS = {
    "none": "",
    "basic": "logging.basicConfig(level=logging.DEBUG)",
    "basic on stdout": "logging.basicConfig(level=20, stream=sys.stdout, format='%(asctime).0s%(message)s')",
    "forced twice": "logging.basicConfig(level=logging.ERROR); logging.basicConfig(force=True, level=10)",
    "dictConfig": """
logging.config.dictConfig({
    "version": 1,
    "formatters": {"short": {"format": "<%(levelname)s|%(name)s|%(message)s>"}},
    "handlers": {
        "out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "short"},
        "err": {"class": "logging.StreamHandler", "level": "ERROR", "formatter": "short"},
    },
    "loggers": {"app.db": {"level": "DEBUG", "handlers": ["out"], "propagate": False}},
    "root": {"level": "WARNING", "handlers": ["err"]},
    "disable_existing_loggers": True,
})""",
    "no propagation": """
logging.getLogger("app").propagate = False
logging.getLogger("app").addHandler(logging.StreamHandler())
logging.getLogger("app").setLevel(logging.INFO)""",
    "handler of its own": """
class Shout(logging.Handler):
    def emit(self, record):
        print("SHOUT", self.format(record).upper(), file=sys.stderr)
logging.getLogger().addHandler(Shout())
logging.getLogger().setLevel(logging.INFO)""",
    "stream handler that writes itself": """
class Starred(logging.StreamHandler):
    def emit(self, record):
        self.stream.write("* " + self.format(record) + self.terminator)
logging.getLogger().addHandler(Starred())""",
    "filters": """
class No(logging.Filter):
    def filter(self, record):
        return "secret" not in record.getMessage()
handler = logging.StreamHandler()
handler.addFilter(No())
logging.getLogger("app.db").addFilter(No())
logging.basicConfig(level=logging.DEBUG, handlers=[handler])""",
    "formatter that fails": "logging.basicConfig(level=10, format='%(nothing)s %(message)s')",
    "no last resort": "logging.lastResort = None",
    "disabled": "logging.basicConfig(level=10); logging.disable(logging.WARNING)",
    "warnings captured": "logging.basicConfig(); logging.captureWarnings(True)",
    "queue": """
import logging.handlers, queue
waiting = queue.Queue()
listener = logging.handlers.QueueListener(waiting, logging.StreamHandler())
logging.basicConfig(level=10, handlers=[logging.handlers.QueueHandler(waiting)])
listener.start()
import atexit; atexit.register(listener.stop)""",
    "factory": """
class Record(logging.LogRecord):
    def getMessage(self):
        return "made: " + super().getMessage()
logging.setLogRecordFactory(Record)
logging.basicConfig(level=10)""",
    "logger class": """
class Polite(logging.Logger):
    def handle(self, record):
        record.msg = f"please, {record.msg}"
        super().handle(record)
logging.setLoggerClass(Polite)
logging.basicConfig(level=10)""",
}

SPEAKS = """
log, db = logging.getLogger("app"), logging.getLogger("app.db")
log.debug("one")
log.info("two %s", 2)
db.debug("three")
log.warning("four %d of %s", 4, ["x"])
db.error("the secret five")
try:
    1 / 0
except ZeroDivisionError:
    log.exception("six")
log.error("seven", stack_info=True)
try:
    log.warning("eight %d", "no number")
except TypeError:
    pass  # from a handler that lets it through
log.log(25, "nine")
logging.root.critical("ten")
warnings.warn("eleven", DeprecationWarning)
warnings.warn("twelve")
print("printed")
print("complained", file=sys.stderr)
print([type(handler).__name__ for handler in logging.root.handlers])
"""


WORDS = ["two", "four", "five", "six", "seven", "nine", "ten", "eleven", "twelve", "printed", "complained"]


def program(configuration: str, speaks: str = SPEAKS) -> str:
    return f"import logging, logging.config, sys, warnings\n{configuration}\n{speaks}"


@pytest.mark.parametrize("configuration", CONFIGURATIONS.values(), ids=CONFIGURATIONS.keys())
def test_every_byte_of_a_configuration_stays_as_it_is(tmp_path: Path, configuration: str) -> None:
    unheard = run(tmp_path, program(configuration), is_heard=False, keeps_streams=False)
    heard = run(tmp_path, program(configuration), keeps_streams=False)

    assert (heard.status, heard.out) == (unheard.status, unheard.out)
    if "QueueListener" in configuration:  # two threads write
        assert sorted(heard.err) == sorted(unheard.err)
    else:
        assert heard.err == unheard.err
    assert "complained" in heard.err
    assert any(event["text"].endswith("ten") for event in heard.events)


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_nothing_is_lost_and_what_is_told_is_not_written_too(tmp_path: Path, name: str) -> None:
    unheard = run(tmp_path, program(CONFIGURATIONS[name]), is_heard=False)
    heard = run(tmp_path, program(CONFIGURATIONS[name]))
    written, told = heard.out + heard.err, "\n".join(event["text"] for event in heard.events)

    said = [word for word in WORDS if word in unheard.out + unheard.err]
    assert [word for word in said if word in written + told] == said
    if name not in {
        "handler of its own",
        "formatter that fails",
    }:  # which write otherwise than as it was told
        assert [word for word in WORDS if word in written and word in told] == []


def test_the_level_the_logger_and_the_line_are_told(tmp_path: Path) -> None:
    said = run(
        tmp_path,
        program("", "def speak():\n    logging.getLogger('app.db').error('no %s', 'city')\nspeak()\n"),
    )

    (event,) = said.events
    assert (event["source"], event["level"], event["logger"], event["text"]) == (
        "log",
        "ERROR",
        "app.db",
        "no city",
    )
    assert event["where"] == {
        "file": str(tmp_path / "program.py"),
        "line": 4,
        "function": "speak",
        "source": "logging.getLogger('app.db').error('no %s', 'city')",
    }
    assert said.err == ""


def test_levels_and_filters_decide_what_is_heard(tmp_path: Path) -> None:
    assert run(tmp_path, program("", "logging.info('quiet'); logging.warning('loud')")).logged == [
        "WARNING root: loud"
    ]
    assert run(tmp_path, program(CONFIGURATIONS["filters"])).logged[:3] == [
        "DEBUG app: one",
        "INFO app: two 2",
        "DEBUG app.db: three",
    ]
    assert not any("secret" in line for line in run(tmp_path, program(CONFIGURATIONS["filters"])).logged)


def test_basic_config_after_the_first_record_still_takes_effect(tmp_path: Path) -> None:
    said = run(tmp_path, program("logging.basicConfig(level=logging.DEBUG)", "logging.debug('now')"))
    assert said.logged == ["DEBUG root: now"]


def test_an_exception_is_told_with_its_traceback(tmp_path: Path) -> None:
    (event,) = run(
        tmp_path, program("", "try:\n    1 / 0\nexcept ZeroDivisionError:\n    logging.exception('oh')")
    ).events
    first, second, *_, last = event["text"].splitlines()
    assert (first, second) == ("oh", "Traceback (most recent call last):")
    assert last == "ZeroDivisionError: division by zero"


def test_a_handler_that_writes_to_a_file_writes(tmp_path: Path) -> None:
    handlers = "[logging.FileHandler('a.log'), logging.StreamHandler()]"
    configuration = f"logging.basicConfig(level=10, handlers={handlers}, format='%(message)s')"
    said = run(tmp_path, program(configuration, "logging.debug('both')"))
    assert (tmp_path / "a.log").read_text() == "both\n"
    assert (said.err, said.logged) == ("", ["DEBUG root: both"])


def test_a_handler_on_a_stream_that_stands_in_for_stderr_writes(tmp_path: Path) -> None:
    source = """
import contextlib, io
with contextlib.redirect_stderr(io.StringIO()) as caught:
    logging.warning("caught")
print(repr(caught.getvalue()))
"""
    said = run(tmp_path, program("", source))
    assert said.out == "'WARNING:root:caught\\n'\n"
    assert said.logged == ["WARNING root: caught"]


def test_a_warning_is_told_with_its_category_and_line(tmp_path: Path) -> None:
    said = run(tmp_path, program("", "warnings.warn('old thing', FutureWarning)"))

    (event,) = said.events
    assert (event["source"], event["level"], event["text"]) == ("warning", "FutureWarning", "old thing")
    assert (event["where"]["line"], event["where"]["source"]) == (
        3,
        "warnings.warn('old thing', FutureWarning)",
    )
    assert said.err == ""


WARNS = """
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warnings.warn("recorded")
print(len(caught))
for _ in range(3):
    warnings.warn("once a line")
warnings.filterwarnings("ignore", "ignored")
warnings.warn("ignored")
shown = warnings.showwarning
warnings.showwarning = lambda *parts: print("mine:", parts[0], file=sys.stderr)
warnings.warn("by hand")
warnings.showwarning = lambda *parts: shown(*parts)
warnings.warn("through")
with open("w.txt", "w") as file:
    warnings.showwarning = shown
    warnings.showwarning(UserWarning("to a file"), UserWarning, "x.py", 1, file)
print(open("w.txt").read())
warnings.formatwarning = lambda *parts: "formatted\\n"
warnings.warn("last")
"""


def test_warnings_are_recorded_filtered_and_shown_as_ever(tmp_path: Path) -> None:
    unheard = run(tmp_path, program("", WARNS), is_heard=False, keeps_streams=False)
    heard = run(tmp_path, program("", WARNS), keeps_streams=False)

    assert (heard.out, heard.err) == (unheard.out, unheard.err)
    assert [event["text"] for event in run(tmp_path, program("", WARNS)).events] == [
        "once a line",
        "through",
        "last",
    ]


def test_a_warning_made_an_error_is_raised_and_not_told(tmp_path: Path) -> None:
    source = "try:\n    warnings.warn('no')\nexcept UserWarning as error:\n    print('raised', error)"
    said = run(tmp_path, program("", source), "-W", "error")
    assert (said.out, said.events) == ("raised no\n", [])


def test_captured_warnings_come_as_records(tmp_path: Path) -> None:
    (event,) = run(tmp_path, program("logging.captureWarnings(True)", "warnings.warn('logged')")).events
    assert (event["source"], event["logger"], event["where"]) == ("log", "py.warnings", None)
    assert "program.py:3: UserWarning: logged" in event["text"]


def test_uncaught_errors_of_threads_and_tasks_are_seen(tmp_path: Path) -> None:
    source = """
import asyncio, gc, threading
def fail():
    raise ValueError("in a thread")
thread = threading.Thread(target=fail, name="worker-7")
thread.start()
thread.join()
async def lose():
    raise KeyError("in a task")
async def main():
    asyncio.ensure_future(lose())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    gc.collect()
asyncio.run(main())
"""
    said = run(tmp_path, program("", source))
    assert "Exception in thread worker-7" in said.err
    assert "ValueError: in a thread" in said.err
    (event,) = said.events
    assert (event["level"], event["logger"]) == ("ERROR", "asyncio")
    assert event["text"].startswith("Task exception was never retrieved")
    assert event["text"].endswith("KeyError: 'in a task'")


def test_a_record_that_cannot_be_told_is_written_as_ever(tmp_path: Path) -> None:
    source = """
class Odd:
    def __str__(self):
        raise RuntimeError("no words")
logging.raiseExceptions = False
logging.warning("%s", Odd())
logging.warning("after")
parts = {"msg": "bare", "levelno": 40, "levelname": "Level 40", "created": "when?"}
logging.getLogger().handle(logging.makeLogRecord(parts))
"""
    said = run(tmp_path, program("", source))
    assert said.status == 0
    assert said.logged == ["WARNING root: after"]
    assert said.err == "Level 40:None:bare\n"


def test_a_listener_that_fails_or_logs_disturbs_nobody(tmp_path: Path) -> None:
    source = """
from stepscope_host.serving import console
def listen(event):
    logging.warning("heard %s", event["text"])
    warnings.warn("heard")
    raise OSError("the far side is gone")
console.capture(listen)
logging.warning("spoken")
print("on it goes")
"""
    said = run(tmp_path, program("", source), is_heard=False)
    assert (said.status, said.out) == (0, "on it goes\n")
    assert said.err.splitlines()[0] == "WARNING:root:heard spoken"
    assert said.err.splitlines()[-1] == "WARNING:root:spoken"


def test_a_long_message_is_bounded_and_keeps_its_end(tmp_path: Path) -> None:
    source = """
try:
    raise ValueError("end")
except ValueError:
    logging.exception("x" * 3_000_000)
logging.info("y")
"""
    (event,) = run(tmp_path, program("", source)).events
    assert len(event["text"]) <= 20_000
    assert "characters left out" in event["text"]
    assert event["text"].endswith("ValueError: end")


def test_many_threads_are_all_heard(tmp_path: Path) -> None:
    source = """
import threading
logging.basicConfig(level=10)
def speak(number):
    for count in range(200):
        logging.info("%d-%d", number, count)
        sys.stderr.write("beside\\n")
threads = [threading.Thread(target=speak, args=(number,)) for number in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
    said = run(tmp_path, program("", source))
    assert sorted(event["text"] for event in said.events) == sorted(
        f"{a}-{b}" for a in range(8) for b in range(200)
    )
    assert said.err.splitlines() == ["beside"] * 1600


@pytest.mark.skipif(not hasattr(sys, "getdlopenflags"), reason="fork is a thing of POSIX")
def test_a_forked_child_writes_to_stderr_and_tells_nothing(tmp_path: Path) -> None:
    source = """
import os
class Forking(logging.StreamHandler):
    def emit(self, record):
        if record.getMessage() == "fork":
            child = os.fork()
            if not child:
                logging.error("of the child")
                warnings.warn("in the child")
                print("child", file=sys.stderr, flush=True)
                os._exit(0)
            os.waitpid(child, 0)
        super().emit(record)
logging.basicConfig(level=10, handlers=[Forking()])
logging.info("fork")
logging.info("parent")
"""
    said = run(tmp_path, program("", source))
    assert said.logged == ["INFO root: fork", "INFO root: parent"]
    lines = said.err.splitlines()
    assert lines[0] == "ERROR:root:of the child"
    assert "in the child" in lines[1]
    assert lines[-1] == "child"


SPEAKERS = """
import logging, threading

log = logging.getLogger("agent")

def plain(state):
    log.warning("plain")
    warnings_too()
    return {"log": ["plain"]}

def warnings_too():
    import warnings
    warnings.warn("from plain")

async def waiting(state):
    await asyncio.sleep(0)
    log.warning("waiting")
    await asyncio.to_thread(log.warning, "in its thread")
    await asyncio.gather(later(), later())
    return {"log": ["waiting"]}

async def later():
    await asyncio.sleep(0.001)
    log.warning("later")

def deep(state):
    log.warning("deep")
    thread = threading.Thread(target=log.warning, args=("on its own",))
    thread.start()
    thread.join()
    return {"log": ["deep"]}

def choose(state):
    log.warning("choosing")
    return "inner"

inside = StateGraph(State).add_node(deep).add_edge(START, "deep").compile()
graph = (
    StateGraph(State).add_node(plain).add_node(waiting).add_node("inner", inside)
    .add_edge(START, "plain").add_edge(START, "waiting").add_conditional_edges("plain", choose, ["inner"])
    .compile()
)
"""


def test_what_a_node_says_is_told_with_its_name(tmp_path: Path, programs: Programs) -> None:
    programs.graph(SPEAKERS, "graph.py")
    source = """
import asyncio
from stepscope_host.host import Host
host = Host(lambda event: None)
logging.warning("nobody")
assert "opened" in host.load("graph.py:graph")
asyncio.run(host.run({"input": {"log": [], "word": ""}}))
logging.warning("nobody again")
"""
    said = run(tmp_path, program("", source))
    assert said.status == 0, said.err
    # LangGraph asks a router outside of its node's task, in an async run from Python 3.11 on.
    told = {(event["text"], event["node"]) for event in said.events if event["text"] != "choosing"}
    assert sorted(told) == [
        ("deep", "deep"),
        ("from plain", "plain"),
        ("in its thread", "waiting"),
        ("later", "waiting"),
        ("nobody", ""),
        ("nobody again", ""),
        ("on its own", ""),
        ("plain", "plain"),
        ("waiting", "waiting"),
    ]
