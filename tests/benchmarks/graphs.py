"""Graphs to be laid out and looked at: those that people draw, and large ones made by chance."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import pairwise

from tests.app.layout_graphs import graph

from stepscope.model.topology import Topology


def agent_loop() -> Topology:
    return graph(["S>agent", "agent?tools:continue", "agent?E:end", "tools>agent"])


def prebuilt_agent() -> Topology:
    """LangGraph's create_react_agent with hooks and a structured answer."""
    return graph(
        [
            "S>pre_model_hook",
            "pre_model_hook>agent",
            "agent>post_model_hook",
            "post_model_hook?tools",
            "post_model_hook?pre_model_hook",
            "post_model_hook?generate_structured_response",
            "tools>pre_model_hook",
            "generate_structured_response>E",
        ]
    )


def supervisor(workers: int) -> Topology:
    names = [f"worker_{number}" for number in range(workers)]
    calls = [f"boss?{name}" for name in names]
    return graph(["S>boss", *calls, *(f"{name}>boss" for name in names), "boss?E"])


def map_reduce() -> Topology:
    return graph(
        [
            "S>generate_topics",
            "generate_topics?generate_joke:each topic",
            "generate_joke>best_joke",
            "best_joke?generate_topics:none is good",
            "best_joke?E:done",
        ]
    )


def corrective_rag() -> Topology:
    return graph(
        [
            "S?web_search:recent",
            "S?retrieve:known",
            "retrieve>grade_documents",
            "grade_documents?generate:relevant",
            "grade_documents?transform_query:not relevant",
            "transform_query>retrieve",
            "web_search>generate",
            "generate?E:useful",
            "generate?transform_query:not useful",
            "generate?generate:not grounded",
        ]
    )


def plan_and_execute() -> Topology:
    return graph(["S>planner", "planner>agent", "agent>replan", "replan?agent:continue", "replan?E:done"])


def reflection() -> Topology:
    """A draft is criticised until it is good, with searches for what it lacks."""
    return graph(
        [
            "S>draft",
            "draft>execute_tools",
            "execute_tools>revise",
            "revise?execute_tools:lacking",
            "revise?reflect:weak",
            "reflect>draft",
            "revise?E:good",
        ]
    )


def adaptive_rag() -> Topology:
    return graph(
        [
            "S?web_search:web",
            "S?retrieve:vectorstore",
            "web_search>generate",
            "retrieve>grade_documents",
            "grade_documents?transform_query:none relevant",
            "grade_documents?generate:relevant",
            "transform_query>retrieve",
            "generate?generate:not supported",
            "generate?transform_query:not useful",
            "generate?E:useful",
        ]
    )


def customer_support() -> Topology:
    """Assistants with tools that are safe and tools that ask first; each may hand back to the first one."""
    arrows = ["S>fetch_user_info"]
    desks = ("flights", "hotels", "cars")
    arrows += [f"fetch_user_info?{name}" for name in ("primary", *desks)]
    arrows += ["primary?primary_tools", "primary_tools>primary", "primary?E"]
    for desk in desks:
        arrows += [f"primary?enter_{desk}", f"enter_{desk}>{desk}", f"{desk}?leave", f"{desk}?E"]
        for tools in ("safe", "sensitive"):
            arrows += [f"{desk}?{desk}_{tools}", f"{desk}_{tools}>{desk}"]
    return graph([*arrows, "leave>primary"])


def storm() -> Topology:
    """Articles written by interviews of many: a subgraph that is called for each editor."""
    return graph(
        [
            "S>init_research",
            "init_research>conduct_interviews",
            "conduct_interviews/S>conduct_interviews/ask_question",
            "conduct_interviews/ask_question>conduct_interviews/answer_question",
            "conduct_interviews/answer_question/S>conduct_interviews/answer_question/queries",
            "conduct_interviews/answer_question/queries?conduct_interviews/answer_question/search:each",
            "conduct_interviews/answer_question/search>conduct_interviews/answer_question/cite",
            "conduct_interviews/answer_question/cite>conduct_interviews/answer_question/E",
            "conduct_interviews/answer_question?conduct_interviews/ask_question:more turns",
            "conduct_interviews/answer_question?conduct_interviews/E:thanks",
            "conduct_interviews>refine_outline",
            "refine_outline>index_references",
            "index_references>write_sections",
            "write_sections?write_article:all written",
            "write_article>E",
        ]
    )


