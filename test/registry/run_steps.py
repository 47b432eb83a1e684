"""Runs the steps of a script against a server, one after the other, and prints a line for each."""

import traceback
from collections.abc import Awaitable, Callable

Steps = list[tuple[str, Callable[[], Awaitable[None]]]]


async def run_steps(steps: Steps) -> int:
    """The exit code: 1 if a step failed. A failure ends no other step."""
    failures = 0
    for name, run in steps:
        try:
            await run()
            print(f"ok {name}")
        except Exception:
            failures += 1
            print(f"FAIL {name}: {traceback.format_exc()}")
    return 1 if failures else 0
