"""Lets graphs without a checkpointer run in graphs whose steps wait for their checkpoints.

LangGraph waits for one of the inner graph, too, which is never put, and fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

# LangGraph has renamed the module.
MODULES = ("langgraph.pregel._loop", "langgraph.pregel.loop")
LAST_PUT = "_put_checkpoint_fut"


class NothingPut:
    """In place of the last checkpoint's future, for a loop and for a thread."""

    def __await__(self) -> Iterator[None]:
        return iter(())

    def result(self) -> None:
        return None


def wait_for_nothing() -> None:
    for name in MODULES:
        try:
            loop = import_module(name).PregelLoop
        except (ImportError, AttributeError):
            continue
        if not hasattr(loop, LAST_PUT):
            setattr(loop, LAST_PUT, NothingPut())
        return