def send_to_each() -> Topology:
    """Send, twice: summaries of each part are collected and collapsed until they are short enough."""
    return graph(
        [
            "S?summarise:each part",
            "summarise>collect",
            "collect?collapse:too long",
            "collapse?collapse:still too long",
            "collect?final_summary:short enough",
            "collapse?final_summary",
            "final_summary>E",
        ]
    )


def compiler_of_tools() -> Topology:
    """Many readers of a kind between a planner and a joiner that may plan again."""
    tools = [f"tool_{number}" for number in range(12)]
    calls = [f"plan?{name}" for name in tools]
    return graph(["S>plan", *calls, *(f"{name}>join" for name in tools), "join?plan:replan", "join?E:answer"])


def nested_three_deep() -> Topology:
    return graph(
        [
            "S>plan",
            "plan>research",
            "plan>write",
            "research/S>research/search",
            "research/search>research/read",
            "research/read/S>research/read/fetch",
            "research/read/fetch>research/read/extract",
            "research/read/extract/S>research/read/extract/split",
            "research/read/extract/split?research/read/extract/summarise:long",
            "research/read/extract/split?research/read/extract/E:short",
            "research/read/extract/summarise>research/read/extract/E",
            "research/read/extract>research/read/E",
            "research/read?research/search:more",
            "research/read?research/E:enough",
            "write/S>write/draft",
            "write/draft>write/critique",
            "write/critique?write/draft:again",
            "write/critique?write/E:good",
            "research>edit",
            "write>edit",
            "edit?plan:redo",
            "edit?E:publish",
        ]
    )


def teams() -> Topology:
    """A supervisor of two teams, each a supervisor of three."""
    arrows = ["S>top"]
    for team, members in {"research": ("search", "scrape", "verify"), "writing": "abc"}.items():
        arrows += [f"top?{team}", f"{team}>top", f"{team}/S>{team}/lead", f"{team}/lead?{team}/E"]
        for member in members:
            arrows += [f"{team}/lead?{team}/{member}", f"{team}/{member}>{team}/lead"]
    return graph([*arrows, "top?E"])


def parallel_edges() -> Topology:
    return graph(
        [
            "S>route",
            *(f"route?answer:{word}" for word in ("yes", "maybe", "no")),
            "route?ask:unclear",
            "ask>answer",
            "answer>E",
            "answer?route:again",
            "answer?route:retry",
        ]
    )


def self_loops() -> Topology:
    return graph(
        [
            "S>poll",
            "poll?poll:not yet",
            "poll>work",
            "work?work:retry",
            "work?work:more",
            "work>check",
            "check?check",
            "check?poll:next",
            "check?E:done",
        ]
    )


def pipeline(nodes: int) -> Topology:
    names = [f"step_{number}" for number in range(nodes)]
    return graph(["S>step_0", *(f"{a}>{b}" for a, b in pairwise(names)), f"{names[-1]}>E"])


