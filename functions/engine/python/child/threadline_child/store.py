"""LangGraph's store: items are JSON and stay with the server."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson
from langgraph.store.base import BaseStore, GetOp, Item, ListNamespacesOp, Op, PutOp, Result, SearchItem, SearchOp

from .encode import UnserialisableError, encode, encode_whole
from .pending import Pending
from .wire import Wire


class Store(BaseStore):
    supports_ttl = True

    def __init__(self, wire: Wire, scope: int) -> None:
        self._wire = wire
        self._scope = scope

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        return self._perform(list(ops)).wait()

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        return await self._perform(list(ops)).get()

    def _perform(self, ops: list[Op]) -> Pending[list[Result]]:
        asked = orjson.loads(encode([_row(op) for op in ops]))
        future = self._wire.call("store.batch", {"for": self._scope, "ops": asked})
        return Pending(future, lambda found, _: [_result(op, result) for op, result in zip(ops, found, strict=True)])


def _row(op: Op) -> dict[str, Any]:
    if isinstance(op, GetOp):
        return {"kind": "get", "namespace": op.namespace, "key": op.key, "refresh": getattr(op, "refresh_ttl", True)}
    if isinstance(op, PutOp):
        ttl = getattr(op, "ttl", None)
        return {
            "kind": "put",
            "namespace": op.namespace,
            "key": op.key,
            "value": _value(op),
            "index": op.index,
            "ttl": ttl,
        }
    if isinstance(op, SearchOp):
        return {
            "kind": "search",
            "prefix": op.namespace_prefix,
            "filter": op.filter,
            "query": op.query,
            "limit": op.limit,
            "offset": op.offset,
            "refresh": getattr(op, "refresh_ttl", True),
        }
    matches = [{"kind": match.match_type, "path": match.path} for match in op.match_conditions or ()]
    return {"kind": "namespaces", "matches": matches, "max_depth": op.max_depth, "limit": op.limit, "offset": op.offset}


def _value(op: PutOp) -> Any:
    """None deletes the item, so what becomes null in JSON must not pass for it."""
    if op.value is None:
        return None
    try:
        value = orjson.loads(encode_whole(op.value))
    except UnserialisableError as error:
        raise UnserialisableError(f'The item "{op.key}" cannot be stored: {error}') from None
    if value is None:
        raise UnserialisableError(f'The item "{op.key}" cannot be stored: JSON has no form for {op.value!r}')
    return value


def _result(op: Op, found: Any) -> Result:
    if isinstance(op, GetOp):
        return Item(**_fields(found)) if found else None
    if isinstance(op, SearchOp):
        return [SearchItem(**_fields(item), score=item.get("score")) for item in found]
    if isinstance(op, ListNamespacesOp):
        return [tuple(namespace) for namespace in found]
    return None


def _fields(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "namespace": tuple(item["namespace"]),
        "key": item["key"],
        "value": item["value"],
        "created_at": datetime.fromisoformat(item["created_at"]),
        "updated_at": datetime.fromisoformat(item["updated_at"]),
    }
