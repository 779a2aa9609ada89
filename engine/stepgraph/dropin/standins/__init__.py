"""Modules that only LangGraph's friends ask for, served by the drop-in under LangGraph's names."""
