"""What packages are made from: nothing that the code needs is missing, and desktops can read their part."""

from __future__ import annotations

import plistlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest
import yaml
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

import stepscope_host
from stepscope import __version__, assets

ROOT = Path(__file__).parent.parent.parent
PACKAGING = ROOT / "packaging"


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The modules in packaging/ can be imported, as they are when one of them is started."""
    monkeypatch.syspath_prepend(str(PACKAGING))
    yield
    for name in ("borrowed", "contents", "icons", "payload"):
        sys.modules.pop(name, None)


@pytest.fixture
def contents(scripts: None) -> ModuleType:
    import contents

    return contents


def test_every_file_beside_the_code_is_in_the_frozen_app(contents: ModuleType) -> None:
    # The wheel has resources/ inside the package; what is installed is what is frozen.
    carried = [f"{place}/" for place in contents.DATA]
    beside = [
        path.relative_to(top).as_posix()
        for top in (ROOT / "app", ROOT / "engine")
        for path in top.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc", ".typed", ".md")
    ]
    kept = assets.resources()
    resources = [f"stepscope/resources/{path.relative_to(kept).as_posix()}" for path in kept.rglob("*.py")]

    lost = [file for file in (*beside, *resources) if not any(file.startswith(place) for place in carried)]

    assert resources
    assert lost == []


def test_the_host_is_carried_as_source_for_other_interpreters(contents: ModuleType) -> None:
    assert contents.DATA["stepscope_host"] == "stepscope_host"
    assert Path(stepscope_host.__file__).parent.name == "stepscope_host"


def test_graphs_in_the_frozen_app_may_import_what_any_python_has(contents: ModuleType) -> None:
    library = contents.standard_library()

    assert {"sqlite3", "csv", "asyncio", "email", "concurrent", "decimal", "zoneinfo", "_ssl"} <= {*library}
    assert {"tkinter", "idlelib", "test"}.isdisjoint(library)


@pytest.mark.parametrize(
    "place",
    [
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqwayland.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6/Qt/plugins/wayland-shell-integration/libxdg-shell.so",
        "PySide6\\plugins\\platforms\\qwindows.dll",
        "PySide6/Qt/plugins/iconengines/libqsvgicon.so",
        "libxcb-cursor.so.0",
        "libpython3.13.so.1.0",
        "stepscope/resources/examples/tokens.py",
    ],
)
def test_what_a_display_needs_is_kept(contents: ModuleType, place: str) -> None:
    assert contents.is_wanted(place)


@pytest.mark.parametrize(
    "place",
    [
        "libstdc++.so.6",
        "libxcb.so.1",
        "libfontconfig.so.1",
        "libglib-2.0.so.0",
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "PySide6/Qt/plugins/tls/libqopensslbackend.so",
        "PySide6/Qt/translations/qtbase_de.qm",
    ],
)
def test_what_must_be_the_desktop_s_own_or_is_not_used_is_left_out(contents: ModuleType, place: str) -> None:
    assert not contents.is_wanted(place)


def test_libraries_that_only_dropped_ones_need_go_with_them(contents: ModuleType) -> None:
    needs = {"plugin": ["gui"], "gui": ["core"], "gtk": ["cairo"], "core": ["gui"]}

    assert contents.reachable(needs, ["plugin"]) == {"plugin", "gui", "core"}


def test_icons_are_drawn_in_all_sizes_and_formats(scripts: None, qapp: QApplication, tmp_path: Path) -> None:
    import icons

    icons.main(assets.icon(), tmp_path)

    for size in icons.SIZES:
        picture = QImage(str(tmp_path / f"hicolor/{size}x{size}/apps/stepscope.png"))
        assert (picture.width(), picture.height()) == (size, size)
        colours = {picture.pixelColor(x, y).name() for x in range(size) for y in range(size)}
        assert len(colours) > 4
    assert QImage(str(tmp_path / "stepscope.ico")).width() in icons.ICO_SIZES
    assert (tmp_path / "stepscope.icns").read_bytes()[:4] == b"icns"


def test_the_desktop_entry_and_the_metainfo_name_what_is_installed() -> None:
    entry = (PACKAGING / "linux/stepscope.desktop").read_text()
    (metainfo,) = (PACKAGING / "linux").glob("*.metainfo.xml")
    told = ElementTree.parse(metainfo).getroot()

    assert "\nExec=stepscope %f\n" in entry
    assert told.findtext("id") == metainfo.name.removesuffix(".metainfo.xml")
    assert told.findtext("launchable") == "stepscope.desktop"
    assert told.find("releases/release").get("version") == __version__


def test_the_files_that_only_other_systems_read_can_be_read() -> None:
    assert plistlib.loads((PACKAGING / "macos/entitlements.plist").read_bytes())
    for file in (ROOT / ".github/workflows").glob("*.yml"):
        flow = yaml.safe_load(file.read_text())
        assert {"jobs", "permissions"} <= flow.keys()


@pytest.mark.skipif(not shutil.which("dpkg"), reason="only dpkg tells which package a library is from")
def test_libraries_of_the_system_bring_their_licences(scripts: None, tmp_path: Path) -> None:
    import borrowed

    (tmp_path / "licences").mkdir()
    (tmp_path / "licences/README.txt").write_text("What is in this installation\n")
    for name in ("libz.so.1", "libpython3.13.so.1.0", "libof_nobody.so.7"):
        (tmp_path / name).write_text("")

    assert borrowed.add_licences(tmp_path)
    (text,) = (tmp_path / "licences/libraries").iterdir()
    assert "zlib" in text.read_text("utf-8")
    assert f"libraries/{text.name}" in (tmp_path / "licences/README.txt").read_text("utf-8")


def test_a_package_is_the_same_when_it_is_packed_again(
    scripts: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import payload

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    packed = []
    for name in ("one", "two"):
        folder = tmp_path / name
        (folder / "bin").mkdir(parents=True)
        for file in ("b", "a", "bin/c"):
            (folder / file).write_text(file)
        payload.set_modes(folder)
        payload.tar_xz(folder, tmp_path / f"{name}.tar.xz", "app/")
        packed.append((tmp_path / f"{name}.tar.xz").read_bytes())

    assert packed[0] == packed[1]
