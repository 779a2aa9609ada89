"""What to do about an error: one sentence for the errors that people meet most."""

from __future__ import annotations

import errno
import sys

from stepscope_host.loading import installing
from stepscope_host.loading.server_runtime import NotGiven


def for_exception(error: BaseException, known_keys: tuple[str, ...] = (), folder: str = "") -> str:
    """A sentence that says what to do next, or "" when there is nothing better than the message.

    `folder` is the one that the user's program lies in.
    """
    if isinstance(error, ModuleNotFoundError) and error.name:
        return _missing_module(error.name, folder)
    if isinstance(error, ImportError) and "relative import" in str(error):
        return "Open it as a module, from the folder that holds its package: package.module:name."
    if isinstance(error, SystemExit):
        return (
            'Code that ends the program belongs under `if __name__ == "__main__":`; '
            "a node raises an exception instead."
        )
    if isinstance(error, OSError) and error.errno == errno.EBADF:
        return (
            "Code has closed a descriptor that other code still uses: look for os.closerange() or os.close()."
        )
    if isinstance(error, RuntimeError) and str(error).startswith("asyncio.run() cannot be called"):
        return "The code is async already: await the coroutine instead of giving it to asyncio.run()."
    if isinstance(error, NotGiven):
        return error.remedy
    if isinstance(error, KeyError) and error.args and error.args[0] in known_keys:
        key = error.args[0]
        return f"The state has no {key!r} yet: give it in the input, or read it with state.get({key!r})."
    return _BY_NAME.get(type(error).__name__, "")


def _missing_module(name: str, folder: str) -> str:
    top = name.partition(".")[0]
    # A package without a file is a name that several distributions share: another one of them is missing.
    if getattr(sys.modules.get(top), "__file__", None) is not None:
        return (
            f"{top!r} is installed, but has no {name.partition('.')[2]!r}: look at the name and the version."
        )
    command = installing.command_for_module(sys.executable, name, folder)
    return f"Install it into this interpreter: {command}"


_BY_NAME = {
    "EOFError": (
        "If this is input(): the program has no terminal here. Put what it would ask for into the graph's "
        "input, or ask with interrupt()."
    ),
    "MemoryError": (
        "There is no more memory that the process may have. Look at what grows in that line; a limit may be "
        "set for it, see `ulimit -v`."
    ),
    "GraphRecursionError": (
        "The graph went on for as many supersteps as it may. Look at the condition that should end its loop; "
        "if it is meant to take longer, raise `recursion_limit` with graph.with_config(recursion_limit=...)."
    ),
    "InvalidUpdateError": (
        "A node returns a dictionary with keys of the state (or None, or a Command). If two nodes of one "
        "superstep write one key, give that key a reducer: Annotated[list, operator.add]."
    ),
}
