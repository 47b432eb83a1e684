"""From LangGraph's stream to events of the wire, as observed on the official server: of the modes asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, get_args
from uuid import uuid4

from langchain_core.messages import BaseMessage, BaseMessageChunk, message_chunk_to_message
from langgraph import types

from .agreed import agreed
from .checkpoint_config import AUTH
from .encode import UnserialisableError, encode
from .errors import error_detail
from .features import HAS_TOOL_MODE
from .wire import Wire

INTERRUPT = "__interrupt__"
KNOWN_MODES = frozenset(get_args(types.StreamMode)) | ({"tools"} if HAS_TOOL_MODE else set())
# Of `core/stream/stream-only.ts`: the thread's stream tells messages and tools as this LangGraph does.
IS_PYTHON = "protocol/python"
BLOCKS = "protocol/messages"
OWN_CHANNEL = "protocol/custom"


class TooLarge(Exception):
    """An event that nobody could read."""


def graph_modes(asked: Sequence[str]) -> tuple[list[str], list[str]]:
    """LangGraph's names of the modes to stream, and those that it does not know. `updates` shows interrupts."""
    names = [(mode, "messages" if mode == "messages-tuple" else mode) for mode in asked if mode != "events"]
    unknown = [mode for mode, name in names if name not in KNOWN_MODES]
    known = [name for _, name in names if name in KNOWN_MODES]
    return list(dict.fromkeys([*known, "updates"])), unknown


