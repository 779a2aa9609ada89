"""From the command to the first painted window: ``python -m tests.benchmarks.startup``.

Starts `python -m stepscope --quit` in processes of their own, the file cache warm, and prints the median.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

STARTS = 9

PROGRAM = """
import sys, time
from stepscope import application
settle = application._settle_memory

def painted():
    print(time.time(), flush=True)
    settle()

application._settle_memory = painted
from stepscope.command_line import main
sys.exit(main(["--quit"]))
"""


def start(home: str) -> float:
    """Seconds from the start of the process to the first paint."""
    environment = os.environ | {"XDG_CONFIG_HOME": home}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    began = time.time()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, text=True, capture_output=True, check=True
    )
    return float(done.stdout) - began


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        start(home)
        took = [start(home) for _ in range(STARTS)]
    print(f"command to first painted window: median {statistics.median(took) * 1000:.0f} ms, ", end="")
    print(f"best {min(took) * 1000:.0f} ms, worst {max(took) * 1000:.0f} ms, {STARTS} starts")


if __name__ == "__main__":
    main()
