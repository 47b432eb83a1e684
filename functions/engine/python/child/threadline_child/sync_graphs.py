"""Graphs that a node calls synchronously store on threads of a pool, while they stream on. Their order is kept here.

A task's writes are sent when they are handed to the pool, before LangGraph streams the task's end.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

from .renamed import find_in
from .saver import Saver
from .stream_order import blocks_loop

# LangGraph has renamed the module.
MODULES = ("langgraph.pregel._executor", "langgraph.pregel.executor")


def keep_order(loop_thread: int) -> None:
    """`loop_thread`: the one of the event loop, which a graph called there blocks."""
    pool = find_in(MODULES, "BackgroundExecutor")
    if pool is None or hasattr(pool.submit, "__wrapped__"):
        return
    submit = pool.submit

    @functools.wraps(submit)
    def submit_in_order(self: Any, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        held = blocks_loop.set(threading.get_ident() == loop_thread)
        try:
            if isinstance(saver := getattr(fn, "__self__", None), Saver) and fn.__name__ == "put_writes":
                return submit(self, saver.begin_writes(*args).wait, **kwargs)
            return submit(self, fn, *args, **kwargs)
        finally:
            blocks_loop.reset(held)

    pool.submit = submit_in_order
