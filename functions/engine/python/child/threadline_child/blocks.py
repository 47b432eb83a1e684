"""Version 3 of LangGraph's events, for runs that a command to the thread has started.

Models stream content blocks, and the graph's stream transformers see every event: they may change it, drop it, and tell
things of their own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig

from .events import INTERRUPT, Translator
from .graphs import Graph

# LangGraph's own switch, which its `astream_events` sets.
IN_BLOCKS = "__pregel_stream_messages_v2"
# Told whatever a transformer makes of them: they say what the run does next.
ALWAYS_TOLD = {"updates", "tasks", "checkpoints"}
OWN_CHANNEL = "custom:"


def with_blocks(config: RunnableConfig) -> RunnableConfig:
    return {**config, "configurable": {**config.get("configurable", {}), IN_BLOCKS: True}}


async def tell_blocks(parts: AsyncIterator[Mapping[str, Any]], graph: Graph, events: Translator) -> None:
    transformers = _Transformers.of(graph, events)
    if transformers is None:
        async for part in parts:
            events.chunk((part["ns"], part["type"], _payload(part["data"], part.get("interrupts"))))
        return
    try:
        async for part in parts:
            await transformers.take(part)
    except BaseException as error:
        await transformers.fail(error)
        raise
    await transformers.close()


class _Transformers:
    """Those that tell clients something. What native ones make is for callers in the same process."""

    def __init__(self, transformers: Sequence[Any], events: Translator) -> None:
        from langgraph.stream._mux import StreamMux

        self._events = events
        self._kept: Mapping[str, Any] | None = None
        self._mux = StreamMux(transformers=list(transformers), is_async=True)
        self._mux._events._wire(self._tell)

    @classmethod
    def of(cls, graph: Graph, events: Translator) -> _Transformers | None:
        made = [factory(()) for factory in getattr(graph, "stream_transformers", None) or ()]
        own = [one for one in made if not getattr(one, "_native", False)]
        return cls(own, events) if own else None

    async def take(self, part: Mapping[str, Any]) -> None:
        from langgraph.stream._convert import convert_to_protocol_event

        event: Any = convert_to_protocol_event(part)  # type: ignore[arg-type]
        self._kept = None
        await self._mux.apush(event)
        if self._kept is not event and event["method"] in ALWAYS_TOLD:
            self._tell(event)

    async def close(self) -> None:
        await self._mux.aclose()

    async def fail(self, error: BaseException) -> None:
        await self._mux.afail(error)

    def _tell(self, event: Any) -> None:
        self._kept = event
        method, params = event["method"], event["params"]
        if method.startswith(OWN_CHANNEL):
            self._events.channel(params["namespace"], method.removeprefix(OWN_CHANNEL), params["data"])
        else:
            self._events.chunk((params["namespace"], method, _payload(params["data"], params.get("interrupts"))))


def _payload(data: Any, interrupts: Any) -> Any:
    """Interrupts as the first version of `astream` shows them."""
    return {**data, INTERRUPT: interrupts} if interrupts and isinstance(data, Mapping) else data
