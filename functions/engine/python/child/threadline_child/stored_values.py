"""What LangGraph's serde does not store, or not as Python's own: numbers of numpy, and bytes alone."""

from __future__ import annotations

import sys
from typing import Any

import ormsgpack
from langgraph.checkpoint.serde.base import SerializerProtocol


def dump(serde: SerializerProtocol, value: Any) -> tuple[str, bytes]:
    """Raises what the serde raises."""
    if type(value) is bytes:
        # Its type `bytes` is that of JavaScript's arrays, which are shown in another way.
        return "msgpack", ormsgpack.packb(value)
    try:
        return serde.dumps_typed(value)
    except Exception:
        if "numpy" not in sys.modules:
            raise
        return serde.dumps_typed(_without_scalars(value, sys.modules["numpy"].generic))


def _without_scalars(value: Any, scalar: type[Any]) -> Any:
    """The same with plain numbers in place of numpy's. Instances of classes are left alone."""
    if isinstance(value, scalar):
        return value.item()
    if type(value) is dict:
        return {_without_scalars(key, scalar): _without_scalars(item, scalar) for key, item in value.items()}
    if type(value) in (list, tuple, set):
        return type(value)(_without_scalars(item, scalar) for item in value)
    return value
