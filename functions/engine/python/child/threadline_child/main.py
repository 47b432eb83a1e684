"""Starts the child: a thread that reads what the server says, and an event loop that runs graphs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import threading

from .child import Child
from .output import offer_output
from .wire import Wire

SOCKET = 3


def main() -> None:
    # Ctrl-C reaches the whole group of the terminal. The server decides when this process ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connection = socket.socket(fileno=SOCKET)
    os.set_inheritable(SOCKET, False)
    offer_output()
    with asyncio.Runner() as runner:
        serving = runner.get_loop().create_task(serve(connection))
        while not serving.done():
            # Code of the project that exits ends its own run or import. asyncio stops the loop for it.
            with contextlib.suppress(SystemExit, KeyboardInterrupt):
                runner.get_loop().run_until_complete(serving)


async def serve(connection: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    wire = Wire(connection, loop)
    child = Child(wire, loop)
    reading = (child.serve, child.leave)
    threading.Thread(target=wire.read_until_closed, args=reading, name="threadline-wire", daemon=True).start()
    await asyncio.Event().wait()
