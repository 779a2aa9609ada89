"""What LangChain asks of LangGraph's internals."""
