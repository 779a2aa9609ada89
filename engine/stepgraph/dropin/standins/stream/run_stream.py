"""Classes of the runs that event streams describe; see the package."""

from __future__ import annotations


class GraphRunStream:
    """A run that is streamed."""


class AsyncGraphRunStream:
    """A run that is streamed to an async caller."""


class SubgraphRunStream(GraphRunStream):
    """A subgraph's run."""


class AsyncSubgraphRunStream(AsyncGraphRunStream):
    """A subgraph's run, streamed to an async caller."""
