"""Threads: where they are kept, and what is asked of them."""
