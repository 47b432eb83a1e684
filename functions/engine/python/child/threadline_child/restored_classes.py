"""Which classes are constructed from what is stored: those that langgraph.json names, or as LangGraph decides."""

from __future__ import annotations

import inspect
import os
from typing import Any

from .agreed import agreed

VARIABLE = "LANGGRAPH_STRICT_MSGPACK"


class CannotRestrict(Exception):
    """The project's LangGraph constructs whatever is stored."""


def restrict() -> None:
    """Before LangGraph is imported: with it, a graph's own schemas are allowed beside those that are named."""
    if isinstance(agreed.allowed_classes, list):
        os.environ[VARIABLE] = "true"


def serde() -> Any:
    """None = LangGraph's own default."""
    asked = agreed.allowed_classes
    if asked is None and os.environ.get(VARIABLE, "").lower() not in ("1", "true", "yes"):
        return None
    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

    if "allowed_msgpack_modules" not in inspect.signature(JsonPlusSerializer).parameters:
        raise CannotRestrict("langgraph-checkpoint before 4.0 cannot restrict the classes that are restored: update it")
    if asked is None:
        return None
    return JsonPlusSerializer(allowed_msgpack_modules=asked if asked is True else [_key(*one) for one in asked])


def _key(*parts: str) -> tuple[str, str]:
    """A module may be written whole, or in its parts."""
    *module, name = parts
    return ".".join(module), name
