"""A TCP proxy that cuts event streams where it is told to, the way a phone or a load balancer does: in the middle, without a goodbye."""

import asyncio
from types import TracebackType
from urllib.parse import urlsplit


class CutProxy:
    """Forwards to `upstream`; the n-th event stream is reset after `cuts[n]` bytes of its body, later ones run to their end."""

    def __init__(self, upstream: str, cuts: list[int]) -> None:
        target = urlsplit(upstream)
        self.host, self.port = target.hostname or "127.0.0.1", target.port or 80
        self.cuts = list(cuts)
        self.done = 0
        self.url = ""
        self.connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "CutProxy":
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.close()
        for connection in self.connections:
            connection.cancel()
        await asyncio.gather(*self.connections)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection
        self.connections.add(connection)
        up_reader, up_writer = await asyncio.open_connection(self.host, self.port)
        requests = asyncio.create_task(self.requests(reader, up_writer))
        try:
            await self.answers(up_reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass  # A side has gone, or the proxy ends: asyncio would report a cancelled connection as an error.
        finally:
            requests.cancel()
            up_writer.close()
            writer.close()
            self.connections.discard(connection)

    async def requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Copies response heads; of an event stream that is to be cut, the given number of bytes."""
        left: int | None = None
        while data := await reader.read(65536):
            head, separator, body = data.partition(b"\r\n\r\n")
            if separator and b"text/event-stream" in head.lower() and self.cuts:
                left = self.cuts.pop(0)
                writer.write(head + separator)
                data = body
            if left is None:
                writer.write(data)
            else:
                writer.write(data[:left])
                left -= len(data)
                if left <= 0:
                    await writer.drain()
                    self.done += 1
                    writer.transport.abort()
                    return
            await writer.drain()
