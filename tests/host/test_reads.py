"""What a node is given, in short: the schema that its tooltip tells."""

from __future__ import annotations

from tests.kit.programs import Programs, Recorder

PROGRAM = """
class Narrow(TypedDict):
    word: str

class Wide(State):
    a: int
    b: dict[str, int]
    c: Any
    d: Annotated[list[int], operator.add]
    e: "list[str]"
    f: float
    g: float

def narrow(state: Narrow):
    return {"log": ["narrow"]}

def wide(state: Wide):
    return {"log": ["wide"]}

builder = StateGraph(State).add_node(narrow).add_node(wide)
builder.add_edge(START, "narrow").add_edge("narrow", "wide")
graph = builder.compile()
"""


def test_a_node_tells_the_schema_that_it_is_given_and_its_first_keys(
    programs: Programs, recorder: Recorder
) -> None:
    opened = recorder.open(programs.graph(PROGRAM))
    reads = {node["name"]: node.get("reads", "") for node in opened["topology"]["nodes"]}

    assert reads["narrow"] == "Narrow: word str"
    assert reads["wide"].startswith("Wide: log list, word str, a int, b dict, c Any, d list, e list, f float")
    assert reads["wide"].endswith(", 1 more")
    assert reads["__start__"] == ""
