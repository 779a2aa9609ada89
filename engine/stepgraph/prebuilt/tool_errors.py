"""What a model is told when a tool call fails, so that it can do better: of which errors, in which words."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, Final, Union, get_args, get_origin, get_type_hints

from langchain_core.tools import ToolException
from pydantic import ValidationError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

ErrorHandling = bool | str | Callable[..., str] | type[Exception] | tuple[type[Exception], ...]
"""Which errors are told to the model: all or none; all, in these words; what a function says, for the errors
that its parameter is annotated with; those of these classes."""

# The words that models of LangGraph programs are used to: they are part of what is streamed.
INVALID_TOOL_NAME_ERROR_TEMPLATE: Final = (
    "Error: {requested_tool} is not a valid tool, try one of [{available_tools}]."
)
TOOL_CALL_ERROR_TEMPLATE: Final = "Error: {error}\n Please fix your mistakes."
TOOL_INVOCATION_ERROR_TEMPLATE: Final = (
    "Error invoking tool '{tool_name}' with kwargs {tool_kwargs} with error:\n"
    " {error}\n"
    " Please fix the error and try again."
)


class ToolInvocationError(ToolException):
    """A tool was called with arguments that it does not take.

    `.source` is pydantic's error, `.filtered_errors` the part of it that concerns what the model gave.
    """

    def __init__(
        self,
        tool_name: str,
        source: ValidationError,
        tool_kwargs: Mapping[str, Any],
        filtered_errors: list[ErrorDetails] | None = None,
    ) -> None:
        told = source if filtered_errors is None else "\n".join(_line(error) for error in filtered_errors)
        self.message = TOOL_INVOCATION_ERROR_TEMPLATE.format(
            tool_name=tool_name, tool_kwargs=tool_kwargs, error=told
        )
        self.tool_name = tool_name
        self.tool_kwargs = tool_kwargs
        self.source = source
        self.filtered_errors = filtered_errors
        super().__init__(self.message)


def invocation_error(
    tool_name: str, source: ValidationError, given: Mapping[str, Any], injected: Collection[str]
) -> ToolInvocationError:
    """The error to tell, without what concerns `injected` arguments: those are not the model's to mend."""
    errors = [error for error in source.errors() if not error["loc"] or error["loc"][0] not in injected]
    return ToolInvocationError(tool_name, source, given, errors)


def tell_wrong_arguments(error: Exception) -> str:
    """The default: the model is told of wrong arguments, and any other error is the run's."""
    if isinstance(error, ToolInvocationError):
        return error.message
    raise error


def handles(handling: ErrorHandling, error: Exception) -> bool:
    """Whether the model is told of this error.

    Raises ValueError when a function's parameter is annotated with what is no exception.
    """
    if isinstance(handling, bool):
        return handling
    if isinstance(handling, str):
        return True
    if isinstance(handling, (tuple, type)):
        return isinstance(error, handling)
    return isinstance(error, _expected_by(handling))


def content(handling: ErrorHandling, error: Exception) -> str:
    """What the model is told of an error."""
    if isinstance(handling, str):
        return handling
    if isinstance(handling, (bool, tuple, type)):
        return TOOL_CALL_ERROR_TEMPLATE.format(error=repr(error))
    return handling(error)


def _line(error: ErrorDetails) -> str:
    where = ".".join(str(part) for part in error["loc"])
    return f"{where}: {error['msg']}" if where else error["msg"]


def _expected_by(handler: Callable[..., str]) -> tuple[type[Exception], ...]:
    """The errors in the annotation of a handler's first parameter; all of them without one."""
    function = handler if inspect.isroutine(handler) else getattr(handler, "__call__")  # noqa: B004, B009
    parameters = list(inspect.signature(handler).parameters.values())
    if not parameters or parameters[0].annotation is inspect.Parameter.empty:
        return (Exception,)
    annotation = get_type_hints(function).get(parameters[0].name)
    is_union = get_origin(annotation) is Union or type(annotation).__name__ == "UnionType"
    classes = get_args(annotation) if is_union else (annotation,)
    for found in classes:
        if not (isinstance(found, type) and issubclass(found, Exception)):
            raise ValueError(
                f"The handler of tool errors {getattr(handler, '__name__', handler)!r} takes a "
                f"{annotation!r}. Annotate its parameter with an exception class, or with a union of them."
            )
    return classes
