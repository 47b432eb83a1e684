"""Runs the steps of a client against a server, one after the other, and prints a line of JSON for each: see ../results.ts."""

import asyncio
import json
import os
import traceback
from collections.abc import Awaitable, Callable
from importlib.metadata import version

URL = os.environ["THREADLINE_URL"]
PATIENCE = 60
WORDS = "".join(f"w{n} " for n in range(1, 41))

Steps = dict[str, Callable[[], Awaitable[None]]]


async def run_steps(client: str, package: str, steps: Steps, without: dict[str, str] | None = None) -> int:
    """
    The exit code, 0: a step that failed has its line, and ends no other step.
    `without` has the steps that the client has no call for, and why.
    """

    def say(step: str, result: str, why: str | None = None) -> None:
        line = {"client": client, "package": package, "version": version(package), "step": step, "result": result}
        print(json.dumps(line if why is None else {**line, "why": why}), flush=True)

    for step, why in (without or {}).items():
        say(step, "no call for it", why)
    for step, run in steps.items():
        try:
            await asyncio.wait_for(run(), PATIENCE)
            say(step, "ok")
        except Exception:
            say(step, "failed", traceback.format_exc())
    return 0
