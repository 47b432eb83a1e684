"""JSON as clients see it: messages and models are their fields, errors `{error, message}`, what it cannot say null."""

from __future__ import annotations

import base64
import json
import math
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import orjson
from langgraph.types import Send

from .errors import error_detail

# Must agree with `engine/checkpoint/python-value.ts`, which reads what is stored without Python.
OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
# Modules whose instances are shown as their text.
TEXTS = ("pathlib", "pathlib._local", "ipaddress", "re", "zoneinfo")


class UnserialisableError(Exception):
    """A value that cannot be stored or shown; the message names it."""


def encode(value: Any) -> bytes:
    return _encode(value, _plain)


def encode_whole(value: Any) -> bytes:
    """The same, but an instance that JSON cannot express is no null: raises UnserialisableError."""
    return _encode(value, _whole)


def _encode(value: Any, plain: Callable[[Any], Any]) -> bytes:
    try:
        return orjson.dumps(value, default=plain, option=OPTIONS)
    except orjson.JSONEncodeError:
        # Lone surrogates, whole numbers of more than 64 bits, more than 254 levels.
        try:
            return json.dumps(_sayable(value, plain)).encode()
        except RecursionError:
            raise UnserialisableError("it has too many levels, or contains itself") from None


def _plain(value: Any) -> Any:  # noqa: PLR0911
    if isinstance(value, type):
        return None
    if isinstance(value, Send):
        return {"node": value.node, "args": value.arg}
    for method in ("model_dump", "dict", "_asdict", "to_dict"):
        if callable(fields := getattr(value, method, None)):
            return fields()
    if isinstance(value, BaseException):
        return error_detail(value)
    if isinstance(value, (set, frozenset, deque)):
        return list(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(value).decode()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value) if type(value).__module__ in TEXTS else None


def _whole(value: Any) -> Any:
    plain = _plain(value)
    if plain is None:
        raise UnserialisableError(f"JSON has no form for {type(value).__name__}")
    return plain


def _sayable(value: Any, plain: Callable[[Any], Any]) -> Any:
    """The same without what the standard library would write as no JSON or not at all."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {_key(key): _sayable(item, plain) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_sayable(item, plain) for item in value]
    if value is None or isinstance(value, (bool, int)):
        return value
    shown = plain(value)
    return shown if shown is None else _sayable(shown, plain)


def _key(key: Any) -> str:
    if isinstance(key, str):
        return key.encode("utf-8", "replace").decode()
    return str(orjson.loads(encode(key)) if not isinstance(key, int) else key)
