"""``python packaging/smoke.py dist/stepscope_*.deb``: the package in a clean Debian, from apt-get to purge.

The root has nothing of the machine that built it. As an ordinary user, on a display of its own, the app
tests itself, and a LangGraph graph runs in a virtual environment of that user. In the end nothing may be
left. Needs root and debootstrap, and a pip that can fetch LangGraph for the Python of that Debian.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import payload

RELEASE, MIRROR = "bookworm", "http://deb.debian.org/debian"
USER = "ada"
NEEDED = ("xvfb", "xauth", "python3-venv", "ca-certificates")
LEFT_OUT = 2
MOST_PACKED, MOST_INSTALLED = 35_000_000, 120_000_000

AGENT = """
import os, sys
from typing import TypedDict
from langgraph.graph import START, StateGraph

class State(TypedDict):
    word: str

def tell(state: State):
    lent = [name for name, value in os.environ.items() if "PYI" in name or "/opt/stepscope" in value]
    print("runs in Python %d.%d" % sys.version_info[:2], "with", lent)
    return {"word": state["word"] + "!"}

graph = StateGraph(State).add_node(tell).add_edge(START, "tell").compile()
inputs = {"word": "hello"}
"""


def main() -> int:
    """Smoke the package; returns the exit status, 2 when it cannot be done here."""
    options = _parser().parse_args()
    if os.geteuid() or not shutil.which("debootstrap"):
        print("left out: a clean root takes root's rights and debootstrap")
        return LEFT_OUT
    with tempfile.TemporaryDirectory(prefix="stepscope-smoke-") as folder:
        root = Path(folder) / "root"
        if options.base is None:
            subprocess.run(["debootstrap", "--variant=minbase", RELEASE, root, MIRROR], check=True)
        else:
            subprocess.run(["cp", "-a", options.base, root], check=True)
        with _mounted(root):
            _smoke(Root(root), options.deb, options.pictures)
    print("\nAll is well, and nothing is left.")
    return 0


class Root:
    """A system in a folder; `run` is a command there, as root or as the ordinary user."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *command: str, user: str = "root") -> str:
        """Its output, which is shown as well. Raises CalledProcessError."""
        home = "/root" if user == "root" else f"/home/{user}"
        env = {"HOME": home, "USER": user, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
        env["DEBIAN_FRONTEND"] = "noninteractive"
        print("\n$", *command, flush=True)
        start = time.monotonic()
        ended = subprocess.run(
            ["chroot", f"--userspec={user}:{user}", self.folder, *command],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        print("".join(ended.stdout.splitlines(keepends=True)[-40:]), end="")
        print(f"[{time.monotonic() - start:.1f} s]")
        ended.check_returncode()
        return ended.stdout


def _smoke(root: Root, deb: Path, pictures: Path | None) -> None:
    shutil.copy("/etc/resolv.conf", root.folder / "etc/resolv.conf")
    shutil.copy(deb, root.folder / "tmp/stepscope.deb")
    root.run("apt-get", "update", "-qq")
    root.run("apt-get", "install", "-qq", "-y", "--no-install-recommends", *NEEDED)
    root.run("useradd", "--create-home", USER)
    root.run("apt-get", "install", "-qq", "-y", "--no-install-recommends", "/tmp/stepscope.deb")
    root.run("stepscope", "--version", user=USER)
    _check_sizes(root, deb)

    on_a_display = ("xvfb-run", "-a", "stepscope")
    home = f"/home/{USER}"
    told = root.run(*on_a_display, "--self-test", "--screenshot", f"{home}/stepgraph.png", user=USER)
    assert "left out  LangGraph" in told, "the clean root has a LangGraph: whose?"

    environment = f"{home}/project/.venv"
    root.run("python3", "-m", "venv", environment, user=USER)
    _fetch_langgraph(
        root.run("python3", "-c", "import sys; print(*sys.version_info[:2], sep='.')").strip(), root
    )
    root.run(
        f"{environment}/bin/pip", "install", "-q", "--no-index", "-f", "/tmp/wheels", "langgraph", user=USER
    )
    told = root.run(*on_a_display, "--self-test", "--python", f"{environment}/bin/python", user=USER)
    assert "ok  langgraph runs to its end" in told

    agent = root.folder / home.lstrip("/") / "project/agent.py"
    agent.write_text(AGENT)
    told = root.run("stepscope", "run", f"{home}/project/agent.py", "--python", environment, user=USER)
    assert "with []" in told, "something of the frozen app reached the user's Python"
    # Its own environment is found without being named.
    picture = f"{home}/langgraph.png"
    root.run(*on_a_display, f"{home}/project/agent.py", "--run", "--screenshot", picture, "--quit", user=USER)
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
        for name in ("stepgraph.png", "langgraph.png"):
            shutil.copy(root.folder / home.lstrip("/") / name, pictures / name)

    root.run("apt-get", "purge", "-qq", "-y", "stepscope")
    (root.folder / "tmp/stepscope.deb").unlink()
    found = root.run(
        *("find", "/", "-xdev", "-iname", "*stepscope*"),
        *("-not", "-path", "/home/*", "-not", "-path", "/proc/*", "-not", "-path", "/var/log/*"),
    )
    assert not found.strip(), f"left behind: {found}"


def _check_sizes(root: Root, deb: Path) -> None:
    kilobytes = root.run("dpkg-query", "--show", "--showformat=${Installed-Size}\\n", "stepscope")
    packed, installed = deb.stat().st_size, int(kilobytes) * 1024
    print(f"{packed / 1e6:.1f} MB, installed {installed / 1e6:.1f} MB")
    assert packed < MOST_PACKED, "the package has grown too large"
    assert installed < MOST_INSTALLED, "what is installed has grown too large"


def _fetch_langgraph(version: str, root: Root) -> None:
    """Put the wheels into the root, which need not reach any package index then."""
    folder = root.folder / "tmp/wheels"
    words = ("--only-binary=:all:", "--python-version", version, "-d", folder)
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", *words, "langgraph"], check=True)
    payload.set_modes(folder)


@contextmanager
def _mounted(root: Path) -> Iterator[None]:
    """What a program expects of a system: its processes and its devices."""
    places = {"proc": ("-t", "proc", "proc"), "dev": ("--bind", "/dev")}
    try:
        for place, words in places.items():
            subprocess.run(["mount", *words, root / place], check=True)
        yield
    finally:
        for place in places:
            subprocess.run(["umount", root / place], check=False, stderr=subprocess.DEVNULL)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Try the .deb in a clean Debian.")
    parser.add_argument("deb", type=Path)
    parser.add_argument("--base", type=Path, help="a root that debootstrap has made, to be copied")
    parser.add_argument("--pictures", type=Path, help="a folder for pictures of the window")
    return parser


if __name__ == "__main__":
    sys.exit(main())
