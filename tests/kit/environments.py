"""Python environments for tests: real ones, made by `venv`, and files that look like those of other tools."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from stepscope.session.interpreters import Machine, find

NO_HOME = Path("/nowhere/at/all")


def bare_machine(home: Path, own: str = "", **environ: str) -> Machine:
    """A machine that has nothing but what is put into `home` and said in the environment."""
    return Machine(environ, home, own)


def base_python(version: str) -> str:
    """A Python ``"3.10"`` of this machine to make environments with. Skips the test where there is none."""
    for one in find(NO_HOME / "a.py", Machine.here()):
        if one.version.startswith(f"{version}.") and not one.problem and not one.is_own:
            return one.path
    pytest.skip(f"there is no Python {version} here")


def real_venv(prefix: Path, version: str) -> str:
    """Make an environment without pip; returns its interpreter."""
    subprocess.run(
        [base_python(version), "-m", "venv", "--without-pip", str(prefix)], check=True, capture_output=True
    )
    return str(prefix / "bin" / "python")


def installed(prefix: Path, version: str, packages: Mapping[str, str]) -> None:
    """What an installer leaves behind of packages in an environment."""
    site = prefix / "lib" / f"python{version}" / "site-packages"
    for name, number in packages.items():
        info = site / f"{name}-{number}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {number}\n")


def fake_python(path: Path) -> str:
    """A file that may be run, and that would say so if it were."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\ntouch {path}.was-run\n")
    path.chmod(0o755)
    return str(path)


def fake_environment(
    prefix: Path, version: str = "3.12.1", packages: Mapping[str, str] | None = None, **settings: str
) -> str:
    """A virtual environment that only looks like one; returns its interpreter."""
    python = fake_python(prefix / "bin" / "python")
    told = {"home": str(prefix / "bin"), "version": version, **settings}
    lines = [f"{key} = {value}" for key, value in told.items()]
    (prefix / "pyvenv.cfg").write_text(os.linesep.join(lines))
    installed(prefix, ".".join(version.split(".")[:2]), packages or {})
    return python


def fake_installation(prefix: Path, version: str, packages: Mapping[str, str] | None = None) -> str:
    """A Python with its headers, as pyenv, uv and conda install one; returns its interpreter."""
    short = ".".join(version.split(".")[:2])
    fake_python(prefix / "bin" / f"python{short}")
    for name in ("python", "python3"):
        (prefix / "bin" / name).symlink_to(f"python{short}")
    header = prefix / "include" / f"python{short}" / "patchlevel.h"
    header.parent.mkdir(parents=True)
    header.write_text(f'#define PY_MAJOR_VERSION 3\n#define PY_VERSION              "{version}"\n')
    installed(prefix, short, packages or {})
    return str(prefix / "bin" / "python")