class Translator:
    def __init__(self, wire: Wire, scope: int, asked: Sequence[str], *, temporary: bool) -> None:
        self._wire = wire
        self._scope = scope
        self._asked = frozenset(asked)
        self._temporary = temporary
        self._messages: dict[str, BaseMessage] = {}
        # All chunks of a message share one metadata object, so it is encoded once.
        self._metadata: tuple[Any, bytes] = (None, b"")
        # The header of the last token's event, by mode and namespace.
        self._token_header: tuple[tuple[str, str], bytes] = (("", ""), b"")
        self._stops: set[str] = set()
        # By namespace: the state, and the interrupts that no `values` have shown.
        self._last_values: dict[str, Any] = {}
        self._asking: dict[str, list[Any]] = {}
        self._marked = False
        self.paused = False

    def chunk(self, chunk: tuple[Any, ...]) -> None:
        """`(mode, payload)`, or `(namespace, mode, payload)` with subgraphs."""
        *paths, mode, payload = chunk
        path: Sequence[str] = paths[0] if paths else ()
        ns = "|".join(path)
        match mode:
            case "messages":
                self._message(path, *payload)
            case "updates":
                self._updates(ns, payload)
            case "tools" if mode in self._asked:
                self._mark()
                if isinstance(output := payload.get("output"), BaseMessage) and output.id is None:
                    # As LangGraph does before it stores the message.
                    output.id = str(uuid4())
                self._send("tools", ns, payload, "token" if payload["event"] == "tool-output-delta" else "structural")
            case "custom" if mode in self._asked:
                self._send("custom", ns, payload, "token")
            case "values" if mode in self._asked:
                self._values(ns, payload)
            case "tasks" if mode in self._asked:
                self._task("tasks", ns, _task(payload))
            case "checkpoints" if mode in self._asked and not self._temporary:
                self._announce("checkpoints", ns, _checkpoint(payload), _replay_of_checkpoint(payload))
            case "debug" if mode in self._asked:
                self._debug(ns, payload)

    def event(self, event: Mapping[str, Any]) -> None:
        """Of `astream_events`, version 2."""
        if "langsmith:hidden" in (event.get("tags") or ()):
            return
        shown = {key: _without_own(value) if key == "metadata" else value for key, value in event.items()}
        self._send("events", "", shown, "token", ends=_ended_task(event))

    def channel(self, path: Sequence[str], name: str, item: Any) -> None:
        """What a stream transformer tells in a channel of its own."""
        self._send(OWN_CHANNEL, "|".join(path), {"name": name, "payload": item}, "token")

    def dropped(self, run_id: str, attempt: int, modes: Sequence[str]) -> None:
        """Modes that this LangGraph does not know."""
        self._send(
            "metadata", "", {"run_id": run_id, "attempt": attempt, "unsupported_stream_modes": modes}, "structural"
        )

    def pause(self, asks: bool) -> None:
        """The run pauses. `asks`: with interrupts; else it has stopped before or after a node."""
        if not self._stops and not asks:
            self._stops.add("")
        for ns, interrupts in self._asking.items() if "values" in self._asked else ():
            state = self._last_values.get(ns)
            self._send("values", ns, {**(state if isinstance(state, Mapping) else {}), INTERRUPT: interrupts}, "held")
        self.stop()

    def stop(self) -> None:
        """The graph has stopped before or after nodes: after the last ones, too, when nothing is left to run."""
        for ns in self._stops if "updates" in self._asked else ():
            self._send("updates", ns, {INTERRUPT: []}, "held")

    def _values(self, ns: str, payload: Any) -> None:
        if isinstance(payload, Mapping) and payload.get(INTERRUPT):
            self._asking.pop(ns, None)
            return self._send("values", ns, payload, "held")
        self._last_values.pop(ns, None)
        self._last_values[ns] = payload
        if len(self._last_values) > agreed.streamed_namespaces:
            del self._last_values[next(iter(self._last_values))]
        return self._announce("values", ns, payload, ["values"])

    def _updates(self, ns: str, payload: Any) -> None:
        interrupts = payload.get(INTERRUPT) if isinstance(payload, Mapping) else None
        if interrupts is not None:
            self.paused = True
        if interrupts:
            self._asking.setdefault(ns, []).extend(interrupts)
        if interrupts is not None and len(interrupts) == 0:
            self._stops.add(ns)
        elif "updates" not in self._asked:
            return
        elif interrupts:
            self._send("updates", ns, payload, "held")
        else:
            about = payload.get("__metadata__") if isinstance(payload, Mapping) else None
            self._announce(
                "updates", ns, payload, ["updates", isinstance(about, Mapping) and about.get("cached") is True]
            )

    def _task(self, mode: str, ns: str, task: dict[str, Any], shown: Any = None) -> None:
        shown = task if shown is None else shown
        if task.get("interrupts"):
            self._send(mode, ns, shown, "held")
        else:
            self._announce(mode, ns, shown, None if "result" in task else ["task", task.get("id"), mode])

    def _debug(self, ns: str, payload: Mapping[str, Any]) -> None:
        inner = payload["payload"]
        if payload["type"] != "checkpoint":
            task = _task(inner)
            return self._task("debug", ns, task, {**payload, "payload": task})
        if self._temporary:
            return None
        addresses = {
            "checkpoint": _address(inner.get("config")),
            "parent_checkpoint": _address(inner.get("parent_config")),
        }
        shown = {**payload, "payload": {**_checkpoint(inner), **addresses}}
        return self._announce("debug", ns, shown, _replay_of_checkpoint(inner))

    def _message(self, path: Sequence[str], message: Any, metadata: Mapping[str, Any]) -> None:
        if isinstance(message, Mapping):
            return self._block("|".join(path), message, metadata)
        if message is None:
            return None
        # Older versions count a message's own node as a subgraph.
        own = metadata.get("langgraph_checkpoint_ns") == "|".join(path)
        ns = "|".join(path[:-1] if own else path)
        if "messages-tuple" in self._asked:
            self._mark()
            if self._metadata[0] is not metadata:
                self._metadata = (metadata, encode(_without_own(metadata)))
            self._write("messages", ns, b"[%b,%b]" % (encode(message), self._metadata[1]), "token")
        elif "messages" in self._asked:
            self._whole_message(ns, message, metadata)

    def _block(self, ns: str, block: Mapping[str, Any], metadata: Mapping[str, Any]) -> None:
        """An event of a message's content blocks (version 3 of LangGraph's events)."""
        self._mark()
        about = {"node": metadata.get("langgraph_node"), "agent": metadata.get("lc_agent_name")}
        data = {**about, "data": {**block, "run_id": metadata.get("run_id")}}
        self._send(BLOCKS, ns, data, "token" if block["event"] == "content-block-delta" else "structural")

    def _mark(self) -> None:
        """Just before the first of these events, so that it takes no slot of its own."""
        if not self._marked:
            self._marked = True
            self._send(IS_PYTHON, "", {}, "token")

    def _whole_message(self, ns: str, message: BaseMessage, metadata: Mapping[str, Any]) -> None:
        key = message.id or ""
        before = self._messages.pop(key, None)
        if before is None:
            self._send("messages/metadata", ns, {key: {"metadata": _without_own(metadata)}}, "token")
        if not isinstance(message, BaseMessageChunk):
            return self._send("messages/complete", ns, [message], "structural")
        now: Any = message if before is None else before + message
        self._messages[key] = now
        if len(self._messages) > agreed.streamed_messages:
            del self._messages[next(iter(self._messages))]
        return self._send("messages/partial", ns, [message_chunk_to_message(now)], "token")

    def _announce(self, name: str, ns: str, data: Any, replay: Sequence[Any] | None) -> None:
        """What shows that tasks of this graph are done, or that LangGraph repeats on a resume."""
        self._send(name, ns, data, "announce", replay=replay)

    def _send(self, name: str, ns: str, data: Any, urgency: str, **facts: Any) -> None:
        try:
            self._write(name, ns, encode(data), urgency, **facts)
        except UnserialisableError as error:
            raise UnserialisableError(f'An event "{name}" cannot be shown: {error}') from None

    def _write(self, name: str, ns: str, data: bytes, urgency: str, **facts: Any) -> None:
        if len(data) > agreed.whole_bytes:
            raise TooLarge(f'An event "{name}" has {len(data)} bytes, at most {agreed.whole_bytes} are allowed')
        self._wire.event(self._header(name, ns, urgency, facts), data)

    def _header(self, name: str, ns: str, urgency: str, facts: Mapping[str, Any]) -> bytes:
        """Without its last brace. That of one token after the other is the same."""
        if urgency == "token" and not facts and self._token_header[0] == (name, ns):
            return self._token_header[1]
        header = {"op": "event", "for": self._scope, "name": f"{name}|{ns}" if ns else name, "urgency": urgency}
        given = {key: fact for key, fact in facts.items() if fact is not None}
        at = {"ns": ns} if urgency == "announce" else {}
        text = json.dumps({**header, **at, **given}).encode()[:-1]
        if urgency == "token" and not facts:
            self._token_header = ((name, ns), text)
        return text


