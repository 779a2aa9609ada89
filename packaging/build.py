"""``python packaging/build.py``: everything that this system can build, into dist/, with its checksums.

Wheel and sdist come first; what is frozen, and packed into installers, is the wheel in an environment of its
own. The same commit, Python and packages make the same wheel, sdist, .tar.xz, .rpm and .deb.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

import borrowed
import icu
import payload

ROOT = Path(__file__).parent.parent
BUILD, DIST = ROOT / "build", ROOT / "dist"
FREEZE_WITH = ((3, 13), (3, 12))
PYINSTALLER = "pyinstaller==6.22.3"
SYSTEM = {"linux": "linux", "win32": "windows", "darwin": "macos"}[sys.platform]
MACHINE = {"arm64": "arm64", "aarch64": "arm64"}.get(platform.machine(), "x86_64")


def main() -> int:
    """Build; returns the exit status."""
    options = _parser().parse_args()
    os.environ.update(SOURCE_DATE_EPOCH=_commit_time(), PIP_DISABLE_PIP_VERSION_CHECK="1")
    os.environ.pop("PYTHONPATH", None)
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir()
    python = _environment(options.python or _interpreter())
    _say("Wheel and sdist")
    _run(python, "-m", "build", "-q", "--outdir", DIST, ROOT)
    if not options.wheel_only:
        _freeze(python)
    _write_checksums()
    return 0


def _freeze(python: Path) -> None:
    (wheel,) = DIST.glob("*.whl")
    version = wheel.name.split("-")[1]
    _run(python, "-m", "pip", "install", "-q", "--force-reinstall", "--no-deps", wheel)
    _run(python, "-m", "pip", "install", "-q", wheel)
    _say("Icons and licences")
    made = BUILD / "frozen"
    shutil.rmtree(made, ignore_errors=True)
    _run(python, ROOT / "packaging/icons.py", ROOT / "resources/icons/stepscope.svg", made)
    _run(python, ROOT / "packaging/licences.py", made / "licences", ROOT / "packaging/licences")
    _say("Frozen app")
    quiet = ("--log-level", "WARN", "-y", "--distpath", BUILD / "app", "--workpath", BUILD / "pyinstaller")
    # Sets are listed in the same order each time. What is compressed by zlib cannot be compressed well again:
    # without, the app is 14 MB larger, its packages are 5 MB smaller, and it starts a little sooner.
    shown = {"PYTHONHASHSEED": "1", "PYINSTALLER_ZLIB_COMPRESSION_LEVEL": "0"}
    _run(python, "-m", "PyInstaller", *quiet, ROOT / "packaging/stepscope.spec", **shown)
    {"linux": _pack_for_linux, "windows": _pack_for_windows, "macos": _pack_for_macos}[SYSTEM](version)


def _pack_for_linux(version: str) -> None:
    frozen = BUILD / "app/stepscope"
    (data,) = (path for path in frozen.rglob("libicudata.so.*") if not path.is_symlink())
    if not icu.shrink(data):
        _say(f"ICU's data stays large: {', '.join(icu.TOOLS)} make it smaller")
    if not borrowed.add_licences(frozen / "_internal"):
        _say("The licences of this system's libraries are missing: dpkg would tell which they are")
    payload.set_modes(frozen)
    _self_test(frozen / "stepscope")
    _say("Archive")
    payload.tar_xz(frozen, DIST / f"stepscope-{version}-linux-{MACHINE}.tar.xz", f"stepscope-{version}/")
    root = BUILD / "root"
    shutil.rmtree(root, ignore_errors=True)
    payload.lay_out(root, frozen, BUILD / "frozen/hicolor")
    _validate(root)
    _make_app_dir(root)
    if shutil.which("rpmbuild"):
        _say("rpm")
        top = BUILD / "rpm"
        defined = [f"_topdir {top}", f"stepscope_version {version}", f"stepscope_root {root}"]
        # The same root makes the same package.
        defined += ["use_source_date_epoch_as_buildtime 1", "_buildhost localhost"]
        words = [word for definition in defined for word in ("--define", definition)]
        _run("rpmbuild", "-bb", "--quiet", *words, ROOT / "packaging/linux/rpm.spec")
        for package in top.rglob("*.rpm"):
            shutil.move(package, DIST / package.name)
    if shutil.which("dpkg"):
        _say(".deb")
        licence = (ROOT / "LICENSE").read_text("utf-8")
        payload.deb(root, version, licence, DIST / f"stepscope_{version}_{payload.architecture()}.deb")


def _make_app_dir(root: Path) -> None:
    """``build/AppDir``, of which ``appimagetool build/AppDir`` makes an AppImage where that tool is."""
    app_dir = BUILD / "AppDir"
    shutil.rmtree(app_dir, ignore_errors=True)
    shutil.copytree(root, app_dir, symlinks=True)
    (app_dir / "AppRun").symlink_to("opt/stepscope/stepscope")
    (app_dir / "usr/bin/stepscope").unlink()
    (app_dir / "usr/bin/stepscope").symlink_to("../../opt/stepscope/stepscope")
    for source, target in (
        ("usr/share/applications/stepscope.desktop", "stepscope.desktop"),
        ("usr/share/icons/hicolor/256x256/apps/stepscope.png", "stepscope.png"),
        ("usr/share/icons/hicolor/256x256/apps/stepscope.png", ".DirIcon"),
    ):
        shutil.copy(app_dir / source, app_dir / target)
    if shutil.which("appimagetool"):
        _say("AppImage")
        _run("appimagetool", app_dir, DIST / f"Stepscope-{MACHINE}.AppImage")


def _pack_for_windows(version: str) -> None:
    frozen = BUILD / "app/stepscope"
    _self_test(frozen / "stepscope-cli.exe")
    target = DIST / f"stepscope-{version}-windows-{MACHINE}-setup.exe"
    words = (f"-DVERSION={version}", f"-DPAYLOAD={frozen}", f"-DOUTPUT={target}")
    _run(
        "makensis",
        "-V2",
        *words,
        f"-DICON={BUILD / 'frozen/stepscope.ico'}",
        ROOT / "packaging/windows/stepscope.nsi",
    )


def _pack_for_macos(version: str) -> None:
    app = BUILD / "app/Stepscope.app"
    identity = os.environ.get("STEPSCOPE_SIGNING_IDENTITY", "-")  # "-": signed by nobody
    words = ("--force", "--deep", "--options", "runtime", "--sign", identity)
    _run("codesign", *words, "--entitlements", ROOT / "packaging/macos/entitlements.plist", app)
    _self_test(app / "Contents/MacOS/stepscope")
    inside = BUILD / "dmg"
    shutil.rmtree(inside, ignore_errors=True)
    inside.mkdir()
    _run("ditto", app, inside / app.name)  # with the attributes that signatures are kept in
    (inside / "Applications").symlink_to("/Applications")  # where a person drags it to
    target = DIST / f"stepscope-{version}-macos-{MACHINE}.dmg"
    _run("hdiutil", "create", "-volname", "Stepscope", "-srcfolder", inside, "-format", "UDZO", target)


def _self_test(program: Path) -> None:
    _say("The frozen app tests itself")
    shown = {} if os.name == "nt" or sys.platform == "darwin" else {"QT_QPA_PLATFORM": "offscreen"}
    _run(program, "--self-test", **shown)


def _validate(root: Path) -> None:
    share = root / "usr/share"
    for command in (
        ("desktop-file-validate", share / "applications/stepscope.desktop"),
        ("appstreamcli", "validate", "--no-net", *share.glob("metainfo/*.xml")),
    ):
        if shutil.which(command[0]):
            _say(command[0])
            _run(*command)


def _environment(python: str) -> Path:
    """An environment with the tools, made with this Python; one that is there is used again."""
    folder = BUILD / "environment"
    inside = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not inside.exists():
        _say(f"An environment of {python}")
        _run(python, "-m", "venv", folder)
        _run(inside, "-m", "pip", "install", "-q", "build", "hatchling", "packaging", PYINSTALLER)
    return inside


def _interpreter() -> str:
    """A Python to freeze with: this one, or one on the path or of pyenv.

    Raises SystemExit, saying what is needed.
    """
    if sys.version_info[:2] in FREEZE_WITH:
        return sys.executable
    for version in (".".join(map(str, one)) for one in FREEZE_WITH):
        kept = Path.home() / ".pyenv/versions"
        of_pyenv = sorted(kept.glob(f"{version}.*/bin/python")) if kept.is_dir() else []
        for path in (shutil.which(f"python{version}"), *map(str, of_pyenv)):
            if path and subprocess.run([path, "--version"], capture_output=True).returncode == 0:
                return path
    raise SystemExit("There is no Python 3.13 or 3.12 to freeze with: name one by --python PATH.")


def _commit_time() -> str:
    told = subprocess.run(
        ["git", "-C", ROOT, "log", "-1", "--format=%ct"], capture_output=True, text=True
    ).stdout.strip()
    return told or str(int(time.time()))


def _write_checksums() -> None:
    files = sorted(path for path in DIST.iterdir() if path.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (DIST / "SHA256SUMS").write_text("".join(lines), encoding="utf-8", newline="\n")
    _say("Built")
    for path in files:
        print(f"{path.stat().st_size / 1e6:8.1f} MB  {path.name}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Build everything that this system can build, into dist/.")
    parser.add_argument("--python", metavar="PATH", help="the Python 3.13 or 3.12 to freeze with")
    parser.add_argument("--wheel-only", action="store_true", help="only the wheel and the sdist")
    return parser


def _run(*command: object, **more: str) -> None:
    subprocess.run([str(word) for word in command], check=True, env={**os.environ, **more})


def _say(words: str) -> None:
    print(f"\n== {words}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
