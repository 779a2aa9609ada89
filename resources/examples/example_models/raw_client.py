"""A raw streaming client with OpenAI's shape: `AsyncOpenAI` when it is configured, or a local stand-in."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

from example_models.providers import OPENAI
from example_models.replies import reply_to, token_delay, tokens_of


def openai_client() -> Any:
    """A client with `await client.chat.completions.create(model=, messages=, stream=True)`."""
    if not OPENAI.key and not OPENAI.base_url:
        return StandInClient()
    if find_spec("openai") is None:
        print(
            "openai is configured, but its package is not installed, so this example uses its local "
            "stand-in client. To use openai: pip install openai",
            file=sys.stderr,
        )
        return StandInClient()
    from openai import AsyncOpenAI

    return AsyncOpenAI(api_key=OPENAI.key or "none")


class StandInClient:
    """As much of `AsyncOpenAI` as streaming a chat completion takes."""

    def __init__(self) -> None:
        self.chat = SimpleNamespace(completions=SimpleNamespace(create=self._create))

    async def _create(self, *, model: str, messages: list[dict], stream: bool) -> AsyncIterator[Any]:
        return _chunks(reply_to(messages[-1]["content"]))


async def _chunks(text: str) -> AsyncIterator[Any]:
    # As with the real service, only the first chunk tells the role.
    role: str | None = "assistant"
    for token in tokens_of(text):
        await asyncio.sleep(token_delay())
        delta = SimpleNamespace(role=role, content=token)
        yield SimpleNamespace(choices=[SimpleNamespace(delta=delta)])
        role = None
