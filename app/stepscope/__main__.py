"""The `stepscope` command, also as ``python -m stepscope``."""

from __future__ import annotations

import sys


def main() -> int:
    """Answer the command line; returns the exit status."""
    words = sys.argv[1:]
    if words == ["--version"]:  # scripts ask this; argparse alone takes as long as Python does
        from stepscope import __version__

        print(f"stepscope {__version__}")
        return 0
    if words[:1] == ["--as-python"] and getattr(sys, "frozen", False):
        from stepscope.session.own_python import answer_as_python

        answer_as_python(words[1:])
        return 0
    from stepscope.command_line import main as answer

    return answer(words)


if __name__ == "__main__":
    sys.exit(main())
