"""Where events come from: a graph in this process today, a worker or a recording with the same face later."""
