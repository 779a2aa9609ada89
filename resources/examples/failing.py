"""A node that fails: two nodes run side by side, and one of them raises."""

import time
from typing import TypedDict

from stepgraph.graph import START, StateGraph


class State(TypedDict):
    order: str
    stock: int
    price: float


PRICES = {"tea": 3.5, "coffee": 4.0}


def check_stock(state: State):
    return {"stock": 12}


def look_up_price(state: State):
    time.sleep(0.2)  # so that the other node is seen to finish first
    return {"price": PRICES[state["order"]]}


graph = (
    StateGraph(State)
    .add_node(check_stock)
    .add_node(look_up_price)
    .add_edge(START, "check_stock")
    .add_edge(START, "look_up_price")
    .compile()
)

inputs = {"order": "cocoa"}

if __name__ == "__main__":
    for chunk in graph.stream(inputs, stream_mode="updates"):
        print(chunk)
