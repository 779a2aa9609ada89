"""Exceptions as values: what they say, where they were raised, and what they carry besides."""

from __future__ import annotations

from types import GetSetDescriptorType, MemberDescriptorType
from typing import TYPE_CHECKING, Any

from stepscope_host.failures import is_users
from stepscope_host.showing.classes import member
from stepscope_host.showing.objects import fields, own

if TYPE_CHECKING:
    from stepscope_host.showing.values import Plain, Walk

_MEMBERS = (GetSetDescriptorType, MemberDescriptorType)
_PLAIN_STR = (BaseException.__str__, KeyError.__str__)
_SCALARS = (str, int, float, bool, type(None))
_MOST_FRAMES = 200


def raised(walk: Walk, error: BaseException) -> Plain:
    """An exception that carries nothing but its message is told by that alone."""
    carried = own(error)
    notes = carried.pop("__notes__", None)
    cause, context = _base(error, "__cause__"), _base(error, "__context__")
    if cause is not None or _base(error, "__suppress_context__"):
        context = None
    group = member(type(error), "exceptions")
    besides = {
        "at": _place(error),
        "notes": notes,
        "cause": cause,
        "context": context,
        "exceptions": group.__get__(error) if type(group) in _MEMBERS else None,
    }
    carried |= {name: part for name, part in besides.items() if part is not None}
    said = str(error) if _speaks_plainly(error) else None
    if not carried:
        return walk.ask(error, str) if said is None else walk.text(error, said)
    marked = fields(walk, error, {"message": said or "", **carried})
    if said is None and "$fields" in marked:
        walk.ask_later(marked["$fields"], "message", str, error)
    return marked


def _base(error: BaseException, name: str) -> Any:
    """What Python itself keeps with an exception, whatever its class calls by that name."""
    return vars(BaseException)[name].__get__(error)


def _speaks_plainly(error: BaseException) -> bool:
    """True when str() runs no code of the user."""
    args = _base(error, "args")
    return member(type(error), "__str__") in _PLAIN_STR and all(type(arg) in _SCALARS for arg in args)


def _place(error: BaseException) -> str | None:
    """The line that raised it, or the last one of the user's own above that."""
    trace, found, own = _base(error, "__traceback__"), None, None
    for _ in range(_MOST_FRAMES):
        if trace is None:
            break
        code = trace.tb_frame.f_code
        found = f"{code.co_filename}:{trace.tb_lineno}, in {code.co_name}"
        own = found if is_users(code.co_filename) else own
        trace = trace.tb_next
    return own or found
