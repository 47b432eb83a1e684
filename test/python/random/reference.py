"""Random graphs on LangGraph's own saver, in a process without a server. Prints a line of JSON for each seed.

    python reference.py FIRST COUNT

A line has what was done to the graph, and what was seen after each step, so that the same can be done to another one.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import sys
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.errors import InvalidUpdateError
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command, StateSnapshot
from random_graphs import compiled
from random_nodes import happens

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../functions/engine/python/child"))

from threadline_child.encode import encode
from threadline_child.unstored_graphs import run_unstored

MODES = ["values", "updates", "custom", "tasks", "checkpoints", "messages"]
RECURSION_LIMIT = 20
THREAD = "00000000-0000-4000-8000-000000000001"
CONFIG: RunnableConfig = {"configurable": {"thread_id": THREAD}, "recursion_limit": RECURSION_LIMIT}


class Scenario:
    def __init__(self, seed: int) -> None:
        self._dice = random.Random(f"actions of {seed}")
        self._modes = self._dice.sample(MODES, self._dice.randint(1, 4))
        self._subgraphs = happens(self._dice, 0.5)
        self._graph: Any = compiled(seed, checkpointer=InMemorySaver(), store=InMemoryStore())
        self._nodes = list(self._graph.builder.nodes)
        self._inputs = 0

    async def perform(self) -> dict[str, Any]:
        steps: list[dict[str, Any]] = []
        for _ in range(self._dice.randint(1, 4)):
            steps.append(await self._step())
            if steps[-1]["state"] is None:
                break
        history = steps[-1]["state"] and [_shown(one) async for one in self._graph.aget_state_history(CONFIG)]
        return {"modes": self._modes, "subgraphs": self._subgraphs, "steps": steps, "history": history}

    async def _step(self) -> dict[str, Any]:
        state = await self._graph.aget_state(CONFIG)
        waiting = [one for task in state.tasks for one in task.interrupts]
        kinds = ["input", "input", "update"]
        if waiting:
            kinds = ["resume", "resume", "resume", "input", "update"]
        elif state.next:
            kinds = ["continue", "continue", "input", "update"]
        if state.values and not waiting:
            kinds.append("from")
        step: dict[str, Any] = await getattr(self, f"_{self._dice.choice(kinds)}")(waiting)
        return step

    async def _resume(self, waiting: list[Any]) -> dict[str, Any]:
        by_id = {one.id: one.value for one in waiting}
        # One of several, or all of them.
        asked = list(by_id.items())[: 1 if happens(self._dice, 0.5) else None]
        if len(by_id) == 1 and happens(self._dice, 0.5):
            return await self._run({"kind": "resume", "answer": "yes"}, Command(resume="yes"))
        answers = {key: f"answer {position}" for position, (key, _) in enumerate(asked)}
        told = [[question, answers[key]] for key, question in asked]
        return await self._run({"kind": "resume", "answers": told}, Command(resume=answers))

    async def _input(self, _: list[Any]) -> dict[str, Any]:
        self._inputs += 1
        given = {"trail": [f"input {self._inputs}"]}
        return await self._run({"kind": "input", "input": given}, given)

    async def _continue(self, _: list[Any]) -> dict[str, Any]:
        return await self._run({"kind": "continue"}, None)

    async def _from(self, _: list[Any]) -> dict[str, Any]:
        """From an earlier checkpoint."""
        history = [one async for one in self._graph.aget_state_history(CONFIG)]
        position = self._dice.randrange(len(history))
        given = None if history[position].next else {"trail": ["fork"]}
        asked = {"kind": "from", "position": position, "input": given}
        return await self._run(asked, given, history[position].config["configurable"]["checkpoint_id"])

    async def _update(self, _: list[Any]) -> dict[str, Any]:
        as_node = self._dice.choice([None, *self._nodes])
        values = {"trail": [f"updated as {as_node}"], "count": 10}
        error = None
        try:
            await self._graph.aupdate_state(CONFIG, values, as_node=as_node)
        except Exception as thrown:
            error = type(thrown).__name__
        return await self._seen({"kind": "update", "values": values, "as_node": as_node, "error": error})

    async def _run(self, asked: dict[str, Any], given: Any, checkpoint_id: str | None = None) -> dict[str, Any]:
        events: list[Any] = []
        error = None
        before = self._dice.sample(self._nodes, 1) if happens(self._dice, 0.15) else None
        after = self._dice.sample(self._nodes, 1) if happens(self._dice, 0.15) else None
        config: RunnableConfig = {**CONFIG, "configurable": {"thread_id": THREAD}}
        if checkpoint_id is not None:
            config["configurable"]["checkpoint_id"] = checkpoint_id
        stream = self._graph.astream(
            given,
            config,
            stream_mode=self._modes,
            subgraphs=self._subgraphs,
            interrupt_before=before,
            interrupt_after=after,
            durability="sync",
        )
        try:
            async with contextlib.aclosing(stream) as chunks:
                async for chunk in chunks:
                    *path, mode, payload = chunk
                    events.append(["|".join([mode, *(path[0] if path else ())]), payload])
        except Exception as thrown:
            error = {"error": type(thrown).__name__, "message": str(thrown)}
        asked |= {"interrupt_before": before, "interrupt_after": after, "error": error}
        return await self._seen(asked, events)

    async def _seen(self, asked: dict[str, Any], events: list[Any] | None = None) -> dict[str, Any]:
        state = None
        # Two nodes have written what takes one value: then LangGraph has no state to show.
        with contextlib.suppress(InvalidUpdateError):
            state = _shown(await self._graph.aget_state(CONFIG, subgraphs=True))
        raced = asked["error"] is not None and state is not None and _has_siblings(state)
        return {**asked, "events": events or [], "state": None if raced else state, "raced": raced}


def _shown(snapshot: Any) -> dict[str, Any]:
    """As the API shows it: a task that was answered waits for nothing, though its superstep is not done yet."""
    waiting = [task for task in snapshot.tasks if task.interrupts and task.result is None]
    left = [task.name for task in snapshot.tasks if task.result is None]
    return {
        "values": snapshot.values,
        "next": left if waiting else snapshot.next,
        "tasks": [_task(one) for one in snapshot.tasks],
        "metadata": snapshot.metadata or {},
        "checkpoint": _address(snapshot.config),
        "parent_checkpoint": _address(snapshot.parent_config),
    }


def _has_siblings(state: dict[str, Any]) -> bool:
    """Whether tasks were side by side: where one of them fails, the others are cancelled wherever they are."""
    return len(state["tasks"]) > 1 or any(task["state"] and _has_siblings(task["state"]) for task in state["tasks"])


def _task(task: Any) -> dict[str, Any]:
    return {
        "id": task.id,
        "name": task.name,
        "error": None if task.error is None else str(task.error),
        "interrupts": task.interrupts if task.result is None else (),
        "result": task.result,
        "state": _shown(task.state) if isinstance(task.state, StateSnapshot) else None,
    }


def _address(config: Any) -> dict[str, Any] | None:
    return {"checkpoint_id": config["configurable"].get("checkpoint_id")} if config else None


async def main(first: int, count: int) -> None:
    # Without it a graph without a checkpointer fails, as LangGraph awaits one of its puts.
    run_unstored()
    for seed in range(first, first + count):
        sys.stdout.buffer.write(encode({"seed": seed, **await Scenario(seed).perform()}) + b"\n")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
