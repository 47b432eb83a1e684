"""Serves the project's own routes (`http.app`): an ASGI app, whose messages the server's response is made of."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any
from urllib.parse import quote, unquote

from .http_scope import ASGI, http_scope
from .own_server import caller_ticket
from .users import seen
from .wire import Answer, Header, Refused, Wire

Message = dict[str, Any]
AsgiApp = Callable[..., Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

NOT_FOUND = 404
# Where a request's scope has the way to the server's own routes.
PASS = "threadline.otherwise"
# Marks a response of the server's own routes, whose body does not come by here.
PASSED = b"x-threadline-passed"


class Permissions:
    """What Starlette's `requires` looks at."""

    def __init__(self, scopes: list[str]) -> None:
        self.scopes = scopes


class AppLoadError(Exception):
    """The app cannot be imported."""


class App:
    """One app. Its lifespan begins with its first request and ends with the process."""

    def __init__(self, app: AsgiApp) -> None:
        self._app = app
        self._state: dict[str, Any] = {}
        self._opening: asyncio.Task[None] | None = None
        self._lifespan: asyncio.Task[None] | None = None
        self._events: asyncio.Queue[Message] = asyncio.Queue()
        self._serve = _passing(app)

    async def respond(self, wire: Wire, header: Header) -> None:
        """Raises what the app raises; what it has sent before stays sent."""
        await self._open()
        # The response has a task of its own. Its lifespan, which has begun before, is nobody's.
        caller_ticket.set(header.get("caller"))
        exchange = Exchange(wire, header)
        scope = {**http_scope(header), "state": self._state.copy(), PASS: exchange.otherwise}
        if user := header.get("user"):
            scope |= {"user": seen(user), "auth": Permissions(user["permissions"])}
        await self._serve(scope, exchange.receive, exchange.send)
        if not exchange.ended and not exchange.gone:
            raise RuntimeError("it has ended before its response")

    async def close(self) -> None:
        if self._lifespan and not self._lifespan.done():
            self._events.put_nowait({"type": "lifespan.shutdown"})
            await asyncio.wait([self._lifespan])

    async def _open(self) -> None:
        if self._opening is None:
            self._opening = asyncio.create_task(self._start())
        opening = self._opening
        try:
            await asyncio.shield(opening)
        except Exception:
            # The next request tries again.
            if self._opening is opening:
                self._opening = None
            raise

    async def _start(self) -> None:
        """Apps need not know of a lifespan: then they raise, and are served all the same."""
        started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        events = self._events = asyncio.Queue()

        async def send(message: Message) -> None:
            if started.done():
                return
            if message["type"] == "lifespan.startup.failed":
                started.set_exception(RuntimeError(f"it does not start: {message.get('message', '')}"))
            else:
                started.set_result(None)

        async def run() -> None:
            with contextlib.suppress(Exception):
                await self._app({"type": "lifespan", "asgi": ASGI, "state": self._state}, events.get, send)
            if not started.done():
                started.set_result(None)

        events.put_nowait({"type": "lifespan.startup"})
        self._lifespan = asyncio.create_task(run())
        await started


def _passing(app: AsgiApp) -> AsgiApp:
    """The app, in which the server's own routes take the place of "not found"."""
    router = getattr(app, "router", None)
    if router is not None and hasattr(router, "default"):
        # FastAPI's own pages would hide the server's.
        generated = {getattr(app, "openapi_url", None), getattr(app, "docs_url", None)} & {"/openapi.json", "/docs"}
        router.routes = [route for route in router.routes if getattr(route, "path", None) not in generated]
        default = router.default

        async def passing(scope: Message, receive: Receive, send: Send) -> None:
            otherwise = scope.get(PASS)
            await (otherwise(scope, send) if otherwise else default(scope, receive, send))

        router.default = passing
        return app

    async def or_pass(scope: Message, receive: Receive, send: Send) -> None:
        is_missing = False

        async def unless_missing(message: Message) -> None:
            nonlocal is_missing
            if message["type"] == "http.response.start" and message["status"] == NOT_FOUND:
                is_missing = True
            if not is_missing:
                await send(message)

        await app(scope, receive, unless_missing)
        if is_missing:
            await scope[PASS](scope, send)

    return or_pass


class Exchange:
    """One request. The app waits for the server, whose reader may be slow: nothing heaps up between them."""

    def __init__(self, wire: Wire, header: Header) -> None:
        self._wire = wire
        self._scope = header["id"]
        self._raw_path = header["path"]
        self._path = unquote(self._raw_path)
        self._asked: Future[Answer] | None = None
        self._started = False
        self.ended = False
        self.gone = False

    async def receive(self) -> Message:
        """A part of the body; after the last, the disconnect. A wait that is cancelled loses nothing."""
        if not self.gone:
            self._asked = self._asked or self._wire.call("app.receive", {"for": self._scope})
            told, blobs = await asyncio.shield(asyncio.wrap_future(self._asked))
            self._asked = None
            if not told["disconnected"]:
                return {"type": "http.request", "body": blobs[0], "more_body": told["more"]}
            self.gone = True
        return {"type": "http.disconnect"}

    async def otherwise(self, scope: Message, send: Send) -> None:
        """The server's own routes. What middleware makes of status and headers counts, and of those asked with."""
        path = quote(scope["path"], safe="/:@!$&'()*+,;=~%") if scope["path"] != self._path else self._raw_path
        headers = [[_text(name), _text(value)] for name, value in scope["headers"]]
        asked = {"for": self._scope, "method": scope["method"], "path": path, "headers": headers}
        told, _ = await asyncio.wrap_future(self._wire.call("app.otherwise", asked))
        answered = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in told["headers"]]
        start = {"type": "http.response.start", "status": told["status"], "headers": [*answered, (PASSED, b"1")]}
        await send(start)
        await send({"type": "http.response.body"})

    async def send(self, message: Message) -> None:
        match message["type"]:
            case "http.response.start":
                if self._started:
                    raise RuntimeError("its response has begun already")
                self._started = True
                headers = [[_text(name), _text(value)] for name, value in message.get("headers", ())]
                await self._tell("app.start", {"status": message["status"], "headers": headers})
            case "http.response.body":
                if not self._started or self.ended:
                    raise RuntimeError("its response has not begun, or has ended")
                more = bool(message.get("more_body", False))
                self.ended = not more
                await self._tell("app.body", {"more": more}, bytes(message.get("body", b"")))
            case other:
                raise RuntimeError(f"{other} is not served")

    async def _tell(self, op: str, fields: Header, blob: bytes | None = None) -> None:
        if self.gone:
            # Others have their turn, also beside an app that goes on for ever.
            return await asyncio.sleep(0)
        call = self._wire.call(op, {"for": self._scope, **fields}, () if blob is None else (blob,))
        with contextlib.suppress(Refused):
            told, _ = await asyncio.wrap_future(call)
            self.gone = told["disconnected"]
            # Whoever waits for the disconnect hears of it before the app sends more: it might end meanwhile.
            if self.gone and self._asked:
                await asyncio.wrap_future(self._asked)


def _text(raw: bytes) -> str:
    return raw.decode("latin-1")
