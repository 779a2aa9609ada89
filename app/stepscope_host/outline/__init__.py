"""What a target's source says of its graph, read and never run."""
