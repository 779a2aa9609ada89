"""Which provider of chat models the environment configures, by an API key or a base URL."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.util import find_spec


@dataclass(frozen=True)
class Provider:
    """A service that has chat models, and the environment variables that configure it."""

    name: str
    model: str

    @property
    def key(self) -> str | None:
        return os.environ.get(f"{self.name.upper()}_API_KEY")

    @property
    def base_url(self) -> str | None:
        return os.environ.get(f"{self.name.upper()}_BASE_URL")

    def missing_package(self) -> str | None:
        """The first package that its models need and that is not installed, as pip names it."""
        for package in ("langchain", f"langchain-{self.name}"):
            if find_spec(package.replace("-", "_")) is None:
                return package
        return None


OPENAI = Provider("openai", "gpt-4o-mini")
ANTHROPIC = Provider("anthropic", "claude-haiku-4-5")


def configured() -> Provider | None:
    """The first provider whose key or base URL is set, or None."""
    return next((provider for provider in (OPENAI, ANTHROPIC) if provider.key or provider.base_url), None)
