"""Helpers that programs ask LangGraph for, though they are not said to be public."""
