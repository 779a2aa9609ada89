"""What a node can be given besides its function: when it is tried again, how long it may take, and so on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal, NamedTuple

__all__ = ["CachePolicy", "RetryPolicy", "TimeoutPolicy", "TracePolicy", "default_retry_on", "omit_payload"]

_NEVER_RETRIED: Final = (
    ValueError,
    TypeError,
    ArithmeticError,
    ImportError,
    LookupError,
    NameError,
    SyntaxError,
    RuntimeError,
    ReferenceError,
    StopIteration,
    StopAsyncIteration,
    OSError,
)
"""Errors of the program itself: the next attempt would meet them again."""

_STATUS_ERRORS: Final = (("httpx", "HTTPStatusError"), ("requests", "HTTPError"))


def default_retry_on(error: Exception) -> bool:
    """Whether another attempt may help: after a lost connection or a server's failure, not after a bug."""
    if isinstance(error, ConnectionError):
        return True
    for module, name in _STATUS_ERRORS:
        if module in sys.modules and isinstance(error, getattr(sys.modules[module], name)):
            response = getattr(error, "response", None)
            return response is None or 500 <= response.status_code < 600
    return not isinstance(error, _NEVER_RETRIED)


class RetryPolicy(NamedTuple):
    """How often a failed node is tried, after which errors, and with what pauses between.

    The first pause is `initial_interval` seconds, each later one `backoff_factor` times longer, none longer
    than `max_interval`; `jitter` adds up to a second at random. `retry_on` is a class of errors, several, or
    a function that is asked. Where a node has several policies, the first that an error matches decides.
    """

    initial_interval: float = 0.5
    backoff_factor: float = 2.0
    max_interval: float = 128.0
    max_attempts: int = 3
    jitter: bool = True
    retry_on: type[Exception] | Sequence[type[Exception]] | Callable[[Exception], bool] = default_retry_on


def default_cache_key(*args: Any, **kwargs: Any) -> str | bytes:
    """A key for any input that can be pickled. A dict's keys count in the order they are in."""
    import pickle

    return pickle.dumps((args, tuple(sorted(kwargs.items()))), protocol=5, fix_imports=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class CachePolicy:
    """A node whose result is kept in the graph's cache and taken from there for the same input.

    `key_func` makes the key from the input; `ttl` is how many seconds the result stays, forever if None.
    """

    key_func: Callable[..., str | bytes] = default_cache_key
    ttl: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeoutPolicy:
    """How long an async node may take, in seconds: altogether, and without a sign of progress.

    Progress is whatever can be seen of the node: custom data, and what callbacks hear of models, tools and
    Runnables that it calls. With `refresh_on="heartbeat"` only `runtime.heartbeat()` counts.
    """

    run_timeout: float | timedelta | None = None
    idle_timeout: float | timedelta | None = None
    refresh_on: Literal["auto", "heartbeat"] = "auto"

    @classmethod
    def coerce(cls, value: float | timedelta | TimeoutPolicy | None) -> TimeoutPolicy | None:
        """What was given as a timeout, in seconds; None where there is no limit.

        Raises ValueError for a limit that is not above zero, or an unknown `refresh_on`.
        """
        if value is None:
            return None
        policy = value if isinstance(value, TimeoutPolicy) else cls(run_timeout=value)
        if policy.refresh_on not in ("auto", "heartbeat"):
            raise ValueError(f"refresh_on is 'auto' or 'heartbeat', not {policy.refresh_on!r}.")
        run, idle = policy.seconds()
        if run is None and idle is None:
            return None
        return cls(run_timeout=run, idle_timeout=idle, refresh_on=policy.refresh_on)

    def seconds(self) -> tuple[float | None, float | None]:
        """The two limits. Raises ValueError for one that is not above zero."""
        return _seconds("run_timeout", self.run_timeout), _seconds("idle_timeout", self.idle_timeout)


Timeout = float | timedelta | TimeoutPolicy | None


def _seconds(name: str, value: float | timedelta | None) -> float | None:
    if value is None:
        return None
    seconds = value.total_seconds() if isinstance(value, timedelta) else float(value)
    if seconds <= 0:
        raise ValueError(f"{name} is {value!r}, which leaves no time at all. Give more than 0 seconds.")
    return seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class TracePolicy:
    """What callbacks and tracers are told of a node's own run, in place of its real input and output.

    What the node calls is told as it is.
    """

    process_inputs: Callable[[Any], Any] | None = None
    process_outputs: Callable[[Any], Any] | None = None


def omit_payload(_value: Any) -> dict[str, Any]:
    """Nothing in a value's place: `TracePolicy(process_inputs=omit_payload)` keeps it out of traces."""
    return {}


@dataclass(frozen=True, slots=True)
class Policies:
    """All policies of one node. `handler` is the node that takes over when it fails for good."""

    retry: Sequence[RetryPolicy] = ()
    cache: CachePolicy | None = None
    timeout: TimeoutPolicy | None = None
    handler: str | None = None
    trace: TracePolicy | None = None
