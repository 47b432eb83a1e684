"""A child whose server is this test: it answers at once, and remembers what it was told in which order."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from threadline_child.run import Run
from threadline_child.saver import Saver
from threadline_child.wire import LENGTHS, Wire

Header = dict[str, Any]


class Server:
    def __init__(self) -> None:
        self.far, self._near = socket.socketpair()
        self.told: list[Header] = []
        self._changed = threading.Condition()
        threading.Thread(target=self._serve, daemon=True).start()

    def wait_for(self, is_meant: Callable[[Header], bool]) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: any(map(is_meant, self.told)), timeout=60):
                raise TimeoutError("it was never told")

    def close(self) -> None:
        self._near.close()

    def _serve(self) -> None:
        stream = self._near.makefile("rb")
        while len(start := stream.read(LENGTHS.size)) == LENGTHS.size:
            size, header_size = LENGTHS.unpack(start)
            body = stream.read(size - LENGTHS.size // 2)
            header: Header = json.loads(body[:header_size])
            events = _events(body[header_size:], header["blobs"]) if header["op"] == "event" else [b"null"]
            if "id" in header:
                ok = header.get("checkpoint_id") if header["op"] == "saver.put" else None
                answer = json.dumps({"id": header["id"], "ok": ok, "blobs": []}).encode()
                self._near.sendall(LENGTHS.pack(LENGTHS.size // 2 + len(answer), len(answer)) + answer)
            with self._changed:
                self.told.extend({**header, "data": json.loads(data)} for data in events)
                self._changed.notify_all()


def _events(body: bytes, lengths: list[int]) -> Iterator[bytes]:
    for length in lengths:
        yield body[:length]
        body = body[length:]


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    yield one
    one.close()


def connected(server: Server) -> Wire:
    """On the running event loop."""
    wire = Wire(server.far, asyncio.get_running_loop())

    def read() -> None:
        with contextlib.suppress(OSError):
            wire._read(lambda *_: None)

    threading.Thread(target=read, daemon=True).start()
    return wire


class OneGraph:
    """In place of a project."""

    def __init__(self, graph: Any) -> None:
        self._graph = graph

    def open(self, _id: str, _config: Any, saver: Saver, store: Any, **_: Any) -> Any:
        served = {"checkpointer": saver, "store": store, "stream_eager": True}
        return _Opened(self._graph.copy(update=served))


class _Opened:
    def __init__(self, graph: Any) -> None:
        self._graph = graph

    async def __aenter__(self) -> Any:
        return self._graph

    async def __aexit__(self, *_: object) -> None:
        return None


def run_of(graph: Any, wire: Wire, modes: list[str], **config: Any) -> Run:
    from threadline_child.sync_graphs import keep_order

    keep_order(wire.loop_thread)
    kwargs = {
        "input": {},
        "command": None,
        "stream_mode": modes,
        "subgraphs": True,
        "interrupt_before": None,
        "interrupt_after": None,
        "durability": None,
        "context": {},
        "temporary": False,
        "config": {"configurable": {"thread_id": "t", "run_id": "r"}, "metadata": {}, **config},
    }
    header = {
        "id": 1,
        "run_id": "00000000-0000-4000-8000-000000000001",
        "thread_id": "t",
        "graph_id": "g",
        "attempt": 1,
        "resumed": False,
        "handed_off": False,
        "kwargs": kwargs,
    }
    return Run(wire, OneGraph(graph), header)  # type: ignore[arg-type]
