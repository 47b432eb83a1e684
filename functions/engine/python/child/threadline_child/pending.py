"""Answers of the server that have not come yet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from .wire import Answer

T = TypeVar("T")


class Pending(Generic[T]):
    """An answer on its way, for a thread that may block or for the event loop."""

    def __init__(self, future: Future[Answer], read: Callable[[Any, list[bytes]], T]) -> None:
        self._future = future
        self._read = read

    def wait(self) -> T:
        return self._read(*self._future.result())

    async def get(self) -> T:
        return self._read(*await asyncio.wrap_future(self._future))
