"""Where the files of a frozen Stepscope go on Linux, and the archives that are made of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

HERE = Path(__file__).parent
NAME = "stepscope"
HOME = "opt/stepscope"

XZ = ("xz", "--threads=1", "--x86", "--lzma2=preset=9e")
"""A filter for machine code before the packing makes it 4 % smaller; whatever reads xz reads it."""


def lay_out(root: Path, frozen: Path, icons: Path) -> None:
    """Copy the app and all that a desktop asks for to below `root`, which stands for ``/``.

    Raises OSError when the app has a link that leads nowhere.
    """
    if lost := [path for path in frozen.rglob("*") if path.is_symlink() and not path.exists()]:
        raise OSError(f"links that lead nowhere: {', '.join(map(str, lost))}")
    shutil.copytree(frozen, root / HOME, symlinks=True)
    command = root / "usr/bin" / NAME
    command.parent.mkdir(parents=True)
    command.symlink_to(f"/{HOME}/{NAME}")
    _copy(HERE / "linux/stepscope.desktop", root / "usr/share/applications")
    _copy(HERE / "linux/io.github.stepscope.stepscope.metainfo.xml", root / "usr/share/metainfo")
    shutil.copytree(icons, root / "usr/share/icons/hicolor")
    set_modes(root)


def deb(root: Path, version: str, licence: str, target: Path) -> None:
    """Make a Debian package of what is below `root`: an ar archive of two tar archives."""
    document = root / "usr/share/doc" / NAME / "copyright"
    document.parent.mkdir(parents=True)
    indented = "\n".join(f" {line}" if line.strip() else " ." for line in licence.strip().splitlines())
    document.write_text((HERE / "linux/copyright").read_text("utf-8").format(licence=indented), "utf-8")
    set_modes(root)
    control = (HERE / "linux/control").read_text("utf-8")
    size = sum(path.lstat().st_size // 1024 + 1 for path in root.rglob("*"))
    told = control.format(version=version, architecture=architecture(), kilobytes=size)
    work = target.parent / "deb"
    shutil.rmtree(work, ignore_errors=True)
    (work / "control").mkdir(parents=True)
    (work / "control/control").write_text(told, "utf-8")
    set_modes(work)
    (work / "debian-binary").write_text("2.0\n")
    tar_xz(work / "control", work / "control.tar.xz", "./")
    tar_xz(root, work / "data.tar.xz", "./")
    target.unlink(missing_ok=True)
    members = ("debian-binary", "control.tar.xz", "data.tar.xz")
    # D: no times and no owners, so that the same files make the same package.
    subprocess.run(["ar", "rcD", str(target.absolute()), *members], cwd=work, check=True)
    shutil.rmtree(work)


def tar_xz(folder: Path, target: Path, prefix: str) -> None:
    """Pack a folder so that the same files make the same archive; names begin with `prefix`."""
    with target.open("wb") as out:
        packer = subprocess.Popen(XZ, stdin=subprocess.PIPE, stdout=out)
        assert packer.stdin is not None
        with (
            packer.stdin as pipe,
            tarfile.open(fileobj=pipe, mode="w|", format=tarfile.GNU_FORMAT) as archive,
        ):
            for path in (folder, *sorted(folder.rglob("*"))):
                inside = path.relative_to(folder).as_posix()
                name = prefix.rstrip("/") if inside == "." else prefix + inside
                archive.add(path, name, recursive=False, filter=_without_traces)
    if packer.wait():
        raise OSError(f"xz could not write {target}")


def set_modes(folder: Path) -> None:
    """Readable by all, writable by the owner, whatever this person's umask is."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            is_open = path.is_dir() or os.access(path, os.X_OK)
            path.chmod(0o755 if is_open else 0o644)


def _without_traces(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mtime = int(os.environ["SOURCE_DATE_EPOCH"])
    return entry


def _copy(file: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, folder)


def architecture() -> str:
    """What Debian calls this machine."""
    return subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
    ).stdout.strip()
