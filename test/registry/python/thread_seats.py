"""Uses `client.threads.stream` for thread-protocol/python-seat.ts: JSON lines, acts in, answers out.

python thread_seats.py async|sync
"""

import asyncio
import contextlib
import json
import sys
import threading
import time
from collections.abc import Coroutine
from importlib.metadata import version
from typing import Any

import httpx
from langgraph_sdk import get_client, get_sync_client

CHANNELS = ["values", "messages", "tool_calls", "subgraphs", "progress"]
"""What is read of a thread, in one subscription; the last is a custom channel."""
LOOK_EVERY = 0.02


class Shown:
    """What a client has of a thread, as far as it has come."""

    def __init__(self) -> None:
        self.stored: list[dict] = []
        self.spoken: dict[str, Any] = {}
        self.tools: list[str] = []
        self.graphs: list[str] = []
        self.progress: list[Any] = []
        self.answered: set[str] = set()
        self.is_busy = False

    def take(self, name: str, item: Any) -> None:
        if name == "values":
            self.stored = item.get("messages", self.stored)
        elif name == "messages":
            self.spoken[item.message_id] = item.text
        elif name == "tool_calls":
            add(self.tools, item.name)
        elif name == "subgraphs":
            add(self.graphs, item.graph_name)
        elif item["payload"] not in self.progress:
            self.progress.append(item["payload"])

    def waiting(self, thread: Any) -> dict[str, str]:
        """The ids of questions; the SDK keeps those that were answered until the run's end."""
        open_ones = [one for one in thread.interrupts if one["interrupt_id"] not in self.answered]
        return {one["value"]: one["interrupt_id"] for one in open_ones}

    def view(self, thread: Any) -> dict:
        known = {message.get("id") for message in self.stored}
        said = [text_of(message) for message in self.stored if message["type"] != "tool"]
        # What was being said when a worker was killed is said again: at the end of a run all is stored that was said.
        if self.is_busy:
            said += [so_far(text) for key, text in self.spoken.items() if key not in known]
        return {
            "threadId": thread.thread_id,
            "said": said,
            "tools": self.tools,
            "graphs": self.graphs,
            "progress": self.progress,
            "questions": list(self.waiting(thread)),
            "isBusy": self.is_busy,
        }


def add(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)


def text_of(message: dict) -> str:
    content = message["content"]
    return content if isinstance(content, str) else "".join(block.get("text", "") for block in content)


def so_far(text: Any) -> str:
    """Of a message that is being said: `_deltas` is what iterating it would give without waiting."""
    return "".join(text._deltas)


def user(text: str) -> dict:
    return {"messages": [{"role": "user", "content": text}]}


class AsyncSeat:
    def __init__(self, place: dict) -> None:
        self.client = get_client(url=place["api"])
        self.assistant = place["assistant"]
        self.thread_id = place.get("threadId")
        self.shown = Shown()
        self.following: asyncio.Task | None = None

    async def open(self) -> None:
        await self.connect()
        if self.thread_id is None:
            return
        state = await self.client.threads.get_state(self.thread_id)
        self.shown.stored = state["values"].get("messages", [])
        if state["next"]:
            self.follow()

    async def connect(self) -> None:
        self.thread = self.client.threads.stream(self.thread_id, assistant_id=self.assistant)
        await self.thread.__aenter__()

    def follow(self) -> None:
        if self.following is None or self.following.done():
            self.shown.is_busy = True
            self.following = asyncio.create_task(self.read())

    async def read(self) -> None:
        """Until the run is over or asks. An app opens the stream again that the SDK has given up."""
        while await self.loses():
            await asyncio.sleep(LOOK_EVERY)
            self.thread_id = self.thread.thread_id
            await self.thread.close()
            await self.connect()
        self.shown.is_busy = False

    async def loses(self) -> bool:
        over = asyncio.ensure_future(self.outcome())
        with contextlib.suppress(httpx.HTTPError):
            async for name, item in self.thread.interleave_projections(CHANNELS):
                self.shown.take(name, item)
        while not (over.done() or self.thread.interrupted):
            await asyncio.sleep(LOOK_EVERY)
        return over.done() and over.result() == "lost"

    async def outcome(self) -> str:
        try:
            await self.thread.output
        except (RuntimeError, httpx.HTTPError) as error:
            is_over = "Run errored" in str(error) or "closed" in str(error)
            return "failed" if is_over else "lost"
        return "completed"

    async def send(self, text: str) -> None:
        await self.thread.run.start(input=user(text))
        self.follow()

    async def answer(self, question: str) -> None:
        interrupt_id = self.shown.waiting(self.thread)[question]
        await self.thread.run.respond(f"to {question}", interrupt_id=interrupt_id)
        self.shown.answered.add(interrupt_id)
        self.follow()

    async def stop(self) -> None:
        for run in await self.client.runs.list(self.thread.thread_id, status="running"):
            await self.client.runs.cancel(self.thread.thread_id, run["run_id"])

    async def view(self) -> dict:
        return self.shown.view(self.thread)

    async def close(self) -> None:
        await self.thread.close()
        await self.client.aclose()


