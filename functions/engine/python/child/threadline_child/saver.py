"""LangGraph's checkpointer: serialises here, stores there. One for each run or read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import orjson
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_checkpoint_id,
)

from .agreed import agreed
from .checkpoint_config import address_of, described
from .encode import UnserialisableError, encode
from .errors import describe
from .outline import Outlines
from .pending import Pending
from .restored_classes import serde
from .stored_values import dump
from .stream_order import streamed, wait_until_streamed
from .wire import Answer, Refused, Wire

T = TypeVar("T")
# Inside the class `list` is a method.
Bytes: TypeAlias = "list[bytes]"


@dataclass
class Noted:
    """What a run has to know of its puts."""

    interrupted: bool = False
    # The first error of a put. LangGraph may show another one that follows from it.
    failure: Refused | None = None


class Saver(BaseCheckpointSaver[Any]):
    def __init__(
        self, wire: Wire, scope: int, recursion_limit: int | None = None, *, outlined: str | None = None
    ) -> None:
        """`scope`: the server's call that this saver serves. `outlined`: the thread whose heads get outlines."""
        super().__init__(serde=serde())
        self._wire = wire
        self._scope = scope
        self._recursion_limit = recursion_limit
        # Of recent checkpoints: a channel of the parent's version is not sent again.
        self._versions: dict[tuple[str, str], ChannelVersions] = {}
        # LangGraph's id of a checkpoint → the stored one, where they differ.
        self._stored_ids: dict[str, str] = {}
        # One for all copies: where classes are restricted, LangGraph works on copies that allow those of a graph.
        self.noted = Noted()
        self.outlined = outlined
        self.goes_on = False
        self.outlines: Outlines | None = None

    # Reads

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        return self._read(config).wait()

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        return await self._read(config).get()

    def _read(self, config: RunnableConfig) -> Pending[CheckpointTuple | None]:
        return self._call(
            "saver.get", address_of(config) | {"checkpoint_id": self.stored(get_checkpoint_id(config))}, self._tuple
        )

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        yield from self._page(config, filter, before, limit).wait()

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        for found in await self._page(config, filter, before, limit).get():
            yield found

    def _page(
        self,
        config: RunnableConfig | None,
        filter: dict[str, Any] | None,
        before: RunnableConfig | None,
        limit: int | None,
    ) -> Pending[Sequence[CheckpointTuple]]:
        if config is None:
            raise ValueError("a thread is needed to list its checkpoints")
        query = {
            "thread_id": config["configurable"]["thread_id"],
            "ns": config["configurable"].get("checkpoint_ns"),
            "checkpoint_id": self.stored(get_checkpoint_id(config)),
            "before": self.stored(get_checkpoint_id(before)) if before else None,
            "filter": orjson.loads(encode(filter)),
            "limit": limit,
        }
        return self._call("saver.list", query, lambda heads, blobs: [self._revive(head, blobs) for head in heads])

    def _tuple(self, head: Any, blobs: Sequence[bytes]) -> CheckpointTuple | None:
        return self._revive(head, blobs) if head else None

    def _revive(self, head: dict[str, Any], blobs: Sequence[bytes]) -> CheckpointTuple:
        def config(checkpoint_id: str) -> RunnableConfig:
            return {
                "configurable": {
                    "thread_id": head["thread_id"],
                    "checkpoint_ns": head["ns"],
                    "checkpoint_id": checkpoint_id,
                }
            }

        def value(ref: tuple[str, int]) -> Any:
            return self.serde.loads_typed((ref[0], blobs[ref[1]]))

        checkpoint: Checkpoint = value(head["checkpoint"])
        checkpoint["channel_values"] = {name: value(ref) for name, ref in head["channels"].items()}
        if checkpoint["id"] != head["checkpoint_id"]:
            self._stored_ids[checkpoint["id"]] = head["checkpoint_id"]
        self._remember(head["ns"], head["checkpoint_id"], checkpoint["channel_versions"])
        return CheckpointTuple(
            config(head["checkpoint_id"]),
            checkpoint,
            head["metadata"],
            config(head["parent_id"]) if head.get("parent_id") else None,
            [(task_id, channel, value(ref)) for task_id, channel, ref in head["writes"]],
        )

    # Writes

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        wait_until_streamed(self._wire)
        return self._put(config, checkpoint, metadata, new_versions).wait()

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        await streamed()
        return await self._put(config, checkpoint, metadata, new_versions).get()

    def _put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> Pending[RunnableConfig]:
        blobs: list[bytes] = []
        address = address_of(config)
        ns = address["ns"]
        parent = self.stored(config["configurable"].get("checkpoint_id"))
        values = checkpoint["channel_values"]
        versions = checkpoint["channel_versions"]
        before = self._versions.get((ns, parent or ""), {})
        kept = [
            name
            for name in values
            if name not in new_versions and name in before and before[name] == versions.get(name)
        ]
        skeleton = {key: value for key, value in checkpoint.items() if key != "channel_values"}
        head = {
            **address,
            "checkpoint_id": checkpoint["id"],
            "parent_id": parent,
            "metadata": described(config, metadata),
            "step": {"step": metadata.get("step", -1), "source": metadata.get("source", "loop")},
            "recursion_limit": self._recursion_limit,
            "checkpoint": self._dump(skeleton, blobs, "The checkpoint"),
            "channels": {
                name: self._dump(value, blobs, f'The channel "{name}"')
                for name, value in values.items()
                if name not in kept
            },
            "keep": kept,
            "outline": self._outline(address, checkpoint, metadata),
        }

        def stored(checkpoint_id: str, _: Sequence[bytes]) -> RunnableConfig:
            if checkpoint_id != checkpoint["id"]:
                self._stored_ids[checkpoint["id"]] = checkpoint_id
            self._remember(ns, checkpoint_id, versions)
            return {
                "configurable": {"thread_id": address["thread_id"], "checkpoint_ns": ns, "checkpoint_id": checkpoint_id}
            }

        return self._call("saver.put", head, stored, blobs)

    def _outline(self, address: dict[str, Any], checkpoint: Checkpoint, metadata: CheckpointMetadata) -> Any:
        """A node may put checkpoints of other threads, and of subgraphs."""
        if self.outlines is None or address["ns"] != "" or address["thread_id"] != self.outlined:
            return None
        return self.outlines.of(address["thread_id"], checkpoint, metadata)

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        self.begin_writes(config, writes, task_id, task_path).wait()

    def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> Coroutine[Any, Any, None]:
        # Sent when it is called, not when it is awaited: LangGraph streams the task's end in between.
        return self.begin_writes(config, writes, task_id, task_path).get()

    def begin_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> Pending[None]:
        """They are on their way when this returns."""
        try:
            return self._put_writes(config, writes, task_id, task_path)
        except Exception as error:
            failed: Future[Answer] = Future()
            failed.set_exception(error)
            return Pending(failed, lambda *_: None)

    def _put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str
    ) -> Pending[None]:
        blobs: list[bytes] = []
        address = address_of(config)
        if address["ns"] == "" and any(channel == "__interrupt__" for channel, _ in writes):
            self.noted.interrupted = True
        task = {
            **address,
            "checkpoint_id": self.stored(config["configurable"]["checkpoint_id"]),
            "task_id": task_id,
            "task_path": task_path,
            "writes": [
                [WRITES_IDX_MAP.get(channel, position), channel, self._dump(value, blobs, f'The channel "{channel}"')]
                for position, (channel, value) in enumerate(writes)
            ],
        }
        return self._call("saver.put_writes", task, lambda *_: None, blobs)

    def delete_thread(self, thread_id: str) -> None:
        raise NotImplementedError("threads are deleted by the API")

    async def adelete_thread(self, thread_id: str) -> None:
        self.delete_thread(thread_id)

    # Both

    def _call(
        self, op: str, header: dict[str, Any], read: Callable[[Any, Bytes], T], blobs: Sequence[bytes] = ()
    ) -> Pending[T]:
        future = self._wire.call(op, {"for": self._scope, **header}, blobs)
        if op != "saver.get":
            future.add_done_callback(self._note)
        return Pending(future, read)

    def _note(self, future: Future[Answer]) -> None:
        if not future.cancelled() and isinstance(error := future.exception(), Refused):
            self.noted.failure = self.noted.failure or error

    def stored(self, checkpoint_id: str | None) -> str | None:
        """The stored id of a checkpoint, by LangGraph's or the stored one."""
        return self._stored_ids.get(checkpoint_id, checkpoint_id) if checkpoint_id else None

    def _remember(self, ns: str, checkpoint_id: str, versions: ChannelVersions) -> None:
        self._versions.pop((ns, checkpoint_id), None)
        self._versions[(ns, checkpoint_id)] = dict(versions)
        if len(self._versions) > agreed.saver_heads:
            del self._versions[next(iter(self._versions))]

    def _dump(self, value: Any, blobs: Bytes, what: str) -> tuple[str, int]:
        try:
            kind, data = dump(self.serde, value)
        except Exception as error:
            raise UnserialisableError(f"{what} cannot be stored: {describe(error)['message']}") from error
        blobs.append(bytes(data))
        return kind, len(blobs) - 1
