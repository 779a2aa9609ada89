"""The icon in every size and format that a desktop asks for, drawn by Qt from the one SVG."""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QGuiApplication, QImageReader

SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
ICNS_KINDS = {b"icp4": 16, b"icp5": 32, b"ic07": 128, b"ic08": 256, b"ic09": 512, b"ic10": 1024}


def main(svg: Path, folder: Path) -> None:
    """Write ``hicolor/SIZExSIZE/apps/stepscope.png``, ``stepscope.ico`` and ``stepscope.icns``."""
    app = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    assert app is not None
    for size in SIZES:
        place = folder / "hicolor" / f"{size}x{size}" / "apps"
        place.mkdir(parents=True, exist_ok=True)
        (place / "stepscope.png").write_bytes(png(svg, size))
    scalable = folder / "hicolor" / "scalable" / "apps"
    scalable.mkdir(parents=True, exist_ok=True)
    (scalable / "stepscope.svg").write_bytes(svg.read_bytes())
    (folder / "stepscope.ico").write_bytes(ico({size: png(svg, size) for size in ICO_SIZES}))
    (folder / "stepscope.icns").write_bytes(icns({kind: png(svg, size) for kind, size in ICNS_KINDS.items()}))


def png(svg: Path, size: int) -> bytes:
    """The picture in one size. Raises OSError when Qt cannot read the SVG."""
    reader = QImageReader(str(svg))
    reader.setScaledSize(QSize(size, size))
    picture = reader.read()
    if picture.isNull():
        raise OSError(f"{svg} cannot be drawn: {reader.errorString()}")
    written = QByteArray()
    buffer = QBuffer(written)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    return written.data()


def ico(pictures: dict[int, bytes]) -> bytes:
    """Windows' format: a table of PNGs."""
    head, body = struct.pack("<HHH", 0, 1, len(pictures)), b""
    start = len(head) + 16 * len(pictures)
    for size, picture in pictures.items():
        side = size % 256  # 256 is written as 0
        head += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(picture), start + len(body))
        body += picture
    return head + body


def icns(pictures: dict[bytes, bytes]) -> bytes:
    """macOS's format: PNGs, each with its kind and its length."""
    body = b"".join(
        kind + struct.pack(">I", len(picture) + 8) + picture for kind, picture in pictures.items()
    )
    return b"icns" + struct.pack(">I", len(body) + 8) + body


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
