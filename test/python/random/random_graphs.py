"""A graph of random shape for each seed: `from random_graphs import seed_7`. It is the same in every process."""

from __future__ import annotations

import inspect
import random
from typing import Any

import random_nodes as nodes
from langgraph.cache.memory import InMemoryCache
from langgraph.graph import END, START, StateGraph
from langgraph.types import CachePolicy, RetryPolicy, Send
from random_nodes import State, at, happens

# Steps that a loop may take: below LangGraph's own limit, so that most graphs end by themselves.
LONGEST_TRAIL = 14
LOOPS = 3
DEEPEST = 2
# Nodes before one that waits for all of them.
JOINED = 2

PLAIN = {
    "plain": nodes.plain,
    "writer": nodes.writing,
    "asks": nodes.asking,
    "fails": nodes.failing,
    "stumbles": nodes.stumbling,
    "talks": nodes.talking,
    "stores": nodes.storing,
    "works": nodes.working,
}
NESTED = ["subgraph", "calls", "functional"]
KINDS = [*PLAIN, "plain", "plain", "asks", "command", *NESTED, "subgraph"]
# Of the LangGraph that is there.
KNOWN = inspect.signature(StateGraph.add_node).parameters


def graph_of(seed: int) -> StateGraph[Any]:
    return _graph(random.Random(seed), "", [], set())


def compiled(seed: int, **options: Any) -> Any:
    return graph_of(seed).compile(cache=InMemoryCache(), **options)


def _graph(dice: random.Random, prefix: str, around: list[list[str]], kept: set[str]) -> StateGraph[Any]:
    """`around`: what may follow the graph in each of those around it. `kept`: nodes whose graphs keep their state."""
    depth = len(around)
    names = [f"{prefix}n{number}" for number in range(dice.randint(1, 5 - depth))]
    builder: StateGraph[Any] = StateGraph(State)
    commands: set[str] = set()
    for position, name in enumerate(names):
        later = [*names[position + 1 :], END]
        kind = dice.choice(KINDS)
        options = _options(dice, kind, name)
        if kind == "functional" or (kind in NESTED and depth < DEEPEST):
            builder.add_node(name, _nested(dice, kind, name, [*around, later], kept), **options)
        elif kind == "command":
            commands.add(name)
            targets = dice.sample(later, min(len(later), dice.randint(1, 2)))
            # Of the graph around, where there is one.
            leaves = [one for one in around[-1] if one != END] if around and happens(dice, 0.3) else []
            action = (
                nodes.commanding(dice, name, leaves[:1], kept, of_parent=True)
                if leaves
                else nodes.commanding(dice, name, targets, kept)
            )
            builder.add_node(name, action, destinations=tuple(targets), **options)
        else:
            builder.add_node(name, PLAIN.get(kind, nodes.plain)(dice, name), **options)
    _connect(dice, builder, names, commands, kept)
    return builder


def _nested(dice: random.Random, kind: str, name: str, around: list[list[str]], kept: set[str]) -> Any:
    if kind == "functional":
        inner = nodes.functional(dice, f"{name}_flow")
        return nodes.calling(dice, name, inner)
    builder = _graph(dice, f"{name}_", around, kept)
    # Most have their parent's; some keep their state from one call to the next, or none at all.
    checkpointer = dice.choice([None, None, None, None, True, False])
    if checkpointer:
        kept.add(name)
    inner = builder.compile(checkpointer=checkpointer)
    return inner if kind == "subgraph" else nodes.calling(dice, name, inner)


def _options(dice: random.Random, kind: str, name: str) -> dict[str, Any]:
    options: dict[str, Any] = {"defer": True} if happens(dice, 0.1) else {}
    if kind == "stumbles":
        options["retry_policy"] = RetryPolicy(initial_interval=0.001, jitter=False, retry_on=ValueError)
    if kind in ("plain", "talks") and happens(dice, 0.2):
        options["cache_policy"] = CachePolicy()
    if kind in ("fails", "subgraph") and happens(dice, 0.3):
        options["error_handler"] = nodes.handling(name)
    return {option: value for option, value in options.items() if option in KNOWN}


def _connect(
    dice: random.Random, builder: StateGraph[Any], names: list[str], commands: set[str], kept: set[str]
) -> None:
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
            target, times = dice.choice(later), dice.randint(1, 4)
            once = nodes.keeps(kept, target)
            send = _to(target) if once else _sending(name, target, times)
            builder.add_conditional_edges(name, send, list(later))
    if len(names) > JOINED and not commands & set(names[:JOINED]) and happens(dice, 0.3):
        builder.add_edge(names[:JOINED], names[JOINED])


def _choosing(targets: list[str]) -> Any:
    return lambda state: targets[len(state.get("trail", ())) % len(targets)]


def _looping(name: str, back: str, onward: list[str]) -> Any:
    def again(state: Any) -> str:
        trail = state.get("trail", ())
        return back if trail.count(name) < LOOPS and len(trail) < LONGEST_TRAIL else onward[0]

    return again


def _to(target: str) -> Any:
    return lambda _: target


def _sending(name: str, target: str, times: int) -> Any:
    def send(state: Any) -> list[Send]:
        return [Send(target, {"trail": [f"sent {number} by {name} at {at(state)}"]}) for number in range(times)]

    return send


def __getattr__(name: str) -> Any:
    if not name.startswith("seed_"):
        raise AttributeError(name)
    return compiled(int(name.removeprefix("seed_")))
