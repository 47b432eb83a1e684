"""Assistants, batches, state updates, the store and crons with the stock Python SDK, against a running server.

    THREADLINE_URL=http://127.0.0.1:2024 python sdk_resources.py
"""

import asyncio
import sys
import uuid

from langgraph_sdk import get_client, get_sync_client
from langgraph_sdk.errors import ConflictError, NotFoundError, UnprocessableEntityError
from run_steps import URL, Steps, run_steps

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


async def assistants() -> None:
    owner = str(uuid.uuid4())
    made = await client.assistants.create(
        "agent", context={"model": "small"}, metadata={"owner": owner}, name="Ada", description="first"
    )
    assistant_id = made["assistant_id"]
    try:
        await client.assistants.create("agent", assistant_id=assistant_id)
    except ConflictError:
        pass
    else:
        raise AssertionError("an id was used twice")
    again = await client.assistants.create("agent", assistant_id=assistant_id, if_exists="do_nothing")
    assert again == made
    changed = await client.assistants.update(assistant_id, name="Eve", metadata={"more": 1})
    assert changed["version"] == 2 and changed["metadata"] == {"owner": owner, "more": 1}
    versions = await client.assistants.get_versions(assistant_id)
    assert [version["version"] for version in versions] == [2, 1]
    first = await client.assistants.set_latest(assistant_id, 1)
    assert first["name"] == "Ada" and first["description"] == "first"
    found = await client.assistants.search(metadata={"owner": owner}, limit=1)
    assert [one["assistant_id"] for one in found] == [assistant_id]
    assert await client.assistants.count(metadata={"owner": owner}) == 1
    run = await client.runs.wait(None, assistant_id, input={"topic": "ice cream"})
    assert run["topic"] == "ice cream and cats"
    graph = await client.assistants.get_graph(assistant_id, xray=2)
    assert {"__start__", "__end__"} <= {node["id"] for node in graph["nodes"]}
    schemas = await client.assistants.get_schemas("tool_agent")
    assert "messages" in schemas["input_schema"]["properties"]
    assert list(await client.assistants.get_subgraphs("parent", recurse=True)) == ["node_2"]
    await client.assistants.delete(assistant_id)
    try:
        await client.assistants.get(assistant_id)
    except NotFoundError:
        return
    raise AssertionError("a deleted assistant is still there")


async def batches() -> None:
    batch = sync.runs.create_batch([{"assistant_id": "agent", "input": {"topic": topic}} for topic in ("a", "b")])
    values = [sync.runs.join(run["thread_id"], run["run_id"]) for run in batch]
    assert [value["topic"] for value in values] == ["a and cats", "b and cats"]
    thread_id = sync.threads.create()["thread_id"]
    run = sync.runs.create(thread_id, "agent", input={"topic": "c"}, langsmith_tracing={"project_name": "p"})
    sync.runs.join(thread_id, run["run_id"])
    assert [one["status"] for one in sync.runs.list(thread_id, status="success", select=["status"])] == ["success"]
    sync.runs.delete(thread_id, run["run_id"])
    assert sync.runs.list(thread_id) == []


STEPS: Steps = {
    "assistants and their versions": assistants,
    "runs in a batch, listed, deleted": batches,
    "state update": updated_states,
    "no update beside a run": refused_beside_a_run,
    "a thread that begins with supersteps": begun_with_supersteps,
    "the store": kept_items,
    "crons": scheduled,
}


if __name__ == "__main__":
    sys.exit(asyncio.run(run_steps("Python SDK", "langgraph-sdk", STEPS)))
