"""Dynamic interrupts: asking, answering, asking again, and what is run anew for it."""

import dataclasses
import operator
from typing import Annotated, Any

from pydantic import BaseModel
from tests.conformance.threads.graphs import Log, asks, counted, fails, fan, line, says
from tests.conformance.threads.session import goto_session, one_at_a_time_session, racing_session, session
from tests.kit.engines import Engine
from tests.kit.thread import GraphThread
from typing_extensions import TypedDict


def pending(thread: GraphThread) -> dict[Any, str]:
    """The ids of the questions that wait."""
    return {interrupt.value: interrupt.id for interrupt in thread.state().interrupts}


@session
def one_question(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "abc", b=asks(engine, "why?")))
    thread.run({"x": "in"})
    thread.resume("because")


@session
def one_question_answered_by_id(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "abc", b=asks(engine, "why?")))
    thread.run({"x": "in"})
    thread.resume({pending(thread)["why?"]: "because"})


@session
def questions_that_are_no_text(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "a", a=asks(engine, {"ask": ["one", 2]}, None, 3)))
    thread.run({"x": "in"})
    thread.resume({"an": "answer"})
    thread.resume(["another"])
    thread.resume(4)


@session
def several_questions_of_one_node(engine: Engine, thread: GraphThread) -> None:
    calls: list[str] = []
    thread.opens(line(engine, "ab", a=counted(calls, "a", asks(engine, "one", "two", "three"))))
    thread.run({"x": "in"})
    for answer in ("1", "2", "3"):
        thread.resume(answer)
        thread.notes(calls)


@session
def several_questions_answered_by_id(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "a", a=asks(engine, "one", "two")))
    thread.run({"x": "in"})
    thread.resume({pending(thread)["one"]: "1"})
    thread.resume({pending(thread)["two"]: "2"})


@session
def none_asks_again(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "a", a=asks(engine, "why?")))
    thread.run({"x": "in"})
    thread.run(None)
    thread.run(None)
    thread.resume("because")


@session
def answers_that_are_false(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "a", a=asks(engine, "one", "two", "three", "four")))
    thread.run({"x": "in"})
    for answer in (0, "", False, []):
        thread.resume(answer)


@session
def an_empty_map_is_no_answer(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "a", a=asks(engine, "one")))
    thread.run({"x": "in"})
    thread.resume({})


