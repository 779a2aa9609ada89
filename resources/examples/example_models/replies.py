"""What the stand-ins say: a prompt in, the same words out every time, one token after another."""

from __future__ import annotations

import os
import re

JOKE = (
    "Why did the {topic} cross the graph? To reach the next superstep. "
    "And why did it wait there? Its sibling was still telling a joke."
)
POEM = (
    "O {topic}, in the morning light,\n"
    "you hold your state and hold it tight;\n"
    "each node you pass adds but a line,\n"
    "and all of them, reduced, are thine."
)
ITEMS = (
    "In the {topic} you might find: a lamp, which lights the room; "
    "a mirror, which shows it twice; a clock, which counts the steps."
)
OTHER = "You said: {prompt}"

TOPIC = re.compile(r"\b(?:about|place:) '?([^'.?!]+)")
TOKEN = re.compile(r"\S+\s*")


def reply_to(prompt: str) -> str:
    """The stand-in's answer to a prompt; it knows jokes, poems and lists of items."""
    found = TOPIC.search(prompt)
    topic = found.group(1).strip() if found else "graph"
    for word, reply in (("joke", JOKE), ("poem", POEM), ("items", ITEMS)):
        if word in prompt.lower():
            return reply.format(topic=topic)
    return OTHER.format(prompt=prompt)


def tokens_of(text: str) -> list[str]:
    """The text cut into words, each with the white space behind it; joined they are the text again."""
    return TOKEN.findall(text)


def token_delay() -> float:
    """Seconds between two tokens, so that a person sees them arrive. `STEPSCOPE_EXAMPLE_DELAY` sets it."""
    return float(os.environ.get("STEPSCOPE_EXAMPLE_DELAY", "0.025"))
