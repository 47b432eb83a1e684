"""Lets a graph call its own server by LangGraph's SDK without a URL, as in LangGraph's own server."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    import httpx

PACKAGE = "langgraph_api"
CALLER_HEADER = "x-threadline-caller"

# Shows the server whose run or request a call is part of; threads that LangGraph starts for nodes have it, too.
caller_ticket: ContextVar[str | None] = ContextVar("caller_ticket", default=None)


def offer_own_server(environment: Mapping[str, str] = os.environ) -> None:
    """Puts modules where the SDK looks. Before the project's code is imported: it may change the variables."""
    port = environment.get("PORT")
    if port is None:
        return
    key = environment.get("LANGGRAPH_API_KEY")
    named = urlsplit(environment.get("LANGGRAPH_API_URL", ""))
    # Of `http.mount_prefix`: the port answers below it alone.
    prefix = named.path.rstrip("/") if named.netloc == f"localhost:{port}" else ""
    if find_spec(PACKAGE) is None:
        sys.modules[PACKAGE] = _module(PACKAGE, is_package=True)
    server = _module(f"{PACKAGE}.server")
    vars(server)["app"] = None
    transport = _module(f"{PACKAGE}.asgi_transport")
    # Made when it is asked for, as the import of httpx takes a while.
    vars(transport)["__getattr__"] = lambda name: _transport(name, int(port), prefix, key)
    sys.modules[server.__name__] = server
    sys.modules[transport.__name__] = transport


def _module(name: str, *, is_package: bool = False) -> ModuleType:
    return module_from_spec(ModuleSpec(name, None, is_package=is_package))


def _transport(name: str, port: int, prefix: str, key: str | None) -> type[httpx.AsyncBaseTransport]:
    if name != "ASGITransport":
        raise AttributeError(name)
    import httpx

    class OwnServerTransport(httpx.AsyncBaseTransport):
        """Has connections of its own for each event loop: a client may be used from several."""

        def __init__(self, app: Any = None, **_: Any) -> None:
            self.app = app
            self._by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncHTTPTransport] = WeakKeyDictionary()

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            path = prefix.encode() + request.url.raw_path
            request.url = request.url.copy_with(scheme="http", host="localhost", port=port, raw_path=path)
            request.headers["host"] = f"localhost:{port}"
            if key is not None:
                request.headers.setdefault("x-api-key", key)
            if ticket := caller_ticket.get():
                request.headers[CALLER_HEADER] = ticket
            loop = asyncio.get_running_loop()
            if loop not in self._by_loop:
                self._by_loop[loop] = httpx.AsyncHTTPTransport()
            return await self._by_loop[loop].handle_async_request(request)

        async def aclose(self) -> None:
            if used := self._by_loop.pop(asyncio.get_running_loop(), None):
                await used.aclose()

    return OwnServerTransport