@session
def an_answer_with_an_update(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab", a=asks(engine, "one")))
    thread.run({"x": "in"})
    thread.run(engine.Command(resume="1", update={"x": "edited", "log": ["update"]}))


@goto_session
def an_answer_with_goto(engine: Engine, thread: GraphThread) -> None:
    builder = line(engine, "ab", a=asks(engine, "one")).add_node("c", says("c"))
    thread.opens(builder)
    thread.run({"x": "in"})
    thread.run(engine.Command(resume="1", goto="c"))


@session
def an_update_without_an_answer(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab", a=asks(engine, "one")))
    thread.run({"x": "in"})
    thread.run(engine.Command(update={"x": "edited"}))
    thread.resume("1")


@session
def a_new_input_while_a_question_waits(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab", b=asks(engine, "why?")))
    thread.run({"x": "one"})
    thread.run({"x": "two"})
    thread.resume("because")


@racing_session
def parallel_questions_and_a_finished_sibling(engine: Engine, thread: GraphThread) -> None:
    calls: list[str] = []
    nodes = {"i1": asks(engine, "q1"), "i2": asks(engine, "q2"), "ok": says("ok")}
    builder = fan(engine, **{name: counted(calls, name, node) for name, node in nodes.items()})
    thread.opens(builder.add_node("end", says("end")).add_edge(["i1", "i2", "ok"], "end"))
    thread.run({"x": "in"})
    thread.resume("one answer for two")
    thread.resume({pending(thread)["q1"]: "1"})
    thread.notes(sorted(calls))
    thread.resume("2")
    thread.notes(sorted(calls))


@racing_session
def parallel_questions_answered_at_once(engine: Engine, thread: GraphThread) -> None:
    thread.opens(fan(engine, i1=asks(engine, "q1"), i2=asks(engine, "q2")))
    thread.run({"x": "in"})
    ids = pending(thread)
    thread.resume({ids["q2"]: "2", ids["q1"]: "1"})


@racing_session
def parallel_questions_of_which_one_asks_again(engine: Engine, thread: GraphThread) -> None:
    thread.opens(fan(engine, i1=asks(engine, "q1", "q1 too"), i2=asks(engine, "q2")))
    thread.run({"x": "in"})
    ids = pending(thread)
    thread.resume({ids["q2"]: "2", ids["q1"]: "1"})
    thread.resume("the last")


@racing_session
def the_same_question_of_two_nodes(engine: Engine, thread: GraphThread) -> None:
    thread.opens(fan(engine, i1=asks(engine, "same"), i2=asks(engine, "same")))
    thread.run({"x": "in"})
    first, second = (interrupt.id for interrupt in thread.state().interrupts)
    thread.resume({second: "to the second"})
    thread.resume({first: "to the first"})


@session
def answers_to_unknown_ids(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "a", a=asks(engine, "one")))
    thread.run({"x": "in"})
    thread.resume({"0" * 32: "to nobody"})
    thread.resume({"0" * 32: "to nobody", pending(thread)["one"]: "to one"})


@session
def a_dict_that_is_a_plain_answer(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "a", a=asks(engine, "one", "two")))
    thread.run({"x": "in"})
    thread.resume({"not an id": 1})
    thread.resume({"0" * 32: 1, "not an id": 2})


@racing_session
def questions_in_sends(engine: Engine, thread: GraphThread) -> None:
    builder = engine.StateGraph(Log).add_node(
        "w", lambda state: {"log": [(state["x"], engine.interrupt(state["x"]))]}
    )
    builder.add_conditional_edges(
        engine.START, lambda state: [engine.Send("w", {"x": word}) for word in ("c", "a", "b")]
    )
    builder.add_node("end", says("end")).add_edge("w", "end")
    thread.opens(builder)
    thread.run({"x": "in"})
    thread.resume({pending(thread)["a"]: "A"})
    ids = pending(thread)
    thread.resume({ids["b"]: "B", ids["c"]: "C"})


@racing_session
def a_question_in_one_send_of_three(engine: Engine, thread: GraphThread) -> None:
    def worker(state: Log) -> Any:
        return {"log": [engine.interrupt("b?") if state["x"] == "b" else state["x"]]}

    builder = engine.StateGraph(Log).add_node("w", worker).add_node("p", says("p"))
    builder.add_conditional_edges(
        engine.START, lambda state: [*(engine.Send("w", {"x": word}) for word in "cba"), "p"]
    )
    thread.opens(builder)
    thread.run({"x": "in"})
    thread.resume("B")


@session
def questions_in_a_loop(engine: Engine, thread: GraphThread) -> None:
    builder = line(engine, "ab", a=lambda state: {"log": [engine.interrupt(len(state["log"]))]})
    builder.add_conditional_edges("b", lambda state: "a" if len(state["log"]) < 5 else engine.END)
    thread.opens(builder)
    thread.run({"x": "in"})
    for answer in "123":
        thread.resume(answer)


@one_at_a_time_session
def a_question_beside_a_failure(engine: Engine, thread: GraphThread) -> None:
    thread.opens(fan(engine, a=asks(engine, "why?"), b=None, c=fails()))
    thread.run({"x": "in"})
    thread.run(None)
    thread.resume("because")


@session
def a_question_in_a_path(engine: Engine, thread: GraphThread) -> None:
    builder = line(engine, "ab")
    builder.add_node("c", says("c")).add_conditional_edges("b", lambda state: engine.interrupt("where to?"))
    thread.opens(builder)
    thread.run({"x": "in"})
    thread.resume("c")


@session
def a_question_that_the_node_catches(engine: Engine, thread: GraphThread) -> None:
    def node(state: Log) -> Any:
        try:
            return {"log": [engine.interrupt("why?")]}
        except engine.GraphInterrupt as asked:
            return {"log": [f"caught {asked.args[0][0].value}"]}

    thread.opens(line(engine, "ab", a=node))
    thread.run({"x": "in"})


@session
def a_question_and_a_breakpoint_at_one_node(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "ab", a=asks(engine, "why?")), interrupt_before=["a"], interrupt_after=["a"])
    thread.run({"x": "in"})
    thread.run(None)
    thread.resume("because")
    thread.run(None)


