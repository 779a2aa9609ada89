"""The bundled examples among the targets of a session: ``example:name`` stands for a path."""

from __future__ import annotations

from stepscope import assets
from stepscope.model.events import Failure
from stepscope.model.program import OpenFailed


def resolved(target: str) -> str:
    """The target with an example's path in place of its name. Raises OpenFailed."""
    try:
        return assets.resolve(target)
    except assets.UnknownExample as unknown:
        raise OpenFailed(Failure("UnknownExample", str(unknown))) from unknown
