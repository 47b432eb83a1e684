"""State updates, the store and crons with the stock Python SDK, against a running server.

    THREADLINE_URL=http://127.0.0.1:2024 python state_store_crons.py
"""

import asyncio
import os
import sys

from langgraph_sdk import get_client, get_sync_client
from langgraph_sdk.errors import ConflictError, NotFoundError, UnprocessableEntityError
from run_steps import Steps, run_steps

URL = os.environ["THREADLINE_URL"]
client = get_client(url=URL)
sync = get_sync_client(url=URL)
NEVER = "30 3 29 2 *"


async def updated_states() -> None:
    thread_id = (await client.threads.create())["thread_id"]
    await client.runs.wait(thread_id, "agent", input={"topic": "ice"})
    written = await client.threads.update_state(thread_id, {"topic": "snow"}, as_node="refine_topic")
    state = await client.threads.get_state(thread_id)
    assert state["checkpoint"]["checkpoint_id"] == written["checkpoint"]["checkpoint_id"]
    assert state["next"] == ["generate_joke"]
    values = await client.runs.wait(thread_id, "agent", input=None)
    assert values == {"topic": "snow", "joke": "This is a joke about snow"}
    history = await client.threads.get_history(thread_id, limit=10)
    forked = sync.threads.update_state(thread_id, None, checkpoint=history[-1]["checkpoint"])
    assert forked["checkpoint"]["checkpoint_id"] != history[-1]["checkpoint"]["checkpoint_id"]


async def refused_beside_a_run() -> None:
    thread_id = (await client.threads.create())["thread_id"]
    run = await client.runs.create(thread_id, "slow", input={})
    try:
        await client.threads.update_state(thread_id, {"joke": "mine"})
        raise AssertionError("an update beside a run was taken")
    except ConflictError:
        await client.runs.cancel(thread_id, run["run_id"], wait=True)


async def begun_with_supersteps() -> None:
    steps = [{"updates": [{"values": {"trail": [f"s{n}"]}, "as_node": "draft"}]} for n in range(3)]
    thread = await client.threads.create(graph_id="review", supersteps=steps)
    assert thread["values"] == {"trail": ["s0", "s1", "s2"]}
    assert len(await client.threads.get_history(thread["thread_id"])) == 3


async def kept_items() -> None:
    namespace = ["python", "sdk"]
    await client.store.put_item(namespace, "one", {"n": 1})
    sync.store.put_item(namespace, "two", {"n": 2}, index=False, ttl=60)
    item = await client.store.get_item(namespace, "one")
    assert item["value"] == {"n": 1} and item["namespace"] == namespace
    assert await client.store.get_item(namespace, "absent") is None
    found = await client.store.search_items(["python"], filter={"n": {"$gt": 1}})
    assert [one["key"] for one in found["items"]] == ["two"]
    listed = await client.store.list_namespaces(prefix=["python"])
    assert listed["namespaces"] == [namespace]
    for key in ("one", "two"):
        await client.store.delete_item(namespace, key)
    assert (await client.store.search_items(["python"]))["items"] == []
    try:
        await client.http.put("/store/items", json={"namespace": ["a.b"], "key": "k", "value": {}})
        raise AssertionError("a label with a period was taken")
    except UnprocessableEntityError:
        pass


async def scheduled() -> None:
    thread_id = (await client.threads.create())["thread_id"]
    on_thread = await client.crons.create_for_thread(thread_id, "agent", schedule=NEVER, input={"topic": "ice"})
    stateless = sync.crons.create("agent", schedule=NEVER, timezone="Europe/Berlin", on_run_completed="keep")
    assert on_thread["thread_id"] == thread_id and stateless["thread_id"] is None
    changed = await client.crons.update(on_thread["cron_id"], schedule="0 9 * * *", enabled=False)
    assert changed["schedule"] == "0 9 * * *" and not changed["enabled"]
    assert changed["payload"]["input"] == {"topic": "ice"}
    found = await client.crons.search(thread_id=thread_id)
    assert [one["cron_id"] for one in found] == [on_thread["cron_id"]]
    assert await client.crons.count(thread_id=thread_id) == 1
    for cron in (on_thread, stateless):
        await client.crons.delete(cron["cron_id"])
    try:
        await client.crons.delete(stateless["cron_id"])
        raise AssertionError("a cron was deleted twice")
    except NotFoundError:
        pass


STEPS: Steps = [
    ("Python SDK: an updated state, a fork", updated_states),
    ("Python SDK: no update beside a run", refused_beside_a_run),
    ("Python SDK: a thread that begins with supersteps", begun_with_supersteps),
    ("Python SDK: the store", kept_items),
    ("Python SDK: crons", scheduled),
]


if __name__ == "__main__":
    sys.exit(asyncio.run(run_steps(STEPS)))
