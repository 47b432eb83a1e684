"""Every Python example of the LangGraph streaming guide, as written there, against a running server.

Only three things differ from the guide: the URL, the name of the graph (the guide calls each of its graphs "agent"), and `print`,
which records what it is given. What an example prints is then compared with what the guide says it prints.

    THREADLINE_URL=http://127.0.0.1:2024 python guide.py

GUIDE_GRAPHS=python says that the server's graphs are Python's.
"""

import asyncio
import builtins
import os
import sys
from collections.abc import Awaitable, Callable

from guide_modes import (
    all_events,
    custom_data,
    debug,
    filter_llm_tokens,
    llm_tokens,
    mode_values,
    subgraphs,
)
from langgraph_sdk import get_client
from recorded_print import expect, print, printed, text, without_metadata

DEPLOYMENT_URL = os.environ["THREADLINE_URL"]
API_KEY = os.environ.get("LANGGRAPH_API_KEY", "any")

JOKE_UPDATES = [
    {"refine_topic": {"topic": "ice cream and cats"}},
    {"generate_joke": {"joke": "This is a joke about ice cream and cats"}},
]


async def basic_usage() -> None:
    assistant_id = "agent"
    inputs = {"topic": "ice cream"}

    client = get_client(url=DEPLOYMENT_URL, api_key=API_KEY)
    thread = await client.threads.create()
    thread_id = thread["thread_id"]
    async for chunk in client.runs.stream(
        thread_id,
        assistant_id,
        input=inputs,
        stream_mode="updates"
    ):
        print(chunk.data)

    expect(without_metadata(printed[0]), JOKE_UPDATES)


async def extended_usage() -> None:
    client = get_client(url=DEPLOYMENT_URL)
    assistant_id = "agent"
    thread = await client.threads.create()
    thread_id = thread["thread_id"]
    async for chunk in client.runs.stream(  # (1)!
        thread_id,
        assistant_id,
        input={"topic": "ice cream"},
        stream_mode="updates"  # (2)!
    ):
        print(chunk.data)

    expect(without_metadata(printed[0]), JOKE_UPDATES)


async def several_modes() -> None:
    client = get_client(url=DEPLOYMENT_URL)
    assistant_id = "custom_data"
    thread = await client.threads.create()
    thread_id = thread["thread_id"]
    inputs = {"query": "example"}

    async for chunk in client.runs.stream(
        thread_id,
        assistant_id,
        input=inputs,
        stream_mode=["updates", "custom"]
    ):
        print(chunk)

    expect(
        [(chunk.event, chunk.data) for chunk in without_metadata(printed[0])],
        [
            ("custom", {"custom_key": "Generating custom data inside node"}),
            ("custom", {"progress": 0.5, "note": "half way"}),
            ("custom", "a plain string chunk"),
            ("updates", {"node": {"answer": "some data for example"}}),
        ],
    )


async def stateless_run() -> None:
    assistant_id = "agent"
    inputs = {"topic": "ice cream"}

    client = get_client(url=DEPLOYMENT_URL, api_key=API_KEY)

    async for chunk in client.runs.stream(
        None,  # (1)!
        assistant_id,
        input=inputs,
        stream_mode="updates"
    ):
        print(chunk.data)

    expect(without_metadata(printed[0]), JOKE_UPDATES)


async def join_and_stream() -> None:
    client = get_client(url=DEPLOYMENT_URL, api_key=API_KEY)
    thread = await client.threads.create()
    thread_id = thread["thread_id"]
    run = await client.runs.create(
        thread_id, "slow", input={"n": 20, "delay_ms": 100}, stream_mode="custom"
    )
    run_id = run["run_id"]
    while (await client.runs.get(thread_id, run_id))["status"] == "pending":
        await asyncio.sleep(0.05)

    async for chunk in client.runs.join_stream(
        thread_id,
        run_id,  # (1)!
    ):
        print(chunk)

    # Output from before the join may be missing, what comes after it is complete and in order.
    seen = [chunk.data["i"] for chunk in printed if chunk.event == "custom"]
    assert seen, "a join of a running run sees events"
    expect(seen, list(range(seen[0], 20)))
    expect((await client.runs.get(thread_id, run_id))["status"], "success", "status when the stream ends")


EXAMPLES: list[Callable[[], Awaitable[None]]] = [
    basic_usage,
    extended_usage,
    several_modes,
    mode_values,
    subgraphs,
    debug,
    llm_tokens,
    filter_llm_tokens,
    custom_data,
    all_events,
    stateless_run,
    join_and_stream,
]


async def main() -> int:
    failed = 0
    for example in EXAMPLES:
        printed.clear()
        text.clear()
        try:
            await example()
            builtins.print(f"ok    {example.__name__}")
        except Exception as error:
            failed += 1
            builtins.print(f"FAIL  {example.__name__}: {type(error).__name__}: {error}")
    builtins.print(f"{len(EXAMPLES) - failed} of {len(EXAMPLES)} examples of the guide print what it says")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
