"""The examples of the guide's stream modes, each as written there (`guide.py` runs them)."""

import os

from langgraph_sdk import get_client
from recorded_print import expect, print, printed, text, without_metadata

DEPLOYMENT_URL = os.environ["THREADLINE_URL"]
# LangGraph for JavaScript names the graph otherwise, and has no events of what a node streams.
IS_PYTHON = os.environ.get("GUIDE_GRAPHS") == "python"
JOKE_TEXT = "Why| did| the| ice| cream| cone| take| a| nap?| It| was| melting.|"


async def mode_values() -> None:
    client = get_client(url=DEPLOYMENT_URL)
    assistant_id = "agent"
    thread = await client.threads.create()
    thread_id = thread["thread_id"]

    async for chunk in client.runs.stream(
        thread_id,
        assistant_id,
        input={"topic": "ice cream"},
        stream_mode="values"
    ):
        print(chunk.data)

    expect(
        without_metadata(printed[0]),
        [
            {"topic": "ice cream"},
            {"topic": "ice cream and cats"},
            {"topic": "ice cream and cats", "joke": "This is a joke about ice cream and cats"},
        ],
    )
    # A stateful run is there afterwards.
    state = await client.threads.get_state(thread_id)
    expect(state["values"], printed[-1], "state")


async def subgraphs() -> None:
    client = get_client(url=DEPLOYMENT_URL)
    assistant_id = "parent"
    thread = await client.threads.create()
    thread_id = thread["thread_id"]

    async for chunk in client.runs.stream(
        thread_id,
        assistant_id,
        input={"foo": "foo"},
        stream_subgraphs=True, # (1)!
        stream_mode="updates",
    ):
        print(chunk)

    chunks = without_metadata(printed[0])
    namespace = chunks[1].event
    assert namespace.startswith("updates|node_2:"), namespace
    expect(
        [(chunk.event, chunk.data) for chunk in chunks],
        [
            ("updates", {"node_1": {"foo": "hi! foo"}}),
            (namespace, {"subgraph_node_1": {"bar": "bar"}}),
            (namespace, {"subgraph_node_2": {"foo": "hi! foobar"}}),
            ("updates", {"node_2": {"foo": "hi! foobar"}}),
        ],
    )


async def debug() -> None:
    client = get_client(url=DEPLOYMENT_URL)
    assistant_id = "agent"
    thread = await client.threads.create()
    thread_id = thread["thread_id"]

    async for chunk in client.runs.stream(
        thread_id,
        assistant_id,
        input={"topic": "ice cream"},
        stream_mode="debug"
    ):
        print(chunk.data)

    events = without_metadata(printed[0])
    expect(
        [event["type"] for event in events],
        ["checkpoint", "checkpoint", "task", "task_result", "checkpoint", "task", "task_result", "checkpoint"],
    )
    expect([e["payload"]["name"] for e in events if e["type"] == "task"], ["refine_topic", "generate_joke"])
    expect(
        events[-1]["payload"]["values"],
        {"topic": "ice cream and cats", "joke": "This is a joke about ice cream and cats"},
    )


async def llm_tokens() -> None:
    client = get_client(url=DEPLOYMENT_URL)
    assistant_id = "joke_llm"
    thread = await client.threads.create()
    thread_id = thread["thread_id"]

    async for chunk in client.runs.stream(
        thread_id,
        assistant_id,
        input={"topic": "ice cream"},
        stream_mode="messages-tuple",
    ):
        if chunk.event != "messages":
            continue

        message_chunk, metadata = chunk.data  # (1)!
        if message_chunk["content"]:
            print(message_chunk["content"], end="|", flush=True)

    expect("".join(text), JOKE_TEXT)
    expect(metadata["langgraph_node"], "call_model")


async def filter_llm_tokens() -> None:
    """The guide leaves this section empty; the library's guide filters by the tag of the model and by the node."""
    client = get_client(url=DEPLOYMENT_URL)
    assistant_id = "nested_invoke"
    thread = await client.threads.create()
    thread_id = thread["thread_id"]

    nodes = set()
    async for chunk in client.runs.stream(
        thread_id,
        assistant_id,
        input={"topic": "cats"},
        stream_mode="messages-tuple",
    ):
        if chunk.event != "messages":
            continue

        message_chunk, metadata = chunk.data
        nodes.add(metadata["langgraph_node"])
        if message_chunk["content"] and "joke" in metadata.get("tags", []):
            print(message_chunk["content"], end="|", flush=True)

    expect("".join(text), "Cats| never| melt.|")
    expect(nodes, {"write"}, "nodes: the model tagged `nostream` stays silent")


async def custom_data() -> None:
    client = get_client(url=DEPLOYMENT_URL)
    assistant_id = "custom_data"
    thread = await client.threads.create()
    thread_id = thread["thread_id"]

    async for chunk in client.runs.stream(
        thread_id,
        assistant_id,
        input={"query": "example"},
        stream_mode="custom"
    ):
        print(chunk.data)

    expect(
        without_metadata(printed[0]),
        [
            {"custom_key": "Generating custom data inside node"},
            {"progress": 0.5, "note": "half way"},
            "a plain string chunk",
        ],
    )


async def all_events() -> None:
    client = get_client(url=DEPLOYMENT_URL)
    assistant_id = "agent"
    thread = await client.threads.create()
    thread_id = thread["thread_id"]

    async for chunk in client.runs.stream(
        thread_id,
        assistant_id,
        input={"topic": "ice cream"},
        stream_mode="events"
    ):
        print(chunk.data)

    graph = "agent" if IS_PYTHON else "LangGraph"
    steps = ["start", "stream", "end"] if IS_PYTHON else ["start", "end"]
    expect(
        [(event["event"], event["name"]) for event in without_metadata(printed[0])],
        [
            ("on_chain_start", graph),
            *((f"on_chain_{step}", node) for node in ("refine_topic", "generate_joke") for step in steps),
            ("on_chain_end", graph),
        ],
    )
