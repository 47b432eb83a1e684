"""What of LangGraph's config addresses a checkpoint, and what describes it."""

from __future__ import annotations

from typing import Any

import orjson
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointMetadata

from .encode import encode

ADDRESS = frozenset({"thread_id", "checkpoint_id", "checkpoint_ns", "checkpoint_map"})

# Keys that tell a graph who its caller is: whoever sees the thread must not read them.
AUTH = "langgraph_auth_"


def address_of(config: RunnableConfig) -> dict[str, Any]:
    configurable = config["configurable"]
    return {"thread_id": configurable["thread_id"], "ns": configurable.get("checkpoint_ns", "")}


def described(config: RunnableConfig, of_step: CheckpointMetadata) -> Any:
    """What is stored beside a checkpoint. Later ones win: configurable, the run's metadata, the step's.

    A config without metadata was not prepared by LangGraph and describes no run.
    """
    given = config.get("metadata")
    settings = config["configurable"] if given else {}
    own = {
        key: value
        for key, value in settings.items()
        if key not in ADDRESS and not key.startswith(("__", AUTH)) and isinstance(value, (str, int, float, list, dict))
    }
    return orjson.loads(encode({**own, **(given or {}), **of_step}))
