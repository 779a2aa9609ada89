"""Looks at one target in a process of its own, which ends by itself: the source may be made to be endless."""

from __future__ import annotations

import faulthandler
import json
import os
import sys

from stepscope_host.outline.look import look

LONGEST_SECONDS = 20


def main(target: str) -> None:
    """Write what `look` answers to stdout, as JSON."""
    # A thread of C that nothing in Python can hold up, neither the parser nor a loop.
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        faulthandler.dump_traceback_later(LONGEST_SECONDS, exit=True, file=nowhere)
        answer = json.dumps(look(target))
        faulthandler.cancel_dump_traceback_later()
    sys.stdout.write(answer)


if __name__ == "__main__":
    main(sys.argv[1])
