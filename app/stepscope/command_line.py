"""The command line: what it accepts, and which part of the program answers. Loads no Qt."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from stepscope import __version__, assets
from stepscope.window_options import WindowOptions
from stepscope_host.exits import FINISHED, REFUSED, Refused


def main(arguments: list[str] | None = None) -> int:
    """Do what the arguments say; returns the exit status."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        match words:
            case ["run", *rest]:
                return _run(rest)
            case ["examples", *rest]:
                return _examples(rest)
            case _:
                return _window(words)
    except Refused as problem:
        print(f"stepscope: {problem}", file=sys.stderr)
        return REFUSED


def read_input(text: str) -> Any:
    """The value of an ``--input``: JSON, or ``@FILE`` for a file of JSON.

    Raises Refused, naming the line of the mistake.
    """
    source, place = text, "--input"
    if text.startswith("@"):
        path = Path(text[1:]).expanduser()
        place = str(path)
        try:
            source = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise Refused(f"cannot read {path}: {reason}.") from error
    try:
        return json.loads(source)
    except json.JSONDecodeError as error:
        raise Refused(
            f"{place} is not JSON: {error.msg}, line {error.lineno} column {error.colno}. "
            """Write it like --input '{"topic": "cats"}'."""
        ) from error
    except RecursionError as error:
        raise Refused(f"{place} is nested too deeply to be read.") from error


def resolve(target: str) -> str:
    """A target with ``example:name`` replaced by its path. Raises Refused."""
    try:
        return assets.resolve(target)
    except assets.UnknownExample as unknown:
        raise Refused(str(unknown)) from unknown


def interpreter(words: str | None) -> str | None:
    """The path of the Python that ``--python`` means. Raises Refused when it cannot run a graph."""
    if words is None:
        return None
    from stepscope.session.interpreters import located, problem_of

    path = located(words)
    if problem := problem_of(path):
        raise Refused(f"--python {words}: {problem}")
    return path


def _window(words: list[str]) -> int:
    options = _window_parser().parse_args(words)
    if options.self_test and options.target is not None:
        raise Refused("--self-test has an example of its own and takes no target.")
    target = None if options.target is None else resolve(options.target)
    for option, is_given in (("--run", options.run), ("--python", options.python)):
        if is_given and target is None and not options.self_test:
            raise Refused(f"{option} needs a target, such as a file or example:NAME.")
    if options.input is not None:
        text = json.dumps(read_input(options.input), ensure_ascii=False, indent=2)
    else:
        text = None
    given = WindowOptions(
        target,
        text,
        options.run,
        options.screenshot,
        options.quit,
        options.theme,
        options.trust,
        interpreter(options.python),
    )
    if options.self_test:
        from stepscope import self_test

        return self_test.main(given)
    from stepscope import application  # only the window needs Qt

    return application.main(given)


def _run(words: list[str]) -> int:
    options = _run_parser().parse_args(words)
    target = resolve(options.target)
    given = None if options.input is None else (read_input(options.input),)
    modes = tuple(options.mode or ["updates"])
    if python := interpreter(options.python) or _fitting_python(target):
        from stepscope import run_elsewhere

        return run_elsewhere.run(python, target, given, modes, options.subgraphs)
    from stepscope_host import run_command

    return run_command.run(target, given, modes, options.subgraphs)


def _fitting_python(target: str) -> str | None:
    """The Python that the window would choose for a target; None when that is this one, or there is none."""
    from stepscope.session.interpreters import Machine, best_for, file_of, find

    machine, file = Machine.here(), file_of(target)
    if any(Path(example.path).parent in file.resolve().parents for example in assets.examples()):
        return None
    choice = best_for(file, find(file, machine))
    if choice is None or choice.interpreter.problem or choice.interpreter.path == machine.own:
        return None
    print(f"stepscope: runs in {choice.interpreter.path}", file=sys.stderr)
    return choice.interpreter.path


def _examples(words: list[str]) -> int:
    _examples_parser().parse_args(words)
    examples = assets.examples()
    width = max((len(example.name) for example in examples), default=0)
    try:
        for example in examples:
            print(f"{example.name:<{width}}  {example.title}")
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stdout = None  # nothing is left to flush at exit
    return FINISHED


def _window_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stepscope",
        description="See your graph, step it superstep by superstep, watch every stream.",
        epilog="commands: `stepscope run TARGET` runs without a window and prints a JSON line a chunk; "
        "`stepscope examples` lists the bundled programs. A file called `run` opens as ./run.",
    )
    parser.add_argument("--version", action="version", version=f"stepscope {__version__}")
    parser.add_argument("target", nargs="?", metavar="TARGET", help=_TARGET_HELP)
    parser.add_argument("--input", metavar="JSON|@FILE", help="the input, instead of the program's own")
    parser.add_argument("--python", metavar="PATH", help=_PYTHON_HELP)
    parser.add_argument(
        "--trust", action="store_true", help="let the target's code run this once, without a question"
    )
    parser.add_argument("--run", action="store_true", help="start the run at once; implies --trust")
    parser.add_argument(
        "--screenshot", metavar="PNG", type=Path, help="save a picture of the window when the run is shown"
    )
    parser.add_argument(
        "--quit", action="store_true", help="then leave: status 0, or 1 when the run failed; implies --trust"
    )
    parser.add_argument(
        "--self-test",
        action="store_true",
        help="step an example on each engine that is there, tell what the window shows, leave with 0 or 1",
    )
    parser.add_argument("--theme", choices=["system", "light", "dark"], default="system")
    return parser


def _run_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stepscope run",
        description="Run a graph without a window. Prints one JSON line a chunk: "
        '{"mode": "updates", "data": ...}, with "ns": [...] when --subgraphs is given. What the graph itself '
        "prints goes to stderr.",
    )
    parser.add_argument("target", metavar="TARGET", help=_TARGET_HELP)
    parser.add_argument("--input", metavar="JSON|@FILE", help="the input, instead of the program's own")
    parser.add_argument(
        "--mode", action="append", metavar="MODE", help="a stream mode, may be repeated; default: updates"
    )
    parser.add_argument("--python", metavar="PATH", help=_PYTHON_HELP)
    parser.add_argument("--subgraphs", action="store_true", help="print the chunks of subgraphs too")
    return parser


def _examples_parser() -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        prog="stepscope examples", description="List the bundled programs; open one as example:NAME."
    )


_PYTHON_HELP = "the interpreter to run it in, such as .venv/bin/python"
_TARGET_HELP = "file.py, file.py:name, package.module:name, a project's folder[:graph], or example:NAME"
