"""The Pythons that could run a graph, found and described without running one.

All of it reads files, and so is no work for the UI's thread. Reading order: `finding` (all there are, in
order), `places` and `machine` (where they lie), `facts` (version and packages), `problems` (what is wrong
with one, and what mends it), `choice` (which one a file gets).
"""

from stepscope.session.interpreters.choice import Choice, best_for, file_of, lacks
from stepscope.session.interpreters.facts import Interpreter
from stepscope.session.interpreters.finding import describe, find, located
from stepscope.session.interpreters.machine import Machine
from stepscope.session.interpreters.problems import problem_of

__all__ = [
    "Choice",
    "Interpreter",
    "Machine",
    "best_for",
    "describe",
    "file_of",
    "find",
    "lacks",
    "located",
    "problem_of",
]
