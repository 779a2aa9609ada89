"""A graph without an engine, so that any Python can run a program: `SOURCE` stands where it imports one.

It streams as the engines do, one node after the other; sync ones run in the loop's threads.
"""

SOURCE = """
class Graph:
    def __init__(self, *nodes):
        self.nodes = {node.__name__: node for node in nodes}

    def get_graph(self):
        from types import SimpleNamespace as Is
        return Is(nodes={name: Is(metadata=None) for name in self.nodes}, edges=[])

    def get_input_jsonschema(self):
        return {"type": "object", "properties": {"do": {"type": "string"}, "log": {"type": "string"}}}

    async def astream(self, input, config=None, **options):
        state = dict(input)
        yield (), "values", dict(state)
        for step, (name, node) in enumerate(self.nodes.items(), 1):
            task = {"id": f"task-{step}", "name": name, "input": dict(state), "triggers": []}
            yield (), "debug", {"step": step, "type": "task", "payload": task}
            if inspect.iscoroutinefunction(node):
                update = await node(state)
            else:
                update = await asyncio.get_running_loop().run_in_executor(None, node, state)
            state.update(update or {})
            done = {**task, "error": None, "result": update, "interrupts": []}
            yield (), "debug", {"step": step, "type": "task_result", "payload": done}
            yield (), "values", dict(state)
"""
