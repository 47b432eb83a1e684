"""A checkpoint is put after the events of its superstep: those have to reach this process first."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from contextvars import ContextVar

from .wire import Wire

# Turns of the event loop in which a chunk gets here: a subgraph's passes through the graphs around it, turn by turn.
STREAM_TURNS = 5
# Seconds that a thread waits for these turns. Only where a node blocks the event loop are they not over at once.
LOOP_PATIENCE = 5
# Set for graphs that were called on the thread of the event loop: waiting for its turns there would take for ever.
blocks_loop: ContextVar[bool] = ContextVar("blocks_loop", default=False)


async def streamed() -> None:
    """What was streamed until now has come to this process."""
    for _ in range(STREAM_TURNS):
        await asyncio.sleep(0)


def wait_until_streamed(wire: Wire) -> None:
    """The same for a thread of a pool, as far as the event loop turns."""
    if blocks_loop.get() or threading.get_ident() == wire.loop_thread:
        return
    with contextlib.suppress(TimeoutError):
        asyncio.run_coroutine_threadsafe(streamed(), wire.loop).result(LOOP_PATIENCE)