class SyncSeat:
    def __init__(self, place: dict) -> None:
        self.client = get_sync_client(url=place["api"])
        self.assistant = place["assistant"]
        self.thread_id = place.get("threadId")
        self.shown = Shown()
        self.following: threading.Thread | None = None

    def open(self) -> None:
        self.connect()
        if self.thread_id is None:
            return
        state = self.client.threads.get_state(self.thread_id)
        self.shown.stored = state["values"].get("messages", [])
        if state["next"]:
            self.follow()

    def connect(self) -> None:
        self.thread = self.client.threads.stream(self.thread_id, assistant_id=self.assistant)
        self.thread.__enter__()

    def follow(self) -> None:
        if self.following is None or not self.following.is_alive():
            self.shown.is_busy = True
            self.following = threading.Thread(target=self.read, daemon=True)
            self.following.start()

    def read(self) -> None:
        """Until the run is over or asks. Of a stream that the SDK has given up, an app reads the state."""
        outcome: list[str] = []
        threading.Thread(target=lambda: outcome.append(self.outcome()), daemon=True).start()
        for name, item in self.thread.interleave_projections(CHANNELS):
            self.shown.take(name, item)
        while not (outcome or self.thread.interrupted):
            time.sleep(LOOK_EVERY)
        while outcome == ["lost"]:
            time.sleep(LOOK_EVERY)
            with contextlib.suppress(httpx.HTTPError):
                state = self.client.threads.get_state(self.thread.thread_id)
                self.shown.stored = state["values"]["messages"]
                outcome = ["lost"] if state["next"] else []
        self.shown.is_busy = False

    def outcome(self) -> str:
        try:
            _ = self.thread.output
        except (RuntimeError, httpx.HTTPError) as error:
            is_over = "Run errored" in str(error) or "closed" in str(error)
            return "failed" if is_over else "lost"
        return "completed"

    def send(self, text: str) -> None:
        self.thread.run.start(input=user(text))
        self.follow()

    def answer(self, question: str) -> None:
        interrupt_id = self.shown.waiting(self.thread)[question]
        self.thread.run.respond(f"to {question}", interrupt_id=interrupt_id)
        self.shown.answered.add(interrupt_id)
        self.follow()

    def stop(self) -> None:
        for run in self.client.runs.list(self.thread.thread_id, status="running"):
            self.client.runs.cancel(self.thread.thread_id, run["run_id"])

    def view(self) -> dict:
        return self.shown.view(self.thread)

    def close(self) -> None:
        self.thread.close()
        self.client.close()


def say(line: dict) -> None:
    print(json.dumps(line), flush=True)


seats: dict[int, Any] = {}


async def acted(asked: dict) -> None:
    """Acts are independent of each other: those of synchronous seats have a thread each."""
    name, seat = asked["act"], asked["seat"]
    more = {key: asked[key] for key in ("text", "question") if key in asked}
    try:
        if name == "open":
            seats[seat] = (SyncSeat if sys.argv[1] == "sync" else AsyncSeat)(asked["place"])
        act = getattr(seats[seat], name)
        view = await (asyncio.to_thread(act, **more) if sys.argv[1] == "sync" else act(**more))
        say({"id": asked["id"], "view": view})
    except Exception as error:
        say({"id": asked["id"], "error": f"{type(error).__name__}: {error}"})


async def main() -> None:
    say({"version": version("langgraph-sdk")})
    at_work: set[asyncio.Task] = set()
    while line := await asyncio.to_thread(sys.stdin.readline):
        acting: Coroutine = acted(json.loads(line))
        task = asyncio.create_task(acting)
        at_work.add(task)
        task.add_done_callback(at_work.discard)


if __name__ == "__main__":
    asyncio.run(main())
