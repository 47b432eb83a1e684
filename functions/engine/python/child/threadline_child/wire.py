"""Messages to and from the server over a socket: calls in both directions, and notices without an answer.

A frame is u32 length of the rest, u32 length of the header, header (JSON), blobs; `header["blobs"]` has their lengths.
Of an event each blob is one: those that follow each other with the same header are one frame.
Any thread writes, under a lock; one thread of its own reads. So a blocked event loop blocks neither savers nor signals.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import json
import os
import socket
import struct
import threading
import traceback
from collections.abc import Callable, Sequence
from typing import Any

Header = dict[str, Any]
Blobs = Sequence[bytes]
Answer = tuple[Any, list[bytes]]

LENGTHS = struct.Struct(">II")
# Seconds after a write in which events wait for others, and bytes of them that wait no longer: each write wakes the
# server, whose log does not write more often, either.
EVENT_DELAY = 0.005
EVENT_BYTES = 64 * 1024
# Bytes that one read may bring: a few large values.
READ_BYTES = 1024 * 1024


class Refused(Exception):
    """The server has refused a call. `name` is the class of its error."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class Wire:
    def __init__(self, connection: socket.socket, loop: asyncio.AbstractEventLoop) -> None:
        """To be made on the thread of the event loop."""
        self._socket = connection
        self.loop = loop
        self.loop_thread = threading.get_ident()
        self._lock = threading.Lock()
        # Events by their header, without blobs.
        self._waiting: list[tuple[bytes, list[bytes]]] = []
        self._waiting_bytes = 0
        self._flushed_at = 0.0
        self._calls: dict[int, concurrent.futures.Future[Answer]] = {}
        self._last_call = 0

    def send(self, header: Header, blobs: Blobs = ()) -> None:
        """Sent at once, after all events that wait."""
        frame = _frame(json.dumps(header | {"blobs": [len(blob) for blob in blobs]}).encode(), blobs)
        with self._lock:
            self._flush()
            self._socket.sendall(frame)

    def event(self, header: bytes, data: bytes) -> None:
        """Sent at once, or soon if others were just sent. Only for the thread of the event loop.

        `header`: a JSON object of one field or more, without its last brace.
        """
        with self._lock:
            if not self._waiting:
                since = self.loop.time() - self._flushed_at
                self.loop.call_later(max(0, EVENT_DELAY - since), self.flush)
            if self._waiting and self._waiting[-1][0] == header:
                self._waiting[-1][1].append(data)
            else:
                self._waiting.append((header, [data]))
            self._waiting_bytes += len(data)
            if self._waiting_bytes > EVENT_BYTES:
                self._flush()

    def flush(self) -> None:
        with self._lock:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self._socket.sendall(b"".join(_event_frame(header, events) for header, events in self._waiting))
            self._waiting = []
            self._waiting_bytes = 0
            self._flushed_at = self.loop.time()

    def call(self, op: str, header: Header, blobs: Blobs = ()) -> concurrent.futures.Future[Answer]:
        """On its way when this returns. The answer raises Refused."""
        future: concurrent.futures.Future[Answer] = concurrent.futures.Future()
        with self._lock:
            self._last_call += 1
            number = self._last_call
        self._calls[number] = future
        self.send({"op": op, "id": number, **header}, blobs)
        return future

    def read_until_closed(
        self, serve: Callable[[Header, list[bytes]], None], leave: Callable[[], None] = lambda: None
    ) -> None:
        """Hands on what comes. Ends the process when the server has gone: nobody would see what it does."""
        try:
            self._read(serve)
        except ConnectionError:
            # It was killed before it had read all that was sent.
            pass
        except Exception:
            traceback.print_exc()
        finally:
            with contextlib.suppress(Exception):
                leave()
            os._exit(0)

    def _read(self, serve: Callable[[Header, list[bytes]], None]) -> None:
        stream = self._socket.makefile("rb", READ_BYTES)
        while len(start := stream.read(LENGTHS.size)) == LENGTHS.size:
            size, header_size = LENGTHS.unpack(start)
            body = stream.read(size - LENGTHS.size // 2)
            header: Header = json.loads(body[:header_size])
            blobs = []
            at = header_size
            for length in header.get("blobs", ()):
                blobs.append(body[at : at + length])
                at += length
            if "op" in header:
                serve(header, blobs)
            else:
                self._answered(header, blobs)

    def _answered(self, header: Header, blobs: list[bytes]) -> None:
        future = self._calls.pop(header["id"], None)
        if future is None or not future.set_running_or_notify_cancel():
            return
        if error := header.get("error"):
            future.set_exception(Refused(error["name"], error["message"]))
        else:
            future.set_result((header.get("ok"), blobs))


def _event_frame(header: bytes, events: list[bytes]) -> bytes:
    return _frame(b'%b,"blobs":[%b]}' % (header, b",".join(b"%d" % len(event) for event in events)), events)


def _frame(header: bytes, blobs: Blobs) -> bytes:
    size = LENGTHS.size // 2 + len(header) + sum(map(len, blobs))
    return b"".join((LENGTHS.pack(size, len(header)), header, *blobs))
