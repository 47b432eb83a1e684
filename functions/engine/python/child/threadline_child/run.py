"""Runs a graph once: streams its events to the server and answers with how it ended."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import re
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import Any, TypeVar, cast

from langchain_core.runnables import RunnableConfig
from langgraph.errors import ErrorCode, GraphRecursionError, create_error_message
from langgraph.pregel import Pregel

from .blocks import tell_blocks, with_blocks
from .command import to_command
from .drain import create_control
from .errors import describe, error_detail, raised_at
from .events import Translator, graph_modes
from .features import HAS_BLOCKS
from .graphs import Graph, Graphs
from .output import finish_lines, speaker
from .own_server import caller_ticket
from .saver import Saver
from .shapes import context_schema
from .state import pause_of, shown_channels
from .store import Store
from .users import with_user
from .wire import Header, Refused, Wire

ASTREAM = inspect.signature(Pregel.astream).parameters
INTERRUPT_ID = re.compile("[0-9a-f]{32}")
# A resume that answers nothing: an id of no interrupt.
NO_ANSWER = {"0" * 32: None}

Outcome = dict[str, Any]
T = TypeVar("T")


class UnknownInterruptError(Exception):
    """A resume that answers nothing that waits."""

    def __init__(self, message: str, answered: list[str], waiting: set[str]) -> None:
        super().__init__(message)
        self.refusal = {"reason": "not_pending", "interrupt_ids": answered, "pending_ids": sorted(waiting)}


class Run:
    def __init__(self, wire: Wire, graphs: Graphs, header: Header) -> None:
        self._graphs = graphs
        self._asked = header
        self._kwargs: Mapping[str, Any] = header["kwargs"]
        self._thread: RunnableConfig = {"configurable": {"thread_id": header["thread_id"]}}
        limit = self._kwargs["config"].get("recursion_limit")
        self._saver = Saver(wire, header["id"], limit, outlined=header["thread_id"] if header.get("outlined") else None)
        self._saver.goes_on = header["resumed"]
        self._store = Store(wire, header["id"])
        self._events = Translator(wire, header["id"], self._kwargs["stream_mode"], temporary=self._kwargs["temporary"])
        self._control = create_control(self._kwargs["interrupt_before"])
        self._task: asyncio.Task[Any] | None = None
        self._aborted = False

    def drain(self) -> None:
        """From any thread: stop after the current superstep."""
        self._control.request_drain("hand-over")

    def abort(self) -> None:
        self._aborted = True
        if self._task:
            self._task.cancel()

    async def perform(self) -> Outcome:
        self._task = asyncio.current_task()
        # The call has a context of its own, which ends with it.
        caller_ticket.set(self._asked.get("caller"))
        speaker.set({name: self._asked[name] for name in ("run_id", "thread_id", "graph_id")})
        try:
            return await self._perform()
        finally:
            finish_lines()

    async def _perform(self) -> Outcome:
        graph: Graph | None = None
        if self._aborted:
            return await self._as_aborted(graph)
        try:
            async with self._open() as opened:
                graph = opened
                return await self._run(opened)
        except asyncio.CancelledError:
            if not self._aborted:
                raise
            asyncio.current_task().uncancel()
            return await self._as_aborted(graph)
        except (Exception, SystemExit, KeyboardInterrupt) as thrown:
            if self._control.caused(thrown):
                return {"kind": "drained"}
            return self._as_failed(self._told(self._saver.noted.failure) or thrown, graph)

    def _open(self) -> contextlib.AbstractAsyncContextManager[Graph]:
        return self._graphs.open(
            self._asked["graph_id"],
            self._config(),
            self._saver,
            self._store,
            access="threads.create_run",
            context=self._kwargs["context"],
        )

    async def _run(self, graph: Graph) -> Outcome:
        resumed = self._asked["resumed"]
        if not resumed and not self._asked.get("answered"):
            await self._check_answers(graph)
        if not resumed or not await self._has_stopped(graph):
            await self._stream(graph)
            if not self._events.paused and not self._saver.noted.interrupted:
                return self._as_completed(graph)
        pause = await pause_of(graph, self._saver, self._asked["thread_id"])
        if not pause["unfinished"]:
            # It stopped after its last node, or a node has caught the interrupt of a subgraph.
            if not self._control.may_pause():
                self._events.stop()
            return self._as_completed(graph)
        if not pause["interrupts"] and self._control.may_pause() and not await self._has_stopped(graph):
            return {"kind": "drained"}
        self._events.pause(bool(pause["interrupts"]))
        return {"kind": "paused", "channels": shown_channels(graph), "interrupts": pause["interrupts"]}

    async def _stream(self, graph: Graph) -> None:
        kwargs = self._kwargs
        modes, dropped = graph_modes(kwargs["stream_mode"])
        if dropped and not self._asked["resumed"]:
            self._events.dropped(self._asked["run_id"], self._asked["attempt"], dropped)
        options = self._options(graph) | {"stream_mode": modes, "subgraphs": kwargs["subgraphs"]}
        given = await self._input(graph)
        config = self._config()
        if kwargs.get("blocks") and HAS_BLOCKS:
            parts = graph.astream(given, with_blocks(config), version="v2", **options)
            async with _closing(parts) as told:
                return await tell_blocks(told, graph, self._events)
        if "events" not in kwargs["stream_mode"]:
            async with _closing(graph.astream(given, config, **options)) as chunks:
                async for chunk in chunks:
                    self._events.chunk(chunk)
            return
        async with _closing(graph.astream_events(given, config, version="v2", **options)) as events:
            async for event in events:
                own = event["run_id"] == self._asked["run_id"]
                if own and event["event"] == "on_chain_stream":
                    self._events.chunk(event["data"]["chunk"])
                elif not own or event["event"] != "on_chain_start" or not self._asked["handed_off"]:
                    self._events.event(event)

    def _config(self) -> RunnableConfig:
        given: RunnableConfig = self._kwargs["config"]
        return {**with_user(given), "run_id": uuid.UUID(self._asked["run_id"])}

    async def _input(self, graph: Graph) -> Any:
        if self._asked["resumed"]:
            return None
        command = self._kwargs["command"]
        if command is None:
            return self._kwargs["input"]
        if self._asked.get("answered"):
            return to_command({**command, "resume": await self._open_answers(graph)})
        return to_command(command)

    async def _open_answers(self, graph: Graph) -> dict[str, Any]:
        """Those that no earlier claim has used: only answers by interrupt can be several."""
        pause = await pause_of(graph, self._saver, self._asked["thread_id"])
        waiting = {one["id"] for interrupts in pause["interrupts"].values() for one in interrupts}
        resume = self._kwargs["command"]["resume"]
        by_id = resume if isinstance(resume, dict) else {}
        return {key: answer for key, answer in by_id.items() if key in waiting} or NO_ANSWER

    def _options(self, graph: Graph) -> dict[str, Any]:
        """Those that the project's LangGraph knows."""
        kwargs = self._kwargs
        ends = kwargs["durability"] == "exit"
        wanted = {
            "context": _context(graph, kwargs["context"]),
            "interrupt_before": self._control.breakpoints or kwargs["interrupt_before"],
            "interrupt_after": kwargs["interrupt_after"],
            # A worker may die between two steps, so a step starts when the one before is stored.
            "durability": "exit" if ends else "sync",
            "control": self._control.run_control,
            **({} if "durability" in ASTREAM else {"checkpoint_during": not ends}),
        }
        return {name: value for name, value in wanted.items() if value is not None and name in ASTREAM}

    async def _has_stopped(self, graph: Graph) -> bool:
        """Whether an earlier claim stopped at a breakpoint and died: another start would be the permission to go on."""
        before = self._kwargs["interrupt_before"] or graph.interrupt_before_nodes
        after = self._kwargs["interrupt_after"] or graph.interrupt_after_nodes
        if not before and not after:
            return False
        here = await graph.aget_state(self._thread)
        if not here.next or (here.metadata or {}).get("source") != "loop":
            return False
        if any(_is_among(before, node) for node in here.next):
            return True
        if not after or here.parent_config is None:
            return False
        parent = await graph.aget_state(here.parent_config)
        return any(_is_among(after, task.name) for task in parent.tasks)

    async def _check_answers(self, graph: Graph) -> None:
        """`strict_resume`: a resume must answer interrupts that wait."""
        command = self._kwargs["command"] or {}
        if not self._kwargs.get("strict_resume") or command.get("resume") is None:
            return
        pause = await pause_of(graph, self._saver, self._asked["thread_id"])
        waiting = {one["id"] for interrupts in pause["interrupts"].values() for one in interrupts}
        resume = command["resume"]
        keys = list(resume) if isinstance(resume, dict) else []
        answered = keys if all(map(INTERRUPT_ID.fullmatch, keys)) else []
        if unknown := [key for key in answered if key not in waiting]:
            raise UnknownInterruptError(f"The interrupt {unknown[0]} does not wait for an answer", unknown, waiting)
        if not waiting:
            raise UnknownInterruptError("No interrupt waits for an answer", answered, waiting)

    def _told(self, failure: Refused | None) -> Exception | None:
        """What a put was refused with. Of steps that are used up over several claims LangGraph has words of its own."""
        if failure is None or failure.name != "GraphRecursionError":
            return failure
        limit = self._kwargs["config"].get("recursion_limit")
        reached = f"Recursion limit of {limit} reached without hitting a stop condition. "
        advice = "You can increase the limit by setting the `recursion_limit` config key."
        return GraphRecursionError(
            create_error_message(message=reached + advice, error_code=ErrorCode.GRAPH_RECURSION_LIMIT)
        )

    def _as_completed(self, graph: Graph) -> Outcome:
        return {"kind": "completed", "channels": shown_channels(graph)}

    def _as_failed(self, error: BaseException, graph: Graph | None) -> Outcome:
        return {
            "kind": "failed",
            "channels": shown_channels(graph) if graph else None,
            "error": error_detail(error),
            "logged": describe(error),
            "at": raised_at(error),
            "refusal": error.refusal if isinstance(error, UnknownInterruptError) else None,
        }

    async def _as_aborted(self, graph: Graph | None) -> Outcome:
        if graph is None:
            return {"kind": "aborted", "unfinished": False, "interrupts": {}}
        pause = await pause_of(graph, self._saver, self._asked["thread_id"])
        return {"kind": "aborted", "channels": shown_channels(graph), **pause}


def _closing(stream: AsyncIterator[T]) -> contextlib.aclosing[AsyncGenerator[T, None]]:
    """A generator, whatever LangGraph declares. Unless it is closed, its graph goes on for a while."""
    return contextlib.aclosing(cast("AsyncGenerator[T, None]", stream))


def _context(graph: Graph, given: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the graph's schema knows of it; never None if there is a schema, since nodes then read attributes of it."""
    if getattr(graph, "context_schema", None) is None:
        return given or None
    known = (context_schema(graph) or {}).get("properties")
    return given if known is None else {key: value for key, value in given.items() if key in known}


def _is_among(nodes: Any, node: str) -> bool:
    """`*` means every node of the project's graph."""
    return not node.startswith("__") if nodes == "*" else node in (nodes or ())
