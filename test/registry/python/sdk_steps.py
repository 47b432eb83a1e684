"""What every client is asked for, with the stock Python SDK: a tab is a client of its own, a reload a new one.

    THREADLINE_URL=http://127.0.0.1:2024 python sdk_steps.py
"""

import asyncio
import sys

from langgraph_sdk import get_client
from run_steps import URL, WORDS, Steps, run_steps

client = get_client(url=URL)
HALF = WORDS[: WORDS.index("w21 ")]


def user(text: str) -> dict:
    return {"messages": [{"role": "user", "content": text}]}


async def new_thread() -> str:
    return (await client.threads.create())["thread_id"]


def texts(values: dict) -> list[str]:
    return [message["content"] for message in values["messages"]]


async def read_words(stream, until: str = WORDS) -> str:
    """The tokens of a stream, as far as `until`."""
    said = ""
    async for event in stream:
        if event.event == "messages":
            said += event.data[0]["content"]
        if said == until:
            return said
    return said


async def talking(thread_id: str, gate: str) -> str:
    """The id of a run that has said half of its words, whose reader is gone."""
    run = await client.runs.create(thread_id, "talk", input=user(f"slowly {gate}"), stream_mode="messages-tuple")
    assert await read_words(follow(thread_id, run["run_id"]), HALF) == HALF
    return run["run_id"]


def follow(thread_id: str, run_id: str):
    return get_client(url=URL).runs.join_stream(thread_id, run_id, last_event_id="-1")


async def open_gate(gate: str) -> None:
    await client.runs.wait(None, "open_gate", input={"gate": gate})


async def chat_turn() -> None:
    thread_id = await new_thread()
    assert texts(await client.runs.wait(thread_id, "talk", input=user("hello"))) == ["hello", "You said: hello"]
    await open_gate("sdk-chat")
    stream = client.runs.stream(thread_id, "talk", input=user("slowly sdk-chat"), stream_mode="messages-tuple")
    assert await read_words(stream) == WORDS


async def tool_call() -> None:
    values = await client.runs.wait(await new_thread(), "talk", input=user("weather in sf"))
    assert [message["type"] for message in values["messages"]] == ["human", "ai", "tool", "ai"]


async def interrupt_and_resume() -> None:
    thread_id = await new_thread()
    waits = await client.runs.wait(thread_id, "talk", input=user("ask me first"))
    assert waits["__interrupt__"][0]["value"] == {"question": "May I?"}
    assert (await client.threads.get(thread_id))["status"] == "interrupted"
    values = await client.runs.wait(thread_id, "talk", command={"resume": "yes"})
    assert texts(values)[-1] == "You said: ask me first"


async def reload() -> None:
    thread_id = await new_thread()
    run_id = await talking(thread_id, "sdk-reload")
    await open_gate("sdk-reload")
    assert await read_words(follow(thread_id, run_id)) == WORDS


async def stop() -> None:
    thread_id = await new_thread()
    run_id = await talking(thread_id, "sdk-stop")
    await client.runs.cancel(thread_id, run_id, wait=True)
    assert (await client.runs.get(thread_id, run_id))["status"] == "interrupted"


async def stop_from_a_second_tab() -> None:
    thread_id = await new_thread()
    run_id = await talking(thread_id, "sdk-second-stop")
    first = asyncio.create_task(read_words(follow(thread_id, run_id)))
    await get_client(url=URL).runs.cancel(thread_id, run_id, wait=True)
    assert await first == HALF


async def edits() -> None:
    thread_id = await new_thread()
    await client.runs.wait(thread_id, "talk", input=user("one"))
    first = (await client.threads.get_history(thread_id))[-1]["checkpoint"]
    for text in ("two", "three", "four", "five", "six"):
        values = await client.runs.wait(thread_id, "talk", input=user(text), checkpoint=first)
        assert texts(values) == [text, f"You said: {text}"]
    said = (await client.threads.get_history(thread_id))[1]["checkpoint"]
    assert texts(await client.runs.wait(thread_id, "talk", checkpoint=said)) == ["six", "You said: six"]
    history = await client.threads.get_history(thread_id, limit=100)
    parents = [state["parent_checkpoint"] and state["parent_checkpoint"]["checkpoint_id"] for state in history]
    assert parents.count(first["checkpoint_id"]) == 6 and parents.count(said["checkpoint_id"]) == 2


async def second_tab() -> None:
    thread_id = await new_thread()
    run_id = await talking(thread_id, "sdk-second")
    tabs = [asyncio.create_task(read_words(follow(thread_id, run_id))) for _ in range(2)]
    # The whole thread, which also begins before a run.
    whole = await get_client(url=URL).threads.join_stream(thread_id, last_event_id="-")
    tabs.append(asyncio.create_task(read_words(whole)))
    await open_gate("sdk-second")
    assert await asyncio.gather(*tabs) == [WORDS] * 3


STEPS: Steps = {
    "chat turn": chat_turn,
    "tool call": tool_call,
    "interrupt and resume": interrupt_and_resume,
    "reload in mid-run": reload,
    "stop": stop,
    "stop from a second tab after a reload": stop_from_a_second_tab,
    "five edits and a regenerate": edits,
    "second tab follows": second_tab,
}

if __name__ == "__main__":
    sys.exit(asyncio.run(run_steps("Python SDK", "langgraph-sdk", STEPS)))
