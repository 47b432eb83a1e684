"""The calls of the server, by name."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from langchain_core.runnables import RunnableConfig

from .asgi import App, AppLoadError
from .auth import Authority
from .embedder import Embedder
from .encode import encode
from .graphs import Graph, Graphs
from .kept_graphs import begin_kept_graphs
from .outline import topology_of
from .project import Project
from .run import Run
from .saver import Saver
from .shapes import drawing, sample_input, schemas, subgraph_schemas
from .state import pause_of, read_history, read_state, shown_channels
from .store import Store
from .sync_graphs import keep_order
from .traces import flush_traces
from .unstored_graphs import run_unstored
from .update import update
from .wire import Header, Wire


class Service:
    def __init__(self, wire: Wire, specs: dict[str, str]) -> None:
        keep_order(wire.loop_thread)
        run_unstored()
        begin_kept_graphs()
        self._wire = wire
        self._project = Project(specs)
        self._graphs = Graphs(self._project)
        self._embedder = Embedder(self._project)
        self._runs: dict[int, Run] = {}
        self._authority = Authority(wire, self._project)
        self._apps: dict[str, App] = {}
        self._responses: dict[int, asyncio.Task[Any]] = {}

    def expect(self, header: Header) -> None:
        """A run is about to begin: from now on it can be told to stop. On the thread that reads."""
        self._runs[header["id"]] = Run(self._wire, self._graphs, header)

    def drain(self, scope: int) -> None:
        if run := self._runs.get(scope):
            run.drain()

    def abort(self, scope: int) -> None:
        if run := self._runs.get(scope):
            run.abort()
        if response := self._responses.get(scope):
            response.cancel()

    def has_apps(self) -> bool:
        return len(self._apps) > 0

    async def close(self) -> None:
        """Ends what the project's apps have begun."""
        await asyncio.gather(*(app.close() for app in self._apps.values()))

    def loop_of(self, op: str) -> asyncio.AbstractEventLoop:
        """Where a call is answered."""
        return self._embedder.loop if op == "embed" else self._wire.loop

    async def answer(self, op: str, header: Header) -> bytes:
        return encode(await getattr(self, f"_{op}")(header))

    async def _load(self, header: Header) -> Any:
        graph = await self._graphs.load(header["graph_id"])
        return {"nodes": None if graph is None else list(graph.nodes)}

    async def _run(self, header: Header) -> Any:
        try:
            return await self._runs[header["id"]].perform()
        finally:
            del self._runs[header["id"]]
            await flush_traces()

    async def _load_auth(self, header: Header) -> None:
        await self._authority.load(header["spec"])

    async def _authenticate(self, header: Header) -> Any:
        return await self._authority.authenticate(header)

    async def _authorize(self, header: Header) -> Any:
        return await self._authority.authorize(header)

    async def _load_app(self, header: Header) -> None:
        await self._app(header["spec"])

    async def _app(self, spec: str) -> Any:
        """Loaded on a thread, since the project's imports may block."""
        try:
            return await asyncio.to_thread(self._project.named, spec)
        except Exception as error:
            raise AppLoadError(f"{type(error).__name__}: {error}") from error

    async def _respond(self, header: Header) -> None:
        spec = header["spec"]
        app = await self._app(spec)
        response = asyncio.create_task(self._apps.setdefault(spec, App(app)).respond(self._wire, header))
        self._responses[header["id"]] = response
        try:
            await asyncio.wait([response])
            if not response.cancelled():
                response.result()
        finally:
            del self._responses[header["id"]]

    async def _state(self, header: Header) -> Any:
        config = _config(header)
        async with self._open(header, config, "threads.read") as (graph, saver):
            return await read_state(graph, saver, config, subgraphs=header["subgraphs"])

    async def _history(self, header: Header) -> Any:
        config = _config(header)
        async with self._open(header, config, "threads.read") as (graph, saver):
            return await read_history(graph, saver, config, header)

    async def _update(self, header: Header) -> Any:
        # A config without metadata describes no run, and its checkpoint would not say whose it is.
        config: RunnableConfig = {**_config(header), "metadata": {"graph_id": header["graph_id"]}}
        async with self._open(header, config, "threads.update") as (graph, saver):
            checkpoint = await update(graph, config, header["supersteps"])
            pause = await pause_of(graph, saver, header["thread_id"])
            return {"checkpoint": checkpoint, "channels": shown_channels(graph), "interrupts": pause["interrupts"]}

    async def _embed(self, header: Header) -> Any:
        return await self._embedder.embed(header["named"], header["texts"], is_path=header["is_path"])

    async def _schemas(self, header: Header) -> Any:
        async with self._open(header, header["config"], "assistants.read") as (graph, _):
            return schemas(graph, header["graph_id"])

    async def _subgraphs(self, header: Header) -> Any:
        async with self._open(header, header["config"], "assistants.read") as (graph, _):
            return await subgraph_schemas(graph, header)

    async def _drawing(self, header: Header) -> Any:
        async with self._open(header, header["config"], "assistants.read") as (graph, _):
            return await drawing(graph, header["config"], header["xray"])

    async def _topology(self, header: Header) -> Any:
        async with self._open(header, {"configurable": {}}, "assistants.read") as (graph, _):
            return topology_of(graph)

    async def _sample(self, header: Header) -> Any:
        async with self._open(header, {"configurable": {}}, "assistants.read") as (graph, _):
            return sample_input(graph)

    @contextlib.asynccontextmanager
    async def _open(self, header: Header, config: RunnableConfig, access: str) -> AsyncIterator[tuple[Graph, Saver]]:
        saver = Saver(self._wire, header["id"], outlined=header["thread_id"] if header.get("outlined") else None)
        store = Store(self._wire, header["id"])
        async with self._graphs.open(header["graph_id"], config, saver, store, access=access) as graph:
            yield graph, saver


def _config(header: Header) -> RunnableConfig:
    """Where a read or an update begins."""
    selected = {key: value for key, value in (header.get("checkpoint") or {}).items() if value is not None}
    return {
        "configurable": {
            "checkpoint_ns": "",
            **selected,
            "thread_id": header["thread_id"],
            "graph_id": header["graph_id"],
        }
    }
