"""What happened, as plain Python: events, the state they fold into, the shape of a graph. No Qt, no asyncio."""
