"""A letter in three steps: the second kills its process once, the third asks a person."""

import os
import signal
from pathlib import Path
from typing import TypedDict

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt


class Letter(TypedDict, total=False):
    mark: str
    begun: str
    text: str
    signed: str


def begin(state: Letter) -> Letter:
    return {"begun": str(os.getpid())}


def write(state: Letter) -> Letter:
    mark = Path(state["mark"])
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return {"text": f"written by {os.getpid()}"}


def sign(state: Letter) -> Letter:
    return {"signed": interrupt("Whose name?")}


graph = (
    StateGraph(Letter)
    .add_node(begin)
    .add_node(write)
    .add_node(sign)
    .add_edge(START, "begin")
    .add_edge("begin", "write")
    .add_edge("write", "sign")
    .compile()
)
