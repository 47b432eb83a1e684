"""The graphs of steps.ts in Python. A node tells the test's listener by a socket, and waits for its answer."""

import asyncio
import os
from operator import add
from typing import Annotated, Any, TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt


class State(TypedDict):
    trail: Annotated[list[str], add]


async def node_runs(name: str, thread_id: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(os.environ["NODE_RUNS_PORT"]))
    try:
        writer.write(f"{name} {thread_id}\n".encode())
        answer = (await reader.readline()).decode().strip()
    finally:
        writer.close()
    if answer != "ok":
        raise RuntimeError(answer)


def node(name: str) -> Any:
    async def run(state: State, config: RunnableConfig) -> dict[str, list[str]]:
        write = get_stream_writer()
        write(f"{name} begins")
        await node_runs(name, config["configurable"]["thread_id"])
        write(f"{name} ends")
        return {"trail": [name]}

    return run


def ask(state: State) -> dict[str, list[str]]:
    return {"trail": [str(interrupt("?"))]}


short = StateGraph(State).add_node("a", node("a")).add_edge(START, "a").compile()

asking = (
    StateGraph(State)
    .add_node("a", node("a"))
    .add_node("ask", ask)
    .add_node("b", node("b"))
    .add_edge(START, "a")
    .add_edge("a", "ask")
    .add_edge("ask", "b")
    .compile()
)

two_steps = StateGraph(State).add_node("x", node("x")).add_node("y", node("y")).add_edge(START, "x").add_edge("x", "y")
inner = two_steps.compile()

nested = (
    StateGraph(State)
    .add_node("a", node("a"))
    .add_node("inner", inner)
    .add_node("c", node("c"))
    .add_edge(START, "a")
    .add_edge(START, "inner")
    .add_edge("a", "c")
    .add_edge("inner", "c")
    .compile()
)


def between(middle: Any) -> Any:
    return (
        StateGraph(State)
        .add_node("a", node("a"))
        .add_node("inner", middle)
        .add_node("c", node("c"))
        .add_edge(START, "a")
        .add_edge("a", "inner")
        .add_edge("inner", "c")
        .compile()
    )


unstored = between(two_steps.compile(checkpointer=False))

unstored_around = between(
    StateGraph(State).add_node("inner", inner).add_edge(START, "inner").compile(checkpointer=False)
)

kept = (
    StateGraph(State)
    .add_node("a", node("a"))
    .add_node("kept", two_steps.compile(checkpointer=True))
    .add_node("c", node("c"))
    .add_edge(START, "a")
    .add_edge("a", "kept")
    .add_edge("kept", "c")
    .add_conditional_edges("c", lambda state: END if state["trail"].count("c") > 1 else "kept", ["kept", END])
    .compile()
)


async def call(state: State, config: RunnableConfig) -> dict[str, list[str]]:
    return {"trail": (await inner.ainvoke({"trail": []}, config))["trail"]}


calling = (
    StateGraph(State)
    .add_node("a", node("a"))
    .add_node("call", call)
    .add_node("c", node("c"))
    .add_edge(START, "a")
    .add_edge(START, "call")
    .add_edge("a", "c")
    .add_edge("call", "c")
    .compile()
)

endless = StateGraph(State).add_node("a", node("a")).add_edge(START, "a").add_edge("a", "a").compile()

endless_inside = (
    StateGraph(State)
    .add_node("b", node("b"))
    .add_node("endless", endless)
    .add_edge(START, "b")
    .add_edge("b", "endless")
    .compile()
)

graph = (
    StateGraph(State)
    .add_node("a", node("a"))
    .add_node("b", node("b"))
    .add_node("c", node("c"))
    .add_edge(START, "a")
    .add_edge("a", "b")
    .add_edge("b", "c")
    .add_edge("c", END)
    .compile()
)
