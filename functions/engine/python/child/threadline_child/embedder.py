"""The model that `store.index.embed` names: a function or Embeddings of the project, or `provider:model` of LangChain.

It has an event loop of its own: a node that waits for the store may block the one of the runs.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Callable, Sequence
from functools import cached_property
from typing import Any, TypeAlias

from .project import Project

Embed: TypeAlias = Callable[[Sequence[str]], Awaitable[Any]]


class NoEmbedding(Exception):
    """What the project names cannot embed; the text says why."""


class Embedder:
    def __init__(self, project: Project) -> None:
        self._project = project
        self._models: dict[str, Embed] = {}

    @cached_property
    def loop(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.new_event_loop()
        threading.Thread(target=loop.run_forever, name="threadline-embedder", daemon=True).start()
        return loop

    async def embed(self, named: str, texts: Sequence[str], *, is_path: bool) -> Any:
        """On its own loop. What the model answers, unchecked. `named`: `./path.py:function`, or `provider:model`."""
        if named not in self._models:
            model = self._project.named(named) if is_path else _of_provider(named)
            self._models[named] = _embed_by(model, named)
        return await self._models[named](texts)


def _of_provider(named: str) -> Any:
    try:
        from langchain.embeddings import init_embeddings
    except ImportError:
        raise NoEmbedding("the package langchain is not installed in the project") from None
    return init_embeddings(named)


def _embed_by(model: Any, named: str) -> Embed:
    embed = getattr(model, "embed_documents", model)
    if not callable(embed) or isinstance(model, type):
        raise NoEmbedding(f'its "{named.rpartition(":")[2]}" is neither a function nor an Embeddings')

    async def asked(texts: Sequence[str]) -> Any:
        if inspect.iscoroutinefunction(embed):
            return await embed(list(texts))
        answer = await asyncio.to_thread(embed, list(texts))
        return await answer if inspect.isawaitable(answer) else answer

    return asked
