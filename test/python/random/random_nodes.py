"""What the nodes of random graphs do."""

from __future__ import annotations

import asyncio
import datetime
import decimal
import operator
import random
import uuid
from collections import Counter
from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any, TypedDict

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langgraph.config import get_config, get_store, get_stream_writer
from langgraph.func import entrypoint, task
from langgraph.graph import END, add_messages
from langgraph.types import Command, Send, interrupt


class Colour(Enum):
    RED = "red"


def merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return {**(old or {}), **(new or {})}


def largest(old: str, new: str) -> str:
    return max(old, new)


class State(TypedDict, total=False):
    trail: Annotated[list[str], operator.add]
    count: Annotated[int, operator.add]
    largest: Annotated[str, largest]
    notes: Annotated[dict[str, Any], merged]
    messages: Annotated[list[AnyMessage], add_messages]
    last: Any


VALUES: list[Callable[[str], Any]] = [
    lambda name: name,
    lambda name: [name, {"nested": [1, 2.5, None, True]}],
    lambda _: datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC),
    lambda _: decimal.Decimal("1.5"),
    lambda _: uuid.UUID(int=7),
    lambda name: (name, 2),
    lambda _: {5},
    lambda _: Colour.RED,
    lambda _: b"bytes",
    lambda _: datetime.timedelta(seconds=3),
    lambda name: name * 3_000,
    lambda _: None,
]


def happens(dice: random.Random, share: float) -> bool:
    return dice.random() < share


def origin(state: Any) -> str:
    """Of the input, or of the Send or call that began the task: different for tasks side by side."""
    return next(iter(state.get("trail", ())), "nothing")


def at(state: Any) -> str:
    """The same, and how far it is: what a node begins in one round of a loop is not what it begins in the next."""
    return f"{len(state.get('trail', ()))} of {origin(state)}"


def _update(dice: random.Random, name: str) -> Callable[[Any], dict[str, Any]]:
    value = dice.choice(VALUES)
    others = [channel for channel in ("count", "largest", "notes") if happens(dice, 0.4)]
    sets_last = happens(dice, 0.15)

    def update(_: Any) -> dict[str, Any]:
        made = {"count": 1, "largest": name, "notes": {name: value(name)}}
        last = {"last": value(name)} if sets_last else {}
        return {"trail": [name], **{channel: made[channel] for channel in others}, **last}

    return update


def _node(dice: random.Random, act: Callable[[Any], Any]) -> Any:
    """A coroutine or a plain function. Several of the latter would end in any order, so they are rare."""
    if happens(dice, 0.1):

        def plain(state: Any) -> Any:
            return act(state)

        return plain

    async def node(state: Any) -> Any:
        return act(state)

    return node


def plain(dice: random.Random, name: str) -> Any:
    return _node(dice, _update(dice, name))


def writing(dice: random.Random, name: str) -> Any:
    update = _update(dice, name)
    said = [dice.choice([1, "text", {"of": name}, [1, None], None]) for _ in range(dice.randint(1, 3))]

    def write(state: Any) -> Any:
        for one in said:
            get_stream_writer()({"by": name, "at": at(state), "said": one} if len(said) > 1 else one)
        return update(state)

    return _node(dice, write)


def asking(dice: random.Random, name: str) -> Any:
    update = _update(dice, name)
    questions = dice.choice([1, 1, 2])

    def ask(state: Any) -> Any:
        # What no other task asks, so that answers find their questions whatever the order.
        asked = {"ask": name, "after": state.get("trail")}
        answers = [f"{name}={interrupt({**asked, 'number': number})}" for number in range(questions)]
        made = update(state)
        return {**made, "trail": [*made["trail"], *answers]}

    async def node(state: Any) -> Any:
        return ask(state)

    return node


def failing(dice: random.Random, name: str) -> Any:
    update = _update(dice, name)
    remainder = dice.randint(0, 3)

    def fail(state: Any) -> Any:
        if len(state.get("trail", ())) % 4 == remainder:
            raise ValueError(f"{name} fails at {len(state.get('trail', ()))}")
        return update(state)

    return _node(dice, fail)


