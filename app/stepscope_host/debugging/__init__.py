"""Gates around every task: when it may begin, where the run stops, and what the person does to it."""
