"""What announces a task of a graph that a node calls synchronously comes after the task's writes are sent."""

from __future__ import annotations

import asyncio
from operator import add
from typing import Annotated, Any, TypedDict

import pytest
from conftest import Header, Server, connected, run_of
from langchain_core.runnables import RunnableConfig
from langgraph.graph import START, StateGraph


class State(TypedDict):
    trail: Annotated[list[str], add]


def tells(name: str) -> Any:
    def is_meant(told: Header) -> bool:
        return told["op"] == "event" and isinstance(told["data"], dict) and name in told["data"]

    return is_meant


@pytest.mark.parametrize("called", ["on a thread", "on the event loop"])
def test_writes_come_first_though_the_pool_has_no_thread_for_them(server: Server, called: str) -> None:
    def slow(state: State) -> dict[str, list[str]]:
        # The pool's only thread is here, and so is the event loop if it was called there.
        if called == "on a thread":
            server.wait_for(tells("quick"))
        return {"trail": ["slow"]}

    inner = (
        StateGraph(State)
        .add_node("quick", lambda _: {"trail": ["quick"]})
        .add_node("slow", slow)
        .add_edge(START, "quick")
        .add_edge(START, "slow")
        .compile()
    )

    def call(state: State, config: RunnableConfig) -> dict[str, list[str]]:
        return {"trail": inner.invoke({"trail": []}, config)["trail"]}

    async def acall(state: State, config: RunnableConfig) -> dict[str, list[str]]:
        return call(state, config)

    node: Any = call if called == "on a thread" else acall
    outer = StateGraph(State).add_node("call", node).add_edge(START, "call").compile()

    async def perform() -> Any:
        return await run_of(outer, connected(server), ["updates"], max_concurrency=1).perform()

    outcome = asyncio.run(perform())

    assert outcome["kind"] == "completed"
    server.wait_for(tells("call"))
    inside = [told for told in server.told if "call:" in str(told.get("ns"))]
    for name in ("quick", "slow"):
        announced = next(position for position, told in enumerate(inside) if tells(name)(told))
        stored = next(
            position
            for position, told in enumerate(inside)
            if told["op"] == "saver.put_writes" and told["writes"] and told["task_path"].endswith(name)
        )
        assert stored < announced, name
    heads = [position for position, told in enumerate(inside) if told["op"] == "saver.put"]
    if called == "on a thread":
        assert heads[-1] > max(position for position, told in enumerate(inside) if told["op"] == "event")
