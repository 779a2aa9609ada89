"""The class of functions that are Runnables."""

from stepgraph.dropin.standins._internal._runnable import RunnableCallable

__all__ = ["RunnableCallable"]
