"""Values of the user's program as bounded plain data, and more of them when it is asked for."""
