"""What a graph makes of a checkpoint before it has pending writes: kept with it, so that later reads need no Python."""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import Context
from importlib.metadata import version
from typing import Any

import orjson
from langchain_core.runnables import RunnableConfig
from langgraph.channels.binop import BinaryOperatorAggregate
from langgraph.channels.last_value import LastValue
from langgraph.checkpoint.base import BaseCheckpointSaver, Checkpoint, CheckpointMetadata, CheckpointTuple
from langgraph.pregel import Pregel

from .encode import encode

# The first LangGraph by whose rules `checkpoint/outlined-state.ts` reads.
SINCE = 1
# Kinds of channels that show what they store, and that an empty superstep leaves as they are.
PLAIN_KINDS = (LastValue, BinaryOperatorAggregate)


class OneCheckpoint(BaseCheckpointSaver[Any]):
    """Has the checkpoints that somebody asks about just now, without pending writes."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, CheckpointTuple] = {}

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        return self.known.get(config["configurable"]["checkpoint_id"])


class Outlines:
    """Of a graph that all runs share."""

    def __init__(self, graph: Pregel[Any, Any, Any, Any]) -> None:
        self._asked = OneCheckpoint()
        self._graph = graph.copy(update={"checkpointer": self._asked})
        self._are_made = int(version("langgraph").partition(".")[0]) >= SINCE

    def of(self, thread_id: str, checkpoint: Checkpoint, metadata: CheckpointMetadata) -> Any:
        """`[shown channels, tasks, defaults]` as JSON; None where reads have to ask the graph. Fails no run."""
        if not self._are_made:
            return None
        try:
            # What the node that puts has set is not for this question.
            return Context().run(self._make, thread_id, checkpoint, metadata)
        except Exception:
            return None

    def _make(self, thread_id: str, checkpoint: Checkpoint, metadata: CheckpointMetadata) -> Any:
        snapshot = self._ask(thread_id, checkpoint, metadata)
        shown = self._graph.stream_channels_asis
        values = {shown: snapshot.values} if isinstance(shown, str) else snapshot.values
        if not all(type(self._graph.channels.get(name)) in PLAIN_KINDS for name in _known(values)):
            return None
        tasks = [[task.id, task.name, task.path, task.state is not None] for task in snapshot.tasks]
        stored = checkpoint["channel_values"]
        defaults = {name: value for name, value in values.items() if name not in stored and value is not None}
        return orjson.loads(encode([shown, tasks, defaults]))

    def _ask(self, thread_id: str, checkpoint: Checkpoint, metadata: CheckpointMetadata) -> Any:
        own = checkpoint["id"]
        config: RunnableConfig = {
            "configurable": {"thread_id": thread_id, "checkpoint_ns": "", "checkpoint_id": own},
        }
        # The run goes on meanwhile and changes its checkpoint.
        copy = checkpoint | {
            "channel_values": dict(checkpoint["channel_values"]),
            "channel_versions": dict(checkpoint["channel_versions"]),
            "versions_seen": {node: dict(seen) for node, seen in checkpoint["versions_seen"].items()},
        }
        self._asked.known[own] = CheckpointTuple(config, copy, metadata, None, [])
        try:
            return self._graph.get_state(config)
        finally:
            del self._asked.known[own]


def topology_of(graph: Pregel[Any, Any, Any, Any]) -> list[str]:
    """Nodes and what starts them, channels and their kinds. With equal parts graphs make the same of a checkpoint."""
    nested = {name for name, _ in graph.get_subgraphs()}
    nodes = [[name, list(node.triggers), node.channels, name in nested] for name, node in graph.nodes.items()]
    channels = [[name, type(channel).__name__, _default(channel)] for name, channel in graph.channels.items()]
    parts = [["langgraph", version("langgraph")], *nodes, *channels, [graph.stream_channels_asis]]
    return [encode(part).decode() for part in parts]


def _known(values: Any) -> Iterable[str]:
    return [name for name, value in values.items() if value is not None]


def _default(channel: Any) -> Any:
    """What it shows before anything was written to it."""
    try:
        return channel.from_checkpoint(channel.checkpoint()).get()
    except Exception:
        return None
