"""RemoteGraph, and the assistants of the SDK, in Python, against a running server.

    THREADLINE_URL=http://127.0.0.1:2024 python remote_graph.py
"""

import asyncio
import os
import sys
import uuid

from langgraph.pregel.remote import RemoteGraph
from langgraph_sdk import get_client, get_sync_client
from langgraph_sdk.errors import ConflictError, NotFoundError
from run_steps import Steps, run_steps

URL = os.environ["THREADLINE_URL"]
QUESTION = {"messages": [{"role": "user", "content": "What is the weather in sf?"}]}


def config() -> dict:
    return {"configurable": {"thread_id": str(uuid.uuid4())}}


async def invoked_and_read() -> None:
    graph = RemoteGraph("tool_agent", url=URL)
    here = config()
    values = await graph.ainvoke(QUESTION, here)
    assert values["messages"][-1]["content"] == "The weather in sf is sunny."
    state = await graph.aget_state(here)
    assert state.next == () and len(state.values["messages"]) == len(values["messages"])
    history = [one async for one in graph.aget_state_history(here)]
    assert len(history) >= 4
    # A thread that has never run.
    thread = await get_client(url=URL).threads.create()
    empty = graph.get_state({"configurable": {"thread_id": thread["thread_id"]}})
    assert empty.values == {} and empty.next == ()


async def streamed_with_subgraphs() -> None:
    graph = RemoteGraph("parent", url=URL)
    modes, namespaces = set(), set()
    async for namespace, mode, _ in graph.astream(
        {"foo": "a"}, config(), stream_mode=["updates", "values"], subgraphs=True
    ):
        modes.add(mode)
        namespaces.add(namespace)
    assert modes == {"updates", "values"} and len(namespaces) == 2


async def updated_and_continued() -> None:
    graph = RemoteGraph("tool_agent", url=URL)
    here = config()
    await graph.ainvoke(QUESTION, here, interrupt_before=["tools"])
    assert (await graph.aget_state(here)).next == ("tools",)
    await graph.aupdate_state(here, {"messages": [{"role": "user", "content": "Wait."}]}, as_node="tools")
    assert (await graph.aget_state(here)).next == ("agent",)
    values = await graph.ainvoke(None, here)
    assert any(message["content"] == "Wait." for message in values["messages"])


async def drawn() -> None:
    graph = RemoteGraph("parent", url=URL)
    assert any(str(name).startswith("node_2:") for name in (await graph.aget_graph(xray=True)).nodes)
    assert "node_1" in graph.get_graph().draw_mermaid()


async def assistants() -> None:
    client = get_client(url=URL)
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


async def runs() -> None:
    client = get_sync_client(url=URL)
    batch = client.runs.create_batch([{"assistant_id": "agent", "input": {"topic": topic}} for topic in ("a", "b")])
    values = [client.runs.join(run["thread_id"], run["run_id"]) for run in batch]
    assert [value["topic"] for value in values] == ["a and cats", "b and cats"]
    thread_id = client.threads.create()["thread_id"]
    run = client.runs.create(thread_id, "agent", input={"topic": "c"}, langsmith_tracing={"project_name": "p"})
    client.runs.join(thread_id, run["run_id"])
    assert [one["status"] for one in client.runs.list(thread_id, status="success", select=["status"])] == ["success"]
    client.runs.delete(thread_id, run["run_id"])
    assert client.runs.list(thread_id) == []


STEPS: Steps = [
    ("RemoteGraph (Python): invoke, state and history", invoked_and_read),
    ("RemoteGraph (Python): a stream of several modes, with subgraphs", streamed_with_subgraphs),
    ("RemoteGraph (Python): an updated state goes on from there", updated_and_continued),
    ("RemoteGraph (Python): its drawing", drawn),
    ("Python SDK: assistants", assistants),
    ("Python SDK: runs in a batch, listed, deleted", runs),
]


if __name__ == "__main__":
    sys.exit(asyncio.run(run_steps(STEPS)))
