"""The far side of the wire: loads a user's graph, runs it, reports in plain data. Standard library only."""
