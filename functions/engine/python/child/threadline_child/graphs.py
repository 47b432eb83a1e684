"""From what a project exports to the graph of one run or read: factories are called, wrappers taken off."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import inspect
import typing
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.base import RunnableBindingBase
from langgraph.graph.state import StateGraph
from langgraph.pregel import Pregel

from .features import HAS_BLOCKS
from .outline import Outlines
from .project import NoGraph, Project
from .saver import Saver
from .store import Store

# Older versions of the class have no parameters.
Graph: typing.TypeAlias = "Pregel[Any, Any, Any, Any]"


class Graphs:
    def __init__(self, project: Project) -> None:
        self._project = project
        self._shared: dict[str, Graph] = {}
        self._outlines: dict[str, Outlines] = {}

    async def load(self, graph_id: str) -> Graph | None:
        """The graph that all runs share; None where a factory makes one for each."""
        export = await asyncio.to_thread(self._project.export, graph_id)
        if _is_factory(export):
            _check_factory(export)
            return None
        if graph_id not in self._shared:
            self._shared[graph_id] = _compiled(export)
        return self._shared[graph_id]

    @contextlib.asynccontextmanager
    async def open(
        self, graph_id: str, config: RunnableConfig, saver: Saver, store: Store, *, access: str, context: Any = None
    ) -> AsyncIterator[Graph]:
        """A copy with the server's checkpointer and store. `access`: what LangGraph's servers call the purpose."""
        graph = await self.load(graph_id)
        async with contextlib.AsyncExitStack() as stack:
            if graph is None:
                factory = self._project.export(graph_id)
                if inspect.isasyncgenfunction(factory):
                    factory = contextlib.asynccontextmanager(factory)
                made = factory(**_arguments(factory, config, store, access, context))
                if hasattr(made, "__aenter__"):
                    made = await stack.enter_async_context(made)
                elif hasattr(made, "__enter__"):
                    made = stack.enter_context(made)
                elif inspect.isawaitable(made):
                    made = await made
                graph = _compiled(made)
            elif saver.outlined is not None:
                # Not of a factory's graph: it is made by a config that reads do not have.
                saver.outlines = self._outlines.setdefault(graph_id, Outlines(graph))
            # Eager: a task's end is streamed before the checkpoint that follows it, not after.
            served = {"name": graph_id, "checkpointer": saver, "store": store, "stream_eager": True}
            if transformers := self._transformers(graph_id):
                served["stream_transformers"] = (*getattr(graph, "stream_transformers", ()), *transformers)
            yield _alike(graph.copy(update=served), graph)

    def _transformers(self, graph_id: str) -> list[Callable[[Any], Any]]:
        """Stream transformers that a graph's module makes for each run: factories of them, or instances."""
        make = self._project.beside(graph_id, "stream_transformers")
        made = make() if HAS_BLOCKS and callable(make) else []
        return [one if callable(one) else functools.partial(_same, one) for one in made]


def _same(transformer: Any, _scope: Any) -> Any:
    return transformer


def _is_factory(export: Any) -> bool:
    return callable(export) and not isinstance(export, (Pregel, StateGraph, RunnableBindingBase))


def _check_factory(factory: Callable[..., Any]) -> None:
    try:
        wanted = _wanted(factory)
    except ValueError:
        # A class of types alone has no signature.
        kind = "class" if isinstance(factory, type) else "callable"
        raise NoGraph(f"it is not a graph: the {kind} {getattr(factory, '__name__', factory)}") from None
    if sum(not _is_runtime(_hints(factory), parameter) for parameter in wanted) > 1:
        names = ", ".join(parameter.name for parameter in wanted)
        raise NoGraph(f"its factory takes a config and a ServerRuntime at most, by annotation, not {names}")


def _compiled(export: Any) -> Graph:
    if isinstance(export, Pregel):
        return export
    if isinstance(export, StateGraph):
        return export.compile()
    if isinstance(export, RunnableBindingBase):
        inner = _compiled(export.bound)
        return _alike(inner.with_config(export.config), inner) if export.config else inner
    if isinstance(held := getattr(export, "graph", None), Pregel):
        return held
    raise NoGraph(f"it is not a graph: {type(export).__name__}")


def _alike(copied: Any, graph: Graph) -> Graph:
    """LangGraph's copies forget which classes the graph's schemas allow to be restored."""
    if allowed := getattr(graph, "_serde_allowlist", None):
        copied._serde_allowlist = allowed
    return cast("Graph", copied)


def _arguments(
    factory: Callable[..., Any], config: RunnableConfig, store: Store, access: str, context: Any
) -> dict[str, Any]:
    """By annotation: a `ServerRuntime`, or the config."""
    hints = _hints(factory)
    return {
        parameter.name: _runtime(store, access, context) if _is_runtime(hints, parameter) else config
        for parameter in _wanted(factory)
    }


def _wanted(factory: Callable[..., Any]) -> list[inspect.Parameter]:
    parameters = [
        parameter
        for parameter in inspect.signature(factory).parameters.values()
        if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    hints = _hints(factory)
    wanted = [
        parameter for parameter in parameters if parameter.default is parameter.empty or _is_runtime(hints, parameter)
    ]
    return wanted or parameters[:1]


def _hints(factory: Callable[..., Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(factory)
    except Exception:
        # A name that only type checkers import. The text of the annotation is enough.
        return {}


def _is_runtime(hints: dict[str, Any], parameter: inspect.Parameter) -> bool:
    return "ServerRuntime" in str(hints.get(parameter.name, parameter.annotation))


def _runtime(store: Store, access: str, context: Any) -> Any:
    from langgraph_sdk import runtime

    kind = getattr(runtime, "_ExecutionRuntime" if access == "threads.create_run" else "_ReadRuntime", None)
    if kind is None:
        raise NoGraph("the project's langgraph-sdk has no ServerRuntime")
    given = {"context": context} if access == "threads.create_run" else {}
    return kind(access_context=access, user=None, store=store, **given)
