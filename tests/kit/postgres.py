"""A PostgreSQL server of the tests' own: in a folder that is thrown away, reached by a socket in it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

PROGRAMS = ("initdb", "pg_ctl")


def missing() -> str:
    """Why no server can be started here; empty if one can."""
    if _folder() is None:
        return f"no {' and '.join(PROGRAMS)} found (on Debian: apt-get install postgresql)"
    if _is_root() and not (_server_user() and shutil.which("runuser")):
        return "PostgreSQL refuses to be run by root, and there is no user postgres"
    return ""


@contextmanager
def server() -> Iterator[str]:
    """A running server; gives the address of its one database."""
    # A socket's path must be short.
    with TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if _is_root():
            shutil.chown(folder, "postgres")
        data = str(folder / "data")
        _run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        quiet = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        _run("pg_ctl", "-D", data, "-w", "-o", quiet, "-l", str(folder / "log"), "start")
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            _run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")


def _run(program: str, *arguments: str) -> None:
    command = [str((_folder() or Path()) / program), *arguments]
    if _is_root():
        command = ["runuser", "-u", "postgres", "--", *command]
    # Not a pipe: the server would hold it open.
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", timeout=60)


def _folder() -> Path | None:
    """Where the server's programs are: Debian keeps them off the PATH."""
    found = shutil.which("pg_ctl")
    folders = [Path(found).parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((each for each in folders if all((each / name).exists() for name in PROGRAMS)), None)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _server_user() -> bool:
    import pwd  # Not on Windows, which is asked no such thing.

    return any(user.pw_name == "postgres" for user in pwd.getpwall())
