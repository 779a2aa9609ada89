"""The `stepscope` command, also as ``python -m stepscope``."""

from __future__ import annotations

import sys


def main() -> int:
    """Answer the command line; returns the exit status."""
    from stepscope.command_line import main as answer

    return answer()


if __name__ == "__main__":
    sys.exit(main())
