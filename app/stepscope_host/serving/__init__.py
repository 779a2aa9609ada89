"""The far side as a process or a thread: jobs, the wire, what is printed, and that nothing stays behind."""
