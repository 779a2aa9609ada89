"""The states of ready-made agents, and what they need of a state of your own.

Annotations are evaluated here, so that a state derived from one of these may stand in any module.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, get_type_hints

from langchain_core.messages import BaseMessage
from pydantic import BaseModel, create_model
from typing_extensions import NotRequired, TypedDict

from stepgraph.graph.message import add_messages
from stepgraph.graph.schema import is_pydantic
from stepgraph.managed import RemainingSteps

StructuredResponse = dict[str, Any] | BaseModel

# No docstrings: they would become the description in the JSON schema of every agent.


class AgentState(TypedDict):
    messages: Annotated[Sequence[BaseMessage], add_messages]
    remaining_steps: NotRequired[RemainingSteps]


class AgentStatePydantic(BaseModel):
    messages: Annotated[Sequence[BaseMessage], add_messages]
    remaining_steps: RemainingSteps = 25


class AgentStateWithStructuredResponse(AgentState):
    structured_response: StructuredResponse


class AgentStateWithStructuredResponsePydantic(AgentStatePydantic):
    structured_response: StructuredResponse


def check_state_schema(schema: Any, required: Iterable[str]) -> None:
    """Raise ValueError for a state that lacks what an agent needs."""
    missing = sorted(set(required) - set(get_type_hints(schema)))
    if missing:
        raise ValueError(
            f"state_schema {schema.__name__} lacks {', '.join(map(repr, missing))}. Derive it from "
            "AgentState, or declare what is missing the way AgentState does."
        )


def with_model_input(schema: Any) -> Any:
    """`schema` with `llm_input_messages`, where a hook may leave what the model is to be asked instead."""
    name = "CallModelInputSchema"
    if is_pydantic(schema):
        return create_model(name, __base__=schema, llm_input_messages=(list[BaseMessage] | None, None))
    fields = get_type_hints(schema, include_extras=True)
    return TypedDict(name, {**fields, "llm_input_messages": list[BaseMessage]})  # type: ignore[operator]


def value_of(state: Any, key: str, default: Any = None) -> Any:
    """A key of a state of whichever kind."""
    return state.get(key, default) if isinstance(state, Mapping) else getattr(state, key, default)


def with_messages(state: Any, messages: Any) -> Any:
    """A copy of the state with other messages in it."""
    if isinstance(state, Mapping):
        return {**state, "messages": messages}
    if isinstance(state, BaseModel):
        return state.model_copy(update={"messages": messages})
    return dataclasses.replace(state, messages=messages)
