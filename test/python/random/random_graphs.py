"""A graph of random shape for each seed: `from random_graphs import seed_7`. It is the same in every process."""

from __future__ import annotations

import datetime
import decimal
import operator
import random
import uuid
from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any, TypedDict

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph, add_messages
from langgraph.types import Command, Send, interrupt

# Steps that a loop may take: below LangGraph's own limit, so that most graphs end by themselves.
LONGEST_TRAIL = 14
LOOPS = 3
DEEPEST = 2
# Nodes before one that waits for all of them.
JOINED = 2


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


def graph_of(seed: int) -> StateGraph[Any]:
    return _graph(random.Random(seed), "", 0)


def _graph(dice: random.Random, prefix: str, depth: int) -> StateGraph[Any]:
    names = [f"{prefix}n{number}" for number in range(dice.randint(1, 5 - depth))]
    builder: StateGraph[Any] = StateGraph(State)
    commands: set[str] = set()
    for position, name in enumerate(names):
        later = [*names[position + 1 :], END]
        kind = dice.choice(["plain", "plain", "writer", "asks", "command", "fails", "subgraph", "calls", "talks"])
        options: dict[str, Any] = {"defer": True} if happens(dice, 0.1) else {}
        if kind in ("subgraph", "calls") and depth < DEEPEST:
            inner = _graph(dice, f"{name}_", depth + 1).compile()
            builder.add_node(name, inner if kind == "subgraph" else _calling(name, inner), **options)
            continue
        if kind == "command":
            commands.add(name)
            targets = dice.sample(later, min(len(later), dice.randint(1, 2)))
            builder.add_node(name, _commanding(dice, name, targets), destinations=tuple(targets), **options)
            continue
        makers = {"writer": _writing, "asks": _asking, "fails": _failing, "talks": _talking}
        builder.add_node(name, makers.get(kind, _plain)(dice, name), **options)
    _connect(dice, builder, names, commands)
    return builder


def _connect(dice: random.Random, builder: StateGraph[Any], names: list[str], commands: set[str]) -> None:
    for start in dice.sample(names[:2], dice.randint(1, len(names[:2]))):
        builder.add_edge(START, start)
    for position, name in enumerate(names):
        later = names[position + 1 :]
        if name in commands:
            continue
        kind = dice.choice(["edge", "edge", "fan", "choice", "send", "loop", "end"])
        if kind == "loop":
            builder.add_conditional_edges(name, _looping(name, names[dice.randint(0, position)], [*later, END]))
        elif not later or kind == "end":
            builder.add_edge(name, END)
        elif kind == "edge":
            builder.add_edge(name, dice.choice(later))
        elif kind == "fan":
            for target in dice.sample(later, min(2, len(later))):
                builder.add_edge(name, target)
        elif kind == "choice":
            builder.add_conditional_edges(name, _choosing(dice.sample([*later, END], min(3, len(later) + 1))))
        else:
            builder.add_conditional_edges(name, _sending(name, dice.choice(later), dice.randint(1, 4)), list(later))
    if len(names) > JOINED and not commands & set(names[:JOINED]) and happens(dice, 0.3):
        builder.add_edge(names[:JOINED], names[JOINED])


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


def _plain(dice: random.Random, name: str) -> Any:
    return _node(dice, _update(dice, name))


def _writing(dice: random.Random, name: str) -> Any:
    update = _update(dice, name)
    said = [dice.choice([1, "text", {"of": name}, [1, None], None]) for _ in range(dice.randint(1, 3))]

    def write(state: Any) -> Any:
        for one in said:
            get_stream_writer()(one)
        return update(state)

    return _node(dice, write)


def _asking(dice: random.Random, name: str) -> Any:
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


def _failing(dice: random.Random, name: str) -> Any:
    update = _update(dice, name)
    remainder = dice.randint(0, 3)

    def fail(state: Any) -> Any:
        if len(state.get("trail", ())) % 4 == remainder:
            raise ValueError(f"{name} fails at {len(state.get('trail', ()))}")
        return update(state)

    return _node(dice, fail)


def _origin(state: Any) -> str:
    """Of the input, or of the Send or call that began the task: different for tasks side by side."""
    return next(iter(state.get("trail", ())), "nothing")


def _talking(dice: random.Random, name: str) -> Any:
    kind = dice.choice([AIMessage, HumanMessage])

    def talk(state: Any) -> Any:
        # LangGraph streams a message of one id once, so of tasks side by side only the first would show it.
        return {"trail": [name], "messages": [kind(content=f"I am {name}", id=f"message-of-{name}-{_origin(state)}")]}

    return _node(dice, talk)


def _commanding(dice: random.Random, name: str, targets: list[str]) -> Any:
    update = _update(dice, name)
    sends = happens(dice, 0.3)

    async def command(state: Any) -> Any:
        goto: list[Any] = [
            Send(target, {"trail": [f"sent to {target} by {name} of {_origin(state)}"]})
            if sends and target != END
            else target
            for target in targets
        ]
        return Command(update=update(state), goto=goto)

    return command


def _calling(name: str, inner: Any) -> Any:
    async def call(state: Any) -> Any:
        made = await inner.ainvoke({"trail": [f"called by {name} of {_origin(state)}"]})
        return {"trail": [name, *made["trail"]]}

    return call


def _choosing(targets: list[str]) -> Any:
    return lambda state: targets[len(state.get("trail", ())) % len(targets)]


def _looping(name: str, back: str, onward: list[str]) -> Any:
    def again(state: Any) -> str:
        trail = state.get("trail", ())
        return back if trail.count(name) < LOOPS and len(trail) < LONGEST_TRAIL else onward[0]

    return again


def _sending(name: str, target: str, times: int) -> Any:
    def send(state: Any) -> list[Send]:
        return [Send(target, {"trail": [f"sent {number} by {name} of {_origin(state)}"]}) for number in range(times)]

    return send


def __getattr__(name: str) -> Any:
    if not name.startswith("seed_"):
        raise AttributeError(name)
    return graph_of(int(name.removeprefix("seed_"))).compile()
