"""Stepscope: a desktop debugger for graphs."""

__version__ = "0.1.0"
