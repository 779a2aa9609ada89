"""Which policies a node runs under: its own, and for what it has none of, the graph's defaults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from stepgraph.errors import InvalidGraph
from stepgraph.graph.calls import Call, is_runnable
from stepgraph.graph.nodes import NodeSpec
from stepgraph.policies import CachePolicy, Policies, RetryPolicy, Timeout, TimeoutPolicy, TracePolicy

DEFAULT_HANDLER: Final = "__default_error_handler__"
"""The node that handles failures of nodes without a handler of their own."""

_NONE: Final = Policies()


def handler_name(node: str) -> str:
    """The name of the node that handles this one's failures."""
    return f"__error_handler__{node}"


def read_policies(
    retry: RetryPolicy | Sequence[RetryPolicy] | None,
    cache: CachePolicy | None,
    timeout: Timeout,
    handler: str | None = None,
    trace: TracePolicy | None = None,
) -> Policies | None:
    """What was given, as one value, or None when that is nothing."""
    policies = Policies(_read_retry(retry), cache, TimeoutPolicy.coerce(timeout), handler, trace)
    return None if policies == _NONE else policies


def _read_retry(given: Any) -> tuple[RetryPolicy, ...]:
    if given is None:
        return ()
    if isinstance(given, RetryPolicy):
        return (given,)
    policies = tuple(given) if isinstance(given, Sequence) and not isinstance(given, str) else (given,)
    for policy in policies:
        if not isinstance(policy, RetryPolicy):
            raise TypeError(
                f"retry_policy holds {policy!r}, which is not a RetryPolicy. Give one, or a list of them."
            )
    return policies


def over(own: Policies | None, defaults: Policies | None) -> Policies | None:
    """A node's own policies, each one that it lacks taken from the defaults."""
    if own is None or defaults is None:
        return own or defaults
    return Policies(
        own.retry or defaults.retry,
        own.cache or defaults.cache,
        own.timeout or defaults.timeout,
        own.handler or defaults.handler,
        own.trace,
    )


def effective_policies(spec: NodeSpec, defaults: Policies | None) -> Policies | None:
    """What a node is run under.

    Raises InvalidGraph for a timeout on a sync function, which nothing could stop.
    """
    if defaults is not None and spec.is_handler:
        defaults = replace(defaults, cache=None, handler=None)
    policies = over(spec.policies, defaults)
    check_timeout(f"Node {spec.name!r}", spec.action, spec.call, policies)
    return policies


def check_timeout(what: str, action: Any, call: Call | None, policies: Policies | None) -> None:
    """Raise InvalidGraph for a timeout on a sync function, which nothing could stop."""
    if policies is not None and policies.timeout is not None and _is_sync(action, call):
        raise InvalidGraph(
            f"{what} has a timeout, but is a sync function, which cannot be stopped once it runs. Make it "
            "async, or take the timeout away."
        )


def _is_sync(action: Any, call: Call | None) -> bool:
    if is_runnable(action):
        # A RunnableLambda of a sync function alone has an async way only in name.
        return hasattr(action, "func") and getattr(action, "afunc", None) is None
    return call is not None and call.awaits is None