def stumbling(dice: random.Random, name: str) -> Any:
    """Fails at first, and not when it is tried again."""
    update = _update(dice, name)
    tries: Counter[str] = Counter()

    def stumble(state: Any) -> Any:
        # Of each of the project's servers, which runs every seed on one thread.
        tries[at(state)] += 1
        if tries[at(state)] % 2 == 1:
            raise ValueError(f"{name} stumbles")
        return update(state)

    return _node(dice, stumble)


def handling(name: str) -> Any:
    """For a node that fails: what takes its place."""

    async def handle(_: Any) -> Any:
        return {"trail": [f"{name} was handled"]}

    return handle


def talking(dice: random.Random, name: str) -> Any:
    kind = dice.choice([AIMessage, HumanMessage])

    def talk(state: Any) -> Any:
        # LangGraph streams a message of one id once, so of tasks side by side only the first would show it.
        return {"trail": [name], "messages": [kind(content=f"I am {name}", id=f"message-of-{name}-{origin(state)}")]}

    return _node(dice, talk)


def storing(dice: random.Random, name: str) -> Any:
    """Remembers how often it was there: in the store, by thread."""
    update = _update(dice, name)

    async def store(state: Any) -> Any:
        memory: Any = get_store()
        namespace = ("visits", get_config()["configurable"]["thread_id"], origin(state))
        found = await memory.aget(namespace, name)
        visits = found.value["visits"] + 1 if found else 1
        await memory.aput(namespace, name, {"visits": visits})
        made = update(state)
        return {**made, "trail": [*made["trail"], f"visit {visits}"]}

    return store


def working(dice: random.Random, name: str) -> Any:
    """Calls tasks of the functional API, one of which may ask."""
    update = _update(dice, name)
    side_by_side = happens(dice, 0.5)
    asks = happens(dice, 0.3)
    count = dice.randint(1, 3)

    async def act(number: int, after: str) -> str:
        if asks and number == 0:
            return f"worked {interrupt({'ask': name, 'after': after, 'number': number})}"
        return f"worked {number}"

    as_task: Any = task(name=f"{name}_task")
    work = as_task(act)

    async def node(state: Any) -> Any:
        if side_by_side:
            done = await asyncio.gather(*(work(number, at(state)) for number in range(count)))
        else:
            done = [await work(number, at(state)) for number in range(count)]
        made = update(state)
        return {**made, "trail": [*made["trail"], *done]}

    return node


def functional(dice: random.Random, name: str) -> Any:
    """A graph in a graph, of the functional API."""
    act = working(dice, name)

    @entrypoint()
    async def flow(state: Any) -> Any:
        return await act(state)

    return flow


def keeps(kept: set[str], name: str) -> bool:
    """Whether a graph in the node keeps its state. Two of its calls side by side would share it, in any order."""
    return any(one == name or one.startswith(f"{name}_") for one in kept)


def commanding(dice: random.Random, name: str, targets: list[str], kept: set[str], *, of_parent: bool = False) -> Any:
    update = _update(dice, name)
    sends = happens(dice, 0.3)

    async def command(state: Any) -> Any:
        goto: list[Any] = [
            Send(target, {"trail": [f"sent to {target} by {name} at {at(state)}"]})
            if sends and target != END and not keeps(kept, target)
            else target
            for target in targets
        ]
        where = {"graph": Command.PARENT} if of_parent else {}
        return Command(update=update(state), goto=goto, **where)

    return command


def calling(dice: random.Random, name: str, inner: Any) -> Any:
    catches = happens(dice, 0.3)

    async def call(state: Any) -> Any:
        try:
            made = await inner.ainvoke({"trail": [f"called by {name} at {at(state)}"]})
        except ValueError as error:
            if not catches:
                raise
            return {"trail": [name, f"caught {error}"]}
        return {"trail": [name, *made["trail"]]}

    return call
