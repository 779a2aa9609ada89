"""The dockable panes: each shows one side of the run, and knows of no other pane and of no canvas."""
