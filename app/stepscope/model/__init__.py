"""What happened, as plain Python: events, the state they fold into, a graph's shape. No Qt, no asyncio."""
