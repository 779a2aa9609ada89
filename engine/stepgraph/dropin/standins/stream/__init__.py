"""What LangChain and its middleware ask of LangGraph's event streams, version v3.

stepgraph has no such streams: `stream_events(version="v3")` says so. But agents are made of classes that
belong to them, so these names are here to be imported, subclassed and handed to `compile(transformers=...)`.
Nothing ever calls their methods.
"""

from stepgraph.dropin.standins.stream.run_stream import (
    AsyncGraphRunStream,
    AsyncSubgraphRunStream,
    GraphRunStream,
    SubgraphRunStream,
)
from stepgraph.dropin.standins.stream.stream_channel import StreamChannel
from stepgraph.dropin.standins.stream.transformers import (
    CheckpointsTransformer,
    CustomTransformer,
    DebugTransformer,
    LifecycleTransformer,
    StreamTransformer,
    SubgraphStatus,
    SubgraphTransformer,
    TasksTransformer,
    UpdatesTransformer,
)

__all__ = [
    "AsyncGraphRunStream",
    "AsyncSubgraphRunStream",
    "CheckpointsTransformer",
    "CustomTransformer",
    "DebugTransformer",
    "GraphRunStream",
    "LifecycleTransformer",
    "StreamChannel",
    "StreamTransformer",
    "SubgraphRunStream",
    "SubgraphStatus",
    "SubgraphTransformer",
    "TasksTransformer",
    "UpdatesTransformer",
]
