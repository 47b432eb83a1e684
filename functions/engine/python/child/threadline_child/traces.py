"""Traces that LangSmith's client sends in the background."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys

TRACER = "langchain_core.tracers.langchain"
# Seconds. An endpoint that does not answer must not hold a run for longer.
PATIENCE = 2


async def flush_traces() -> None:
    """A function is frozen when its run has ended, with all that was not sent by then."""
    if "AWS_LAMBDA_FUNCTION_NAME" not in os.environ or TRACER not in sys.modules:
        return
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(asyncio.to_thread(sys.modules[TRACER].wait_for_all_tracers), PATIENCE)
