"""Runs that stream content blocks end as others do: when a transformer fails, at a hand-over, when cancelled."""

from __future__ import annotations

import asyncio
from typing import Any, TypedDict

import pytest
from conftest import Server, connected, run_of
from langgraph.graph import START, StateGraph
from langgraph.stream import StreamTransformer
from threadline_child.run import Run


class State(TypedDict):
    text: str


class Watcher(StreamTransformer):
    """Remembers what it has seen; fails on a word."""

    def __init__(self, scope: tuple[str, ...] = ()) -> None:
        super().__init__(scope)
        self.over: list[str] = []
        made.append(self)

    def init(self) -> dict[str, Any]:
        return {}

    def process(self, event: Any) -> bool:
        if "bad" in str(event["params"]["data"]):
            raise ValueError("no")
        return True

    def finalize(self) -> None:
        self.over.append("finalized")

    def fail(self, err: BaseException) -> None:
        self.over.append(type(err).__name__)


made: list[Watcher] = []


def blocks_run(server: Server, nodes: list[Any]) -> Run:
    graph = StateGraph(State).add_sequence(nodes).add_edge(START, nodes[0].__name__)
    run = run_of(graph.compile(transformers=[Watcher]), connected(server), ["values", "updates", "tasks"])
    run._kwargs = {**run._kwargs, "blocks": True}
    made.clear()
    return run


def good(state: State) -> State:
    return {"text": "good"}


def bad(state: State) -> State:
    return {"text": "bad"}


def last(state: State) -> State:
    return {"text": "last"}


@pytest.mark.parametrize(
    ("nodes", "kind", "over"),
    [([good, last], "completed", "finalized"), ([good, bad, last], "failed", "ValueError")],
    ids=["to its end", "with a transformer that fails"],
)
def test_a_run(server: Server, nodes: list[Any], kind: str, over: str) -> None:
    async def perform() -> Any:
        return await blocks_run(server, nodes).perform()

    outcome = asyncio.run(perform())

    assert outcome["kind"] == kind
    assert [watcher.over for watcher in made] == [[over]]


@pytest.mark.parametrize(
    ("ask", "kind", "over"), [("drain", "drained", "GraphDrained"), ("abort", "aborted", "CancelledError")]
)
def test_a_run_that_is_stopped(server: Server, ask: str, kind: str, over: str) -> None:
    run: Any = None

    async def stop(state: State) -> State:
        getattr(run, ask)()
        await asyncio.sleep(0)
        return {"text": "stopped"}

    async def perform() -> Any:
        nonlocal run
        run = blocks_run(server, [good, stop, last])
        return await run.perform()

    outcome = asyncio.run(perform())

    assert outcome["kind"] == kind
    assert [watcher.over for watcher in made] == [[over]]
    assert not any("last" in str(told["data"].get("text")) for told in server.told if isinstance(told["data"], dict))
