"""Graphs without a checkpointer in graphs whose steps wait for their checkpoints, as all that the server runs do."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any, TypedDict

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.pregel import Pregel
from threadline_child.unstored_graphs import run_unstored

CONFIG: Any = {"configurable": {"thread_id": "1"}}
SYNC: Any = {"durability": "sync"} if "durability" in inspect.signature(Pregel.astream).parameters else {}


class State(TypedDict, total=False):
    said: str


def graph() -> Any:
    inner = StateGraph(State)
    inner.add_node("say", lambda _: {"said": "inside"})
    inner.add_edge(START, "say")
    outer = StateGraph(State)
    outer.add_node("inner", inner.compile(checkpointer=False))
    outer.add_edge(START, "inner")
    return outer.compile(checkpointer=InMemorySaver())


@pytest.mark.parametrize("how", ["on the event loop", "on a thread"])
def test_end_as_they_would_alone(how: str) -> None:
    run_unstored()
    run = graph()
    given: State = {"said": "outside"}

    ended = (
        asyncio.run(run.ainvoke(given, CONFIG, **SYNC))
        if how == "on the event loop"
        else run.invoke(given, CONFIG, **SYNC)
    )

    assert ended == {"said": "inside"}
    assert run.get_state(CONFIG).values == {"said": "inside"}
