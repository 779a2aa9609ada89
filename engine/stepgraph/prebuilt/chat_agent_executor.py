"""create_react_agent: a graph in which a model calls tools until it has its answer."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, SystemMessage, ToolCall, ToolMessage
from langchain_core.runnables import RunnableConfig, RunnableLambda
from langchain_core.tools import BaseTool

from stepgraph.constants import END
from stepgraph.graph.compiled import CompiledStateGraph
from stepgraph.graph.state_graph import StateGraph
from stepgraph.prebuilt.agent_model import AgentModel, Prompt, check_history
from stepgraph.prebuilt.agent_state import (
    AgentState,
    AgentStatePydantic,
    AgentStateWithStructuredResponse,
    AgentStateWithStructuredResponsePydantic,
    check_state_schema,
    value_of,
    with_messages,
    with_model_input,
)
from stepgraph.prebuilt.tool_calls import CONTEXT_TYPE, ToolCallWithContext
from stepgraph.prebuilt.tool_node import ToolNode
from stepgraph.types import Send
from stepgraph.warnings import LangGraphDeprecatedSinceV10

__all__ = [
    "AgentState",
    "AgentStatePydantic",
    "AgentStateWithStructuredResponse",
    "AgentStateWithStructuredResponsePydantic",
    "create_react_agent",
    "create_tool_calling_executor",
]

OUT_OF_STEPS = "Sorry, need more steps to process this request."
"""What the agent says when the recursion limit leaves no room for the tools that the model wants."""


def create_react_agent(
    model: Any,
    tools: Sequence[BaseTool | Callable[..., Any] | dict[str, Any]] | ToolNode,
    *,
    prompt: Prompt = None,
    response_format: Any = None,
    pre_model_hook: Any = None,
    post_model_hook: Any = None,
    state_schema: Any = None,
    context_schema: type | None = None,
    checkpointer: Any = None,
    store: Any = None,
    interrupt_before: Sequence[str] | None = None,
    interrupt_after: Sequence[str] | None = None,
    debug: bool = False,
    version: Literal["v1", "v2"] = "v2",
    name: str | None = None,
    **deprecated: Any,
) -> CompiledStateGraph:
    """An agent: node `agent` calls the model, node `tools` makes its tool calls, until there are none.

    `model` is a chat model, a name for `init_chat_model`, or a function from state and runtime to a model.
    `tools` are tools, functions, or a ToolNode; dicts are tools that the provider runs itself. `prompt`
    comes before the conversation: a text, a SystemMessage, or what makes messages of the state.

    With a `response_format`, a schema or `(instructions, schema)`, a last node asks the model for a
    `structured_response`. The hooks are nodes before and after the model; the one before may leave
    `llm_input_messages` for the model to be asked instead of the conversation. `version` "v2" sends each
    tool call to a task of its own, "v1" makes all of them in one.

    The rest goes to `StateGraph` and `compile()`. Raises ValueError for a state without what an agent needs,
    and for a model whose bound tools are others.
    """
    if "config_schema" in deprecated:
        context_schema = deprecated.pop("config_schema")
        warnings.warn(
            LangGraphDeprecatedSinceV10("`config_schema` is now called `context_schema`"), stacklevel=2
        )
    if deprecated:
        raise TypeError(f"create_react_agent() has no option {', '.join(map(repr, deprecated))}.")
    if version not in ("v1", "v2"):
        raise ValueError(f"create_react_agent(version={version!r}): it is 'v1' or 'v2'.")
    if state_schema is None:
        state_schema = AgentState if response_format is None else AgentStateWithStructuredResponse
    else:
        wanted = ("messages", "remaining_steps")
        check_state_schema(
            state_schema, wanted if response_format is None else (*wanted, "structured_response")
        )
    node, builtin = _tool_node(tools)
    own = list(node.tools_by_name.values())
    agent = _Agent(
        AgentModel(model, [*own, *builtin], prompt),
        direct=frozenset(tool.name for tool in own if tool.return_direct),
        entry="agent" if pre_model_hook is None else "pre_model_hook",
        end=END if response_format is None else "generate_structured_response",
        sends=version == "v2",
        response_format=response_format,
        name=name,
    )
    builder: StateGraph[Any] = StateGraph(state_schema, context_schema)
    input_schema = state_schema if pre_model_hook is None else with_model_input(state_schema)
    builder.add_node("agent", agent.model_node(), input_schema=input_schema)
    if own:
        builder.add_node("tools", node)
    for hook, action in (("pre_model_hook", pre_model_hook), ("post_model_hook", post_model_hook)):
        if action is not None:
            builder.add_node(hook, action)
    if response_format is not None:
        builder.add_node("generate_structured_response", agent.response_node())
    agent.connect(builder, bool(own), pre_model_hook is not None, post_model_hook is not None)
    return builder.compile(
        checkpointer=checkpointer,
        store=store,
        interrupt_before=interrupt_before,
        interrupt_after=interrupt_after,
        debug=debug,
        name=name,
    )


create_tool_calling_executor = create_react_agent


def _tool_node(tools: Any) -> tuple[ToolNode, list[dict[str, Any]]]:
    """The node for the tools that are run here, and the tools that the provider runs."""
    if isinstance(tools, ToolNode):
        return tools, []
    return (
        ToolNode([tool for tool in tools if not isinstance(tool, dict)]),
        [tool for tool in tools if isinstance(tool, dict)],
    )


@dataclass(frozen=True)
class _Agent:
    """The nodes and paths of one agent.

    `direct` are the tools whose answer is the agent's; `entry` is where a turn begins, `end` where the last
    one leads; `sends`: every tool call is a task of its own.
    """

    model: AgentModel
    direct: frozenset[str]
    entry: str
    end: str
    sends: bool
    response_format: Any
    name: str | None

    def connect(self, builder: StateGraph[Any], has_tools: bool, has_pre: bool, has_post: bool) -> None:
        """Add the edges."""
        builder.set_entry_point(self.entry)
        if has_pre:
            builder.add_edge("pre_model_hook", "agent")
        last = "agent"
        if has_post:
            builder.add_edge("agent", "post_model_hook")
            last = "post_model_hook"
        if not has_tools:
            builder.add_edge(last, self.end)
            return
        if has_post:
            builder.add_conditional_edges(last, self.post_model_hook_router, ["tools", self.entry, self.end])
        else:
            builder.add_conditional_edges(last, self.should_continue, ["tools", self.end])
        if self.direct:
            builder.add_conditional_edges("tools", self.route_tool_responses, [self.entry, END])
        else:
            builder.add_edge("tools", self.entry)

    # -- nodes

    def model_node(self) -> Any:
        """Node `agent`."""

        def call_model(state: Any, config: RunnableConfig) -> dict[str, Any]:
            state = self._asked(state)
            return self._answered(state, self.model.prompted(state).invoke(state, config))

        async def acall_model(state: Any, config: RunnableConfig) -> dict[str, Any]:
            state = self._asked(state)
            model = await self.model.aprompted(state)
            return self._answered(state, await model.ainvoke(state, config))

        return RunnableLambda(call_model, acall_model, name="call_model")

    def response_node(self) -> Any:
        """Node `generate_structured_response`."""
        system: str | None = None
        schema = self.response_format
        if isinstance(schema, tuple):
            system, schema = schema

        def asked(state: Any) -> list[AnyMessage]:
            messages = list(value_of(state, "messages"))
            return [SystemMessage(system), *messages] if system is not None else messages

        def generate(state: Any, config: RunnableConfig) -> dict[str, Any]:
            model = self.model.bare(state).with_structured_output(schema)
            return {"structured_response": model.invoke(asked(state), config)}

        async def agenerate(state: Any, config: RunnableConfig) -> dict[str, Any]:
            model = (await self.model.abare(state)).with_structured_output(schema)
            return {"structured_response": await model.ainvoke(asked(state), config)}

        return RunnableLambda(generate, agenerate, name="generate_structured_response")

    def _asked(self, state: Any) -> Any:
        """The state as the prompt is to see it. Raises ValueError for a conversation no model would take."""
        messages = value_of(state, "llm_input_messages") or value_of(state, "messages")
        if messages is None:
            raise ValueError("The agent has no 'messages' in its state to ask the model with. Give it some.")
        check_history(messages)
        return with_messages(state, messages)

    def _answered(self, state: Any, response: Any) -> dict[str, Any]:
        # Set even to None: a message of an agent without a name is not to bear the model's.
        response.name = self.name
        if isinstance(response, AIMessage):
            remaining = value_of(state, "remaining_steps")
            if remaining is not None and remaining < (2 if response.tool_calls else 1):
                return {"messages": [AIMessage(OUT_OF_STEPS, id=response.id)]}
        return {"messages": [response]}

    # -- paths, under the names that a run's trace gives them

    def should_continue(self, state: Any) -> Any:
        """To the tools that the model wants, or to the end."""
        last = value_of(state, "messages")[-1]
        if not (isinstance(last, AIMessage) and last.tool_calls):
            return self.end
        return self._sent(state, last.tool_calls) if self.sends else "tools"

    def post_model_hook_router(self, state: Any) -> Any:
        """The same after a hook, which may itself have answered tool calls: then the model goes on."""
        messages = value_of(state, "messages")
        answered = {message.tool_call_id for message in messages if isinstance(message, ToolMessage)}
        last = _last_ai(messages)
        calls = [call for call in last.tool_calls if call["id"] not in answered] if last else []
        if calls:
            return self._sent(state, calls)
        return self.entry if isinstance(messages[-1], ToolMessage) else self.end

    def route_tool_responses(self, state: Any) -> str:
        """To the end, if a tool has run whose answer is the agent's."""
        messages: Sequence[BaseMessage] = value_of(state, "messages")
        for message in reversed(messages):
            if isinstance(message, ToolMessage):
                if message.name in self.direct:
                    return END
                continue
            # Parallel calls do not see one another's answers, but all see what was asked for.
            asked = message.tool_calls if isinstance(message, AIMessage) else []
            return END if any(call["name"] in self.direct for call in asked) else self.entry
        return self.entry

    def _sent(self, state: Any, calls: Sequence[ToolCall]) -> list[Send]:
        def with_context(call: ToolCall) -> ToolCallWithContext:
            return {"__type": CONTEXT_TYPE, "tool_call": call, "state": state}

        return [Send("tools", with_context(call)) for call in calls]


def _last_ai(messages: Sequence[BaseMessage]) -> AIMessage | None:
    return next((message for message in reversed(messages) if isinstance(message, AIMessage)), None)
