"""create_react_agent: a model and its tools, in turns."""

import warnings
from typing import Annotated, Any

from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableConfig, RunnableLambda
from langchain_core.tools import InjectedToolCallId, tool
from pydantic import BaseModel
from tests.conformance.scenario import async_scenario, racing_scenario, scenario
from tests.conformance.scenarios.tool_node import add, fail, shout
from tests.conformance.scripted_model import ScriptedModel, StreamingModel, asks, call
from tests.kit.engines import Engine
from tests.kit.runs import Case
from typing_extensions import NotRequired

ADD = call("add", a=1, b=2)


@tool(return_direct=True)
def answer(x: int) -> str:
    """Answer at once."""
    return f"the answer is {x}"


def made(engine: Engine, model: Any, tools: Any, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return engine.create_react_agent(model, tools, **options)


def agent(engine: Engine, *calls: Any, tools: Any = (add, shout), model: Any = None, **options: Any) -> Case:
    """An agent whose model first makes these calls."""
    model = model or StreamingModel(script=[asks(*calls)] if calls else [])
    graph = made(engine, model, tools if isinstance(tools, engine.ToolNode) else list(tools), **options)
    return Case(graph, {"messages": [HumanMessage("hi", id="h")]})


# -- turns


@scenario
def an_agent(engine: Engine) -> Case:
    return agent(engine, ADD)


@scenario
def an_agent_with_one_node_for_all_calls(engine: Engine) -> Case:
    return agent(engine, ADD, version="v1")


@racing_scenario
def an_agent_that_makes_several_calls(engine: Engine) -> Case:
    return agent(engine, ADD, call("shout", "c2", words="x"))


@racing_scenario
def an_agent_with_one_node_that_makes_several_calls(engine: Engine) -> Case:
    return agent(engine, ADD, call("shout", "c2", words="x"), version="v1")


@scenario
def an_agent_that_has_nothing_to_ask(engine: Engine) -> Case:
    return agent(engine)


@scenario
def an_agent_without_tools(engine: Engine) -> Case:
    return agent(engine, ADD, tools=())


@scenario
def an_agent_that_asks_for_an_unknown_tool(engine: Engine) -> Case:
    return agent(engine, call("zz"))


@scenario
def an_agent_whose_tool_fails(engine: Engine) -> Case:
    return agent(engine, call("fail", x=1), tools=(fail,))


@scenario
def an_agent_with_a_tool_node_of_its_own(engine: Engine) -> Case:
    tools = engine.ToolNode([add, fail], name="mine", handle_tool_errors="oh no")
    return agent(engine, call("fail", x=1), tools=tools)


@scenario
def an_agent_with_tools_that_the_provider_runs(engine: Engine) -> Case:
    return agent(engine, ADD, tools=({"type": "web_search"}, add))


@scenario
def an_agent_with_a_name(engine: Engine) -> Case:
    return agent(engine, ADD, name="bob")


@scenario
def an_agent_whose_model_does_not_stream(engine: Engine) -> Case:
    model = ScriptedModel(script=[asks(ADD), AIMessage("done", id="m1", name="given")])
    return agent(engine, model=model)


@scenario
def a_tool_whose_answer_is_the_agents(engine: Engine) -> Case:
    return agent(engine, call("answer", x=42), tools=(add, answer))


@racing_scenario
def one_tool_of_two_whose_answer_is_the_agents(engine: Engine) -> Case:
    return agent(engine, ADD, call("answer", "c2", x=42), tools=(add, answer))


@scenario
def another_tool_beside_one_whose_answer_is_the_agents(engine: Engine) -> Case:
    return agent(engine, ADD, tools=(add, answer), version="v1")


@scenario
def no_step_left_for_a_tool(engine: Engine) -> Case:
    case = agent(engine, ADD)
    case.config = {"recursion_limit": 2}
    return case


@scenario
def no_step_left_for_an_answer(engine: Engine) -> Case:
    case = agent(engine, ADD, version="v1")
    case.config = {"recursion_limit": 3}
    return case


@scenario
def a_conversation_with_an_unanswered_call(engine: Engine) -> Case:
    case = agent(engine)
    case.input = {"messages": [HumanMessage("hi", id="h"), asks(ADD, id="a"), HumanMessage("well?", id="h2")]}
    return case


@scenario
def an_agent_as_a_node(engine: Engine) -> Case:
    inner = agent(engine, ADD, name="inner").graph
    graph = engine.StateGraph(engine.MessagesState).add_node("helper", inner).add_edge(engine.START, "helper")
    return Case(graph.compile(), {"messages": [HumanMessage("hi", id="h")]})


@scenario
def an_agent_that_hands_over(engine: Engine) -> Case:
    @tool
    def hand_over(to: str, id: Annotated[str, InjectedToolCallId]) -> Any:
        """Hand over to another agent."""
        said = ToolMessage("over to you", tool_call_id=id, id="t")
        return engine.Command(graph=engine.Command.PARENT, goto=to, update={"messages": [said]})

    first = agent(engine, call("hand_over", to="second"), tools=(hand_over,), name="first").graph
    second = made(engine, StreamingModel(hears=True), [], name="second")
    graph = engine.StateGraph(engine.MessagesState).add_node("first", first).add_node("second", second)
    graph.add_edge(engine.START, "first")
    return Case(graph.compile(), {"messages": [HumanMessage("hi", id="h")]})


@scenario
def an_agent_over_a_state_of_its_own(engine: Engine) -> Case:
    class State(engine.MessagesState):
        remaining_steps: NotRequired[engine.RemainingSteps]
        user: str

    @tool
    def who(runtime: engine.ToolRuntime, user: Annotated[str, engine.InjectedState("user")]) -> str:
        """Say who asks."""
        return f"{user} {sorted(runtime.state)} {len(runtime.state['messages'])}"

    case = agent(engine, call("who"), tools=(who,), state_schema=State)
    case.input["user"] = "ada"
    return case


@scenario
def an_agent_over_a_pydantic_state(engine: Engine) -> Case:
    class State(BaseModel):
        messages: Annotated[list[Any], engine.add_messages]
        remaining_steps: engine.RemainingSteps = 25
        user: str = "nobody"

    @tool
    def who(user: Annotated[str, engine.InjectedState("user")]) -> str:
        """Say who asks."""
        return user

    return agent(engine, call("who"), tools=(who,), state_schema=State, version="v1", prompt="Be kind.")


@scenario
def an_agent_that_writes_custom_data(engine: Engine) -> Case:
    @tool
    def work(x: int, runtime: engine.ToolRuntime) -> str:
        """Work."""
        engine.get_stream_writer()({"working": x})
        runtime.emit_output_delta("half")
        return "worked"

    return agent(engine, call("work", x=1), tools=(work,))


# -- prompts and models


def prompted(engine: Engine, prompt: Any) -> Case:
    return agent(engine, model=StreamingModel(script=[asks(ADD)], hears=True), prompt=prompt)


@scenario
def a_prompt_as_text(engine: Engine) -> Case:
    return prompted(engine, "Be brief.")


@scenario
def a_prompt_as_a_message(engine: Engine) -> Case:
    return prompted(engine, SystemMessage("Be brief."))


@scenario
def a_prompt_made_of_the_state(engine: Engine) -> Case:
    def prompt(state: Any, config: RunnableConfig, *, runtime: Any, writer: Any) -> Any:
        writer("prompting")
        return [SystemMessage(f"{sorted(state)} {config['tags']} {runtime.context}"), *state["messages"]]

    case = prompted(engine, prompt)
    case.config = {"tags": ["run"]}
    case.options = {"context": "here"}
    return case


@async_scenario
def a_prompt_that_is_awaited(engine: Engine) -> Case:
    async def prompt(state: Any) -> Any:
        return [SystemMessage("awaited"), *state["messages"]]

    return prompted(engine, prompt)


@scenario
def a_prompt_that_is_a_template(engine: Engine) -> Case:
    parts = [("system", "{remaining_steps} steps are left"), ("placeholder", "{messages}")]
    return prompted(engine, ChatPromptTemplate.from_messages(parts))


@scenario
def a_prompt_that_is_a_runnable(engine: Engine) -> Case:
    return prompted(engine, RunnableLambda(lambda state: state["messages"][:1], name="first"))


@scenario
def a_model_with_its_tools_bound(engine: Engine) -> Case:
    return agent(engine, model=StreamingModel(script=[asks(ADD)]).bind_tools([add, shout]))


@scenario
def a_model_in_the_middle_of_a_chain(engine: Engine) -> Case:
    model = StreamingModel(script=[asks(ADD)]).bind_tools([add, shout])
    return agent(engine, model=RunnableLambda(lambda said: said) | model | RunnableLambda(lambda said: said))


@scenario
def a_model_chosen_at_every_turn(engine: Engine) -> Case:
    def choose(state: Any, runtime: Any) -> Any:
        tag = f"turn {len(state['messages'])} for {runtime.context}"
        return StreamingModel(script=[asks(ADD)], tags=[tag]).bind_tools([add])

    case = agent(engine, model=choose, tools=(add,), prompt="Be kind.")
    case.options = {"context": "ada"}
    return case


@async_scenario
def a_model_chosen_in_its_own_time(engine: Engine) -> Case:
    async def choose(state: Any, runtime: Any) -> Any:
        return StreamingModel(script=[asks(ADD)]).bind_tools([add])

    return agent(engine, model=choose, tools=(add,))


# -- structured responses and hooks


class Mood(BaseModel):
    mood: str


def structured(engine: Engine, *calls: Any, **options: Any) -> Case:
    model = StreamingModel(script=[asks(*calls)] if calls else [], structured=options.pop("says", None))
    return agent(engine, model=model, **options)


@scenario
def a_structured_response(engine: Engine) -> Case:
    return structured(engine, ADD, says=Mood(mood="fine"), response_format=Mood)


@scenario
def a_structured_response_with_instructions(engine: Engine) -> Case:
    return structured(engine, response_format=("Say how it feels.", {"title": "Mood"}), version="v1")


@scenario
def a_structured_response_without_tools(engine: Engine) -> Case:
    return structured(engine, tools=(), response_format=Mood)


@scenario
def a_structured_response_after_a_tools_answer(engine: Engine) -> Case:
    return structured(engine, call("answer", x=1), tools=(answer,), response_format=Mood)


@scenario
def a_structured_response_of_a_chosen_model(engine: Engine) -> Case:
    def choose(state: Any, runtime: Any) -> Any:
        return StreamingModel(structured=Mood(mood="chosen")).bind_tools([add])

    return agent(engine, model=choose, tools=(add,), response_format=Mood)


@scenario
def a_hook_before_the_model_that_changes_the_conversation(engine: Engine) -> Case:
    def hook(state: Any, runtime: Any) -> Any:
        return {"messages": [SystemMessage(f"hook {type(runtime).__name__}", id="s")]}

    return agent(engine, model=StreamingModel(script=[asks(ADD)], hears=True), pre_model_hook=hook)


@scenario
def a_graph_before_the_model(engine: Engine) -> Case:
    inner = engine.StateGraph(engine.MessagesState).add_node("look", lambda state: None)
    hook = inner.add_edge(engine.START, "look").compile()
    return agent(engine, ADD, pre_model_hook=hook, version="v1")


@scenario
def a_hook_after_the_model(engine: Engine) -> Case:
    return agent(engine, ADD, post_model_hook=lambda state: {})


@scenario
def a_hook_that_answers_the_tool_call_itself(engine: Engine) -> Case:
    def hook(state: Any) -> Any:
        last = state["messages"][-1]
        return {"messages": [ToolMessage("by hand", tool_call_id="c1", id="t")]} if last.tool_calls else {}

    return agent(engine, ADD, post_model_hook=hook)


@scenario
def a_hook_that_takes_the_tool_call_back(engine: Engine) -> Case:
    def hook(state: Any) -> Any:
        return {"messages": [AIMessage("never mind", id=state["messages"][-1].id)]}

    return agent(engine, ADD, post_model_hook=hook)


@scenario
def a_hook_that_goes_back_to_the_model(engine: Engine) -> Case:
    def hook(state: Any) -> Any:
        if len(state["messages"]) < 4:
            return engine.Command(goto="agent", update={"messages": [HumanMessage("again", id="again")]})
        return None

    return agent(engine, post_model_hook=hook)


@async_scenario
def hooks_and_a_structured_response(engine: Engine) -> Case:
    async def hook(state: Any) -> Any:
        return {}

    return structured(engine, ADD, pre_model_hook=hook, post_model_hook=hook, response_format=Mood)
