"""A smaller libicudata: what Qt asks ICU for here is how each language sorts and writes capitals.

How each language writes numbers and dates, what it calls languages, currencies, units and time zones,
dictionaries for breaking lines, and codecs that nobody has used for decades, make up most of its 31 MB.
Without the tools it stays as it is.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

TOOLS = ("icupkg", "gcc", "readelf")

UNUSED = re.compile(
    r"[a-z]{2,3}(_\w+)?\.res|(lang|curr|unit|zone|region|rbnf)/(?!(root|pool|res_index|supplementalData|tzdbNames)\.res).*"
    r"|(translit|brkitr)/.*|.*\.cnv|.*\.spp|unames\.icu"
)
"""Of ICU's items. How languages sort (coll/) stays, and the roots, on which all else falls back."""

SOURCE = """
    .section .rodata
    .globl {symbol}
    .type {symbol}, @object
    .balign 16
{symbol}:
    .incbin "{data}"
    .size {symbol}, . - {symbol}
    .section .note.GNU-stack,"",@progbits
"""


def shrink(library: Path) -> bool:
    """Replace the library by a smaller one; False, having done nothing, where the tools are missing."""
    if not all(map(shutil.which, TOOLS)):
        return False
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        symbol = _symbol(library)
        data = work / f"{symbol.removesuffix('_dat')}l.dat"
        data.write_bytes(_data(library, symbol))
        items = _said("icupkg", "-l", str(data)).split()
        (work / "unused.txt").write_text("\n".join(item for item in items if UNUSED.fullmatch(item)))
        smaller = work / "smaller" / data.name
        smaller.parent.mkdir()
        _said("icupkg", "-r", str(work / "unused.txt"), str(data), str(smaller))
        source = work / "data.s"
        source.write_text(SOURCE.format(symbol=symbol, data=smaller))
        made = work / library.name
        _said("gcc", "-shared", "-nostdlib", f"-Wl,-soname,{library.name}", "-o", str(made), str(source))
        shutil.copy(made, library)
    return True


def _symbol(library: Path) -> str:
    """``icudt73_dat``, the one thing that the library has."""
    found = re.search(r"icudt\d+_dat", _said("readelf", "-W", "--dyn-syms", str(library)))
    if found is None:
        raise ValueError(f"{library} has no icudt…_dat: is it ICU's data?")
    return found[0]


def _data(library: Path, symbol: str) -> bytes:
    """The bytes of the symbol, by its address, its size, and the section it is in."""
    line = next(
        one for one in _said("readelf", "-W", "--dyn-syms", str(library)).splitlines() if symbol in one
    )
    address, size = int(line.split()[1], 16), int(line.split()[2], 0)
    for section in re.finditer(
        r"\] (\S+)\s+PROGBITS\s+([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+)",
        _said("readelf", "-W", "-S", str(library)),
    ):
        start, offset, length = (int(section[part], 16) for part in (2, 3, 4))
        if start <= address < start + length:
            content = library.read_bytes()[offset + address - start :]
            return content[:size] if size else content[: start + length - address]
    raise ValueError(f"{symbol} is in no section of {library}.")


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
