"""Runs graphs, superstep by superstep. Read `loop` first, then `superstep`."""
