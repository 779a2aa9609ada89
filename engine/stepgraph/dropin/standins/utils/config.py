"""Helpers for configs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langchain_core.runnables.config import ensure_config

from stepgraph.config import get_config, get_store

__all__ = ["ensure_config", "get_config", "get_store", "patch_configurable"]


def patch_configurable(config: Mapping[str, Any] | None, patch: Mapping[str, Any]) -> dict[str, Any]:
    """A config with these settings of its `configurable` replaced."""
    config = config or {}
    return {**config, "configurable": {**config.get("configurable", {}), **patch}}
