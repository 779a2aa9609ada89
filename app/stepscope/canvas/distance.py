"""From which zoom on what can be seen: what is too small to be read is not drawn, or drawn larger."""

FACTS_FROM = 0.55
"""A node's line of facts, an edge's label, the caption of a band. Below it, names are larger than life."""
HANDLES_FROM = 0.4
"""The margin of a node can be hit with the mouse. Below it, names are larger still."""
NAMES_FROM = 0.27
"""Names and chevrons, however large they are drawn."""
ITEMS_FROM, MANY_ITEMS_FROM = 0.15, 0.35
"""Anything but flat boxes and lines: in a graph of a few hundred nodes and edges, and in a larger one."""