@session
def a_question_after_custom_data(engine: Engine, thread: GraphThread) -> None:
    def node(state: Log) -> Any:
        engine.get_stream_writer()("about to ask")
        answer = engine.interrupt("why?")
        engine.get_stream_writer()(answer)
        return {"log": [answer]}

    thread.opens(line(engine, "a", a=node))
    thread.run({"x": "in"})
    thread.resume("because")


@session
def a_question_of_a_root_state(engine: Engine, thread: GraphThread) -> None:
    builder = engine.StateGraph(Annotated[list, operator.add])
    builder.add_node("a", lambda state: [engine.interrupt("why?")]).add_edge(engine.START, "a")
    thread.opens(builder)
    thread.run(["in"])
    thread.resume("because")


class Decision(BaseModel):
    ok: bool


@dataclasses.dataclass
class Choice:
    ok: bool
    why: str = "none"


class Answer(TypedDict):
    ok: bool


@session
def an_answer_that_a_model_checks(engine: Engine, thread: GraphThread) -> None:
    def node(state: Log) -> Any:
        return {"log": [engine.interrupt("ok?", response_schema=Decision).ok]}

    thread.opens(line(engine, "a", a=node))
    thread.run({"x": "in"})
    thread.resume({"ok": "nonsense"})
    thread.resume({"ok": True})


@session
def an_answer_that_a_dataclass_checks(engine: Engine, thread: GraphThread) -> None:
    def node(state: Log) -> Any:
        return {"log": [engine.interrupt("ok?", response_schema=Choice).why]}

    thread.opens(line(engine, "a", a=node))
    thread.run({"x": "in"})
    thread.resume({"ok": "nonsense"})
    thread.resume({"ok": True, "why": "so"})


@session
def an_answer_that_a_typed_dict_checks(engine: Engine, thread: GraphThread) -> None:
    def node(state: Log) -> Any:
        return {"log": [engine.interrupt("ok?", response_schema=Answer)]}

    thread.opens(line(engine, "a", a=node))
    thread.run({"x": "in"})
    thread.resume({"ok": "nonsense"})
    thread.resume({"ok": True})


@session
def an_answer_that_a_json_schema_describes(engine: Engine, thread: GraphThread) -> None:
    schema = {"type": "object", "properties": {"ok": {"type": "boolean"}}}

    def node(state: Log) -> Any:
        return {"log": [engine.interrupt("ok?", response_schema=schema)]}

    thread.opens(line(engine, "a", a=node))
    thread.run({"x": "in"})
    thread.resume("unchecked")


@racing_session
def an_answered_question_beside_one_that_a_model_checks(engine: Engine, thread: GraphThread) -> None:
    def checked(state: Log) -> Any:
        return {"log": [engine.interrupt("ok?", response_schema=Decision).ok]}

    thread.opens(fan(engine, a=asks(engine, "why?"), b=checked))
    thread.run({"x": "in"})
    ids = pending(thread)
    thread.resume({ids["why?"]: "because", ids["ok?"]: {"ok": "nonsense"}})
    thread.resume({ids["why?"]: "because", ids["ok?"]: {"ok": True}})


@session
def an_edit_while_a_question_waits(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "abc", b=asks(engine, "why?")))
    thread.run({"x": "in"})
    thread.update({"log": ["edit"]})
    thread.run(None)
    thread.resume("because")


@session
def an_edit_as_the_node_that_asks(engine: Engine, thread: GraphThread) -> None:
    thread.opens(line(engine, "abc", b=asks(engine, "why?")))
    thread.run({"x": "in"})
    thread.update({"log": ["instead"]}, as_node="b")
    thread.run(None)