def _without_own(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Keys that begin with two underscores are LangGraph's own."""
    return {key: value for key, value in metadata.items() if not key.startswith("__")}


def _task(payload: Mapping[str, Any]) -> dict[str, Any]:
    error = payload.get("error")
    return {**payload, "error": error_detail(error)} if isinstance(error, BaseException) else dict(payload)


def _checkpoint(payload: Mapping[str, Any]) -> dict[str, Any]:
    tasks = [
        {**task, "error": _task(task)["error"]} if task.get("error") else task for task in payload.get("tasks", ())
    ]
    configs = {key: _shown_config(payload.get(key)) for key in ("config", "parent_config")}
    return {**payload, **configs, "tasks": tasks}


def _shown_config(config: Any) -> dict[str, Any] | None:
    """`configurable` without LangGraph's own keys and the caller. Nothing else of a config is for clients."""
    if not config:
        return None
    own = _without_own(config["configurable"])
    return {"configurable": {key: value for key, value in own.items() if not key.startswith(AUTH)}}


def _address(config: Any) -> dict[str, Any] | None:
    configurable = config.get("configurable") if isinstance(config, Mapping) else None
    if not configurable or "thread_id" not in configurable:
        return None
    shown = {key: configurable.get(key) for key in ("thread_id", "checkpoint_id")}
    if configurable.get("checkpoint_map") is not None:
        shown["checkpoint_map"] = configurable["checkpoint_map"]
    return {**shown, "checkpoint_ns": configurable.get("checkpoint_ns", "")}


def _replay_of_checkpoint(payload: Mapping[str, Any]) -> list[Any]:
    config = payload.get("config") or {}
    return ["checkpoint", config.get("configurable", {}).get("checkpoint_id")]


def _ended_task(event: Mapping[str, Any]) -> dict[str, str] | None:
    """The task whose end this event shows. LangGraph sends it just before it stores the task's writes."""
    metadata = event.get("metadata") or {}
    path = metadata.get("langgraph_checkpoint_ns")
    if (
        event["event"] != "on_chain_end"
        or not isinstance(path, str)
        or metadata.get("langgraph_node") != event.get("name")
    ):
        return None
    if not any(tag.startswith("graph:step:") for tag in event.get("tags") or ()):
        return None
    ns, _, task = path.rpartition("|")
    return {"ns": ns, "task_id": task.rpartition(":")[2]}
