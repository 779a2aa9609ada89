"""The far side of the wire: loads a user's graph, runs it and reports in plain data. Standard library only."""
