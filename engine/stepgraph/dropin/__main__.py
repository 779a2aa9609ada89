"""`python -m stepgraph.dropin SCRIPT`: a LangGraph program, run on stepgraph."""

from __future__ import annotations

import sys

from stepgraph.dropin import install
from stepgraph.dropin.program import run_module, run_script

USAGE = """\
usage: python -m stepgraph.dropin SCRIPT [ARG ...]
       python -m stepgraph.dropin -m MODULE [ARG ...]

Runs a program written for LangGraph on stepgraph, unchanged: what it imports from langgraph comes from
stepgraph. Savers, stores and caches go on coming from langgraph-checkpoint."""


def main(arguments: list[str]) -> None:
    """Run what the command line names. Raises SystemExit for one that cannot be understood."""
    match arguments:
        case ["-h" | "--help", *_]:
            print(USAGE)
        case ["-m", module, *rest]:
            install()
            run_module(module, rest)
        case [script, *rest] if not script.startswith("-"):
            install()
            run_script(script, rest)
        case _:
            print(USAGE, file=sys.stderr)
            raise SystemExit(2)


if __name__ == "__main__":
    main(sys.argv[1:])
