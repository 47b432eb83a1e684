"""LangGraph's SDK without a URL reaches the server that runs the graph, from any event loop, with its key."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from langgraph_sdk import get_client
from threadline_child.own_server import caller_ticket, offer_own_server

Asked = list[tuple[str, ...]]


@pytest.fixture
def own_server() -> Iterator[tuple[int, Asked]]:
    asked: Asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shown = (self.headers[name] for name in ("x-api-key", "x-threadline-caller"))
            asked.append((self.path, *(value for value in shown if value)))
            body = b'{"assistant_id": "a"}'
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    before = dict(sys.modules)
    with HTTPServer(("localhost", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, asked
        server.shutdown()
    # Its place depends on the version.
    sys.modules[get_client.__module__].get_asgi_transport.cache_clear()
    for name in set(sys.modules) - set(before):
        if name.startswith("langgraph_api"):
            del sys.modules[name]


def test_a_client_without_a_url(own_server: tuple[int, Asked]) -> None:
    port, asked = own_server
    offer_own_server({"PORT": str(port), "LANGGRAPH_API_KEY": "own"})
    client = get_client(api_key=None)

    for _ in range(2):
        assert asyncio.run(client.assistants.get("a"))["assistant_id"] == "a"

    assert asked == [("/assistants/a", "own")] * 2


def test_its_own_key_counts(own_server: tuple[int, Asked]) -> None:
    port, asked = own_server
    offer_own_server({"PORT": str(port), "LANGGRAPH_API_KEY": "own"})

    asyncio.run(get_client(api_key="given").assistants.get("a"))

    assert asked == [("/assistants/a", "given")]


def test_a_call_shows_whose_run_it_is_part_of(own_server: tuple[int, Asked]) -> None:
    port, asked = own_server
    offer_own_server({"PORT": str(port)})
    client = get_client(api_key=None)

    async def ask(ticket: str | None) -> None:
        caller_ticket.set(ticket)
        await client.assistants.get("a")

    async def ask_side_by_side() -> None:
        await asyncio.gather(ask("ann's"), ask(None), ask("bob's"))

    asyncio.run(ask_side_by_side())

    assert sorted(asked) == [("/assistants/a",), ("/assistants/a", "ann's"), ("/assistants/a", "bob's")]


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("http://localhost:{port}/agents", "/agents/assistants/a"),
        ("http://localhost:{port}", "/assistants/a"),
        ("https://elsewhere.example/agents", "/assistants/a"),
    ],
)
def test_a_server_below_a_prefix(own_server: tuple[int, Asked], url: str, path: str) -> None:
    port, asked = own_server
    offer_own_server({"PORT": str(port), "LANGGRAPH_API_URL": url.format(port=port)})

    asyncio.run(get_client(api_key=None).assistants.get("a"))

    assert asked == [(path,)]


def test_without_a_server_nothing_is_offered() -> None:
    offer_own_server({})

    assert "langgraph_api.server" not in sys.modules
