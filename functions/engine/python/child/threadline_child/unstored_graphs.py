"""Lets graphs that keep no checkpoints run inside of graphs whose steps wait for theirs and that are handed over."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from .renamed import LOOPS, find_in

LAST_PUT = "_put_checkpoint_fut"


class NothingPut:
    """In place of the last checkpoint's future, for a loop and for a thread."""

    def __await__(self) -> Iterator[None]:
        return iter(())

    def result(self) -> None:
        return None


def run_unstored() -> None:
    loop = find_in(LOOPS, "PregelLoop")
    if loop is None or hasattr(loop, LAST_PUT):
        return
    # LangGraph waits for a put of such a graph, too, which never comes.
    setattr(loop, LAST_PUT, NothingPut())
    tick = loop.tick

    @functools.wraps(tick)
    def tick_to_the_end(self: Any, *args: Any, **kwargs: Any) -> Any:
        # Stopped between two steps it would begin again, so the node around it is done to its end.
        if self.checkpointer is None and getattr(self, "control", None) is not None:
            self.control = None
            self.config = _without_control(self.config)
        return tick(self, *args, **kwargs)

    loop.tick = tick_to_the_end


def _without_control(config: dict[str, Any]) -> dict[str, Any]:
    """For the graphs inside, too: those that store what they do would stop, and be asked again under other ids."""
    configurable = config["configurable"]
    runtime = configurable["__pregel_runtime"].override(control=None)
    return {**config, "configurable": {**configurable, "__pregel_runtime": runtime}}
