"""Answers the server's calls. Imports nothing but the standard library, so that it can say what the project lacks."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

from .agreed import agree
from .errors import placed
from .own_server import offer_own_server
from .quick_imports import postpone_gathering, without_collections
from .restored_classes import restrict, serde
from .wire import Header, Wire

if TYPE_CHECKING:
    from .service import Service

# Seconds that the project's apps have to shut down.
SHUTDOWN_PATIENCE = 2


class Child:
    def __init__(self, wire: Wire, loop: asyncio.AbstractEventLoop) -> None:
        self._wire = wire
        self._loop = loop
        self._service: Service | None = None

    def serve(self, header: Header, _: list[bytes]) -> None:
        """On the thread that reads: a drain arrives also while a node blocks the event loop."""
        match header["op"]:
            case "drain":
                if self._service:
                    self._service.drain(header["for"])
            case "abort":
                if self._service:
                    self._loop.call_soon_threadsafe(self._service.abort, header["for"])
            case op:
                if op == "run" and self._service:
                    self._service.expect(header)
                loop = self._service.loop_of(op) if self._service else self._loop
                asyncio.run_coroutine_threadsafe(self._answer(op, header), loop)

    def leave(self) -> None:
        """On the thread that reads, when the server has gone."""
        if self._service and self._service.has_apps():
            asyncio.run_coroutine_threadsafe(self._service.close(), self._loop).result(SHUTDOWN_PATIENCE)

    async def _answer(self, op: str, header: Header) -> None:
        """The answer's only blob is JSON."""
        try:
            answer = b"null" if op == "ping" else await self._answered(op, header)
            self._wire.send({"id": header["id"]}, [answer])
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            self._wire.send({"id": header["id"], "error": placed(error)})

    async def _answered(self, op: str, header: Header) -> bytes:
        return self._hello(header) if op == "hello" else await self._serving().answer(op, header)

    def _hello(self, header: Header) -> bytes:
        agree(header["agreed"])
        os.chdir(header["dir"])
        sys.path[:0] = header["paths"]
        offer_own_server()
        postpone_gathering()
        restrict()
        with without_collections():
            # First of all, so that an error names it and not one of its dependencies.
            import langgraph  # noqa: F401

            from .encode import encode
            from .service import Service

        serde()
        self._service = Service(self._wire, header["graphs"])
        return encode({"python": platform.python_version(), "langgraph": version("langgraph"), "pid": os.getpid()})

    def _serving(self) -> Service:
        if self._service is None:
            raise RuntimeError("hello comes first")
        return self._service
