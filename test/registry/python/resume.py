"""The stock Python SDK resumes by itself: a connection that is cut in the middle of an event loses nothing and repeats nothing.

    THREADLINE_URL=http://127.0.0.1:2024 python resume.py
"""

import asyncio
import os
import sys
import warnings

from cut_proxy import CutProxy
from langgraph_sdk import get_client

DEPLOYMENT_URL = os.environ["THREADLINE_URL"]
N = 30

CASES: dict[str, list[int]] = {
    "before the first event": [0],
    "in the first event": [40],
    "in the middle of an event": [700],
    "three times in a row": [300, 250, 200],
}


async def watch(cuts: list[int], thread: bool) -> None:
    """Streams a run of N chunks through a proxy that cuts, and checks that each arrives once and in order."""
    async with CutProxy(DEPLOYMENT_URL, cuts) as proxy:
        client = get_client(url=proxy.url)
        thread_id = (await client.threads.create())["thread_id"] if thread else None

        events = [
            chunk
            async for chunk in client.runs.stream(
                thread_id,
                "slow",
                input={"n": N, "delay_ms": 40},
                stream_mode=["custom", "updates"],
                stream_resumable=True,
            )
        ]

        names = [event.event for event in events]
        assert names == ["metadata", *["custom"] * N, "updates"], names
        assert [event.data["i"] for event in events[1:-1]] == list(range(N)), "chunks are out of order"
        assert len({event.id for event in events}) == len(events), "ids repeat"
        assert proxy.done == len(cuts), f"only {proxy.done} of {len(cuts)} cuts were made"


async def main() -> int:
    # The SDK warns of every reconnect without a cursor; that such a cut loses nothing is what the first case shows.
    warnings.simplefilter("ignore")
    failed = 0
    for name, cuts in CASES.items():
        for thread in (True, False):
            title = f"cut {name}, {'on a thread' if thread else 'stateless'}"
            try:
                await watch(cuts, thread)
                print(f"ok    {title}")
            except Exception as error:
                failed += 1
                print(f"FAIL  {title}: {type(error).__name__}: {error}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
