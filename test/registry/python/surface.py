"""Every method of the stock Python SDK, by its asynchronous and by its synchronous client, against a running server.

    THREADLINE_URL=http://127.0.0.1:2024 python surface.py
"""

import asyncio
import inspect
import sys
from typing import Any

from langgraph_sdk import get_client, get_sync_client
from run_steps import URL, Steps, run_steps

NEVER = "30 3 29 2 *"
INPUT = {"topic": "ice"}
PARTS = ("assistants", "threads", "runs", "crons", "store")


def methods_of(part: Any) -> set[str]:
    return {name for name, _ in inspect.getmembers(type(part), callable) if not name.startswith("_")}


class Called:
    """A client whose results are awaited whichever client it is, and which knows what was called."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.names: set[str] = set()

    def every(self) -> set[str]:
        return {f"{part}.{name}" for part in PARTS for name in methods_of(getattr(self.client, part))}

    def method(self, name: str) -> Any:
        self.names.add(name)
        part, method = name.split(".")
        return getattr(getattr(self.client, part), method)

    async def __call__(self, name: str, /, *args: Any, **options: Any) -> Any:
        value = self.method(name)(*args, **options)
        return await value if inspect.isawaitable(value) else value

    async def stream(self, name: str, /, *args: Any, **options: Any) -> list[Any]:
        stream = self.method(name)(*args, **options)
        return [one async for one in stream] if hasattr(stream, "__aiter__") else list(stream)


async def use_assistants(call: Called) -> None:
    made = await call("assistants.create", "agent", name="Ada", metadata={"of": "surface"})
    assistant_id = made["assistant_id"]
    assert (await call("assistants.get", assistant_id))["name"] == "Ada"
    assert (await call("assistants.update", assistant_id, name="Eve"))["version"] == 2
    assert len(await call("assistants.get_versions", assistant_id)) == 2
    assert (await call("assistants.set_latest", assistant_id, 1))["name"] == "Ada"
    found = await call("assistants.search", metadata={"of": "surface"}, response_format="object")
    assert [one["assistant_id"] for one in found["assistants"]] == [assistant_id]
    assert await call("assistants.count", metadata={"of": "surface"}) == 1
    assert (await call("assistants.get_graph", assistant_id, xray=True))["nodes"]
    assert "topic" in (await call("assistants.get_schemas", assistant_id))["input_schema"]["properties"]
    assert list(await call("assistants.get_subgraphs", "parent", recurse=True)) == ["node_2"]
    await call("assistants.delete", assistant_id, delete_threads=True)
    assert await call("assistants.count", metadata={"of": "surface"}) == 0


async def use_threads(call: Called) -> None:
    thread = await call("threads.create", metadata={"of": "surface"}, ttl=60, graph_id="agent")
    thread_id = thread["thread_id"]
    await call("runs.wait", thread_id, "agent", input=INPUT)
    assert (await call("threads.get", thread_id, include=["ttl"]))["ttl"]["ttl_minutes"] == 60
    assert (await call("threads.update", thread_id, metadata={"more": 1}))["metadata"]["more"] == 1
    found = await call("threads.search", metadata={"of": "surface"}, ids=[thread_id], extract={"t": "values.topic"})
    assert [one["extracted"] for one in found] == [{"t": "ice and cats"}]
    assert await call("threads.count", metadata={"of": "surface"}) == 1
    copied = (await call("threads.copy", thread_id))["thread_id"]
    assert (await call("threads.get_state", copied))["values"]["topic"] == "ice and cats"
    history = await call("threads.get_history", thread_id, limit=10)
    at = await call("threads.get_state", thread_id, checkpoint=history[-1]["checkpoint"], subgraphs=True)
    assert at["next"] == ["__start__"]
    await call("threads.update_state", thread_id, {"topic": "snow"}, as_node="refine_topic")
    assert (await call("threads.get_state", thread_id))["values"]["topic"] == "snow"
    assert (await call("threads.prune", [copied]))["pruned_count"] == 1
    await call("threads.delete", thread_id)
    assert await call("threads.count", metadata={"of": "surface"}) == 0


async def use_runs(call: Called) -> None:
    thread_id = (await call("threads.create"))["thread_id"]
    run = await call("runs.create", thread_id, "agent", input=INPUT, metadata={"n": 1})
    run_id = run["run_id"]
    assert (await call("runs.join", thread_id, run_id))["topic"] == "ice and cats"
    assert (await call("runs.get", thread_id, run_id))["status"] == "success"
    events = await call.stream("runs.join_stream", thread_id, run_id, last_event_id="-1")
    assert [one.event for one in events] == ["metadata", "values", "values", "values"]
    streamed = await call.stream("runs.stream", thread_id, "agent", input=INPUT, stream_mode=["updates", "values"])
    assert {one.event for one in streamed} == {"metadata", "updates", "values"}
    assert (await call("runs.wait", None, "agent", input=INPUT))["topic"] == "ice and cats"
    batch = [{"assistant_id": "agent", "input": INPUT} for _ in range(2)]
    assert len(await call("runs.create_batch", batch)) == 2
    gate = f"surface {thread_id}"
    waiting = [await call("runs.create", thread_id, "slow", input={"n": 1, "delay_ms": 1, "gate": gate}) for _ in "ab"]
    await call("runs.cancel_many", thread_id=thread_id, run_ids=[waiting[1]["run_id"]])
    await call("runs.cancel", thread_id, waiting[0]["run_id"], wait=True)
    assert len(await call("runs.list", thread_id, status="interrupted")) == 2
    await call("runs.delete", thread_id, run_id)
    assert len(await call("runs.list", thread_id)) == 3


async def use_crons(call: Called) -> None:
    thread_id = (await call("threads.create"))["thread_id"]
    crons = [
        await call("crons.create_for_thread", thread_id, "agent", schedule=NEVER, metadata={"of": "surface"}),
        await call("crons.create", "agent", schedule=NEVER, metadata={"of": "surface"}),
    ]
    assert len(await call("crons.search", metadata={"of": "surface"})) == 2
    assert await call("crons.count", metadata={"of": "surface"}) == 2
    assert not (await call("crons.update", crons[0]["cron_id"], enabled=False))["enabled"]
    for cron in crons:
        await call("crons.delete", cron["cron_id"])
    assert await call("crons.count", metadata={"of": "surface"}) == 0


async def use_store(call: Called) -> None:
    namespace = ["surface", type(call.client).__name__]
    await call("store.put_item", namespace, "k", {"n": 1}, ttl=60)
    assert (await call("store.get_item", namespace, "k"))["value"] == {"n": 1}
    assert len((await call("store.search_items", namespace, filter={"n": {"$gte": 1}}))["items"]) == 1
    assert (await call("store.list_namespaces", prefix=["surface"]))["namespaces"] == [namespace]
    await call("store.delete_item", namespace, "k")
    assert await call("store.get_item", namespace, "k") is None


async def follow_a_thread(call: Called) -> None:
    """Its stream ends with the thread."""
    thread_id = (await call("threads.create"))["thread_id"]
    stream = await call("threads.join_stream", thread_id, last_event_id="-")
    await call("runs.wait", thread_id, "agent", input=INPUT)
    first = await anext(stream) if hasattr(stream, "__aiter__") else next(stream)
    assert first.event == "metadata"
    await call("threads.delete", thread_id)


async def stream_a_thread(call: Called) -> None:
    """By the thread-centric protocol: the state at the end of the run that it starts."""
    opened = call.method("threads.stream")(assistant_id="agent")
    if hasattr(opened, "__aenter__"):
        async with opened as thread:
            await thread.run.start(input=INPUT)
            output = await thread.output
    else:
        with opened as thread:
            thread.run.start(input=INPUT)
            output = thread.output
    assert output["topic"] == "ice and cats", output


async def every_method(client: Any) -> None:
    call = Called(client)
    for use in (use_assistants, use_threads, use_runs, use_crons, use_store, follow_a_thread):
        await use(call)
    await stream_a_thread(call)
    assert call.names == call.every(), call.every() ^ call.names


STEPS: Steps = {
    "every method, asynchronous": lambda: every_method(get_client(url=URL)),
    "every method, synchronous": lambda: every_method(get_sync_client(url=URL)),
}

if __name__ == "__main__":
    sys.exit(asyncio.run(run_steps("Python SDK", "langgraph-sdk", STEPS)))
