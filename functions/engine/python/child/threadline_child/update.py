"""Supersteps that a client writes in place of the graph's nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig

from .command import to_command
from .graphs import Graph

Updates = Sequence[Mapping[str, Any]]


async def update(graph: Graph, config: RunnableConfig, supersteps: Sequence[Mapping[str, Updates]]) -> dict[str, Any]:
    """The checkpoint after the last of them."""
    steps = [[(_values(one), one.get("as_node")) for one in step["updates"]] for step in supersteps]
    written = await _apply(graph, config, steps)
    configurable = written["configurable"]
    return {key: configurable.get(key) for key in ("thread_id", "checkpoint_ns", "checkpoint_id")}


async def _apply(graph: Graph, config: RunnableConfig, steps: list[list[tuple[Any, str | None]]]) -> RunnableConfig:
    if hasattr(graph, "abulk_update_state"):
        from langgraph.types import StateUpdate

        return await graph.abulk_update_state(config, [[StateUpdate(*one) for one in step] for step in steps])
    at = config
    for step in steps:
        if len(step) != 1:
            raise ValueError("the project's LangGraph applies one update at a time: update it")
        values, as_node = step[0]
        at = {**config, **await graph.aupdate_state(at, values, as_node=as_node)}
    return at


def _values(given: Mapping[str, Any]) -> Any:
    command = given.get("command")
    return given.get("values") if command is None else to_command(command)
