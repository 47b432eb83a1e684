"""Prints the tokens a second of plain `astream` with JSON, without a server: what this interpreter can reach.

Usage: `plain.py TOKENS ROUNDS`
"""

import asyncio
import statistics
import sys
import time
from typing import Any

import orjson
from counting import State, graph

WARM_UP = 2


async def rate(tokens: int) -> float:
    started = time.perf_counter()
    given: State = {"n": tokens, "delay_ms": 0, "text": ""}
    async for message, metadata in graph.astream(given, stream_mode="messages"):
        orjson.dumps([message, metadata], default=_fields)
    return tokens / (time.perf_counter() - started)


def _fields(message: Any) -> Any:
    return message.model_dump()


async def main(tokens: int, rounds: int) -> None:
    rates = [await rate(tokens) for _ in range(WARM_UP + rounds)]
    print(statistics.median(rates[WARM_UP:]))


asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
