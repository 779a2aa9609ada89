"""Entrypoints that say what they take and give, in annotations that are no texts: LangGraph reads those."""

from typing import Any

from pydantic import BaseModel
from tests.kit.engines import Engine
from typing_extensions import TypedDict


class Question(BaseModel):
    text: str


class Answer(TypedDict):
    text: str


def annotated(engine: Engine) -> dict[str, Any]:
    entrypoint = engine.entrypoint

    def plain(x):  # type: ignore[no-untyped-def]
        return x

    def typed(x: int) -> str:
        return str(x)

    def model(x: Question) -> Answer:
        return {"text": x.text}

    def optional(x: int | None) -> list[Answer]:
        return []

    def final(x: Answer) -> entrypoint.final[int, str]:  # type: ignore[valid-type]
        return entrypoint.final(value=1, save="1")

    def bare_final(x: list[Question]) -> entrypoint.final:  # type: ignore[valid-type]
        return entrypoint.final(value=1, save="1")

    functions: list[Any] = [plain, typed, model, optional, final, bare_final]
    return {function.__name__: entrypoint(context_schema=Question)(function) for function in functions}
