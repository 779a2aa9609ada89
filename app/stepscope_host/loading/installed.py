"""Whether a requirement is met by what is installed, as far as its name tells; nothing is ever installed."""

from __future__ import annotations

import json
import re
from contextlib import suppress

_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_EGG = re.compile(r"#(?:.*&)?egg=([A-Za-z0-9._-]+)")


def is_installed(requirement: str) -> bool:
    """True when a distribution of a requirement's name is there: ``name[extra]>=1``, ``name @ url`` or a URL.

    A URL without a name is looked for among the URLs that distributions were installed from. What is needed
    under a condition only (``name; python_version < "3.9"``) counts as there.
    """
    if ";" in requirement:
        return True
    if "://" not in requirement.partition("@")[0]:
        name = _NAME.match(requirement)
        return name is None or _has(name[1])
    egg = _EGG.search(requirement)
    if egg is not None:
        return _has(egg[1])
    return _has(_last_part(requirement)) or _came_from(requirement)


def _has(name: str) -> bool:
    from importlib import metadata  # a tenth of a worker's start, and seldom needed

    try:
        metadata.distribution(name)
    except (metadata.PackageNotFoundError, ValueError):
        return False
    return True


def _came_from(url: str) -> bool:
    from importlib import metadata

    wanted = _plain(url)
    for distribution in metadata.distributions():
        with suppress(Exception):  # a broken record tells nothing
            record = json.loads(distribution.read_text("direct_url.json") or "{}")
            if _plain(record.get("url", "")) == wanted:
                return True
    return False


def _plain(url: str) -> str:
    """``git+https://host/owner/repo.git@main#x`` as ``https://host/owner/repo``."""
    address = url.partition("+")[2] if re.match(r"\w+\+", url) else url
    address = address.partition("#")[0]
    scheme, _, rest = address.partition("://")
    path = rest.rpartition("@")[0] if "@" in rest.rpartition("/")[2] else rest
    return f"{scheme}://{path.removesuffix('.git')}"


def _last_part(url: str) -> str:
    return _plain(url).rpartition("/")[2]
