"""A request as ASGI describes it."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from .wire import Header

Scope = dict[str, Any]
# 2.3: what is sent after a disconnect has no effect. Starlette then watches for the disconnect itself.
ASGI = {"version": "3.0", "spec_version": "2.3"}


def http_scope(request: Header) -> Scope:
    """`path` and `query` as they came, encoded; header names may repeat, in any case."""
    path = request["path"]
    return {
        "type": "http",
        "asgi": ASGI,
        "http_version": "1.1",
        "method": request["method"],
        "scheme": request["scheme"],
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": request["query"].encode(),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in request["headers"]],
        "path_params": request.get("path_params", {}),
        "client": None,
        "server": None,
    }
