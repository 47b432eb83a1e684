"""The project's custom auth (`auth.path`): who asks, and what they may do. Its own object of the SDK decides."""

from __future__ import annotations

import asyncio
import http
import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from uuid import UUID

import orjson

from .http_scope import Scope, http_scope
from .project import Project
from .users import kept, seen
from .wire import Header, Wire

if TYPE_CHECKING:
    from langgraph_sdk import Auth

Answer = dict[str, Any]
Handler = Callable[..., Any]
FIRST_ERROR = 400
# Fields of a value that are UUIDs for handlers, by the SDK's types.
IDS = ("thread_id", "run_id", "assistant_id", "cron_id")


class NoAuth(Exception):
    """A path that names no usable object. Nobody is let in."""


class Authority:
    def __init__(self, wire: Wire, project: Project) -> None:
        self._wire = wire
        self._project = project

    async def load(self, spec: str) -> Auth:
        """Raises what the import raises, and NoAuth."""
        found = await asyncio.to_thread(self._project.named, spec)
        try:
            from langgraph_sdk import Auth
        except ImportError:
            raise NoAuth("the project's langgraph-sdk has no Auth") from None
        if not isinstance(found, Auth):
            raise NoAuth(f"it is no Auth of langgraph_sdk: {type(found).__name__}")
        if found._authenticate_handler is None:
            raise NoAuth("it has no handler for authenticate")
        return found

    async def authenticate(self, header: Header) -> Answer:
        """A user, or a refusal. Raises what is neither."""
        handler = (await self.load(header["spec"]))._authenticate_handler
        try:
            return {"kind": "user", "user": kept(await _awaited(handler, await self._arguments(handler, header)))}
        except Exception as error:
            return _refusal(error, http.HTTPStatus.UNAUTHORIZED)

    async def authorize(self, header: Header) -> Answer:
        """Allowed, with the value as the handler has left it and a filter if it gave one; or a refusal."""
        auth = await self.load(header["spec"])
        handler = _handler_of(auth, header["resource"], header["action"])
        if handler is None:
            return {"kind": "allowed", "filter": None, "value": header["value"]}
        user = seen(header["user"])
        context = auth.types.AuthContext(
            permissions=user.permissions, user=user, resource=header["resource"], action=header["action"]
        )
        value = _value_of(header)
        try:
            result = await handler(ctx=context, value=value)
        except Exception as error:
            return _refusal(error, http.HTTPStatus.FORBIDDEN)
        if result is False:
            return {"kind": "refused", "status": http.HTTPStatus.FORBIDDEN, "detail": "Forbidden", "headers": []}
        if result is not None and result is not True and not isinstance(result, Mapping):
            raise TypeError(f"a handler of auth returns None, a bool or a filter, and no {type(result).__name__}")
        given = result if isinstance(result, Mapping) else None
        return {"kind": "allowed", "filter": given, "value": value}

    async def _arguments(self, handler: Any, header: Header) -> dict[str, Any]:
        """Those that it asks for by name."""
        scope = http_scope(header)
        headers = dict(scope["headers"])
        authorization = headers.get(b"authorization")
        offered: dict[str, Callable[[], Any]] = {
            "method": lambda: scope["method"],
            "path": lambda: scope["path"],
            "path_params": lambda: scope["path_params"],
            "query_params": lambda: dict(parse_qsl(header["query"], keep_blank_values=True)),
            "headers": lambda: headers,
            "authorization": lambda: authorization.decode("latin-1") if authorization is not None else None,
            "request": lambda: _request(scope, self._receive(header)),
            "body": lambda: self._json(header),
        }
        given: dict[str, Any] = {}
        for name, parameter in inspect.signature(handler).parameters.items():
            if name in offered:
                argument = offered[name]()
                given[name] = await argument if inspect.isawaitable(argument) else argument
            elif parameter.default is parameter.empty and parameter.kind not in (
                parameter.VAR_POSITIONAL,
                parameter.VAR_KEYWORD,
            ):
                raise TypeError(f'authenticate asks for "{name}"; there are {", ".join(offered)}')
        return given

    async def _body(self, header: Header) -> bytes:
        _, blobs = await asyncio.wrap_future(self._wire.call("auth.body", {"for": header["id"]}))
        return blobs[0]

    async def _json(self, header: Header) -> Any:
        body = await self._body(header)
        return orjson.loads(body) if body else None

    def _receive(self, header: Header) -> Handler:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": await self._body(header), "more_body": False}

        return receive


async def _awaited(handler: Any, arguments: dict[str, Any]) -> Any:
    """Blocking code does not hold up others."""
    is_async = inspect.iscoroutinefunction(handler)
    returned = handler(**arguments) if is_async else await asyncio.to_thread(handler, **arguments)
    return await returned if inspect.isawaitable(returned) else returned


def _request(scope: Scope, receive: Handler) -> Any:
    try:
        from starlette.requests import Request
    except ImportError:
        raise NoAuth('authenticate asks for "request", which needs starlette') from None
    return Request(scope, receive)


def _handler_of(auth: Auth, resource: str, action: str) -> Handler | None:
    """The most specific one alone."""
    for key in ((resource, action), (resource, "*"), ("*", action)):
        if handlers := auth._handlers.get(key):
            return handlers[-1]
    return auth._global_handlers[-1] if auth._global_handlers else None


def _value_of(header: Header) -> dict[str, Any]:
    """As the SDK types it: ids are UUIDs, a namespace is a tuple."""
    value = dict(header["value"])
    for name in IDS:
        try:
            value[name] = UUID(value[name])
        except (KeyError, ValueError, TypeError, AttributeError):
            # There is none, or an id of another form.
            continue
    if isinstance(value.get("namespace"), list):
        value["namespace"] = tuple(value["namespace"])
    return value


def _refusal(error: Exception, usual: http.HTTPStatus) -> Answer:
    """Of an exception that says so; an assertion is one for LangGraph's servers. Others are defects, and raised."""
    if isinstance(error, AssertionError):
        return {"kind": "refused", "status": usual, "detail": str(error) or usual.phrase, "headers": []}
    status = getattr(error, "status_code", None)
    if type(error).__name__ != "HTTPException" or not isinstance(status, int) or status < FIRST_ERROR:
        raise error
    headers = list((getattr(error, "headers", None) or {}).items())
    return {"kind": "refused", "status": status, "detail": str(getattr(error, "detail", "")), "headers": headers}
