"""The sample input that `npm start` prints for a graph: what its first channel takes."""

import operator
from typing import Annotated, Any, TypedDict

import pytest
from langgraph.graph import START, StateGraph
from threadline_child.shapes import sample_input


class Words(TypedDict):
    words: Annotated[list[str], operator.add]


class BareList(TypedDict):
    words: Annotated[list, operator.add]  # type: ignore[type-arg]  # as projects write it


class Count(TypedDict):
    count: Annotated[int, operator.add]


class Topic(TypedDict):
    topic: str


@pytest.mark.parametrize(
    ("state", "sample"),
    [(Words, {"words": []}), (BareList, {"words": []}), (Count, {"count": 1}), (Topic, {"topic": "Hello"})],
)
def test_a_sample_is_of_the_type_of_its_channel(state: Any, sample: dict[str, Any]) -> None:
    graph = StateGraph(state).add_node("node", lambda _: {}).add_edge(START, "node").compile()

    assert sample_input(graph) == sample
