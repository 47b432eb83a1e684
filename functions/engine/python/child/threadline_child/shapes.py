"""What a graph is like, without a run: schemas, drawing, a sample of its input."""

from __future__ import annotations

import typing
import warnings
from collections.abc import Callable, Mapping
from typing import Any, cast

from langchain_core.runnables import RunnableConfig

from .graphs import Graph

Schema = dict[str, Any]
CHAT = {"messages": [{"role": "user", "content": "Hello"}]}
SAMPLES: Mapping[type, Any] = {str: "Hello", bool: True, int: 1, float: 1, list: [], dict: {}}


def schemas(graph: Graph, graph_id: str) -> dict[str, Any]:
    """Each is made alone, since Pydantic refuses some types: such a schema is `{}`. None = the graph declares none."""
    return {
        "graph_id": graph_id,
        "input_schema": _attempt(graph.get_input_jsonschema) or {},
        "output_schema": _attempt(graph.get_output_jsonschema) or {},
        "state_schema": _attempt(lambda: _state_schema(graph)) or {},
        "config_schema": _attempt(graph.get_config_jsonschema),
        "context_schema": context_schema(graph),
    }


def context_schema(graph: Graph) -> Schema | None:
    if getattr(graph, "context_schema", None) is None:
        return None
    schema: Schema | None = _attempt(graph.get_context_jsonschema)
    return schema


async def subgraph_schemas(graph: Graph, query: Mapping[str, Any]) -> dict[str, Any]:
    found = graph.aget_subgraphs(namespace=query.get("namespace"), recurse=query["recurse"])
    return {namespace: schemas(cast(Graph, subgraph), query["graph_id"]) async for namespace, subgraph in found}


async def drawing(graph: Graph, config: RunnableConfig, xray: bool | int) -> dict[str, Any]:
    return (await graph.aget_graph(config, xray=xray)).to_json()


def sample_input(graph: Graph) -> Any:
    """`messages` alone if they exist, else what is required."""
    builder: Any = getattr(graph, "builder", None)
    declared = getattr(builder, "input_schema", None) or getattr(builder, "input", None)
    channels: Mapping[str, Any] = getattr(builder, "schemas", {}).get(declared, {})
    if not channels:
        return SAMPLES[str]
    if "messages" in channels:
        return CHAT
    state = getattr(builder, "state_schema", None) or getattr(builder, "schema", None)
    # An input of its own is needed whole; of a state, what comes first is the likeliest.
    names = list(channels) if declared is not state else list(channels)[:1]
    return {name: _sample_of(getattr(channels[name], "UpdateType", None)) for name in names}


def _sample_of(kind: Any) -> Any:
    # A channel with a reducer names its type with the annotation.
    bare = typing.get_args(kind)[0] if typing.get_origin(kind) is typing.Annotated else kind
    origin = typing.get_origin(bare) or bare
    found = (sample for base, sample in SAMPLES.items() if isinstance(origin, type) and issubclass(origin, base))
    return next(found, SAMPLES[str])


def _state_schema(graph: Graph) -> Schema | None:
    from langgraph.graph import state

    builder: Any = getattr(graph, "builder", None)
    declared = getattr(builder, "state_schema", None) or getattr(builder, "schema", None)
    if declared is None:
        return None
    name = graph.get_name("State")
    return state._get_json_schema(typ=declared, schemas=builder.schemas, channels=builder.channels, name=name)


def _attempt(make: Callable[[], Any]) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return make()
        except Exception:
            return None
