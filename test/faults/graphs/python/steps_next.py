"""What the next deployment makes of the graph `steps`: one node does something else."""

from operator import add
from typing import Annotated, Any, TypedDict

from langgraph.graph import END, START, StateGraph


class State(TypedDict):
    trail: Annotated[list[str], add]


def new(name: str) -> Any:
    def run(state: State) -> dict[str, list[str]]:
        return {"trail": [f"new {name}"]}

    return run


changed = (
    StateGraph(State)
    .add_node("a", new("a"))
    .add_node("b", new("b"))
    .add_node("c", new("c"))
    .add_edge(START, "a")
    .add_edge("a", "b")
    .add_edge("b", "c")
    .add_edge("c", END)
    .compile()
)

# Where b was there is nothing.
shortened = (
    StateGraph(State)
    .add_node("a", new("a"))
    .add_node("c", new("c"))
    .add_edge(START, "a")
    .add_edge("a", "c")
    .add_edge("c", END)
    .compile()
)
