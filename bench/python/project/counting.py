"""A model of `n` tokens on a schedule. Each token says when it was emitted, by the monotonic clock of the machine."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, TypedDict

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langgraph.graph import START, StateGraph

NS_PER_MS = 1e6
MS_PER_S = 1_000


def now() -> float:
    """ms"""
    return time.monotonic_ns() / NS_PER_MS


class Counting(BaseChatModel):
    n: int
    delay_ms: float

    @property
    def _llm_type(self) -> str:
        return "counting"

    def _generate(self, *_: Any, **__: Any) -> ChatResult:
        raise NotImplementedError

    async def _astream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> AsyncIterator[ChatGenerationChunk]:
        start = now()
        for i in range(self.n):
            # Without a delay, too, the event loop turns between two tokens, as it does while a real model is read.
            await asyncio.sleep(max(0.0, start + i * self.delay_ms - now()) / MS_PER_S)
            yield ChatGenerationChunk(message=AIMessageChunk(content=f"{i}:{now()} "))


class State(TypedDict):
    n: int
    delay_ms: float
    text: str


async def call_model(state: State) -> dict[str, Any]:
    model = Counting(n=state["n"], delay_ms=state["delay_ms"])
    return {"text": (await model.ainvoke("count")).content}


graph = StateGraph(State).add_node(call_model).add_edge(START, "call_model").compile()
