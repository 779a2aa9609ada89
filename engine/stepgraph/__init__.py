"""stepgraph: a superstep graph engine that streams what LangGraph streams."""
