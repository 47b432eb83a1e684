"""What the project says by print, logging and warnings: each line with its level, and the run that says it.

What comes from elsewhere (a library in C, a crash) is in the same pipes as it is: the first character tells them apart.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import sys
import threading
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from .agreed import agreed

# Begins a line of ours: JSON follows. Texts do not begin so.
RECORD = "\x1e"
# What a project logs is seen from this level on, as on LangGraph's own server, unless its LOG_LEVEL says otherwise.
DEFAULT_LEVEL = "INFO"
LEVELS = ((logging.ERROR, "error"), (logging.WARNING, "warn"), (logging.INFO, "info"))

# Ids of the run whose node is at work; threads that LangGraph starts for nodes have it, too.
speaker: ContextVar[Mapping[str, str] | None] = ContextVar("speaker", default=None)
_lock = threading.RLock()


def offer_output() -> None:
    """Before the project's code is imported."""
    sys.stdout = Lines(sys.stdout, "info")
    sys.stderr = Lines(sys.stderr, "warn")
    handler = Records(2)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logging.basicConfig(handlers=[handler], level=_level(os.environ.get("LOG_LEVEL", "")))
    logging.captureWarnings(True)


def finish_lines() -> None:
    """What the run of this context has left without an end of line is one."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, Lines):
            stream.finish()


class Lines(io.TextIOBase):
    """In place of a standard stream. Lines of runs side by side do not mix."""

    def __init__(self, replaced: Any, level: str) -> None:
        self._replaced = replaced
        self._level = level
        self._begun: dict[tuple[str, int], str] = {}

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        return "replace"

    @property
    def buffer(self) -> Any:
        return self._replaced.buffer

    def fileno(self) -> int:
        fd: int = self._replaced.fileno()
        return fd

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        key = self._key()
        *whole, rest = (self._begun.pop(key, "") + text).split("\n")
        for line in whole:
            self._say(line)
        if rest:
            # What is longer will be cut anyway.
            self._begun[key] = rest[: agreed.output_characters]
        return len(text)

    def finish(self) -> None:
        run_id, _ = self._key()
        for key in [one for one in self._begun if one[0] == run_id]:
            self._say(self._begun.pop(key))

    def _key(self) -> tuple[str, int]:
        return (speaker.get() or {}).get("run_id", ""), threading.get_ident()

    def _say(self, line: str) -> None:
        _send(self.fileno(), self._level, line.removesuffix("\r"))


class Records(logging.Handler):
    """Each record is one line, its traceback included."""

    def __init__(self, fd: int) -> None:
        super().__init__()
        self._fd = fd

    def emit(self, record: logging.LogRecord) -> None:
        try:
            level = next((name for number, name in LEVELS if record.levelno >= number), "debug")
            _send(self._fd, level, self.format(record), logger=record.name)
        except Exception:
            self.handleError(record)


def _send(fd: int, level: str, text: str, **facts: str) -> None:
    shown = text.encode("utf-8", "replace").decode()[: agreed.output_characters]
    line = json.dumps({"level": level, "text": shown, **facts, **(speaker.get() or {})}, ensure_ascii=False)
    left = memoryview(f"{RECORD}{line}\n".encode())
    # A server that has gone reads no more.
    with _lock, contextlib.suppress(OSError):
        while left:
            left = left[os.write(fd, left) :]


def _level(asked: str) -> str:
    """The name of a level that there is."""
    name = asked.upper()
    return name if name in logging.getLevelNamesMapping() else DEFAULT_LEVEL
