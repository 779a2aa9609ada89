"""What a target is, and how it becomes a graph: files, projects, factories, and their surroundings."""