def program(nodes: int, seed: int = 7) -> Topology:
    """What people write: sequences, fans that join again, branches and loops, one inside the other."""
    rng = random.Random(seed)
    names = (f"n{number}" for number in range(10 * nodes))
    arrows: list[str] = []

    def grow(last: str, budget: int, depth: int) -> str:
        while budget > 0:
            choice = rng.random()
            if budget < 4 or choice < 0.35:
                arrows.append(f"{last}>{(last := next(names))}")
                budget -= 1
            elif choice < 0.6:
                fan = [next(names) for _ in range(min(rng.randint(2, 5), budget - 1))]
                join = next(names)
                arrows.extend(f"{last}>{name}" for name in fan)
                arrows.extend(f"{name}>{join}" for name in fan)
                last, budget = join, budget - len(fan) - 1
            elif choice < 0.8:
                inner = (budget - 3) // rng.randint(2, 5) if depth < 4 else 0
                yes, no, join = next(names), next(names), next(names)
                arrows.extend([f"{last}?{yes}", f"{last}?{no}"])
                ends = grow(yes, inner, depth + 1), grow(no, inner // 2, depth + 1)
                arrows.extend(f"{end}>{join}" for end in ends)
                last, budget = join, budget - 3 - inner - inner // 2
            else:
                first = last = _chain(arrows, names, last, 1)
                last = _chain(arrows, names, last, rng.randint(1, 2))
                arrows.append(f"{last}?{first}")
                budget -= 3
        return last

    arrows.append(f"{grow('S', nodes, 0)}>E")
    return graph(arrows)


def _chain(arrows: list[str], names: Iterator[str], last: str, length: int) -> str:
    for _ in range(length):
        arrows.append(f"{last}>{(last := next(names))}")
    return last


def web(nodes: int, width: int = 10, seed: int = 5) -> Topology:
    """Rows of nodes joined to their neighbours below, with some edges that go far and some that go back."""
    rng = random.Random(seed)
    rows: list[list[str]] = []
    while (count := sum(map(len, rows))) < nodes:
        rows.append([f"n{count + at}" for at in range(min(rng.randint(width // 3, width), nodes - count))])
    arrows: dict[str, None] = {f"S>{name}": None for name in rows[0]}
    for row, (above, here) in enumerate(pairwise(rows), start=1):
        for at, name in enumerate(here):
            parent = min(len(above) - 1, max(0, round(at * len(above) / len(here) + rng.uniform(-0.8, 0.8))))
            arrows[f"{above[parent]}>{name}"] = None
            if rng.random() < 0.15:
                arrows[f"{above[min(len(above) - 1, parent + 1)]}?{name}"] = None
            if row > 3 and rng.random() < 0.04:
                arrows[f"{rng.choice(rows[rng.randint(max(0, row - 6), row - 2)])}>{name}"] = None
            if row > 3 and rng.random() < 0.04:
                arrows[f"{name}?{rng.choice(rows[rng.randint(max(0, row - 5), row - 1)])}"] = None
    leaving = {arrow.replace("?", ">").split(">")[0] for arrow in arrows}
    for here, below in pairwise([*rows, ["E"]]):
        for at, name in enumerate(here):
            if name not in leaving:
                arrows[f"{name}>{below[min(len(below) - 1, round(at * len(below) / len(here)))]}"] = None
    return graph(arrows)


def chance(nodes: int, edges: int, reach: int | None = None, seed: int = 1) -> Topology:
    """Each node has a way to it from an earlier one, of the last `reach` or of all; others join any two."""
    rng = random.Random(seed)
    reach = reach or nodes
    names = [f"n{number}" for number in range(nodes)]
    arrows = ["S>n0", *(f"n{rng.randrange(max(0, at - reach), at)}>n{at}" for at in range(1, nodes))]
    while len(arrows) < edges - 1:
        a = rng.randrange(nodes)
        b = min(nodes - 1, max(0, a + rng.randint(-reach // 5, reach)))
        arrows.append(f"{names[a]}>{names[b]}")
    return graph([*arrows, f"{names[-1]}>E"])


def chain_with_leaps(nodes: int, edges: int, seed: int = 3) -> Topology:
    """A sequence, and edges from anywhere to anywhere: nothing is longer."""
    rng = random.Random(seed)
    chain = ["S>n0", *(f"n{number}>n{number + 1}" for number in range(nodes - 1))]
    leaps = (f"n{rng.randrange(nodes)}?n{rng.randrange(nodes)}" for _ in range(edges - len(chain)))
    return graph([*chain, *leaps])


DRAWN: dict[str, Callable[[], Topology]] = {
    "agent loop": agent_loop,
    "prebuilt agent": prebuilt_agent,
    "supervisor of 5": lambda: supervisor(5),
    "supervisor of 20": lambda: supervisor(20),
    "map-reduce": map_reduce,
    "corrective RAG": corrective_rag,
    "adaptive RAG": adaptive_rag,
    "plan and execute": plan_and_execute,
    "reflection": reflection,
    "send to each": send_to_each,
    "compiler of tools": compiler_of_tools,
    "customer support": customer_support,
    "STORM": storm,
    "nested three deep": nested_three_deep,
    "teams": teams,
    "parallel edges": parallel_edges,
    "self-loops": self_loops,
    "pipeline of 200": lambda: pipeline(200),
    "program of 30": lambda: program(30),
    "web of 30": lambda: web(30, 5),
    "web of 100": lambda: web(100),
}
"""What people draw, to be looked at."""

GROWING: dict[str, Callable[[], Topology]] = {
    "program of 100": lambda: program(100),
    "program of 200": lambda: program(200),
    "program of 1,000": lambda: program(1_000),
    "web of 200": lambda: web(200),
    "web of 1,000": lambda: web(1_000),
    "chance, 1,000": lambda: chance(1_000, 1_500, 12),
}
LARGE: dict[str, Callable[[], Topology]] = {
    "program of 10,000": lambda: program(10_000),
    "web of 10,000": lambda: web(10_000),
    "chance, 10,000": lambda: chance(10_000, 15_000, 12),
    "any to any, 10,000": lambda: chance(10_000, 15_000),
    "leaps, 10,000": lambda: chain_with_leaps(10_000, 15_000),
}
