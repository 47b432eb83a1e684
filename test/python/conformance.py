"""LangGraph's suite for checkpointers, over a socket as a child has it. Prints the report as JSON."""

import asyncio
import json
import socket
import sys
import threading
from collections.abc import AsyncGenerator

from langgraph.checkpoint.conformance import checkpointer_test, validate

sys.path.insert(0, sys.argv[1])

from threadline_child.saver import Saver
from threadline_child.wire import Wire

# What runs ask of a checkpointer. Threads are deleted, copied and pruned by the API.
CAPABILITIES = {"put", "put_writes", "get_tuple", "list"}


async def main() -> None:
    wire = Wire(socket.socket(fileno=3), asyncio.get_running_loop())
    threading.Thread(target=wire.read_until_closed, args=(lambda *_: None,), daemon=True).start()

    @checkpointer_test(name="Threadline")
    async def saver() -> AsyncGenerator[Saver, None]:
        yield Saver(wire, 1)

    report = await validate(saver, capabilities=CAPABILITIES)
    results = {
        name: {"passed": one.tests_passed, "failures": one.failures or []}
        for name, one in report.results.items()
        if name in CAPABILITIES
    }
    print(json.dumps(results), flush=True)


asyncio.run(main())
