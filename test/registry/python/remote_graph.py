"""RemoteGraph in Python, against a running server.

    THREADLINE_URL=http://127.0.0.1:2024 python remote_graph.py
"""

import asyncio
import sys
import uuid

from langgraph.pregel.remote import RemoteGraph
from langgraph.types import Command
from langgraph_sdk import get_client
from run_steps import URL, WORDS, Steps, run_steps

talk = RemoteGraph("talk", url=URL)


def config() -> dict:
    return {"configurable": {"thread_id": str(uuid.uuid4())}}


def user(text: str) -> dict:
    return {"messages": [{"role": "user", "content": text}]}


def texts(values: dict) -> list[str]:
    return [message["content"] for message in values["messages"]]


async def chat_turn() -> None:
    here = config()
    assert texts(await talk.ainvoke(user("hello"), here)) == ["hello", "You said: hello"]
    assert texts(talk.invoke(user("again"), here))[-1] == "You said: again"
    said = ""
    async for chunk, _ in talk.astream(user("slowly remote-graph-py"), here, stream_mode="messages"):
        if said == "":
            await get_client(url=URL).runs.wait(None, "open_gate", input={"gate": "remote-graph-py"})
        said += chunk["content"]
    assert said == WORDS, said


async def tool_call() -> None:
    values = await talk.ainvoke(user("weather in sf"), config())
    assert [message["type"] for message in values["messages"]] == ["human", "ai", "tool", "ai"]
    assert texts(values)[-1] == "The weather in sf is sunny."


async def interrupt_and_resume() -> None:
    here = config()
    await talk.ainvoke(user("ask me first"), here)
    state = await talk.aget_state(here)
    assert state.tasks[0].interrupts[0].value == {"question": "May I?"}
    assert texts(await talk.ainvoke(Command(resume="yes"), here))[-1] == "You said: ask me first"


async def edits() -> None:
    here = config()
    await talk.ainvoke(user("one"), here)
    first = [one async for one in talk.aget_state_history(here)][-1]

    async def fork_of(config: dict, values: dict, node: str) -> list[str]:
        await talk.aupdate_state(config, values, as_node=node)
        return texts(await talk.ainvoke(None, here))

    for text in ("two", "three", "four", "five", "six"):
        assert await fork_of(first.config, user(text), "__start__") == [text, f"You said: {text}"]
    state = await talk.aget_state(here)
    assert await fork_of(state.parent_config, {"messages": []}, "listen") == ["six", "You said: six"]


async def state_and_history() -> None:
    here = config()
    values = await talk.ainvoke(user("hello"), here)
    state = await talk.aget_state(here)
    assert state.next == () and len(state.values["messages"]) == len(values["messages"])
    assert len([one async for one in talk.aget_state_history(here)]) >= 4
    # A thread that has never run.
    thread = await get_client(url=URL).threads.create()
    empty = talk.get_state({"configurable": {"thread_id": thread["thread_id"]}})
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


async def state_update() -> None:
    here = config()
    await talk.ainvoke(user("weather"), here, interrupt_before=["tools"])
    assert (await talk.aget_state(here)).next == ("tools",)
    await talk.aupdate_state(here, user("Wait."), as_node="tools")
    assert (await talk.aget_state(here)).next == ("agent",)
    assert texts(await talk.ainvoke(None, here))[-1] == "You said: Wait."


async def drawing() -> None:
    graph = RemoteGraph("parent", url=URL)
    assert any(str(name).startswith("node_2:") for name in (await graph.aget_graph(xray=True)).nodes)
    assert "node_1" in graph.get_graph().draw_mermaid()


STEPS: Steps = {
    "chat turn": chat_turn,
    "tool call": tool_call,
    "interrupt and resume": interrupt_and_resume,
    "five edits and a regenerate": edits,
    "state and history": state_and_history,
    "subgraphs in its stream": streamed_with_subgraphs,
    "state update": state_update,
    "drawing": drawing,
}
WITHOUT = {
    "reload in mid-run": "it joins no run",
    "stop": "it cancels no run",
    "stop from a second tab after a reload": "it cancels no run",
    "second tab follows": "it joins no run",
    "names of subgraphs": "it has no such method",
}

if __name__ == "__main__":
    sys.exit(asyncio.run(run_steps("RemoteGraph (Python)", "langgraph", STEPS, WITHOUT)))
