"""Where nodes and edges go: a topology in, positions out. `layered()` is the whole of it from outside.

`detour()` leads an edge through a layout that stays.

Reading order: `nest` (a graph in a graph), `flow` (one graph), then its steps: `fans`; `clearest`, with
`cycles`, `layers`, `rows` and `order` (`starts`, `ordering`, `reroute`); `columns`, `ports`, `routes`.
`parts` is what they hand to one another.
"""

from stepscope.model.layout.detour import detour
from stepscope.model.layout.nest import EdgeRoute, Layout, layered
from stepscope.model.layout.parts import Direction, Options

__all__ = ["Direction", "EdgeRoute", "Layout", "Options", "detour", "layered"]
