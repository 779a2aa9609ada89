"""How fast and how clear the layout is, against Graphviz: `python -m tests.benchmarks.layout`.

A row is a graph: the layout's time, the crossings of edges, their total length, the picture's size, and how
many things lie on something else. Where `dot` is installed it draws the same graph turn about, with the same
sizes of nodes and labels and the same distances, and what follows the bar is ours to dot's: below 1 is better
than dot. dot's time has its process in it (some 10 ms).
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess

from tests.benchmarks import graphviz
from tests.benchmarks.graphs import DRAWN, GROWING, LARGE
from tests.benchmarks.picture import Picture, crossings, ours, overlaps

from stepscope.model.topology import Topology

_PATIENCE = 30.0
"""Seconds that dot is waited for."""
_MOST_COMPARED = 5_000
"""Edges; to find all crossings of more takes minutes."""


def _row(name: str, topology: Topology, rounds: int, with_dot: bool) -> str:
    mine: list[Picture] = []
    theirs: list[Picture] = []
    for _ in range(rounds):
        mine.append(ours(topology))
        if with_dot:
            try:
                theirs.append(graphviz.draw(topology, _PATIENCE))
            except subprocess.TimeoutExpired:
                with_dot = False
    here = mine[0]
    took = statistics.median(picture.milliseconds for picture in mine)
    row = f"{name:18} {len(topology.nodes):6} {len(topology.edges):6} {took:8.1f}"
    if len(topology.edges) > _MOST_COMPARED:
        return f"{row}                               {here.width:7.0f} x {here.height:<7.0f}"
    crossed, lying = crossings(here), overlaps(here, topology)
    row = f"{row} {crossed:9} {here.length:9.0f} {lying:8} {here.width:7.0f} x {here.height:<7.0f}"
    if not theirs:
        return row
    there = theirs[0]
    their_time = statistics.median(picture.milliseconds for picture in theirs)
    return (
        f"{row} | {took / their_time:5.2f} {crossed:5}:{crossings(there):<5} "
        f"{here.length / there.length:6.2f} {here.area / there.area:6.2f} "
        f"{lying:5}:{overlaps(there, topology)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=3, help="how often each is drawn; times are medians")
    parser.add_argument("--large", action="store_true", help="also ten thousand nodes, without dot")
    parser.add_argument("--only", default="", help="graphs with this in their names")
    arguments = parser.parse_args()
    with_dot = shutil.which("dot") is not None
    print(f"{'graph':18} {'nodes':>6} {'edges':>6} {'ms':>8} {'crossings':>9} {'length':>9} overlaps", end="")
    print("    size            | ours to dot's: time, crossings, length, area, overlaps" if with_dot else "")
    for name, family in {**DRAWN, **GROWING, **(LARGE if arguments.large else {})}.items():
        if arguments.only in name:
            is_large = name in LARGE
            print(
                _row(name, family(), 1 if is_large else arguments.rounds, with_dot and not is_large),
                flush=True,
            )


if __name__ == "__main__":
    main()
