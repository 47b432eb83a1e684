"""The state of a thread as its graph sees it, in the API's form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.types import StateSnapshot

from .agreed import agreed
from .encode import encode
from .errors import error_detail
from .graphs import Graph
from .saver import Saver

SPECIAL = frozenset({"__error__", "__interrupt__", "__resume__", "__scheduled__", "__error_source_node__"})


async def read_state(graph: Graph, saver: Saver, config: RunnableConfig, *, subgraphs: bool) -> dict[str, Any]:
    return await _shown(await graph.aget_state(config, subgraphs=subgraphs), saver)


async def read_history(
    graph: Graph, saver: Saver, config: RunnableConfig, query: Mapping[str, Any]
) -> list[dict[str, Any]]:
    before: RunnableConfig | None = {"configurable": query["before"]} if query.get("before") else None
    snapshots = graph.aget_state_history(config, limit=query["limit"], before=before, filter=query.get("metadata"))
    return [await _shown(snapshot, saver) async for snapshot in snapshots]


async def pause_of(graph: Graph, saver: Saver, thread_id: str) -> dict[str, Any]:
    """The interrupts of a stopped graph, by task, and whether it has nodes left to run."""
    snapshot = await graph.aget_state({"configurable": {"thread_id": thread_id}})
    following, interrupts = await _waiting(snapshot, saver)
    return {"unfinished": bool(following), "interrupts": interrupts}


def shown_channels(graph: Graph) -> Any:
    """The channels that are the thread's values; None if there are too many."""
    channels = graph.stream_channels_asis
    return channels if len(encode(channels)) <= agreed.shown_channels_bytes else None


async def _waiting(snapshot: StateSnapshot, saver: Saver) -> tuple[list[str], dict[str, list[Any]]]:
    """Nodes still to run, and interrupts by task. LangGraph keeps those of an answered task until its step is done."""
    asking = [task for task in snapshot.tasks if task.interrupts]
    if not asking:
        return list(snapshot.next), {}
    found = await saver.aget_tuple(snapshot.config)
    done = {task_id for task_id, channel, _ in (found and found.pending_writes) or () if channel not in SPECIAL}
    waiting = {task.id: [_interrupt(one, task.id) for one in task.interrupts] for task in asking if task.id not in done}
    following = [task.name for task in snapshot.tasks if task.id not in done] if waiting else list(snapshot.next)
    return following, waiting


def _interrupt(interrupt: Any, task_id: str) -> dict[str, Any]:
    """Before 0.4 interrupts had no ids."""
    fields = {name: getattr(interrupt, name) for name in getattr(interrupt, "__dataclass_fields__", {"value": None})}
    return {**fields, "id": getattr(interrupt, "id", None) or getattr(interrupt, "interrupt_id", None) or task_id}


async def _shown(snapshot: StateSnapshot, saver: Saver) -> dict[str, Any]:
    following, interrupts = await _waiting(snapshot, saver)
    checkpoint = _reference(snapshot.config)
    parent = _reference(snapshot.parent_config) if snapshot.parent_config else None
    return {
        "values": snapshot.values,
        "next": following,
        "tasks": [await _task(task, interrupts.get(task.id, []), saver) for task in snapshot.tasks],
        "metadata": {key: value for key, value in (snapshot.metadata or {}).items() if key != "checkpoint_ns" or value},
        "created_at": snapshot.created_at,
        "checkpoint": checkpoint,
        "parent_checkpoint": parent if parent and parent["checkpoint_id"] else None,
        "interrupts": [one for waiting in interrupts.values() for one in waiting],
        "checkpoint_id": checkpoint["checkpoint_id"],
        "parent_checkpoint_id": parent["checkpoint_id"] if parent else None,
    }


async def _task(task: Any, interrupts: list[Any], saver: Saver) -> dict[str, Any]:
    nested = isinstance(task.state, StateSnapshot)
    result = getattr(task, "result", None)
    return {
        "id": task.id,
        "name": task.name,
        "path": task.path,
        "error": _error(task.error),
        "interrupts": interrupts,
        "checkpoint": _reference(task.state) if task.state and not nested else None,
        "state": await _shown(task.state, saver) if nested else None,
        **({} if result is None else {"result": result}),
    }


def _error(error: Any) -> str | None:
    """Class and text. What was stored is a text already."""
    if error is None:
        return None
    if isinstance(error, BaseException):
        detail = error_detail(error)
        return f"{detail['error']}({detail['message']!r})"
    return f"Error({agreed.hidden_text!r})" if agreed.hides_errors else str(error)


def _reference(config: RunnableConfig) -> dict[str, Any]:
    configurable = config.get("configurable") or {}
    given = {key: configurable[key] for key in ("checkpoint_map",) if configurable.get(key) is not None}
    return {
        "thread_id": configurable.get("thread_id"),
        "checkpoint_ns": configurable.get("checkpoint_ns", ""),
        "checkpoint_id": configurable.get("checkpoint_id"),
        **given,
    }
