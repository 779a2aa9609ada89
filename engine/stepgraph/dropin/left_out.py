"""What LangGraph's public modules have and stepgraph leaves out, with the reason."""

from __future__ import annotations

from typing import Final

_CHANNELS_OF_PREGEL = (
    "it serves graphs that are put together from channels, which stepgraph does not build. In a StateGraph "
    "use a list edge, add_edge([a, b], c), or add_node(defer=True)."
)
_TYPE_VARIABLE = "it is a type variable. Import it from langgraph.typing."
_EVENTS = "it belongs to event streams of version v3, which stepgraph does not have. Use astream()."
_TRACING = "it tells handlers of interrupts and resumptions. Use stream_mode=['updates', 'tasks']."
_SERVER = "it speaks to LangGraph's server and its user interface, which run LangGraph."

LEFT_OUT: Final[dict[str, str]] = {
    "langgraph.callbacks": _TRACING,
    "langgraph.channels.LastValueAfterFinish": _CHANNELS_OF_PREGEL,
    "langgraph.channels.NamedBarrierValue": _CHANNELS_OF_PREGEL,
    "langgraph.channels.NamedBarrierValueAfterFinish": _CHANNELS_OF_PREGEL,
    "langgraph.channels.last_value.LastValueAfterFinish": _CHANNELS_OF_PREGEL,
    "langgraph.channels.named_barrier_value": _CHANNELS_OF_PREGEL,
    "langgraph.errors.ErrorCode": "its codes name pages of LangGraph's. stepgraph's errors say what to do.",
    "langgraph.graph.ui": _SERVER,
    "langgraph.managed.base": "it makes managed values of one's own. Use IsLastStep and RemainingSteps.",
    "langgraph.pregel.NodeBuilder": _CHANNELS_OF_PREGEL,
    "langgraph.pregel.debug": "it formats LangGraph's own debug events. Use stream_mode='debug'.",
    "langgraph.pregel.main": "it is what langgraph.pregel is made of. Import Pregel from langgraph.pregel.",
    "langgraph.pregel.protocol": "it is LangGraph's own base class. Use CompiledStateGraph.",
    "langgraph.pregel.remote": (
        "it calls graphs on a server, and stepgraph runs those of this process. Use langgraph-sdk's client."
    ),
    "langgraph.prebuilt.tool_node.ContextT": _TYPE_VARIABLE,
    "langgraph.prebuilt.tool_node.StateT": _TYPE_VARIABLE,
    "langgraph.pregel.types": "LangGraph deprecated it. Import from langgraph.types.",
    "langgraph.runtime.BaseUser": _SERVER,
    "langgraph.types.PregelExecutableTask": "it is a task of LangGraph's loop. Snapshots have PregelTask.",
}
"""From the full name of a module, or of a name in one, to why it is left out and what to use instead."""

STANDS_IN: Final[dict[str, str]] = {
    "langgraph.prebuilt.ToolCallTransformer": _EVENTS,
    "langgraph.stream": _EVENTS,
    "langgraph.utils": "LangChain's helpers may ask for it. Programs have no use for it.",
}
"""What is served under the drop-in alone, because agents ask for it, and does nothing or little."""
