"""ValidationNode: checks the arguments of tool calls and makes none of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage, ToolCall, ToolMessage
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.tools import BaseTool, create_schema_from_function
from pydantic import BaseModel, ValidationError

from stepgraph.errors import did_you_mean

FormatError = Callable[[BaseException, ToolCall, type[BaseModel]], str]


class ValidationNode(Runnable[Any, Any]):
    """Answers each tool call of the last message with its arguments as JSON, or with what is wrong with them.

    `schemas` are pydantic models, tools, or functions, each called by its name.
    """

    def __init__(
        self,
        schemas: Sequence[BaseTool | type[BaseModel] | Callable[..., Any]],
        *,
        format_error: FormatError | None = None,
        name: str = "validation",
        tags: list[str] | None = None,
    ) -> None:
        self.name = name
        self.tags = tags
        self.schemas_by_name: dict[str, type[BaseModel]] = dict(map(_named_schema, schemas))
        self._format_error = format_error or _told

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        """The answers, as a list or as an update, whichever the input was.

        Raises ValueError when the last message is no AIMessage, KeyError for a call of something unknown.
        """
        messages = input if isinstance(input, list) else _messages(input)
        if not messages or not isinstance(messages[-1], AIMessage):
            raise ValueError(
                f"ValidationNode {self.name!r}: the last message is no AIMessage. Run it after the node that "
                "calls the model."
            )
        answers = [self._answer(call) for call in messages[-1].tool_calls]
        return answers if isinstance(input, list) else {"messages": answers}

    def _answer(self, call: ToolCall) -> ToolMessage:
        name, call_id = call["name"], call["id"]
        schema = self.schemas_by_name.get(name)
        if schema is None:
            hint = did_you_mean(name, self.schemas_by_name)
            raise KeyError(f"ValidationNode {self.name!r} has no schema {name!r}. {hint}".rstrip())
        try:
            valid = schema.model_validate(call["args"])
        except ValidationError as error:
            told = self._format_error(error, call, schema)
            return ToolMessage(told, name=name, tool_call_id=call_id, additional_kwargs={"is_error": True})
        return ToolMessage(valid.model_dump_json(), name=name, tool_call_id=call_id)


def _messages(state: Any) -> Any:
    return state.get("messages") if isinstance(state, Mapping) else getattr(state, "messages", None)


def _named_schema(schema: Any) -> tuple[str, Any]:
    if isinstance(schema, BaseTool):
        return schema.name, schema.get_input_schema()
    if isinstance(schema, type) and issubclass(schema, BaseModel):
        return schema.__name__, schema
    if callable(schema) and hasattr(schema, "__name__"):
        return schema.__name__, create_schema_from_function("Validation", schema)
    raise ValueError(f"ValidationNode was given {schema!r}. Give pydantic models, tools or functions.")


def _told(error: BaseException, call: ToolCall, schema: type[BaseModel]) -> str:
    # The words that models of LangGraph programs are used to: they are part of what is streamed.
    return f"{error!r}\n\nRespond after fixing all validation errors."
