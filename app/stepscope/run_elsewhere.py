"""`stepscope run` in another interpreter: this process becomes that one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stepscope.session import copies, environment, worker_code
from stepscope_host.exits import Refused


def run(python: str, target: str, given: tuple[Any] | None, modes: Sequence[str], subgraphs: bool) -> int:
    """What `stepscope_host.run_command.run` does, in the interpreter `python`.

    On POSIX it does not return. Raises Refused when the interpreter cannot be started.
    """
    request = {"target": target, "given": given, "modes": list(modes), "subgraphs": subgraphs}
    # Too long for an argument, perhaps; and stdin is the program's own.
    handle, file = tempfile.mkstemp(prefix="stepscope-", suffix=".json")
    with os.fdopen(handle, "w", encoding="utf-8") as written:
        json.dump(request, written)
    try:
        command = [os.path.abspath(python), str(worker_code.folder()), "run", file]  # noqa: PTH100
        env = environment.for_others(os.environ, environment.bundle())
        sys.stdout.flush()
        if os.name == "posix":
            copies.hold_beyond_exec()
            os.execve(command[0], command, env)
        return subprocess.call(command, env=env)
    except OSError as error:
        Path(file).unlink(missing_ok=True)
        reason = error.strerror or type(error).__name__
        raise Refused(f"{python} cannot be started: {reason}.") from error
