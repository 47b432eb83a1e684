"""Graphs that keep their state from one call to the next (`checkpointer=True`), in a run that goes on.

LangGraph resumes all graphs of the superstep. One that no earlier claim has begun would be taken as done, by what it
did in the call before.
"""

from __future__ import annotations

import functools
from typing import Any

from .renamed import LOOPS, find_in
from .saver import Saver

RESUMING = "__pregel_resuming"


def begin_kept_graphs() -> None:
    """Begins those anew that are not begun."""
    loop = find_in(LOOPS, "PregelLoop")
    if loop is None or hasattr(loop._first, "__wrapped__"):
        return
    first = loop._first

    @functools.wraps(first)
    def begin(self: Any, *args: Any, **kwargs: Any) -> Any:
        if (
            self.is_nested
            and isinstance(self.checkpointer, Saver)
            and self.checkpointer.goes_on
            and not _has_begun(self)
        ):
            self.config["configurable"].pop(RESUMING, None)
        return first(self, *args, **kwargs)

    loop._first = begin


def _has_begun(loop: Any) -> bool:
    """In this superstep: its checkpoint is newer than those of the graphs around it."""
    own = loop.checkpoint_config["configurable"].get("checkpoint_id") or ""
    around = loop.config["configurable"].get("checkpoint_map") or {}
    return all(own > (loop.checkpointer.stored(outer) or "") for outer in around.values())
